#include <algorithm>
#include <map>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/wire/ec2/schema.h"
#include "tests/server/services/ec2/instances/instance_support.h"

namespace amilab::test {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

constexpr const char* kStatuses = "instanceStatusSet/item/instanceId";

std::vector<std::string> found_by(TestEmulator& emulator, const std::string& name,
                                  const std::string& value)
{
    return emulator.must("DescribeInstances", filter(name, value)).texts(kFound);
}

TEST(DescribeInstances, ShowsWhatTheTypeAndTheImageSay)
{
    TestEmulator emulator;
    const auto id = run_one(emulator);
    const std::map<std::string, std::string> expected = {
        {"imageId", public_image(emulator)},
        {"instanceType", "t3.micro"},
        {"architecture", "x86_64"},
        {"hypervisor", "xen"},
        {"virtualizationType", "hvm"},
        {"rootDeviceName", "/dev/xvda"},
        {"rootDeviceType", "ebs"},
        {"enaSupport", "true"},
        {"bootMode", "uefi-preferred"},
        {"currentInstanceBootMode", "uefi"},
        {"platformDetails", "Linux/UNIX"},
        {"usageOperation", "RunInstances"},
        {"usageOperationUpdateTime", "2026-01-02T03:04:05.000Z"},
        {"instanceState/code", "16"},
        {"cpuOptions/coreCount", "1"},
        {"cpuOptions/threadsPerCore", "2"},
        {"monitoring/state", "disabled"},
        {"placement/tenancy", "default"},
        {"placement/availabilityZone", "us-east-1a"},
        {"capacityReservationSpecification/capacityReservationPreference", "open"},
        {"hibernationOptions/configured", "false"},
        {"enclaveOptions/enabled", "false"},
        {"maintenanceOptions/autoRecovery", "default"},
        {"metadataOptions/state", "applied"},
        {"privateDnsNameOptions/hostnameType", "ip-name"},
        {"sourceDestCheck", "true"},
        {"ebsOptimized", "false"},
        {"amiLaunchIndex", "0"},
        {"networkInterfaceSet/item/attachment/status", "attached"},
        {"networkInterfaceSet/item/status", "in-use"},
    };
    for (const auto& [path, value] : expected) {
        EXPECT_EQ(field_of(emulator, id, path), value) << path;
    }
    const auto answer = emulator.must("DescribeInstances");
    EXPECT_EQ(answer.count("reservationSet/item/instancesSet/item/productCodes"), 1U);
    EXPECT_EQ(answer.count("reservationSet/item/groupSet"), 1U);
}

TEST(DescribeInstances, RefusesTheWholeCallWhenIdsAreUnknownAndNamesThem)
{
    TestEmulator emulator;
    const auto id = run_one(emulator);
    const auto one = emulator.call("DescribeInstances",
                                   one_instance(id, {{"InstanceId.2", "i-0123456789abcdef0"}}));
    EXPECT_EQ(one.code, "InvalidInstanceID.NotFound");
    EXPECT_EQ(one.message, "The instance ID 'i-0123456789abcdef0' does not exist");
    EXPECT_EQ(emulator
                  .call("DescribeInstances", {{"InstanceId.1", "i-0123456789abcdef0"},
                                              {"InstanceId.2", "i-0123456789abcdef1"}})
                  .message,
              "The instance IDs 'i-0123456789abcdef0, i-0123456789abcdef1' do not exist");
    EXPECT_EQ(emulator.call("DescribeInstances", one_instance("i-xyz")).code,
              "InvalidInstanceID.Malformed");
}

TEST(DescribeInstances, IsEmptyWhenAFilterLeavesOutTheInstanceThatIsNamed)
{
    TestEmulator emulator;
    const auto id = run_one(emulator);
    auto wanted = filter("instance-state-name", "stopped");
    wanted.emplace_back("InstanceId.1", id);
    EXPECT_THAT(emulator.must("DescribeInstances", wanted).texts(kFound), IsEmpty());
}

/// Filters and where an instance's answer has what they are compared with.
struct FilteredField {
    const char* filter;
    const char* path;
};

constexpr FilteredField kFilteredFields[] = {
    {"architecture", "architecture"},
    {"availability-zone", "placement/availabilityZone"},
    {"availability-zone-id", "placement/availabilityZoneId"},
    {"block-device-mapping.attach-time", "blockDeviceMapping/item/ebs/attachTime"},
    {"block-device-mapping.delete-on-termination",
     "blockDeviceMapping/item/ebs/deleteOnTermination"},
    {"block-device-mapping.device-name", "blockDeviceMapping/item/deviceName"},
    {"block-device-mapping.status", "blockDeviceMapping/item/ebs/status"},
    {"block-device-mapping.volume-id", "blockDeviceMapping/item/ebs/volumeId"},
    {"boot-mode", "bootMode"},
    {"capacity-reservation-specification.capacity-reservation-preference",
     "capacityReservationSpecification/capacityReservationPreference"},
    {"client-token", "clientToken"},
    {"current-instance-boot-mode", "currentInstanceBootMode"},
    {"dns-name", "dnsName"},
    {"ebs-optimized", "ebsOptimized"},
    {"ena-support", "enaSupport"},
    {"enclave-options.enabled", "enclaveOptions/enabled"},
    {"hibernation-options.configured", "hibernationOptions/configured"},
    {"hypervisor", "hypervisor"},
    {"image-id", "imageId"},
    {"instance-id", "instanceId"},
    {"instance-state-code", "instanceState/code"},
    {"instance-state-name", "instanceState/name"},
    {"instance-type", "instanceType"},
    {"instance.group-id", "groupSet/item/groupId"},
    {"instance.group-name", "groupSet/item/groupName"},
    {"ip-address", "ipAddress"},
    {"launch-index", "amiLaunchIndex"},
    {"launch-time", "launchTime"},
    {"maintenance-options.auto-recovery", "maintenanceOptions/autoRecovery"},
    {"metadata-options.http-endpoint", "metadataOptions/httpEndpoint"},
    {"metadata-options.http-protocol-ipv6", "metadataOptions/httpProtocolIpv6"},
    {"metadata-options.http-put-response-hop-limit", "metadataOptions/httpPutResponseHopLimit"},
    {"metadata-options.http-tokens", "metadataOptions/httpTokens"},
    {"metadata-options.instance-metadata-tags", "metadataOptions/instanceMetadataTags"},
    {"metadata-options.state", "metadataOptions/state"},
    {"monitoring-state", "monitoring/state"},
    {"network-interface.addresses.association.ip-owner-id",
     "networkInterfaceSet/item/privateIpAddressesSet/item/association/ipOwnerId"},
    {"network-interface.addresses.association.public-ip",
     "networkInterfaceSet/item/privateIpAddressesSet/item/association/publicIp"},
    {"network-interface.addresses.primary",
     "networkInterfaceSet/item/privateIpAddressesSet/item/primary"},
    {"network-interface.addresses.private-dns-name",
     "networkInterfaceSet/item/privateIpAddressesSet/item/privateDnsName"},
    {"network-interface.addresses.private-ip-address",
     "networkInterfaceSet/item/privateIpAddressesSet/item/privateIpAddress"},
    {"network-interface.association.ip-owner-id", "networkInterfaceSet/item/association/ipOwnerId"},
    {"network-interface.association.public-dns-name",
     "networkInterfaceSet/item/association/publicDnsName"},
    {"network-interface.association.public-ip", "networkInterfaceSet/item/association/publicIp"},
    {"network-interface.attachment.attach-time", "networkInterfaceSet/item/attachment/attachTime"},
    {"network-interface.attachment.attachment-id",
     "networkInterfaceSet/item/attachment/attachmentId"},
    {"network-interface.attachment.delete-on-termination",
     "networkInterfaceSet/item/attachment/deleteOnTermination"},
    {"network-interface.attachment.device-index",
     "networkInterfaceSet/item/attachment/deviceIndex"},
    {"network-interface.attachment.network-card-index",
     "networkInterfaceSet/item/attachment/networkCardIndex"},
    {"network-interface.attachment.status", "networkInterfaceSet/item/attachment/status"},
    {"network-interface.attachment.instance-id", "instanceId"},
    {"network-interface.availability-zone", "placement/availabilityZone"},
    {"network-interface.group-id", "networkInterfaceSet/item/groupSet/item/groupId"},
    {"network-interface.group-name", "networkInterfaceSet/item/groupSet/item/groupName"},
    {"network-interface.mac-address", "networkInterfaceSet/item/macAddress"},
    {"network-interface.network-interface-id", "networkInterfaceSet/item/networkInterfaceId"},
    {"network-interface.operator.managed", "networkInterfaceSet/item/operator/managed"},
    {"network-interface.owner-id", "networkInterfaceSet/item/ownerId"},
    {"network-interface.private-dns-name", "networkInterfaceSet/item/privateDnsName"},
    {"network-interface.private-ip-address", "networkInterfaceSet/item/privateIpAddress"},
    {"network-interface.public-dns-name", "dnsName"},
    {"network-interface.source-dest-check", "networkInterfaceSet/item/sourceDestCheck"},
    {"network-interface.status", "networkInterfaceSet/item/status"},
    {"network-interface.subnet-id", "networkInterfaceSet/item/subnetId"},
    {"network-interface.vpc-id", "networkInterfaceSet/item/vpcId"},
    {"network-performance-options.bandwidth-weighting",
     "networkPerformanceOptions/bandwidthWeighting"},
    {"operator.managed", "operator/managed"},
    {"platform-details", "platformDetails"},
    {"private-dns-name", "privateDnsName"},
    {"private-dns-name-options.enable-resource-name-dns-a-record",
     "privateDnsNameOptions/enableResourceNameDnsARecord"},
    {"private-dns-name-options.enable-resource-name-dns-aaaa-record",
     "privateDnsNameOptions/enableResourceNameDnsAAAARecord"},
    {"private-dns-name-options.hostname-type", "privateDnsNameOptions/hostnameType"},
    {"private-ip-address", "privateIpAddress"},
    {"root-device-name", "rootDeviceName"},
    {"root-device-type", "rootDeviceType"},
    {"source-dest-check", "sourceDestCheck"},
    {"subnet-id", "subnetId"},
    {"tenancy", "placement/tenancy"},
    {"usage-operation", "usageOperation"},
    {"usage-operation-update-time", "usageOperationUpdateTime"},
    {"virtualization-type", "virtualizationType"},
    {"vpc-id", "vpcId"},
};

TEST(DescribeInstances, FiltersByEveryFieldThatItShows)
{
    TestEmulator emulator;
    const auto id = run_one(emulator, {{"ClientToken", "token"}});
    for (const auto& [name, path] : kFilteredFields) {
        const auto value = field_of(emulator, id, path);
        ASSERT_NE(value, "") << path;
        EXPECT_THAT(found_by(emulator, name, value), ElementsAre(id)) << name << " = " << value;
        EXPECT_THAT(found_by(emulator, name, value + "x"), IsEmpty()) << name;
        EXPECT_THAT(found_by(emulator, name, value.substr(0, 1) + "*"), ElementsAre(id)) << name;
    }
}

TEST(DescribeInstances, TellsAReservationInTheOrderOfTheLaunch)
{
    TestEmulator emulator;
    const auto image = public_image(emulator);
    const auto launched = emulator.must("RunInstances", launch(image, {{"MaxCount", "8"}}));
    emulator.must("RunInstances", launch(image));
    const auto ids = launched.texts("instancesSet/item/instanceId");
    const Parameters first{{"Filter.1.Name", "reservation-id"},
                           {"Filter.1.Value.1", launched.text("reservationId")}};
    const std::string at = "reservationSet/item/instancesSet/item/";
    const auto found = emulator.must("DescribeInstances", first);
    EXPECT_EQ(found.texts(at + "instanceId"), ids);
    EXPECT_THAT(found.texts(at + "amiLaunchIndex"),
                ElementsAre("0", "1", "2", "3", "4", "5", "6", "7"));
    EXPECT_EQ(emulator.must("DescribeInstances").texts(at + "instanceId").size(), 9U);
    // Pages are of the order of ids: within each, too, indexes go up.
    auto page = emulator.must("DescribeInstances", merged(first, {{"MaxResults", "5"}}));
    auto indexes = page.texts(at + "amiLaunchIndex");
    EXPECT_EQ(indexes.size(), 5U);
    EXPECT_TRUE(std::is_sorted(indexes.begin(), indexes.end()));
    auto paged = page.texts(at + "instanceId");
    page =
        emulator.must("DescribeInstances",
                      merged(first, {{"MaxResults", "5"}, {"NextToken", page.text("nextToken")}}));
    indexes = page.texts(at + "amiLaunchIndex");
    EXPECT_TRUE(std::is_sorted(indexes.begin(), indexes.end()));
    for (const auto& id : page.texts(at + "instanceId")) {
        paged.push_back(id);
    }
    EXPECT_THAT(paged, ::testing::UnorderedElementsAreArray(ids));
}

TEST(DescribeInstances, FiltersByReservationOwnerAndReasons)
{
    TestEmulator emulator;
    const auto answer = emulator.must("RunInstances", launch(public_image(emulator)));
    const auto id = answer.text(kInstanceId);
    EXPECT_THAT(found_by(emulator, "reservation-id", answer.text("reservationId")),
                ElementsAre(id));
    EXPECT_THAT(found_by(emulator, "owner-id", kAccount), ElementsAre(id));
    EXPECT_THAT(found_by(emulator, "owner-id", kOtherAccount), IsEmpty());
    emulator.must("StopInstances", one_instance(id));
    EXPECT_THAT(found_by(emulator, "reason", "User initiated*"), ElementsAre(id));
    EXPECT_THAT(found_by(emulator, "state-reason-code", "Client.UserInitiatedShutdown"),
                ElementsAre(id));
    EXPECT_THAT(found_by(emulator, "state-reason-message", "*User initiated shutdown"),
                ElementsAre(id));
}

TEST(DescribeInstances, FiltersWhatTheInstanceHasByItsPrimaryInterface)
{
    TestEmulator emulator;
    emulator.must("DescribeVpcs");
    const auto group =
        emulator.must("CreateSecurityGroup", {{"GroupName", "second"}, {"GroupDescription", "x"}})
            .text("groupId");
    const auto id = run_one(
        emulator, {{"NetworkInterface.1.DeviceIndex", "0"},
                   {"NetworkInterface.1.PrivateIpAddress", "172.31.0.40"},
                   {"NetworkInterface.1.PrivateIpAddresses.1.PrivateIpAddress", "172.31.0.41"},
                   {"NetworkInterface.2.DeviceIndex", "1"},
                   {"NetworkInterface.2.PrivateIpAddress", "172.31.0.50"},
                   {"NetworkInterface.2.SecurityGroupId.1", group}});
    for (const auto& [name, value] :
         {std::pair{"instance.group-id", group},
          std::pair{"instance.group-name", std::string("second")},
          std::pair{"private-ip-address", std::string("172.31.0.41")},
          std::pair{"private-ip-address", std::string("172.31.0.50")}}) {
        EXPECT_THAT(found_by(emulator, name, value), IsEmpty()) << name;
    }
    EXPECT_THAT(found_by(emulator, "instance.group-name", "default"), ElementsAre(id));
    EXPECT_THAT(found_by(emulator, "private-ip-address", "172.31.0.40"), ElementsAre(id));
    EXPECT_THAT(found_by(emulator, "network-interface.group-id", group), ElementsAre(id));
    EXPECT_THAT(found_by(emulator, "network-interface.addresses.private-ip-address", "172.31.0.41"),
                ElementsAre(id));
}

TEST(DescribeInstances, FiltersByTags)
{
    TestEmulator emulator;
    const auto one = run_one(emulator, {{"TagSpecification.1.ResourceType", "instance"},
                                        {"TagSpecification.1.Tag.1.Key", "Team"},
                                        {"TagSpecification.1.Tag.1.Value", "A"}});
    run_one(emulator);
    EXPECT_THAT(found_by(emulator, "tag:Team", "A"), ElementsAre(one));
    EXPECT_THAT(found_by(emulator, "tag:Team", "B"), IsEmpty());
    EXPECT_THAT(found_by(emulator, "tag-key", "Te*"), ElementsAre(one));
}

TEST(DescribeInstances, TakesEveryDocumentedFilterAndRefusesOthers)
{
    TestEmulator emulator;
    run_one(emulator);
    ASSERT_THAT(ec2::kDescribeInstances.filters, SizeIs(136 + 1));  // and tag-value
    for (const auto& name : ec2::kDescribeInstances.filters) {
        const auto one = name == "tag:<key>" ? std::string("tag:Name") : std::string(name);
        EXPECT_THAT(found_by(emulator, one, "no such value"), IsEmpty()) << one;
    }
    EXPECT_EQ(emulator.call("DescribeInstances", filter("colour", "red")).code,
              "InvalidParameterValue");
}

TEST(DescribeInstances, AnswersInPages)
{
    TestEmulator emulator;
    const auto all = emulator
                         .must("RunInstances", launch(public_image(emulator),
                                                      {{"MinCount", "12"}, {"MaxCount", "12"}}))
                         .texts(kInstanceId);
    std::vector<std::string> seen;
    Parameters wanted = {{"MaxResults", "5"}};
    for (std::size_t size : {5U, 5U, 2U}) {
        const auto page = emulator.must("DescribeInstances", wanted);
        const auto ids = page.texts(kFound);
        EXPECT_THAT(ids, SizeIs(size));
        seen.insert(seen.end(), ids.begin(), ids.end());
        wanted = {{"MaxResults", "5"}, {"NextToken", page.text("nextToken")}};
    }
    EXPECT_EQ(wanted.back().second, "");
    EXPECT_THAT(seen, testing::UnorderedElementsAreArray(all));
}

TEST(DescribeInstances, ShowsEachOfAPageWithItsOwnVolumesAndTags)
{
    TestEmulator emulator;
    for (const char* name : {"b", "c", "d"}) {
        run_one(emulator, {{"BlockDeviceMapping.1.DeviceName", fmt::format("/dev/sd{}", name)},
                           {"BlockDeviceMapping.1.Ebs.VolumeSize", "1"},
                           {"TagSpecification.1.ResourceType", "instance"},
                           {"TagSpecification.1.Tag.1.Key", "Name"},
                           {"TagSpecification.1.Tag.1.Value", name}});
    }
    const auto answer = emulator.must("DescribeInstances");
    std::vector<std::string> names;
    for (const auto& node : answer.root().select_nodes("//instancesSet/item")) {
        const auto item = node.node();
        const std::string name = item.select_node("tagSet/item/value").node().text().get();
        names.push_back(name);
        const auto volumes = item.child("blockDeviceMapping");
        EXPECT_EQ(volumes.select_nodes("item").size(), 2U);
        EXPECT_STREQ(volumes.first_child().child_value("deviceName"), "/dev/xvda");
        EXPECT_EQ(volumes.last_child().child_value("deviceName"), "/dev/sd" + name);
        EXPECT_EQ(item.child("groupSet").select_nodes("item").size(), 1U);
    }
    EXPECT_THAT(names, UnorderedElementsAre("b", "c", "d"));
}

TEST(DescribeInstances, RefusesPagesThatAreTooSmallOrOfNamedInstances)
{
    TestEmulator emulator;
    const auto id = run_one(emulator);
    EXPECT_EQ(emulator.call("DescribeInstances", {{"MaxResults", "4"}}).code,
              "InvalidParameterValue");
    EXPECT_EQ(emulator.call("DescribeInstances", one_instance(id, {{"MaxResults", "5"}})).message,
              "The parameter instancesSet cannot be used with the parameter maxResults");
    EXPECT_EQ(emulator.call("DescribeInstances", {{"NextToken", "abc"}}).code,
              "InvalidParameterValue");
    EXPECT_EQ(emulator.call("DescribeInstances", {{"DryRun", "true"}}).code, "DryRunOperation");
}

TEST(DescribeInstanceStatus, ShowsRunningInstancesThatPassTheirChecks)
{
    TestEmulator emulator;
    const auto id = run_one(emulator);
    const auto answer = emulator.must("DescribeInstanceStatus");
    EXPECT_THAT(answer.texts(kStatuses), ElementsAre(id));
    const std::string item = "instanceStatusSet/item/";
    EXPECT_EQ(answer.text(item + "instanceState/name"), "running");
    EXPECT_EQ(answer.text(item + "instanceStatus/status"), "ok");
    EXPECT_EQ(answer.text(item + "systemStatus/status"), "ok");
    EXPECT_EQ(answer.text(item + "attachedEbsStatus/status"), "ok");
    EXPECT_EQ(answer.text(item + "instanceStatus/details/item/name"), "reachability");
    EXPECT_EQ(answer.text(item + "instanceStatus/details/item/status"), "passed");
    EXPECT_EQ(answer.text(item + "availabilityZone"), "us-east-1a");
    EXPECT_EQ(answer.count(item + "eventsSet/item"), 0U);
}

TEST(DescribeInstanceStatus, ShowsOthersWhenAskedFor)
{
    TestEmulator emulator;
    const auto id = run_one(emulator);
    emulator.must("StopInstances", one_instance(id));
    EXPECT_THAT(emulator.must("DescribeInstanceStatus").texts(kStatuses), IsEmpty());
    EXPECT_THAT(emulator.must("DescribeInstanceStatus", one_instance(id)).texts(kStatuses),
                IsEmpty());
    const auto all = emulator.must("DescribeInstanceStatus", {{"IncludeAllInstances", "true"}});
    EXPECT_THAT(all.texts(kStatuses), ElementsAre(id));
    EXPECT_EQ(all.text("instanceStatusSet/item/instanceStatus/status"), "not-applicable");
    EXPECT_EQ(emulator.call("DescribeInstanceStatus", one_instance("i-0123456789abcdef0")).code,
              "InvalidInstanceID.NotFound");
}

TEST(DescribeInstanceStatus, FiltersByWhatItShowsAndTakesEveryDocumentedFilter)
{
    TestEmulator emulator;
    const auto id = run_one(emulator);
    const std::map<std::string, std::string> values = {
        {"attached-ebs-status.status", "ok"},
        {"availability-zone", "us-east-1a"},
        {"instance-state-code", "16"},
        {"instance-state-name", "running"},
        {"instance-status.reachability", "passed"},
        {"instance-status.status", "ok"},
        {"operator.managed", "false"},
        {"system-status.reachability", "passed"},
        {"system-status.status", "ok"},
    };
    for (const auto& [name, value] : values) {
        EXPECT_THAT(emulator.must("DescribeInstanceStatus", filter(name, value)).texts(kStatuses),
                    ElementsAre(id))
            << name;
    }
    ASSERT_THAT(ec2::kDescribeInstanceStatus.filters, SizeIs(18));
    for (const auto& name : ec2::kDescribeInstanceStatus.filters) {
        EXPECT_THAT(emulator.must("DescribeInstanceStatus", filter(std::string(name), "no such"))
                        .texts(kStatuses),
                    IsEmpty())
            << name;
    }
}

TEST(DescribeInstanceStatus, TakesAHundredIdsAtMost)
{
    TestEmulator emulator;
    Parameters wanted;
    for (int i = 1; i <= 101; ++i) {
        wanted.emplace_back("InstanceId." + std::to_string(i), "i-0123456789abcdef0");
    }
    EXPECT_EQ(emulator.call("DescribeInstanceStatus", wanted).code, "InvalidParameterValue");
    wanted.pop_back();
    EXPECT_EQ(emulator.call("DescribeInstanceStatus", wanted).code, "InvalidInstanceID.NotFound");
}

}  // namespace
}  // namespace amilab::test
