#include <algorithm>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/wire/ec2/schema.h"
#include "storage/metadata/instance_types/instance_type_rows.h"
#include "storage/metadata/instances/launch_place_rows.h"
#include "storage/metadata/sql/statement.h"
#include "tests/support/emulator_fixture.h"

namespace amilab::test {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::IsSupersetOf;
using ::testing::Not;
using ::testing::SizeIs;

constexpr const char* kNames = "instanceTypeSet/item/instanceType";

pugi::xml_node describe(TestEmulator& emulator, Answer& answer, const char* type)
{
    answer = emulator.must("DescribeInstanceTypes", {{"InstanceType.1", type}});
    EXPECT_EQ(answer.count("instanceTypeSet/item"), 1U);
    return answer.root().child("instanceTypeSet").child("item");
}

std::string at(pugi::xml_node item, const char* path)
{
    return item.select_node(path).node().text().get();
}

TEST(DescribeInstanceTypes, ShowsABurstableType)
{
    TestEmulator emulator;
    Answer answer;
    const auto type = describe(emulator, answer, "t3.micro");
    EXPECT_EQ(at(type, "instanceType"), "t3.micro");
    EXPECT_EQ(at(type, "currentGeneration"), "true");
    EXPECT_EQ(at(type, "freeTierEligible"), "true");
    EXPECT_EQ(at(type, "hypervisor"), "nitro");
    EXPECT_EQ(at(type, "processorInfo/supportedArchitectures/item"), "x86_64");
    EXPECT_EQ(at(type, "vCpuInfo/defaultVCpus"), "2");
    EXPECT_EQ(at(type, "vCpuInfo/defaultCores"), "1");
    EXPECT_EQ(at(type, "vCpuInfo/defaultThreadsPerCore"), "2");
    EXPECT_EQ(at(type, "memoryInfo/sizeInMiB"), "1024");
    EXPECT_EQ(at(type, "instanceStorageSupported"), "false");
    EXPECT_FALSE(type.child("instanceStorageInfo"));
    EXPECT_FALSE(type.child("gpuInfo"));
    EXPECT_EQ(at(type, "ebsInfo/ebsOptimizedSupport"), "default");
    EXPECT_EQ(at(type, "ebsInfo/ebsOptimizedInfo/maximumThroughputInMBps"), "260.625");
    EXPECT_EQ(at(type, "networkInfo/enaSupport"), "required");
    EXPECT_EQ(at(type, "networkInfo/networkCards/item/networkCardIndex"), "0");
    EXPECT_EQ(at(type, "networkInfo/connectionTrackingConfiguration/defaultTcpEstablishedTimeout"),
              "432000");
    EXPECT_EQ(at(type, "burstablePerformanceSupported"), "true");
    EXPECT_EQ(at(type, "supportedInRegion"), "true");
    EXPECT_THAT(answer.texts("instanceTypeSet/item/supportedBootModes/item"),
                ElementsAre("legacy-bios", "uefi"));
}

TEST(DescribeInstanceTypes, ShowsDisksAndGpus)
{
    TestEmulator emulator;
    Answer answer;
    const auto type = describe(emulator, answer, "g4dn.xlarge");
    EXPECT_EQ(at(type, "instanceStorageSupported"), "true");
    EXPECT_EQ(at(type, "instanceStorageInfo/totalSizeInGB"), "125");
    EXPECT_EQ(at(type, "instanceStorageInfo/disks/item/sizeInGB"), "125");
    EXPECT_EQ(at(type, "instanceStorageInfo/disks/item/type"), "ssd");
    EXPECT_EQ(at(type, "gpuInfo/gpus/item/name"), "T4");
    EXPECT_EQ(at(type, "gpuInfo/gpus/item/memoryInfo/sizeInMiB"), "16384");
    EXPECT_EQ(at(type, "gpuInfo/totalGpuMemoryInMiB"), "16384");
}

TEST(DescribeInstanceTypes, RefusesUnknownTypesNamingAll)
{
    TestEmulator emulator;
    const auto answer = emulator.call("DescribeInstanceTypes", {{"InstanceType.1", "t3.micro"},
                                                                {"InstanceType.2", "t9.huge"},
                                                                {"InstanceType.3", "x9.tiny"}});
    EXPECT_EQ(answer.status, 400);
    EXPECT_EQ(answer.code, "InvalidInstanceType");
    EXPECT_EQ(answer.message,
              "The following supplied instance types do not exist: [t9.huge, x9.tiny]");
}

/// All names that pages of the usual size bring.
std::vector<std::string> all_names(TestEmulator& emulator, const Parameters& asked = {},
                                   const std::string& region = kRegion)
{
    std::vector<std::string> names;
    std::string token;
    do {
        auto parameters = asked;
        if (!token.empty()) {
            parameters.emplace_back("NextToken", token);
        }
        const auto answer = emulator.must("DescribeInstanceTypes", parameters, kAccount, region);
        const auto page = answer.texts(kNames);
        EXPECT_LE(page.size(), 100U);
        names.insert(names.end(), page.begin(), page.end());
        token = answer.text("nextToken");
    } while (!token.empty());
    return names;
}

/// A type that the catalogue has and this region has not.
std::string type_missing_in(TestEmulator& emulator, const std::string& region)
{
    auto reader = emulator.generation().reader();
    Statement select(reader.db(),
                     "SELECT name FROM catalogue.instance_type WHERE name NOT IN"
                     " (SELECT instance_type FROM catalogue.instance_type_offering"
                     "  WHERE region = ?1)");
    select.bind(region);
    return select.step() ? select.row().text() : std::string();
}

TEST(DescribeInstanceTypes, LeavesOutWhatTheRegionLacksUnlessAsked)
{
    TestEmulator emulator;
    const std::string region = "ap-southeast-5";
    const auto lacking = type_missing_in(emulator, region);
    ASSERT_FALSE(lacking.empty());
    EXPECT_THAT(all_names(emulator, {}, region), Not(Contains(lacking)));
    EXPECT_THAT(all_names(emulator, {{"IncludeUnsupportedInRegion", "true"}}, region),
                Contains(lacking));
    EXPECT_EQ(
        emulator.call("DescribeInstanceTypes", {{"InstanceType.1", lacking}}, kAccount, region)
            .code,
        "InvalidInstanceType");
    const auto anyway = emulator.must(
        "DescribeInstanceTypes",
        {{"InstanceType.1", lacking}, {"IncludeUnsupportedInRegion", "true"}}, kAccount, region);
    EXPECT_EQ(anyway.text("instanceTypeSet/item/supportedInRegion"), "false");
}

TEST(DescribeInstanceTypes, HasEveryTypeOfTheRegion)
{
    TestEmulator emulator;
    const auto names = all_names(emulator);
    EXPECT_GT(names.size(), 1300U);
    EXPECT_TRUE(std::is_sorted(names.begin(), names.end()));
    EXPECT_THAT(names, IsSupersetOf({"m6i.2xlarge", "m8g.large", "g5.xlarge", "r3.large",
                                     "u-3tb1.56xlarge", "mac2-m2pro.metal", "p5.48xlarge"}));
    EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(), names.size());
}

