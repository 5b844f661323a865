#include "server/services/ec2/volumes/attachments.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/server/services/ec2/instances/instance_support.h"
#include "tests/server/services/ec2/volumes/volume_support.h"

// Volumes that several instances have, and volumes that go with their instances.
namespace amilab::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

const Parameters kHere = {{"Placement.AvailabilityZone", "us-east-1a"}};

std::vector<std::string> instances_with(TestEmulator& aws, const std::string& volume)
{
    return aws.must("DescribeVolumes", {{"VolumeId.1", volume}})
        .texts("volumeSet/item/attachmentSet/item/instanceId");
}

TEST(MultiAttach, SharesAVolumeWithSeveralInstances)
{
    TestEmulator aws;
    const auto volume = new_shared_volume(aws);
    const auto one = run_one(aws, kHere);
    const auto two = run_one(aws, kHere);
    aws.set_delay("attachment.attaching", 1000);
    aws.must("AttachVolume", attach(volume, one));
    aws.advance(500);
    aws.must("AttachVolume", attach(volume, two, "/dev/sdg"));
    EXPECT_THAT(instances_with(aws, volume), UnorderedElementsAre(one, two));
    aws.advance(500);
    const auto state_on = [&](const std::string& instance) {
        return volume_field(aws, volume,
                            "attachmentSet/item[instanceId='" + instance + "']/status");
    };
    EXPECT_EQ(state_on(one), "attached");
    EXPECT_EQ(state_on(two), "attaching");
    aws.advance(500);
    EXPECT_EQ(state_on(two), "attached");
    const auto by_instance =
        aws.must("DescribeVolumes", {{"Filter.1.Name", "attachment.instance-id"},
                                     {"Filter.1.Value.1", two},
                                     {"Filter.2.Name", "multi-attach-enabled"},
                                     {"Filter.2.Value.1", "true"}});
    EXPECT_THAT(by_instance.texts("volumeSet/item/volumeId"), ElementsAre(volume));
}

TEST(MultiAttach, StaysInUseUntilTheLastInstanceLetsGo)
{
    TestEmulator aws;
    const auto volume = new_shared_volume(aws);
    const auto one = run_one(aws, kHere);
    const auto two = run_one(aws, kHere);
    aws.must("AttachVolume", attach(volume, one));
    aws.must("AttachVolume", attach(volume, two));
    const auto refused = aws.call("DetachVolume", {{"VolumeId", volume}});
    EXPECT_EQ(refused.code, "InvalidParameterCombination");
    aws.must("DetachVolume", {{"VolumeId", volume}, {"InstanceId", one}});
    EXPECT_EQ(volume_field(aws, volume, "status"), "in-use");
    EXPECT_THAT(instances_with(aws, volume), ElementsAre(two));
    EXPECT_EQ(aws.call("DetachVolume", {{"VolumeId", volume}, {"InstanceId", one}}).code,
              "InvalidAttachment.NotFound");
    EXPECT_EQ(aws.call("DeleteVolume", {{"VolumeId", volume}}).code, "VolumeInUse");
    aws.must("DetachVolume", {{"VolumeId", volume}});
    EXPECT_EQ(volume_field(aws, volume, "status"), "available");
}

TEST(MultiAttach, IsRefusedWhereAwsRefusesIt)
{
    TestEmulator aws;
    const auto volume = new_shared_volume(aws);
    const auto nitro = run_one(aws, kHere);
    const auto xen =
        run_one(aws, {{"Placement.AvailabilityZone", "us-east-1a"}, {"InstanceType", "t2.micro"}});
    const auto elsewhere = run_one(aws, {{"Placement.AvailabilityZone", "us-east-1b"}});
    EXPECT_EQ(aws.call("AttachVolume", attach(volume, xen)).code, "InvalidParameterCombination");
    EXPECT_EQ(aws.call("AttachVolume", attach(volume, elsewhere)).code,
              "InvalidVolume.ZoneMismatch");
    aws.must("AttachVolume", attach(volume, nitro));
    EXPECT_EQ(aws.call("AttachVolume", attach(volume, nitro, "/dev/sdh")).code, "VolumeInUse");
    const auto other = new_shared_volume(aws);
    aws.must("StopInstances", one_instance(nitro));
    aws.must("DetachVolume", {{"VolumeId", root_volume_of(aws, nitro)}});
    EXPECT_EQ(aws.call("AttachVolume", attach(other, nitro, "/dev/xvda")).code,
              "InvalidParameterCombination");
    aws.must("AttachVolume", attach(new_volume(aws), xen));
}

