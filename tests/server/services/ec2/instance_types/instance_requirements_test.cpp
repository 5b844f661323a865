#include <algorithm>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/emulator_fixture.h"

namespace amilab::test {
namespace {

using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::IsSupersetOf;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

constexpr const char* kGet = "GetInstanceTypesFromInstanceRequirements";
constexpr const char* kNames = "instanceTypeSet/item/instanceType";

/// "CpuManufacturer.1" → "InstanceRequirements.CpuManufacturer.1", over the least that a call says.
Parameters wanted(const Parameters& attributes, const std::string& architecture = "x86_64")
{
    Parameters parameters = {{"ArchitectureType.1", architecture},
                             {"VirtualizationType.1", "hvm"},
                             {"InstanceRequirements.VCpuCount.Min", "0"},
                             {"InstanceRequirements.MemoryMiB.Min", "0"}};
    Parameters told;
    for (const auto& [name, value] : attributes) {
        told.emplace_back("InstanceRequirements." + name, value);
    }
    return merged(parameters, told);
}

std::vector<std::string> types(TestEmulator& emulator, const Parameters& attributes,
                               const std::string& architecture = "x86_64")
{
    return emulator.must(kGet, wanted(attributes, architecture)).texts(kNames);
}

TEST(GetInstanceTypesFromInstanceRequirements, FindsTypesThatHaveAllOfIt)
{
    TestEmulator emulator;
    const auto found = types(emulator, {{"VCpuCount.Min", "4"},
                                        {"VCpuCount.Max", "6"},
                                        {"MemoryMiB.Min", "2048"},
                                        {"InstanceGeneration.1", "current"}});
    EXPECT_THAT(found, IsSupersetOf({"c5n.xlarge", "m5d.xlarge"}));
    EXPECT_THAT(found, Not(Contains("c5n.large")));
    EXPECT_THAT(found, Not(Contains("c3.xlarge")));
    EXPECT_TRUE(std::ranges::is_sorted(found));
    EXPECT_THAT(types(emulator, {{"VCpuCount.Max", "4"}, {"InstanceGeneration.1", "previous"}}),
                Contains("c3.xlarge"));
    EXPECT_THAT(types(emulator,
                      {{"InstanceGeneration.1", "current"}, {"InstanceGeneration.2", "previous"}}),
                IsSupersetOf({"c3.xlarge", "c5n.xlarge"}));
}

TEST(GetInstanceTypesFromInstanceRequirements, LeavesOutBurstableAndBareMetalUnlessWanted)
{
    TestEmulator emulator;
    const auto usual = types(emulator, {});
    EXPECT_THAT(usual, Not(Contains(StartsWith("t3."))));
    EXPECT_THAT(usual, Not(Contains("m5.metal")));
    EXPECT_THAT(types(emulator, {{"BurstablePerformance", "included"}}),
                IsSupersetOf({"t3.micro", "m5.large"}));
    EXPECT_THAT(types(emulator, {{"BurstablePerformance", "required"}}), Each(StartsWith("t")));
    EXPECT_THAT(types(emulator, {{"BareMetal", "required"}}), Each(::testing::HasSubstr("metal")));
}

TEST(GetInstanceTypesFromInstanceRequirements, LooksAtArchitecturesAndVirtualization)
{
    TestEmulator emulator;
    EXPECT_THAT(types(emulator, {{"AllowedInstanceType.1", "m6*.large"}}, "arm64"),
                IsSupersetOf({"m6g.large", "m6gd.large"}));
    EXPECT_THAT(types(emulator, {{"AllowedInstanceType.1", "m6g.*"}}), IsEmpty());
    const auto paravirtual = merged(wanted({}), {{"VirtualizationType.1", "paravirtual"}});
    const auto old = emulator.must(kGet, paravirtual).texts(kNames);
    EXPECT_THAT(old, Contains("m1.small"));
    EXPECT_THAT(old, Not(Contains("m5.large")));
    auto either = paravirtual;
    either.emplace_back("VirtualizationType.2", "hvm");
    EXPECT_THAT(emulator.must(kGet, either).texts(kNames), IsSupersetOf({"m1.small", "m5.large"}));
}

TEST(GetInstanceTypesFromInstanceRequirements, TakesPatternsOfTypes)
{
    TestEmulator emulator;
    EXPECT_THAT(types(emulator,
                      {{"AllowedInstanceType.1", "m5a.l*"}, {"AllowedInstanceType.2", "c5.large"}}),
                ElementsAre("c5.large", "m5a.large"));
    EXPECT_THAT(types(emulator, {{"AllowedInstanceType.1", "*5*.large"}}),
                IsSupersetOf({"c5.large", "m5a.large", "r5dn.large"}));
    const auto rest = types(emulator, {{"ExcludedInstanceType.1", "c5*"}});
    EXPECT_THAT(rest, Not(Contains(StartsWith("c5"))));
    EXPECT_THAT(rest, Contains("c4.large"));
}

TEST(GetInstanceTypesFromInstanceRequirements, LooksAtProcessorsAndMemory)
{
    TestEmulator emulator;
    EXPECT_THAT(
        types(emulator, {{"CpuManufacturer.1", "amd"}, {"AllowedInstanceType.1", "*.large"}}),
        Contains("m5a.large"));
    EXPECT_THAT(types(emulator, {{"CpuManufacturer.1", "amd"}, {"AllowedInstanceType.1", "m5.*"}}),
                IsEmpty());
    EXPECT_THAT(types(emulator,
                      {{"CpuManufacturer.1", "amazon-web-services"},
                       {"AllowedInstanceType.1", "m6g.large"}},
                      "arm64"),
                SizeIs(1));
}

TEST(GetInstanceTypesFromInstanceRequirements, LooksAtMemoryForEachVcpu)
{
    TestEmulator emulator;
    const Parameters four = {{"MemoryGiBPerVCpu.Min", "3.5"},
                             {"MemoryGiBPerVCpu.Max", "4.5"},
                             {"AllowedInstanceType.1", "c5.large"},
                             {"AllowedInstanceType.2", "m5.large"},
                             {"AllowedInstanceType.3", "r5.large"}};
    EXPECT_THAT(types(emulator, four), ElementsAre("m5.large"));
}

TEST(GetInstanceTypesFromInstanceRequirements, LooksAtDisks)
{
    TestEmulator emulator;
    const Parameters some = {{"AllowedInstanceType.1", "m5.large"},
                             {"AllowedInstanceType.2", "m5d.large"},
                             {"AllowedInstanceType.3", "d2.xlarge"}};
    const auto of = [&](const Parameters& more) { return types(emulator, merged(some, more)); };
    EXPECT_THAT(of({}), ElementsAre("d2.xlarge", "m5.large", "m5d.large"));
    EXPECT_THAT(of({{"LocalStorage", "required"}}), ElementsAre("d2.xlarge", "m5d.large"));
    EXPECT_THAT(of({{"LocalStorage", "excluded"}}), ElementsAre("m5.large"));
    EXPECT_THAT(of({{"LocalStorageType.1", "hdd"}}), ElementsAre("d2.xlarge", "m5.large"));
    EXPECT_THAT(of({{"LocalStorage", "required"}, {"LocalStorageType.1", "ssd"}}),
                ElementsAre("m5d.large"));
    EXPECT_THAT(of({{"TotalLocalStorageGB.Min", "0.5"}, {"TotalLocalStorageGB.Max", "100"}}),
                ElementsAre("m5d.large"));
}

TEST(GetInstanceTypesFromInstanceRequirements, LooksAtNetworksAndTheWayToVolumes)
{
    TestEmulator emulator;
    const Parameters some = {{"AllowedInstanceType.1", "c5.large"},
                             {"AllowedInstanceType.2", "c5n.18xlarge"},
                             {"AllowedInstanceType.3", "c4.large"}};
    const auto of = [&](const Parameters& more) { return types(emulator, merged(some, more)); };
    EXPECT_THAT(of({{"NetworkBandwidthGbps.Min", "50"}}), ElementsAre("c5n.18xlarge"));
    EXPECT_THAT(of({{"NetworkInterfaceCount.Max", "3"}}), ElementsAre("c4.large", "c5.large"));
    EXPECT_THAT(of({{"BaselineEbsBandwidthMbps.Min", "10000"}}), ElementsAre("c5n.18xlarge"));
    EXPECT_THAT(of({{"RequireEncryptionInTransit", "true"}}), ElementsAre("c5n.18xlarge"));
    EXPECT_THAT(of({{"RequireEncryptionInTransit", "false"}}), SizeIs(3));
    EXPECT_THAT(of({{"RequireHibernateSupport", "true"}}), ElementsAre("c4.large", "c5.large"));
}

TEST(GetInstanceTypesFromInstanceRequirements, LooksAtAccelerators)
{
    TestEmulator emulator;
    EXPECT_THAT(types(emulator, {{"AcceleratorName.1", "t4"}}), Each(StartsWith("g4dn.")));
    EXPECT_THAT(types(emulator, {{"AcceleratorName.1", "t4"}}), Contains("g4dn.xlarge"));
    EXPECT_THAT(types(emulator, {{"AcceleratorName.1", "inferentia"}}), Each(StartsWith("inf1.")));
    EXPECT_THAT(types(emulator, {{"AcceleratorManufacturer.1", "amazon-web-services"}}),
                IsSupersetOf({"inf2.xlarge", "trn1.2xlarge"}));
    EXPECT_THAT(types(emulator, {{"AcceleratorType.1", "media"}}), Each(StartsWith("vt1.")));
    EXPECT_THAT(
        types(emulator, {{"AcceleratorCount.Min", "4"}, {"AllowedInstanceType.1", "g4dn.*"}}),
        ElementsAre("g4dn.12xlarge"));
    // Inferentia chips are told by two members of DescribeInstanceTypes, and count once.
    EXPECT_THAT(
        types(emulator, {{"AcceleratorCount.Max", "1"}, {"AllowedInstanceType.1", "inf1.*"}}),
        ElementsAre("inf1.2xlarge", "inf1.xlarge"));
    EXPECT_THAT(types(emulator, {{"AcceleratorTotalMemoryMiB.Min", "65536"},
                                 {"AllowedInstanceType.1", "g4dn.*"}}),
                ElementsAre("g4dn.12xlarge"));
    const auto without = types(emulator, {{"AcceleratorCount.Max", "0"}});
    EXPECT_THAT(without, Not(Contains(StartsWith("g4dn."))));
    EXPECT_THAT(without, Not(Contains(StartsWith("g6f."))));
    EXPECT_THAT(without, Contains("m5.large"));
}

TEST(GetInstanceTypesFromInstanceRequirements, LeavesOutWhatCostsMoreThanTheThreshold)
{
    TestEmulator emulator;
    const Parameters some = {{"AllowedInstanceType.1", "m5.large"},
                             {"AllowedInstanceType.2", "m5.24xlarge"}};
    const auto of = [&](const std::string& percentage) {
        return types(
            emulator,
            merged(some, {{"MaxSpotPriceAsPercentageOfOptimalOnDemandPrice", percentage}}));
    };
    EXPECT_THAT(of("999999"), ElementsAre("m5.24xlarge", "m5.large"));
    EXPECT_THAT(of("100"), ElementsAre("m5.large"));
    EXPECT_THAT(of("0"), IsEmpty());
    EXPECT_THAT(types(emulator, {{"AllowedInstanceType.1", "x9.*"},
                                 {"MaxSpotPriceAsPercentageOfOptimalOnDemandPrice", "100"}}),
                IsEmpty());
}

TEST(GetInstanceTypesFromInstanceRequirements, GivesWhatTheRegionOffers)
{
    TestEmulator emulator;
    const auto old = wanted({{"AllowedInstanceType.1", "m1.*"}});
    EXPECT_THAT(emulator.must(kGet, old).texts(kNames), Contains("m1.small"));
    EXPECT_THAT(emulator.must(kGet, old, kAccount, "ap-southeast-5").texts(kNames), IsEmpty());
}

TEST(GetInstanceTypesFromInstanceRequirements, PagesThroughThem)
{
    TestEmulator emulator;
    const auto asked = wanted({{"AllowedInstanceType.1", "m5.*"}});
    const auto all = emulator.must(kGet, asked).texts(kNames);
    ASSERT_GT(all.size(), 5U);
    std::vector<std::string> found;
    std::string token;
    do {
        auto page = merged(asked, {{"MaxResults", "5"}});
        if (!token.empty()) {
            page.emplace_back("NextToken", token);
        }
        const auto answer = emulator.must(kGet, page);
        const auto names = answer.texts(kNames);
        EXPECT_LE(names.size(), 5U);
        found.insert(found.end(), names.begin(), names.end());
        token = answer.text("nextToken");
    } while (!token.empty());
    EXPECT_EQ(found, all);
    EXPECT_EQ(emulator.call(kGet, merged(asked, {{"MaxResults", "1001"}})).code,
              "InvalidParameterValue");
}

TEST(GetInstanceTypesFromInstanceRequirements, RefusesWhatNoTypeCouldHave)
{
    TestEmulator emulator;
    const auto code = [&](const Parameters& attributes) {
        return emulator.call(kGet, wanted(attributes)).code;
    };
    EXPECT_EQ(code({{"VCpuCount.Min", "4"}, {"VCpuCount.Max", "2"}}), "InvalidParameterValue");
    EXPECT_EQ(code({{"MemoryMiB.Min", "-1"}}), "InvalidParameterValue");
    EXPECT_EQ(code({{"MemoryGiBPerVCpu.Min", "2.5"}, {"MemoryGiBPerVCpu.Max", "2"}}),
              "InvalidParameterValue");
    EXPECT_EQ(code({{"AllowedInstanceType.1", "m5.?"}}), "InvalidParameterValue");
    EXPECT_EQ(code({{"AllowedInstanceType.1", "m5.*"}, {"ExcludedInstanceType.1", "c5.*"}}),
              "InvalidParameterCombination");
    EXPECT_EQ(code({{"MaxSpotPriceAsPercentageOfOptimalOnDemandPrice", "-1"}}),
              "InvalidParameterValue");
    Parameters many;
    for (int number = 1; number <= 401; ++number) {
        many.emplace_back("ExcludedInstanceType." + std::to_string(number), "c5.*");
    }
    EXPECT_EQ(code(many), "InvalidParameterValue");
    many.pop_back();
    EXPECT_EQ(code(many), "");
    EXPECT_EQ(code({{"ExcludedInstanceType.1", std::string(31, 'x')}}), "InvalidParameterValue");
}

TEST(GetInstanceTypesFromInstanceRequirements, RefusesWhatItCannotActOn)
{
    TestEmulator emulator;
    for (const auto* parameter :
         {"SpotMaxPricePercentageOverLowestPrice", "OnDemandMaxPricePercentageOverLowestPrice"}) {
        EXPECT_EQ(emulator.call(kGet, wanted({{parameter, "50"}})).code, "UnsupportedOperation");
    }
    EXPECT_EQ(
        emulator
            .call(kGet,
                  wanted({{"BaselinePerformanceFactors.Cpu.Reference.1.InstanceFamily", "c6i"}}))
            .code,
        "UnsupportedOperation");
}

TEST(GetInstanceTypesFromInstanceRequirements, NeedsVcpusMemoryAndWhatTheImageIs)
{
    TestEmulator emulator;
    for (const auto* left_out :
         {"ArchitectureType.1", "VirtualizationType.1", "InstanceRequirements.VCpuCount.Min",
          "InstanceRequirements.MemoryMiB.Min"}) {
        auto asked = wanted({});
        std::erase_if(asked, [&](const auto& one) { return one.first == left_out; });
        EXPECT_EQ(emulator.call(kGet, asked).code, "MissingParameter") << left_out;
    }
    EXPECT_EQ(emulator.call(kGet, merged(wanted({}), {{"DryRun", "true"}})).code,
              "DryRunOperation");
}

}  // namespace
}  // namespace amilab::test