TEST(DescribeInstanceTypes, Pages)
{
    TestEmulator emulator;
    const auto some = filter("instance-type", "m5*.large");
    const auto all = emulator.must("DescribeInstanceTypes", some).texts(kNames);
    ASSERT_GT(all.size(), 6U);
    std::vector<std::string> paged;
    std::string token;
    do {
        auto parameters = some;
        parameters.emplace_back("MaxResults", "5");
        if (!token.empty()) {
            parameters.emplace_back("NextToken", token);
        }
        const auto answer = emulator.must("DescribeInstanceTypes", parameters);
        const auto names = answer.texts(kNames);
        EXPECT_LE(names.size(), 5U);
        paged.insert(paged.end(), names.begin(), names.end());
        token = answer.text("nextToken");
    } while (!token.empty() && paged.size() <= all.size());
    EXPECT_EQ(paged, all);
    EXPECT_EQ(emulator.call("DescribeInstanceTypes", {{"MaxResults", "4"}}).code,
              "InvalidParameterValue");
    EXPECT_EQ(emulator.call("DescribeInstanceTypes", {{"MaxResults", "101"}}).code,
              "InvalidParameterValue");
    EXPECT_EQ(emulator.call("DescribeInstanceTypes", {{"NextToken", "x"}}).code,
              "InvalidParameterValue");
}

