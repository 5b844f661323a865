#include <set>
#include <thread>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/base/units.h"
#include "storage/metadata/sql/statement.h"
#include "tests/server/services/ec2/instances/instance_support.h"
#include "tests/server/services/ec2/network/own_network.h"

namespace amilab::test {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

constexpr const char* kVolumeOf =
    "reservationSet/item/instancesSet/item/blockDeviceMapping/item/ebs/volumeId";

/// A volume of the instance, by its device.
Answer volume_at(TestEmulator& emulator, const std::string& instance, const std::string& device)
{
    return emulator.must("DescribeVolumes", {{"Filter.1.Name", "attachment.instance-id"},
                                             {"Filter.1.Value.1", instance},
                                             {"Filter.2.Name", "attachment.device"},
                                             {"Filter.2.Value.1", device}});
}

std::set<std::string> distinct(const std::vector<std::string>& texts)
{
    return {texts.begin(), texts.end()};
}

TEST(RunInstances, AnswersPendingInstancesThatRunOnceTheCallIsOver)
{
    TestEmulator emulator;
    const auto answer = emulator.must("RunInstances", launch(public_image(emulator)));
    EXPECT_EQ(answer.text("instancesSet/item/instanceState/name"), "pending");
    EXPECT_EQ(answer.text("instancesSet/item/instanceState/code"), "0");
    EXPECT_EQ(answer.text("instancesSet/item/stateReason/code"), "pending");
    EXPECT_EQ(answer.text("instancesSet/item/launchTime"), "2026-01-02T03:04:05.000Z");
    EXPECT_EQ(answer.text("ownerId"), kAccount);
    EXPECT_THAT(answer.text("reservationId"), testing::StartsWith("r-0"));
    EXPECT_EQ(answer.count("groupSet/item"), 0U);
    EXPECT_EQ(state_of(emulator, answer.text(kInstanceId)), "running");
}

TEST(RunInstances, StaysPendingForAsLongAsItsDelay)
{
    TestEmulator emulator;
    emulator.set_delay("instance.pending", 5000);
    const auto id = run_one(emulator);
    EXPECT_EQ(state_of(emulator, id), "pending");
    EXPECT_EQ(field_of(emulator, id, "blockDeviceMapping/item/ebs/status"), "attaching");
    emulator.advance(4999);
    EXPECT_EQ(state_of(emulator, id), "pending");
    emulator.advance(1);
    EXPECT_EQ(state_of(emulator, id), "running");
    EXPECT_EQ(field_of(emulator, id, "blockDeviceMapping/item/ebs/status"), "attached");
    EXPECT_EQ(field_of(emulator, id, "stateReason/code"), "");
}

TEST(RunInstances, MakesTheImagesRootVolume)
{
    TestEmulator emulator;
    const auto image = public_image(emulator);
    const auto described = emulator.must("DescribeImages", {{"ImageId.1", image}});
    const std::string mapping = "imagesSet/item/blockDeviceMapping/item/ebs/";
    const auto id = run_one(emulator);
    const auto volume = volume_at(emulator, id, "/dev/xvda");
    ASSERT_EQ(volume.count("volumeSet/item"), 1U);
    EXPECT_EQ(volume.text("volumeSet/item/snapshotId"), described.text(mapping + "snapshotId"));
    EXPECT_EQ(volume.text("volumeSet/item/size"), described.text(mapping + "volumeSize"));
    EXPECT_EQ(volume.text("volumeSet/item/volumeType"), described.text(mapping + "volumeType"));
    EXPECT_EQ(volume.text("volumeSet/item/status"), "in-use");
    EXPECT_EQ(volume.text("volumeSet/item/attachmentSet/item/deleteOnTermination"), "true");
    EXPECT_EQ(volume.text("volumeSet/item/availabilityZone"),
              field_of(emulator, id, "placement/availabilityZone"));
    EXPECT_EQ(field_of(emulator, id, "blockDeviceMapping/item/ebs/volumeId"),
              volume.text("volumeSet/item/volumeId"));
}

TEST(RunInstances, NeedsAnImage)
{
    TestEmulator emulator;
    expect_refused(emulator.call("RunInstances", {{"MinCount", "1"}, {"MaxCount", "1"}}),
                   "MissingParameter", "The request must contain the parameter ImageId");
    EXPECT_EQ(emulator.call("RunInstances", launch("ami-xyz")).code, "InvalidAMIID.Malformed");
    expect_refused(emulator.call("RunInstances", launch("ami-0123456789abcdef0")),
                   "InvalidAMIID.NotFound",
                   "The image id '[ami-0123456789abcdef0]' does not exist");
}

TEST(RunInstances, RefusesImagesOfOthersUntilTheyAreShared)
{
    TestEmulator emulator;
    const auto image = own_image(emulator, "private");
    expect_refused(emulator.call("RunInstances", launch(image), kOtherAccount), "AuthFailure",
                   "Not authorized for images: [" + image + "]");
    emulator.must("ModifyImageAttribute",
                  {{"ImageId", image}, {"LaunchPermission.Add.1.UserId", kOtherAccount}});
    EXPECT_TRUE(emulator.call("RunInstances", launch(image), kOtherAccount).ok());
}

TEST(RunInstances, RefusesImagesThatAreNotYetOrNoLongerAvailable)
{
    TestEmulator emulator;
    emulator.set_delay("image.pending", 1000);
    const auto image = own_image(emulator, "slow");
    expect_refused(emulator.call("RunInstances", launch(image)), "InvalidAMIID.Unavailable",
                   "AMI '" + image + "' is pending, and cannot be run");
    emulator.advance(1000);
    emulator.must("RunInstances", launch(image));
    emulator.must("DeregisterImage", {{"ImageId", image}});
    expect_refused(emulator.call("RunInstances", launch(image)), "InvalidAMIID.Unavailable",
                   "The image ID '" + image + "' is no longer available");
}

TEST(RunInstances, RefusesUnknownInstanceTypes)
{
    TestEmulator emulator;
    expect_refused(emulator.call("RunInstances",
                                 launch(public_image(emulator), {{"InstanceType", "x9.tiny"}})),
                   "InvalidParameterValue", "Invalid value 'x9.tiny' for InstanceType.");
}

TEST(RunInstances, LaunchesAnM1SmallWhenNoTypeIsNamed)
{
    TestEmulator emulator;
    const auto answer =
        emulator.must("RunInstances",
                      {{"ImageId", public_image(emulator)}, {"MinCount", "1"}, {"MaxCount", "1"}});
    EXPECT_EQ(answer.text("instancesSet/item/instanceType"), "m1.small");
}

TEST(RunInstances, RefusesATypeOfAnotherArchitecture)
{
    TestEmulator emulator;
    const auto answer = emulator.call(
        "RunInstances", launch(public_image(emulator), {{"InstanceType", "t4g.micro"}}));
    EXPECT_EQ(answer.code, "InvalidParameterValue");
    EXPECT_THAT(answer.message,
                testing::StartsWith(
                    "The architecture 'arm64' of the specified instance type does not match the "
                    "architecture 'x86_64' of the specified AMI. Specify an instance type"));
    EXPECT_TRUE(emulator
                    .call("RunInstances",
                          launch(public_image(emulator, "arm64"), {{"InstanceType", "t4g.micro"}}))
                    .ok());
}

TEST(RunInstances, RefusesATypeThatTheZoneLacksAndNamesThoseThatHaveIt)
{
    TestEmulator emulator;
    const auto image = public_image(emulator);
    expect_refused(
        emulator.call("RunInstances",
                      launch(image, {{"Placement.AvailabilityZone", "us-east-1e"}})),
        "Unsupported",
        "Your requested instance type (t3.micro) is not supported in your requested Availability "
        "Zone (us-east-1e). Please retry your request by not specifying an Availability Zone or "
        "choosing us-east-1a, us-east-1b, us-east-1c, us-east-1d, us-east-1f.");
}

TEST(RunInstances, RefusesAnImageWithoutEnaOnTypesThatNeedIt)
{
    TestEmulator emulator;
    const auto image = own_image(emulator, "old", {});
    const auto answer = emulator.call("RunInstances", launch(image));
    EXPECT_EQ(answer.code, "InvalidParameterCombination");
    EXPECT_THAT(answer.message, HasSubstr("(ENA) is required for the 't3.micro' instance type."));
    EXPECT_TRUE(emulator.call("RunInstances", launch(image, {{"InstanceType", "t2.micro"}})).ok());
}

TEST(RunInstances, RefusesBootModesAndVirtualizationThatTheTypeLacks)
{
    TestEmulator emulator;
    const auto uefi = own_image(emulator, "uefi", {{"BootMode", "uefi"}, {"EnaSupport", "true"}});
    EXPECT_EQ(emulator.call("RunInstances", launch(uefi, {{"InstanceType", "t2.micro"}})).code,
              "InvalidParameterCombination");
    const auto id = emulator.must("RunInstances", launch(uefi)).text(kInstanceId);
    EXPECT_EQ(field_of(emulator, id, "bootMode"), "uefi");
    EXPECT_EQ(field_of(emulator, id, "currentInstanceBootMode"), "uefi");
    const auto paravirtual =
        own_image(emulator, "paravirtual", {{"VirtualizationType", "paravirtual"}});
    EXPECT_THAT(
        emulator.call("RunInstances", launch(paravirtual, {{"InstanceType", "t2.micro"}})).message,
        testing::StartsWith("Virtualization type 'hvm' is required for instances of type"));
}

TEST(RunInstances, WithoutASubnetNeedsADefaultOneAndSaysWhichIsMissing)
{
    TestEmulator emulator;
    const auto image = public_image(emulator);
    const auto subnets = emulator.must("DescribeSubnets");
    for (const auto& one : subnets.root().child("subnetSet")) {
        if (std::string(one.child_value("availabilityZone")) == "us-east-1a") {
            emulator.must("DeleteSubnet", {{"SubnetId", one.child_value("subnetId")}});
        }
    }
    const Parameters zone_a{{"Placement.AvailabilityZone", "us-east-1a"}};
    expect_refused(emulator.call("RunInstances", launch(image, zone_a)), "InvalidInput",
                   "No default subnet for availability zone: 'us-east-1a'.");
    for (const auto& id : emulator.must("DescribeSubnets").texts("subnetSet/item/subnetId")) {
        emulator.must("DeleteSubnet", {{"SubnetId", id}});
    }
    const auto vpc = emulator.must("DescribeVpcs").text("vpcSet/item/vpcId");
    expect_refused(emulator.call("RunInstances", launch(image)), "MissingInput",
                   "No subnets found for the default VPC '" + vpc + "'. Please specify a subnet.");
    delete_default_vpc(emulator);
    expect_refused(emulator.call("RunInstances", launch(image)), "VPCIdNotSpecified",
                   "No default VPC for this user");
}

TEST(RunInstances, CountsInstances)
{
    TestEmulator emulator;
    const auto image = public_image(emulator);
    const auto answer = emulator.must("RunInstances", launch(image, {{"MaxCount", "3"}}));
    EXPECT_THAT(answer.texts("instancesSet/item/amiLaunchIndex"), ElementsAre("0", "1", "2"));
    EXPECT_THAT(distinct(answer.texts(kInstanceId)), SizeIs(3));
    EXPECT_EQ(emulator.must("DescribeInstances").count("reservationSet/item"), 1U);
}

TEST(RunInstances, RefusesImpossibleCounts)
{
    TestEmulator emulator;
    const auto image = public_image(emulator);
    expect_refused(
        emulator.call("RunInstances", launch(image, {{"MinCount", "0"}, {"MaxCount", "0"}})),
        "InvalidParameterValue", "Minimum instance count must be greater than zero");
    expect_refused(emulator.call("RunInstances", launch(image, {{"MaxCount", "0"}})),
                   "InvalidParameterValue", "Maximum instance count must be greater than zero");
    EXPECT_EQ(
        emulator.call("RunInstances", launch(image, {{"MinCount", "3"}, {"MaxCount", "2"}})).code,
        "InvalidParameterValue");
    EXPECT_EQ(
        emulator.call("RunInstances", launch(image, {{"MinCount", "1001"}, {"MaxCount", "2000"}}))
            .code,
        "InstanceLimitExceeded");
}

TEST(RunInstances, LaunchesAsManyAsTheSubnetHasAddressesForButNotFewerThanTheMinimum)
{
    TestEmulator emulator;
    const auto subnet = emulator
                            .must("DescribeSubnets", {{"Filter.1.Name", "availability-zone"},
                                                      {"Filter.1.Value.1", "us-east-1a"}})
                            .text("subnetSet/item/subnetId");
    {
        auto writer = emulator.generation().writer();
        Statement(writer.db(), "UPDATE subnet SET cidr_block = '172.31.0.0/28' WHERE id = ?1")
            .execute(subnet);
    }
    const auto wanted = [&](const char* min, const char* max) {
        return launch(public_image(emulator),
                      {{"MinCount", min}, {"MaxCount", max}, {"SubnetId", subnet}});
    };
    EXPECT_THAT(emulator.must("RunInstances", wanted("1", "4")).texts(kInstanceId), SizeIs(4));
    expect_refused(emulator.call("RunInstances", wanted("8", "9")),
                   "InsufficientFreeAddressesInSubnet",
                   "There are not enough free addresses in subnet '" + subnet +
                       "' to satisfy the requested number of instances.");
    EXPECT_THAT(emulator.must("RunInstances", wanted("2", "99")).texts(kInstanceId), SizeIs(7));
    EXPECT_EQ(emulator.call("RunInstances", wanted("1", "1")).code,
              "InsufficientFreeAddressesInSubnet");
    const auto all = emulator.must("DescribeInstances");
    const auto addresses = all.texts("reservationSet/item/instancesSet/item/privateIpAddress");
    EXPECT_THAT(distinct(addresses), SizeIs(11));
    emulator.must("TerminateInstances", one_instance(all.text(kFound)));
    EXPECT_TRUE(emulator.call("RunInstances", wanted("1", "1")).ok());
}

TEST(RunInstances, GivesAddressesAndNames)
{
    TestEmulator emulator;
    const auto id = run_one(emulator, {{"Placement.AvailabilityZone", "us-east-1a"}});
    EXPECT_EQ(field_of(emulator, id, "privateIpAddress"), "172.31.0.4");
    EXPECT_EQ(field_of(emulator, id, "privateDnsName"), "ip-172-31-0-4.ec2.internal");
    const auto address = field_of(emulator, id, "ipAddress");
    EXPECT_THAT(address, testing::StartsWith("198.1"));
    EXPECT_THAT(field_of(emulator, id, "dnsName"), EndsWith(".compute-1.amazonaws.com"));
    const std::string network = "networkInterfaceSet/item/";
    EXPECT_THAT(field_of(emulator, id, network + "networkInterfaceId"),
                testing::StartsWith("eni-0"));
    EXPECT_THAT(field_of(emulator, id, network + "attachment/attachmentId"),
                testing::StartsWith("eni-attach-0"));
    EXPECT_THAT(field_of(emulator, id, network + "macAddress"),
                testing::MatchesRegex("02(:[0-9a-f][0-9a-f]){5}"));
    EXPECT_EQ(field_of(emulator, id, network + "association/publicIp"), address);
    EXPECT_EQ(field_of(emulator, id, network + "privateIpAddressesSet/item/association/publicIp"),
              address);
    const auto next = run_one(emulator, {{"Placement.AvailabilityZone", "us-east-1a"}});
    EXPECT_EQ(field_of(emulator, next, "privateIpAddress"), "172.31.0.5");
    EXPECT_NE(field_of(emulator, next, "ipAddress"), address);
}

TEST(RunInstances, NamesHostsAfterTheRegion)
{
    TestEmulator emulator;
    const auto image = emulator
                           .must("DescribeImages",
                                 {{"Owner.1", "amazon"},
                                  {"Filter.1.Name", "name"},
                                  {"Filter.1.Value.1", "al2023*x86_64"}},
                                 kAccount, "eu-west-1")
                           .text("imagesSet/item/imageId");
    const auto id =
        emulator.must("RunInstances", launch(image), kAccount, "eu-west-1").text(kInstanceId);
    const auto found = emulator.must("DescribeInstances", one_instance(id), kAccount, "eu-west-1");
    const std::string item = "reservationSet/item/instancesSet/item/";
    EXPECT_THAT(found.text(item + "privateDnsName"), EndsWith(".eu-west-1.compute.internal"));
    EXPECT_THAT(found.text(item + "dnsName"), EndsWith(".eu-west-1.compute.amazonaws.com"));
    EXPECT_EQ(emulator.call("DescribeInstances", one_instance(id)).code,
              "InvalidInstanceID.NotFound");
}

TEST(RunInstances, ChangesTheImagesVolumesAndAddsOthers)
{
    TestEmulator emulator;
    const auto id = run_one(emulator, {{"BlockDeviceMapping.1.DeviceName", "/dev/xvda"},
                                       {"BlockDeviceMapping.1.Ebs.VolumeSize", "20"},
                                       {"BlockDeviceMapping.1.Ebs.VolumeType", "io1"},
                                       {"BlockDeviceMapping.1.Ebs.Iops", "500"},
                                       {"BlockDeviceMapping.1.Ebs.DeleteOnTermination", "false"},
                                       {"BlockDeviceMapping.2.DeviceName", "/dev/sdf"},
                                       {"BlockDeviceMapping.2.Ebs.VolumeSize", "7"}});
    const auto root = volume_at(emulator, id, "/dev/xvda");
    EXPECT_EQ(root.text("volumeSet/item/size"), "20");
    EXPECT_EQ(root.text("volumeSet/item/volumeType"), "io1");
    EXPECT_EQ(root.text("volumeSet/item/iops"), "500");
    EXPECT_EQ(root.text("volumeSet/item/throughput"), "");
    EXPECT_EQ(root.text("volumeSet/item/attachmentSet/item/deleteOnTermination"), "false");
    EXPECT_NE(root.text("volumeSet/item/snapshotId"), "");
    const auto data = volume_at(emulator, id, "/dev/sdf");
    EXPECT_EQ(data.text("volumeSet/item/size"), "7");
    EXPECT_EQ(data.text("volumeSet/item/volumeType"), "gp2");
    EXPECT_EQ(data.text("volumeSet/item/snapshotId"), "");
    EXPECT_EQ(data.text("volumeSet/item/attachmentSet/item/deleteOnTermination"), "true");
}

TEST(RunInstances, MakesVolumesOfTheCallersSnapshots)
{
    TestEmulator emulator;
    const auto snapshot = own_snapshot(emulator, 3);
    const auto id = run_one(emulator, {{"BlockDeviceMapping.1.DeviceName", "/dev/sdf"},
                                       {"BlockDeviceMapping.1.Ebs.SnapshotId", snapshot}});
    const auto volume = volume_at(emulator, id, "/dev/sdf");
    EXPECT_EQ(volume.text("volumeSet/item/size"), "3");
    EXPECT_EQ(volume.text("volumeSet/item/snapshotId"), snapshot);

    const auto theirs = own_snapshot(emulator, 3, kOtherAccount);
    for (const auto& other : {theirs, std::string("snap-0123456789abcdef0")}) {
        EXPECT_EQ(
            emulator
                .call("RunInstances", launch(public_image(emulator),
                                             {{"BlockDeviceMapping.1.DeviceName", "/dev/sdf"},
                                              {"BlockDeviceMapping.1.Ebs.SnapshotId", other}}))
                .code,
            "InvalidSnapshot.NotFound");
    }
}

TEST(RunInstances, LeavesOutDevicesOfTheImage)
{
    TestEmulator emulator;
    const auto image = own_image(emulator, "two disks",
                                 {{"EnaSupport", "true"},
                                  {"BlockDeviceMapping.2.DeviceName", "/dev/sdf"},
                                  {"BlockDeviceMapping.2.Ebs.VolumeSize", "5"}});
    const auto both = emulator.must("RunInstances", launch(image)).text(kInstanceId);
    EXPECT_THAT(emulator.must("DescribeInstances", one_instance(both)).texts(kVolumeOf), SizeIs(2));
    const auto one =
        emulator
            .must("RunInstances", launch(image, {{"BlockDeviceMapping.1.DeviceName", "/dev/sdf"},
                                                 {"BlockDeviceMapping.1.NoDevice", ""}}))
            .text(kInstanceId);
    EXPECT_THAT(emulator.must("DescribeInstances", one_instance(one)).texts(kVolumeOf), SizeIs(1));
    const auto instance_store =
        emulator
            .must("RunInstances",
                  launch(image, {{"BlockDeviceMapping.1.DeviceName", "/dev/sdf"},
                                 {"BlockDeviceMapping.1.VirtualName", "ephemeral0"}}))
            .text(kInstanceId);
    EXPECT_THAT(emulator.must("DescribeInstances", one_instance(instance_store)).texts(kVolumeOf),
                SizeIs(1));
}

struct RefusedMapping {
    const char* name;
    Parameters mapping;
    const char* code;
    const char* message;
};

class RunInstancesMapping : public testing::TestWithParam<RefusedMapping> {};

TEST_P(RunInstancesMapping, IsRefused)
{
    TestEmulator emulator;
    const auto answer =
        emulator.call("RunInstances", launch(public_image(emulator), GetParam().mapping));
    EXPECT_EQ(answer.code, GetParam().code) << answer.body;
    EXPECT_THAT(answer.message, testing::ContainsRegex(GetParam().message));
    EXPECT_EQ(emulator.must("DescribeInstances").count(kFound), 0U);
    EXPECT_EQ(emulator.must("DescribeVolumes").count("volumeSet/item"), 0U);
}

INSTANTIATE_TEST_SUITE_P(
    All, RunInstancesMapping,
    testing::Values(
        RefusedMapping{"SmallerThanTheSnapshot",
                       {{"BlockDeviceMapping.1.DeviceName", "/dev/xvda"},
                        {"BlockDeviceMapping.1.Ebs.VolumeSize", "1"}},
                       "InvalidBlockDeviceMapping",
                       "Volume of size 1GB is smaller than snapshot 'snap-.*', expect size >= "},
        RefusedMapping{"RootOfAnotherSnapshot",
                       {{"BlockDeviceMapping.1.DeviceName", "/dev/xvda"},
                        {"BlockDeviceMapping.1.Ebs.SnapshotId", "snap-0123456789abcdef0"}},
                       "InvalidBlockDeviceMapping",
                       "snapshotId cannot be modified on root device"},
        RefusedMapping{"NoRoot",
                       {{"BlockDeviceMapping.1.DeviceName", "/dev/xvda"},
                        {"BlockDeviceMapping.1.NoDevice", ""}},
                       "InvalidBlockDeviceMapping",
                       "/dev/xvda"},
        RefusedMapping{"NeitherSizeNorSnapshot",
                       {{"BlockDeviceMapping.1.DeviceName", "/dev/sdf"},
                        {"BlockDeviceMapping.1.Ebs.VolumeType", "gp3"}},
                       "MissingParameter",
                       "size or snapshotId"},
        RefusedMapping{"Partition",
                       {{"BlockDeviceMapping.1.DeviceName", "/dev/sde1"},
                        {"BlockDeviceMapping.1.Ebs.VolumeSize", "1"}},
                       "InvalidBlockDeviceMapping",
                       "Invalid device name /dev/sde1"},
        RefusedMapping{"NoDeviceName",
                       {{"BlockDeviceMapping.1.Ebs.VolumeSize", "1"}},
                       "InvalidBlockDeviceMapping",
                       "device name"},
        RefusedMapping{"SameDeviceTwice",
                       {{"BlockDeviceMapping.1.DeviceName", "/dev/sdf"},
                        {"BlockDeviceMapping.1.Ebs.VolumeSize", "1"},
                        {"BlockDeviceMapping.2.DeviceName", "/dev/sdf"},
                        {"BlockDeviceMapping.2.Ebs.VolumeSize", "2"}},
                       "InvalidBlockDeviceMapping",
                       "/dev/sdf"},
        RefusedMapping{"SameDeviceUnderTwoNames",
                       {{"BlockDeviceMapping.1.DeviceName", "/dev/xvdf"},
                        {"BlockDeviceMapping.1.Ebs.VolumeSize", "1"},
                        {"BlockDeviceMapping.2.DeviceName", "xvdf"},
                        {"BlockDeviceMapping.2.Ebs.VolumeSize", "2"}},
                       "InvalidBlockDeviceMapping",
                       "The device 'xvdf' is used in more than one block-device mapping"},
        RefusedMapping{"IopsOfATypeWithout",
                       {{"BlockDeviceMapping.1.DeviceName", "/dev/sdf"},
                        {"BlockDeviceMapping.1.Ebs.VolumeSize", "10"},
                        {"BlockDeviceMapping.1.Ebs.VolumeType", "gp2"},
                        {"BlockDeviceMapping.1.Ebs.Iops", "100"}},
                       "InvalidParameterCombination",
                       "iops"}),
    [](const auto& tested) { return std::string(tested.param.name); });

/// A launch of that type with so many volumes, its root among them.
Parameters with_volumes(std::string_view type, int volumes, int interfaces = 1)
{
    Parameters parameters{{"InstanceType", std::string(type)}};
    for (int i = 1; i < volumes; ++i) {
        const auto mapping = "BlockDeviceMapping." + std::to_string(i);
        const char letter = static_cast<char>('a' + (i - 1) % 26);
        parameters.emplace_back(mapping + ".DeviceName",
                                std::string(i <= 26 ? "/dev/xvdb" : "/dev/xvdc") + letter);
        parameters.emplace_back(mapping + ".Ebs.VolumeSize", "1");
    }
    for (int i = 0; i < interfaces; ++i) {
        parameters.emplace_back(fmt::format("NetworkInterface.{}.DeviceIndex", i + 1),
                                std::to_string(i));
    }
    return parameters;
}

// Types, how many interfaces an instance has, and how many volumes it may have then.
struct VolumeLimit {
    const char* type;
    int interfaces;
    int most;
};
constexpr VolumeLimit kVolumeLimits[] = {
    {"t3.micro", 1, 27},                                                // shared
    {"t3.micro", 2, 26},  {"m5.xlarge", 3, 25}, {"m5d.xlarge", 3, 24},  // its own disk counts
    {"m7i.large", 3, 32},                                               // the volumes' alone
    {"t2.micro", 2, 40},                                                // not of Nitro
};

TEST(RunInstances, RefusesMoreVolumesThanTheTypeCanHaveBesideItsInterfaces)
{
    for (const auto& [type, interfaces, most] : kVolumeLimits) {
        TestEmulator emulator;
        const auto image = public_image(emulator);
        const auto run = [&](int volumes) {
            return emulator.call("RunInstances",
                                 launch(image, with_volumes(type, volumes, interfaces)));
        };
        const auto refused = run(most + 1);
        EXPECT_EQ(refused.code, "AttachmentLimitExceeded") << type;
        EXPECT_THAT(refused.message, HasSubstr(fmt::format("up to {} devices", most))) << type;
        EXPECT_EQ(run(most).code, "") << type << " with " << interfaces;
    }
}

TEST(AttachNetworkInterface, TakesThePlaceOfAVolumeWhereTheLimitIsShared)
{
    for (const auto& [type, is_shared] : {std::pair("m5.large", true), {"m7i.large", false}}) {
        TestEmulator emulator;
        const auto subnet =
            emulator.must("DescribeSubnets", filter("availability-zone", "us-east-1a"))
                .text("subnetSet/item/subnetId");
        auto wanted = with_volumes(type, is_shared ? 27 : 32);
        wanted.emplace_back("NetworkInterface.1.SubnetId", subnet);
        const auto id = run_one(emulator, wanted);
        const auto spare = emulator.must("CreateNetworkInterface", {{"SubnetId", subnet}})
                               .text("networkInterface/networkInterfaceId");
        const auto attached = emulator.call(
            "AttachNetworkInterface",
            {{"NetworkInterfaceId", spare}, {"InstanceId", id}, {"DeviceIndex", "1"}});
        EXPECT_EQ(attached.code, is_shared ? "AttachmentLimitExceeded" : "") << type;
    }
}

TEST(AttachVolume, CountsTheInterfacesWhereTheLimitIsShared)
{
    TestEmulator emulator;
    const auto id = run_one(emulator, with_volumes("t3.micro", 26, 2));
    const auto zone = emulator.must("DescribeInstances", one_instance(id))
                          .text("reservationSet/item/instancesSet/item/placement/availabilityZone");
    const auto volume =
        emulator.must("CreateVolume", {{"AvailabilityZone", zone}, {"Size", "1"}}).text("volumeId");
    EXPECT_EQ(emulator
                  .call("AttachVolume",
                        {{"VolumeId", volume}, {"InstanceId", id}, {"Device", "/dev/xvdz"}})
                  .code,
              "AttachmentLimitExceeded");
}

TEST(ModifyInstanceAttribute, RefusesATypeThatHasNoRoomForTheVolumes)
{
    TestEmulator emulator;
    const auto id = run_one(emulator, with_volumes("m7i.large", 28));
    emulator.must("StopInstances", one_instance(id));
    const auto change = [&](const char* type) {
        return emulator.call("ModifyInstanceAttribute",
                             {{"InstanceId", id}, {"InstanceType.Value", type}});
    };
    EXPECT_EQ(change("m5.large").code, "AttachmentLimitExceeded");
    EXPECT_EQ(change("m7i.xlarge").code, "");
}

TEST(RunInstances, KeepsUserData)
{
    TestEmulator emulator;
    const auto id = run_one(emulator, {{"UserData", "IyEvYmluL3NoCg=="}});
    EXPECT_EQ(
        emulator.must("DescribeInstanceAttribute", {{"InstanceId", id}, {"Attribute", "userData"}})
            .text("userData/value"),
        "IyEvYmluL3NoCg==");
    const auto image = public_image(emulator);
    expect_refused(emulator.call("RunInstances", launch(image, {{"UserData", "#!/bin/sh"}})),
                   "InvalidUserData.Malformed", "Invalid BASE64 encoding of user data.");
    // Base64 makes four characters of three bytes.
    const std::string most(16 * 1024 / 3 * 4, 'A');
    EXPECT_TRUE(emulator.call("RunInstances", launch(image, {{"UserData", most + "AA=="}})).ok());
    expect_refused(emulator.call("RunInstances", launch(image, {{"UserData", most + "AAA="}})),
                   "InvalidParameterValue", "User data is limited to 16384 bytes.");
}

TEST(RunInstances, TagsWhatItMakes)
{
    TestEmulator emulator;
    const auto id = run_one(emulator, {{"TagSpecification.1.ResourceType", "instance"},
                                       {"TagSpecification.1.Tag.1.Key", "Name"},
                                       {"TagSpecification.1.Tag.1.Value", "web"},
                                       {"TagSpecification.2.ResourceType", "volume"},
                                       {"TagSpecification.2.Tag.1.Key", "Disk"},
                                       {"TagSpecification.2.Tag.1.Value", "root"},
                                       {"TagSpecification.3.ResourceType", "network-interface"},
                                       {"TagSpecification.3.Tag.1.Key", "Card"},
                                       {"TagSpecification.3.Tag.1.Value", "first"}});
    EXPECT_EQ(field_of(emulator, id, "tagSet/item/key"), "Name");
    EXPECT_EQ(field_of(emulator, id, "tagSet/item/value"), "web");
    EXPECT_EQ(volume_at(emulator, id, "/dev/xvda").text("volumeSet/item/tagSet/item/key"), "Disk");
    EXPECT_THAT(emulator
                    .must("DescribeInstances", {{"Filter.1.Name", "network-interface.tag-key"},
                                                {"Filter.1.Value.1", "Card"}})
                    .texts(kFound),
                ElementsAre(id));
    EXPECT_EQ(emulator
                  .call("RunInstances", launch(public_image(emulator),
                                               {{"TagSpecification.1.ResourceType", "image"},
                                                {"TagSpecification.1.Tag.1.Key", "a"},
                                                {"TagSpecification.1.Tag.1.Value", "b"}}))
                  .code,
              "InvalidParameterValue");
}

TEST(RunInstances, GivesTheSameReservationForTheSameClientToken)
{
    TestEmulator emulator;
    const auto wanted =
        launch(public_image(emulator), {{"ClientToken", "once"}, {"MaxCount", "2"}});
    const auto first = emulator.must("RunInstances", wanted);
    const auto again = emulator.must("RunInstances", wanted);
    EXPECT_EQ(again.text("reservationId"), first.text("reservationId"));
    EXPECT_EQ(again.texts(kInstanceId), first.texts(kInstanceId));
    EXPECT_EQ(again.text("instancesSet/item/instanceState/name"), "running");
    EXPECT_EQ(again.text("instancesSet/item/clientToken"), "once");
    EXPECT_EQ(emulator.must("DescribeInstances").count(kFound), 2U);
}

TEST(RunInstances, LaunchesOnceHoweverManyCallsBringOneClientTokenAtATime)
{
    TestEmulator emulator;
    const auto wanted = launch(public_image(emulator), {{"ClientToken", "once"}});
    std::vector<std::string> reservations(16);
    std::vector<std::thread> callers;
    for (auto& reservation : reservations) {
        callers.emplace_back(
            [&] { reservation = emulator.must("RunInstances", wanted).text("reservationId"); });
    }
    for (auto& caller : callers) {
        caller.join();
    }
    EXPECT_THAT(distinct(reservations), SizeIs(1));
    EXPECT_EQ(emulator.must("DescribeInstances").count(kFound), 1U);
}

TEST(RunInstances, RefusesAClientTokenWithOtherParameters)
{
    TestEmulator emulator;
    const auto image = public_image(emulator);
    emulator.must("RunInstances", launch(image, {{"ClientToken", "once"}}));
    expect_refused(
        emulator.call("RunInstances", launch(image, {{"ClientToken", "once"}, {"MaxCount", "2"}})),
        "IdempotentParameterMismatch",
        "Arguments on this idempotent request are inconsistent with arguments used in previous "
        "request(s).");
    EXPECT_TRUE(
        emulator
            .call("RunInstances", launch(own_image(emulator, "other"), {{"ClientToken", "twice"}}))
            .ok());
}

TEST(RunInstances, CountsAClientTokenByZoneWhenOneIsNamed)
{
    TestEmulator emulator;
    const auto image = public_image(emulator);
    std::set<std::string> ids;
    for (const char* zone : {"us-east-1a", "us-east-1b", "us-east-1a"}) {
        ids.insert(emulator
                       .must("RunInstances", launch(image, {{"ClientToken", "once"},
                                                            {"Placement.AvailabilityZone", zone}}))
                       .text(kInstanceId));
    }
    EXPECT_THAT(ids, SizeIs(2));
}

TEST(RunInstances, RefusesTheClientTokenOfATerminatedInstance)
{
    TestEmulator emulator;
    const auto wanted = launch(public_image(emulator), {{"ClientToken", "once"}});
    const auto id = emulator.must("RunInstances", wanted).text(kInstanceId);
    emulator.must("TerminateInstances", one_instance(id));
    const std::string message =
        "The client token you have provided is associated with a terminated instance. Please use "
        "a different client token.";
    expect_refused(emulator.call("RunInstances", wanted), "IdempotentInstanceTerminated", message);
    emulator.advance(kHourMs);
    expect_refused(emulator.call("RunInstances", wanted), "IdempotentInstanceTerminated", message);
}

TEST(RunInstances, DryRunLaunchesNothingAndStillLooksUpWhatIsNamed)
{
    TestEmulator emulator;
    const auto image = public_image(emulator);
    const auto dry = emulator.call("RunInstances", launch(image, {{"DryRun", "true"}}));
    EXPECT_EQ(dry.status, 412);
    EXPECT_EQ(dry.code, "DryRunOperation");
    EXPECT_EQ(
        emulator.call("RunInstances", launch("ami-0123456789abcdef0", {{"DryRun", "true"}})).code,
        "InvalidAMIID.NotFound");
    EXPECT_EQ(emulator
                  .call("RunInstances", launch(image, {{"DryRun", "true"},
                                                       {"SubnetId", "subnet-0123456789abcdef0"}}))
                  .code,
              "InvalidSubnetID.NotFound");
    EXPECT_EQ(emulator.must("DescribeInstances").count(kFound), 0U);
}

TEST(RunInstances, TakesAnInitializationRateForVolumesOfSnapshots)
{
    TestEmulator emulator;
    const auto image = public_image(emulator);
    const auto with_rate = [&](const std::string& device, const std::string& rate) {
        return emulator.call(
            "RunInstances",
            launch(image, {{"BlockDeviceMapping.1.DeviceName", device},
                           {"BlockDeviceMapping.1.Ebs.VolumeSize", "40"},
                           {"BlockDeviceMapping.1.Ebs.VolumeInitializationRate", rate}}));
    };
    const auto launched = with_rate("/dev/xvda", "200");
    const auto id = launched.text("instancesSet/item/instanceId");
    EXPECT_EQ(emulator
                  .must("DescribeVolumes",
                        {{"Filter.1.Name", "attachment.instance-id"}, {"Filter.1.Value.1", id}})
                  .text("volumeSet/item/volumeInitializationRate"),
              "200");
    EXPECT_EQ(with_rate("/dev/xvda", "99").code, "InvalidParameterValue");
    EXPECT_EQ(with_rate("/dev/sdz", "200").code, "InvalidParameterCombination");
}

// Source: Packer and Terraform send what their users left out with an empty value (observed).
TEST(RunInstances, TakesAnEmptyValueForNone)
{
    TestEmulator emulator;
    const auto answer = emulator.must(
        "RunInstances", launch(public_image(emulator), {{"IamInstanceProfile.Name", ""},
                                                        {"KernelId", ""},
                                                        {"KeyName", ""},
                                                        {"Placement.AvailabilityZone", ""},
                                                        {"Placement.GroupName", ""},
                                                        {"Placement.Tenancy", ""},
                                                        {"SubnetId", ""},
                                                        {"EbsOptimized", "false"}}));
    EXPECT_EQ(answer.count("instancesSet/item/keyName"), 0U);
    EXPECT_NE(answer.text("instancesSet/item/placement/availabilityZone"), "");
}

TEST(RunInstances, RefusesKeyPairsSubnetsZonesAndGroupsThatAreNotThere)
{
    TestEmulator emulator;
    const auto image = public_image(emulator);
    const auto code = [&](const Parameters& extra) {
        return emulator.call("RunInstances", launch(image, extra)).code;
    };
    EXPECT_EQ(code({{"KeyName", "mine"}}), "InvalidKeyPair.NotFound");
    EXPECT_EQ(code({{"SubnetId", "subnet-x"}}), "InvalidSubnetID.Malformed");
    EXPECT_EQ(code({{"SubnetId", "subnet-0123456789abcdef0"}}), "InvalidSubnetID.NotFound");
    EXPECT_EQ(code({{"Placement.AvailabilityZone", "us-east-1z"}}), "InvalidParameterValue");
    EXPECT_EQ(code({{"SecurityGroupId.1", "sg-x"}}), "InvalidGroupId.Malformed");
    EXPECT_EQ(code({{"SecurityGroupId.1", "sg-0123456789abcdef0"}}), "InvalidGroup.NotFound");
    const auto theirs = emulator.must("DescribeSubnets", {}, kOtherAccount);
    EXPECT_EQ(code({{"SubnetId", theirs.text("subnetSet/item/subnetId")}}),
              "InvalidSubnetID.NotFound");
}

TEST(RunInstances, GoesWhereItIsTold)
{
    TestEmulator emulator;
    const auto subnet = emulator.must("DescribeSubnets", {{"Filter.1.Name", "availability-zone"},
                                                          {"Filter.1.Value.1", "us-east-1c"}});
    const auto id = subnet.text("subnetSet/item/subnetId");
    const auto instance = run_one(emulator, {{"SubnetId", id}});
    EXPECT_EQ(field_of(emulator, instance, "placement/availabilityZone"), "us-east-1c");
    EXPECT_EQ(field_of(emulator, instance, "subnetId"), id);
    EXPECT_EQ(field_of(emulator, instance, "vpcId"), subnet.text("subnetSet/item/vpcId"));
    EXPECT_EQ(field_of(emulator, run_one(emulator, {{"Placement.AvailabilityZone", "us-east-1d"}}),
                       "placement/availabilityZone"),
              "us-east-1d");
    expect_refused(
        emulator.call("RunInstances",
                      launch(public_image(emulator),
                             {{"SubnetId", id}, {"Placement.AvailabilityZone", "us-east-1d"}})),
        "InvalidParameterValue",
        "Value (us-east-1d) for parameter availabilityZone is invalid. Subnet '" + id +
            "' is in the availability zone us-east-1c");
}

TEST(RunInstances, UsesTheDefaultSecurityGroup)
{
    TestEmulator emulator;
    const auto group =
        emulator.must("DescribeSecurityGroups").text("securityGroupInfo/item/groupId");
    const auto id = run_one(emulator);
    EXPECT_EQ(field_of(emulator, id, "groupSet/item/groupId"), group);
    EXPECT_EQ(field_of(emulator, id, "groupSet/item/groupName"), "default");
    EXPECT_EQ(field_of(emulator, id, "networkInterfaceSet/item/groupSet/item/groupId"), group);
    EXPECT_EQ(field_of(emulator, run_one(emulator, {{"SecurityGroupId.1", group}}),
                       "groupSet/item/groupId"),
              group);
}

TEST(RunInstances, RequiresTokensOfTheMetadataServiceWhereTheImageSaysSo)
{
    TestEmulator emulator;
    const auto id = run_one(emulator);
    EXPECT_EQ(field_of(emulator, id, "metadataOptions/httpTokens"), "required");
    EXPECT_EQ(field_of(emulator, id, "metadataOptions/httpPutResponseHopLimit"), "2");
    const auto own =
        emulator.must("RunInstances", launch(own_image(emulator, "plain"))).text(kInstanceId);
    EXPECT_EQ(field_of(emulator, own, "metadataOptions/httpTokens"), "optional");
    EXPECT_EQ(field_of(emulator, own, "metadataOptions/httpPutResponseHopLimit"), "1");
}

TEST(RunInstances, IsReportedOfTheImageADayLater)
{
    TestEmulator emulator;
    const auto image = own_image(emulator, "mine");
    const auto launched = [&] {
        return emulator.must("DescribeImages", {{"ImageId.1", image}})
            .text("imagesSet/item/lastLaunchedTime");
    };
    EXPECT_EQ(launched(), "");
    emulator.must("RunInstances", launch(image));
    emulator.advance(kDayMs - 1);
    EXPECT_EQ(launched(), "");
    emulator.advance(1);
    EXPECT_EQ(launched(), "2026-01-02T03:04:05.000Z");
    emulator.must("RunInstances", launch(image));
    EXPECT_EQ(launched(), "2026-01-02T03:04:05.000Z");
    emulator.advance(kDayMs);
    EXPECT_EQ(launched(), "2026-01-03T03:04:05.000Z");
}

TEST(RunInstances, KeepsTheAccountsApart)
{
    TestEmulator emulator;
    const auto id = run_one(emulator);
    EXPECT_EQ(emulator.call("DescribeInstances", one_instance(id), kOtherAccount).code,
              "InvalidInstanceID.NotFound");
    EXPECT_EQ(emulator.call("TerminateInstances", one_instance(id), kOtherAccount).code,
              "InvalidInstanceID.NotFound");
    EXPECT_THAT(emulator.must("DescribeInstances", {}, kOtherAccount).texts(kFound), IsEmpty());
}

TEST(RunInstances, GivesTheSameIdsForTheSameSeed)
{
    TestEmulator one;
    TestEmulator other;
    EXPECT_EQ(run_one(one), run_one(other));
    EXPECT_EQ(
        one.must("DescribeInstances").text("reservationSet/item/instancesSet/item/ipAddress"),
        other.must("DescribeInstances").text("reservationSet/item/instancesSet/item/ipAddress"));
}

TEST(RunInstances, NamesTheRootDeviceFirst)
{
    TestEmulator aws;
    const auto id = run_one(aws, {{"BlockDeviceMapping.1.DeviceName", "/dev/sdf"},
                                  {"BlockDeviceMapping.1.Ebs.VolumeSize", "1"},
                                  {"BlockDeviceMapping.2.DeviceName", "/dev/sdb"},
                                  {"BlockDeviceMapping.2.Ebs.VolumeSize", "1"}});
    const auto instance = aws.must("DescribeInstances", {{"InstanceId.1", id}});
    EXPECT_EQ(instance
                  .texts("reservationSet/item/instancesSet/item/blockDeviceMapping/item/"
                         "deviceName")
                  .front(),
              "/dev/xvda");
    const auto image =
        aws.must("CreateImage", {{"InstanceId", id}, {"Name", "three disks"}}).text("imageId");
    EXPECT_EQ(aws.must("DescribeImages", {{"ImageId.1", image}})
                  .texts("imagesSet/item/blockDeviceMapping/item/deviceName")
                  .front(),
              "/dev/xvda");
}

TEST(RunInstances, BootsFromNoVolumeForData)
{
    TestEmulator aws;
    const Parameters slow = {{"BlockDeviceMapping.1.DeviceName", "/dev/xvda"},
                             {"BlockDeviceMapping.1.Ebs.VolumeSize", "125"},
                             {"BlockDeviceMapping.1.Ebs.VolumeType", "st1"}};
    EXPECT_EQ(aws.call("RunInstances", launch(public_image(aws), slow)).code,
              "InvalidBlockDeviceMapping");
    auto image = slow;
    image.insert(image.end(), {{"Name", "slow"},
                               {"RootDeviceName", "/dev/xvda"},
                               {"BlockDeviceMapping.1.Ebs.SnapshotId", own_snapshot(aws, 8)}});
    EXPECT_EQ(aws.call("RegisterImage", image).code, "InvalidBlockDeviceMapping");
    auto created = slow;
    created.insert(created.end(), {{"InstanceId", run_one(aws)}, {"Name", "slow"}});
    EXPECT_EQ(aws.call("CreateImage", created).code, "InvalidBlockDeviceMapping");
}

TEST(RunInstances, PutsAVolumeAtSda1BesideARootAtXvda)
{
    TestEmulator emulator;
    const auto answer = emulator.must(
        "RunInstances",
        launch(own_image(emulator, "one"), {{"BlockDeviceMapping.1.DeviceName", "/dev/sda1"},
                                            {"BlockDeviceMapping.1.Ebs.VolumeSize", "30"}}));
    const auto volumes = emulator.must("DescribeVolumes",
                                       filter("attachment.instance-id", answer.text(kInstanceId)));
    EXPECT_THAT(volumes.texts("volumeSet/item/size"), UnorderedElementsAre("8", "30"));
}

TEST(RunInstances, KnowsARootByBothItsNames)
{
    TestEmulator emulator;
    const auto image = own_image(emulator, "one",
                                 {{"EnaSupport", "true"},
                                  {"RootDeviceName", "/dev/sda1"},
                                  {"BlockDeviceMapping.1.DeviceName", "/dev/sda"}});
    for (const auto* name : {"/dev/sda", "/dev/sda1"}) {
        const auto answer = emulator.must(
            "RunInstances", launch(image, {{"BlockDeviceMapping.1.DeviceName", name},
                                           {"BlockDeviceMapping.1.Ebs.VolumeSize", "12"}}));
        const auto volumes = emulator.must(
            "DescribeVolumes", filter("attachment.instance-id", answer.text(kInstanceId)));
        EXPECT_THAT(volumes.texts("volumeSet/item/size"), ElementsAre("12")) << name;
        EXPECT_EQ(volumes.text("volumeSet/item/attachmentSet/item/device"), "/dev/sda1");
    }
}

TEST(RunInstances, TakesNoSnapshotForADeviceOfTheInstanceStore)
{
    TestEmulator emulator;
    const auto image = own_image(emulator, "one",
                                 {{"EnaSupport", "true"},
                                  {"BlockDeviceMapping.2.DeviceName", "/dev/sdb"},
                                  {"BlockDeviceMapping.2.VirtualName", "ephemeral0"}});
    const auto refused = emulator.call(
        "RunInstances",
        launch(image, {{"BlockDeviceMapping.1.DeviceName", "/dev/sdb"},
                       {"BlockDeviceMapping.1.Ebs.SnapshotId", own_snapshot(emulator, 1)}}));
    EXPECT_EQ(refused.code, "InvalidBlockDeviceMapping");
    EXPECT_EQ(refused.message, "snapshotId can only be modified on EBS devices");
    // An empty volume may take its place (assumed).
    emulator.must("RunInstances", launch(image, {{"BlockDeviceMapping.1.DeviceName", "/dev/sdb"},
                                                 {"BlockDeviceMapping.1.Ebs.VolumeSize", "1"}}));
}

TEST(Times, OfImagesLaunchesAndAttachmentsAreWholeSeconds)
{
    TestEmulator emulator;
    emulator.advance(1234);
    const auto image = own_image(emulator, "one");
    const auto id = emulator.must("RunInstances", launch(image)).text(kInstanceId);
    const auto whole = "2026-01-02T03:04:06.000Z";
    EXPECT_EQ(
        emulator.must("DescribeImages", {{"ImageId.1", image}}).text("imagesSet/item/creationDate"),
        whole);
    EXPECT_EQ(field_of(emulator, id, "launchTime"), whole);
    EXPECT_EQ(field_of(emulator, id, "usageOperationUpdateTime"), whole);
    EXPECT_EQ(field_of(emulator, id, "networkInterfaceSet/item/attachment/attachTime"), whole);
    EXPECT_EQ(field_of(emulator, id, "blockDeviceMapping/item/ebs/attachTime"), whole);
    const auto volumes = emulator.must("DescribeVolumes", filter("attachment.attach-time", whole));
    EXPECT_EQ(volumes.text("volumeSet/item/attachmentSet/item/attachTime"), whole);
    EXPECT_EQ(volumes.text("volumeSet/item/createTime"), "2026-01-02T03:04:06.234Z");
    EXPECT_EQ(emulator.must("DescribeInstances", filter("block-device-mapping.attach-time", whole))
                  .texts(kFound),
              std::vector{id});
}

TEST(Times, OfALaterStartAreWholeSecondsToo)
{
    TestEmulator emulator;
    const auto id = run_one(emulator);
    emulator.must("StopInstances", one_instance(id));
    emulator.advance(1234);
    emulator.must("StartInstances", one_instance(id));
    EXPECT_EQ(field_of(emulator, id, "launchTime"), "2026-01-02T03:04:06.000Z");
}

TEST(RunInstances, LeavesToDescribeInstancesWhatThatAloneTells)
{
    TestEmulator emulator;
    const auto request = launch(public_image(emulator), {{"ClientToken", "once"}});
    const auto first = emulator.must("RunInstances", request);
    const auto again = emulator.must("RunInstances", request);
    for (const std::string name :
         {"hibernationOptions", "networkPerformanceOptions", "platformDetails", "usageOperation",
          "usageOperationUpdateTime"}) {
        EXPECT_EQ(first.count("instancesSet/item/" + name), 0U) << name;
        EXPECT_EQ(again.count("instancesSet/item/" + name), 0U) << name;
        EXPECT_EQ(emulator.must("DescribeInstances")
                      .count("reservationSet/item/instancesSet/item/" + name),
                  1U)
            << name;
    }
}

}  // namespace
}  // namespace amilab::test