TEST(MultiAttach, HasSixteenInstancesAtMost)
{
    TestEmulator aws;
    const auto volume = new_shared_volume(aws);
    const auto launched =
        aws.must("RunInstances",
                 launch(public_image(aws), {{"MinCount", "17"},
                                            {"MaxCount", "17"},
                                            {"Placement.AvailabilityZone", "us-east-1a"}}))
            .texts(kInstanceId);
    ASSERT_THAT(launched, SizeIs(17));
    for (std::size_t i = 0; i < 16; ++i) {
        aws.must("AttachVolume", attach(volume, launched[i]));
    }
    EXPECT_EQ(aws.call("AttachVolume", attach(volume, launched[16])).code,
              "AttachmentLimitExceeded");
    EXPECT_THAT(instances_with(aws, volume), SizeIs(16));
}

TEST(MultiAttach, LeavesItsFateToTheLastInstance)
{
    TestEmulator aws;
    const auto volume = new_shared_volume(aws);
    const auto one = run_one(aws, kHere);
    const auto two = run_one(aws, kHere);
    aws.must("AttachVolume", attach(volume, one));
    aws.must("AttachVolume", attach(volume, two));
    const auto set_fate = [&](const std::string& instance, const std::string& value) {
        aws.must("ModifyInstanceAttribute",
                 {{"InstanceId", instance},
                  {"BlockDeviceMapping.1.DeviceName", "/dev/sdf"},
                  {"BlockDeviceMapping.1.Ebs.DeleteOnTermination", value}});
    };
    set_fate(one, "true");
    EXPECT_EQ(volume_field(aws, volume,
                           "attachmentSet/item[instanceId='" + two + "']/deleteOnTermination"),
              "false");
    aws.must("TerminateInstances", one_instance(one));
    EXPECT_EQ(volume_field(aws, volume, "status"), "in-use");
    set_fate(two, "true");
    aws.must("TerminateInstances", one_instance(two));
    EXPECT_EQ(aws.call("DescribeVolumes", {{"VolumeId.1", volume}}).code, "InvalidVolume.NotFound");
}

TEST(Termination, KeepsAndDeletesVolumesAsTheirAttachmentsSay)
{
    TestEmulator aws;
    const auto instance = run_one(aws, kHere);
    const auto root = root_volume_of(aws, instance);
    const auto kept = new_volume(aws);
    const auto goes = new_volume(aws);
    aws.must("AttachVolume", attach(kept, instance));
    aws.must("AttachVolume", attach(goes, instance, "/dev/sdg"));
    aws.must("ModifyInstanceAttribute", {{"InstanceId", instance},
                                         {"BlockDeviceMapping.1.DeviceName", "/dev/sdg"},
                                         {"BlockDeviceMapping.1.Ebs.DeleteOnTermination", "true"}});
    // What is under way does not outlive its volume.
    aws.set_delay("volume.modifying", 1000);
    aws.must("ModifyVolume", {{"VolumeId", goes}, {"Size", "11"}});
    aws.must("ModifyVolume", {{"VolumeId", kept}, {"Size", "11"}});
    aws.must("TerminateInstances", one_instance(instance));
    const auto left = aws.must("DescribeVolumes").texts("volumeSet/item/volumeId");
    EXPECT_THAT(left, ElementsAre(kept));
    EXPECT_EQ(volume_field(aws, kept, "status"), "available");
    aws.advance(1000);
    EXPECT_EQ(volume_field(aws, kept, "size"), "11");
    EXPECT_THAT(aws.must("DescribeVolumesModifications")
                    .texts("volumeModificationSet/item/modificationState"),
                ElementsAre("completed"));
    EXPECT_EQ(aws.call("DescribeVolumes", {{"VolumeId.1", root}}).code, "InvalidVolume.NotFound");
}

TEST(Termination, KeepsTheRootVolumeWhenToldTo)
{
    TestEmulator aws;
    const auto instance = run_one(aws, kHere);
    const auto root = root_volume_of(aws, instance);
    aws.must("ModifyInstanceAttribute",
             {{"InstanceId", instance},
              {"BlockDeviceMapping.1.DeviceName", "/dev/xvda"},
              {"BlockDeviceMapping.1.Ebs.DeleteOnTermination", "false"}});
    write_text(aws, root, 0, "kept");
    aws.must("TerminateInstances", one_instance(instance));
    EXPECT_EQ(volume_field(aws, root, "status"), "available");
    EXPECT_EQ(read_text(aws, root, 0, 4), "kept");
}

TEST(AttachVolume, RefusesPartitionsOfHvmInstances)
{
    TestEmulator aws;
    const auto instance = run_one(aws);
    const auto refused = aws.call("AttachVolume", attach(new_volume(aws), instance, "/dev/sdk1"));
    EXPECT_EQ(refused.code, "InvalidParameterValue");
    EXPECT_EQ(refused.message,
              "Value (/dev/sdk1) for parameter device is invalid. /dev/sdk1 is not a valid EBS "
              "device name.");
    aws.must("AttachVolume", attach(new_volume(aws), instance, "/dev/sda1"));
}

}  // namespace
}  // namespace amilab::test