TEST(DescribeInstanceTypes, ShowsEachKindOfAccelerator)
{
    TestEmulator emulator;
    Answer answer;
    const auto fpga = describe(emulator, answer, "f2.12xlarge");
    EXPECT_EQ(at(fpga, "fpgaInfo/fpgas/item/manufacturer"), "Xilinx");
    EXPECT_EQ(at(fpga, "fpgaInfo/fpgas/item/count"), "2");
    EXPECT_EQ(at(fpga, "fpgaInfo/totalFpgaMemoryInMiB"), "163840");
    EXPECT_FALSE(fpga.child("gpuInfo"));
    const auto inference = describe(emulator, answer, "inf2.xlarge");
    EXPECT_EQ(at(inference, "inferenceAcceleratorInfo/accelerators/member/name"), "Inferentia2");
    EXPECT_EQ(at(inference, "inferenceAcceleratorInfo/totalInferenceMemoryInMiB"), "32768");
    EXPECT_EQ(at(inference, "neuronInfo/neuronDevices/item/coreInfo/count"), "2");
    EXPECT_EQ(at(inference, "neuronInfo/neuronDevices/item/memoryInfo/sizeInMiB"), "32768");
    const auto media = describe(emulator, answer, "vt1.3xlarge");
    EXPECT_EQ(at(media, "mediaAcceleratorInfo/accelerators/item/name"), "U30");
    EXPECT_EQ(at(media, "mediaAcceleratorInfo/totalMediaMemoryInMiB"), "24576");
}

TEST(DescribeInstanceTypes, ShowsEachOfSeveralCards)
{
    TestEmulator emulator;
    Answer answer;
    const auto network = describe(emulator, answer, "p5.48xlarge").child("networkInfo");
    EXPECT_EQ(at(network, "maximumNetworkCards"), "32");
    EXPECT_EQ(network.select_nodes("networkCards/item").size(), 32U);
    EXPECT_EQ(at(network, "networkCards/item[32]/networkCardIndex"), "31");
    const auto ebs = describe(emulator, answer, "r8gb.48xlarge").child("ebsInfo");
    EXPECT_EQ(at(ebs, "maximumEbsCards"), "2");
    EXPECT_EQ(ebs.select_nodes("ebsCardSet/item").size(), 2U);
    EXPECT_EQ(at(ebs, "ebsCardSet/item[2]/ebsCardIndex"), "1");
}

struct FilterCase {
    const char* name;
    const char* value;
    /// Found by the value, and not.
    const char* with;
    const char* without;
};

// One row for each documented filter; `without` is nothing where every type has the value.
const std::vector<FilterCase> kFilterCases = {
    {"auto-recovery-supported", "true", "t3.micro", "p5.48xlarge"},
    {"bare-metal", "false", "t3.micro", "m5.metal"},
    {"burstable-performance-supported", "true", "t3.micro", "m5.large"},
    {"current-generation", "true", "t3.micro", "m3.medium"},
    {"dedicated-hosts-supported", "true", "m5.large", "t2.micro"},
    {"ebs-info.attachment-limit-type", "dedicated", "m7i.large", "m5.large"},
    {"ebs-info.ebs-optimized-info.baseline-bandwidth-in-mbps", "650", "m5.large", "t3.micro"},
    {"ebs-info.ebs-optimized-info.baseline-iops", "3600", "m5.large", "t3.micro"},
    {"ebs-info.ebs-optimized-info.baseline-throughput-in-mbps", "81.25", "m5.large", "t3.micro"},
    {"ebs-info.ebs-optimized-info.maximum-bandwidth-in-mbps", "2085", "t3.micro", "m5.large"},
    {"ebs-info.ebs-optimized-info.maximum-iops", "18750", "m5.large", "t3.micro"},
    {"ebs-info.ebs-optimized-info.maximum-throughput-in-mbps", "260.625", "t3.micro", "m5.large"},
    {"ebs-info.ebs-optimized-support", "default", "t3.micro", "t2.micro"},
    {"ebs-info.encryption-support", "supported", "t3.micro", nullptr},
    {"ebs-info.maximum-ebs-attachments", "27", "m5.large", "t2.micro"},
    {"ebs-info.nvme-support", "required", "t3.micro", "t2.micro"},
    {"free-tier-eligible", "true", "t3.micro", "m5.large"},
    {"hibernation-supported", "true", "t3.micro", "g4dn.xlarge"},
    {"hypervisor", "xen", "t2.micro", "t3.micro"},
    {"instance-storage-info.disk.count", "1", "m5d.large", "c3.large"},
    {"instance-storage-info.disk.size-in-gb", "75", "m5d.large", "g4dn.xlarge"},
    {"instance-storage-info.disk.type", "ssd", "m5d.large", "m5.large"},
    {"instance-storage-info.encryption-support", "required", "m5d.large", "m3.medium"},
    {"instance-storage-info.nvme-support", "required", "m5d.large", "m3.medium"},
    {"instance-storage-info.total-size-in-gb", "125", "g4dn.xlarge", "m5d.large"},
    {"instance-storage-supported", "true", "m5d.large", "m5.large"},
    {"instance-type", "t3.*", "t3.micro", "t3a.micro"},
    {"memory-info.size-in-mib", "1024", "t3.micro", "t3.nano"},
    {"network-info.bandwidth-weightings", "default", "m8g.large", "t3.micro"},
    {"network-info.efa-info.maximum-efa-interfaces", "32", "p5.48xlarge", "t3.micro"},
    {"network-info.efa-supported", "false", "t3.micro", "p5.48xlarge"},
    {"network-info.ena-support", "unsupported", "t2.micro", "t3.micro"},
    {"network-info.encryption-in-transit-supported", "true", "m6i.large", "t3.micro"},
    {"network-info.flexible-ena-queues-support", "supported", "c6i.12xlarge", "t3.micro"},
    {"network-info.ipv4-addresses-per-interface", "2", "t3.micro", "m5.large"},
    {"network-info.ipv6-addresses-per-interface", "2", "t3.micro", "m5.large"},
    {"network-info.ipv6-supported", "false", "m3.medium", "t3.micro"},
    {"network-info.maximum-network-cards", "1", "t3.micro", "p5.48xlarge"},
    {"network-info.maximum-network-interfaces", "2", "t3.micro", "m5.large"},
    {"network-info.network-performance", "Up to 5 Gigabit", "t3.micro", "m5.large"},
    {"nitro-enclaves-support", "supported", "m5.xlarge", "t3.micro"},
    {"nitro-tpm-info.supported-versions", "2.0", "t3.micro", "t2.micro"},
    {"nitro-tpm-support", "supported", "t3.micro", "t2.micro"},
    {"processor-info.supported-architecture", "i386", "t2.micro", "t3.micro"},
    {"processor-info.supported-features", "amd-sev-snp", "m6a.large", "t3.micro"},
    {"processor-info.sustained-clock-speed-in-ghz", "2.5", "t3.micro", "m5.large"},
    {"reboot-migration-support", "supported", "m5.large", "m3.medium"},
    {"supported-boot-mode", "uefi", "t3.micro", "t2.micro"},
    {"supported-root-device-type", "instance-store", "m3.medium", "t3.micro"},
    {"supported-usage-class", "spot", "t3.micro", "t2.nano"},
    {"supported-virtualization-type", "paravirtual", "m3.medium", "t3.micro"},
    {"vcpu-info.default-cores", "1", "t3.micro", "m5.xlarge"},
    {"vcpu-info.default-threads-per-core", "1", "t2.micro", "t3.micro"},
    {"vcpu-info.default-vcpus", "4", "m5.xlarge", "t3.micro"},
    {"vcpu-info.valid-cores", "2", "m5.xlarge", "t3.micro"},
    {"vcpu-info.valid-threads-per-core", "1,2", "t3.micro", "t4g.micro"},
};

TEST(DescribeInstanceTypes, HasEachOfThe56DocumentedFilters)
{
    TestEmulator emulator;
    std::vector<std::string> named;
    for (const auto& one : kFilterCases) {
        named.emplace_back(one.name);
        auto asked = filter(one.name, one.value);
        asked.emplace_back("Filter.2.Name", "instance-type");
        asked.emplace_back("Filter.2.Value.1", one.with != nullptr ? one.with : "t3.micro");
        asked.emplace_back("Filter.2.Value.2", one.without != nullptr ? one.without : "t3.micro");
        const auto found = emulator.must("DescribeInstanceTypes", asked).texts(kNames);
        if (one.with != nullptr) {
            EXPECT_THAT(found, Contains(one.with)) << one.name;
        }
        if (one.without != nullptr) {
            EXPECT_THAT(found, Not(Contains(one.without))) << one.name;
        }
    }
    EXPECT_THAT(named, SizeIs(56));
    const auto& documented = ec2::kDescribeInstanceTypes.filters;
    EXPECT_EQ(named, std::vector<std::string>(documented.begin(), documented.end()));
}

TEST(DescribeInstanceTypes, AFilterOnAListFindsAnyMember)
{
    TestEmulator emulator;
    const auto names = [&](const char* name, const char* value) {
        return all_names(emulator, filter(name, value));
    };
    const auto one_thread = names("vcpu-info.valid-threads-per-core", "1");
    EXPECT_THAT(one_thread, IsSupersetOf({"t3.micro", "t4g.micro"}));
    EXPECT_THAT(names("processor-info.supported-architecture", "x86_6?"), Contains("t2.micro"));
    EXPECT_THAT(names("processor-info.supported-architecture", "i386,x86_64"), IsEmpty());
    EXPECT_THAT(names("ebs-info.ebs-optimized-info.maximum-throughput-in-mbps", "260.6"),
                IsEmpty());
}

TEST(DescribeInstanceTypes, FiltersNarrowTogether)
{
    TestEmulator emulator;
    const auto answer = emulator.must("DescribeInstanceTypes",
                                      {{"Filter.1.Name", "instance-type"},
                                       {"Filter.1.Value.1", "t*"},
                                       {"Filter.2.Name", "processor-info.supported-architecture"},
                                       {"Filter.2.Value.1", "arm64"}});
    EXPECT_THAT(answer.texts(kNames),
                ElementsAre("t4g.2xlarge", "t4g.large", "t4g.medium", "t4g.micro", "t4g.nano",
                            "t4g.small", "t4g.xlarge"));
}

TEST(DescribeInstanceTypes, DryRunComesBeforeTypes)
{
    TestEmulator emulator;
    EXPECT_EQ(
        emulator.call("DescribeInstanceTypes", {{"DryRun", "true"}, {"InstanceType.1", "x"}}).code,
        "DryRunOperation");
}

std::optional<InstanceTypeRow> select_type(Database& db, std::string_view name)
{
    return select_row<kInstanceTypeColumns>(db, "FROM catalogue.instance_type t WHERE t.name = ?",
                                            name);
}

TEST(InstanceTypeRows, TellsWhatALaunchNeeds)
{
    TestEmulator emulator;
    auto reader = emulator.generation().reader();
    const auto type = select_type(reader.db(), "t2.micro");
    ASSERT_TRUE(type);
    EXPECT_THAT(type->architectures, ElementsAre("i386", "x86_64"));
    EXPECT_EQ(type->hypervisor, "xen");
    EXPECT_THAT(type->boot_modes, ElementsAre("legacy-bios"));
    EXPECT_TRUE(type->burstable_performance_supported);
    EXPECT_FALSE(select_type(reader.db(), "t9.huge"));
    EXPECT_THAT(select_zones_offering(reader.db(), "us-west-1", "t3.micro"),
                ElementsAre("us-west-1a", "us-west-1b"));
    EXPECT_THAT(select_zones_offering(reader.db(), "us-west-1", "t9.huge"), IsEmpty());
}

}  // namespace
}  // namespace amilab::test
