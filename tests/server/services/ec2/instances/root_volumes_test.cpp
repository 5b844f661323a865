#include "server/services/ec2/instances/root_volumes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/server/services/ec2/instances/instance_support.h"
#include "tests/server/services/ec2/volumes/volume_support.h"

namespace amilab::test {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

const std::string kTask = "replaceRootVolumeTask/";

/// An instance of an image whose root volume begins with "launch".
class RootVolume : public ::testing::Test {
protected:
    RootVolume()
    {
        image = image_with("launch", "first");
        instance =
            aws.must("RunInstances", launch(image, {{"Placement.AvailabilityZone", "us-east-1a"}}))
                .text(kInstanceId);
        root = root_volume_of(aws, instance);
        write_text(aws, root, 0, "spoilt");
    }

    std::string image_with(const std::string& text, const std::string& name,
                           const Parameters& extra = {}, const std::string& size = "8")
    {
        const auto volume = new_volume(aws, {{"Size", size}});
        write_text(aws, volume, 0, text);
        const auto snapshot = aws.must("CreateSnapshot", {{"VolumeId", volume}}).text("snapshotId");
        Parameters wanted = {{"EnaSupport", "true"},
                             {"BlockDeviceMapping.1.Ebs.SnapshotId", snapshot}};
        wanted.insert(wanted.end(), extra.begin(), extra.end());
        return own_image(aws, name, wanted);
    }

    Answer replace(Parameters more = {})
    {
        more.insert(more.begin(), {"InstanceId", instance});
        return aws.call("CreateReplaceRootVolumeTask", more);
    }

    std::string task_state(const std::string& id)
    {
        return aws.must("DescribeReplaceRootVolumeTasks", {{"ReplaceRootVolumeTaskId.1", id}})
            .text("replaceRootVolumeTaskSet/item/taskState");
    }

    std::string root_text() { return read_text(aws, root_volume_of(aws, instance), 0, 6); }

    TestEmulator aws;
    std::string image;
    std::string instance;
    std::string root;
};

TEST_F(RootVolume, GoesBackToItsLaunchState)
{
    const auto made = replace();
    ASSERT_TRUE(made.ok()) << made.message;
    EXPECT_THAT(made.text(kTask + "replaceRootVolumeTaskId"),
                ::testing::MatchesRegex("replacevol-0[0-9a-f]{16}"));
    EXPECT_EQ(made.text(kTask + "taskState"), "pending");
    EXPECT_EQ(made.text(kTask + "instanceId"), instance);
    EXPECT_EQ(made.text(kTask + "startTime"), "2026-01-02T03:04:05Z");
    EXPECT_EQ(made.text(kTask + "deleteReplacedRootVolume"), "false");
    EXPECT_EQ(task_state(made.text(kTask + "replaceRootVolumeTaskId")), "succeeded");
    EXPECT_NE(root_volume_of(aws, instance), root);
    EXPECT_EQ(root_text(), "launch");
    EXPECT_EQ(volume_field(aws, root, "status"), "available");
    EXPECT_EQ(read_text(aws, root, 0, 6), "spoilt");
    const auto now = root_volume_of(aws, instance);
    EXPECT_EQ(volume_field(aws, now, "attachmentSet/item/device"), "/dev/xvda");
    EXPECT_EQ(volume_field(aws, now, "attachmentSet/item/deleteOnTermination"), "true");
    EXPECT_EQ(volume_field(aws, now, "size"), volume_field(aws, root, "size"));
    EXPECT_EQ(volume_field(aws, now, "volumeType"), volume_field(aws, root, "volumeType"));
}

TEST_F(RootVolume, GoesThroughTheStatesOfItsTask)
{
    aws.set_delay("replacement.pending", 1000);
    aws.set_delay("replacement.in-progress", 2000);
    aws.set_delay("instance.initializing", 5000);
    const auto task = replace().text(kTask + "replaceRootVolumeTaskId");
    EXPECT_EQ(task_state(task), "pending");
    EXPECT_EQ(root_volume_of(aws, instance), root);
    EXPECT_EQ(replace().code, "IncorrectState");
    aws.advance(1000);
    EXPECT_EQ(task_state(task), "in-progress");
    EXPECT_EQ(volume_field(aws, root, "attachmentSet/item/status"), "detaching");
    aws.advance(2000);
    EXPECT_EQ(task_state(task), "succeeded");
    EXPECT_EQ(root_text(), "launch");
    EXPECT_EQ(aws.must("DescribeReplaceRootVolumeTasks")
                  .text("replaceRootVolumeTaskSet/item/completeTime"),
              "2026-01-02T03:04:08Z");
    // The instance was rebooted.
    EXPECT_EQ(aws.must("DescribeInstanceStatus", one_instance(instance))
                  .text("instanceStatusSet/item/instanceStatus/status"),
              "initializing");
}

TEST_F(RootVolume, GoesBackToASnapshotOfItsOwn)
{
    const auto snapshot = aws.must("CreateSnapshot", {{"VolumeId", root}}).text("snapshotId");
    write_text(aws, root, 0, "worse!");
    const auto made = replace({{"SnapshotId", snapshot}});
    ASSERT_TRUE(made.ok()) << made.message;
    EXPECT_EQ(made.text(kTask + "snapshotId"), snapshot);
    EXPECT_EQ(root_text(), "spoilt");
    EXPECT_EQ(volume_field(aws, root_volume_of(aws, instance), "snapshotId"), snapshot);
    // The snapshot of a past root volume will do again.
    aws.must("DeleteVolume", {{"VolumeId", root}});
    EXPECT_TRUE(replace({{"SnapshotId", snapshot}}).ok());
}

TEST_F(RootVolume, RefusesSnapshotsOfOtherVolumes)
{
    const auto refused = replace({{"SnapshotId", own_snapshot(aws, 8)}});
    EXPECT_EQ(refused.code, "InvalidParameterValue");
    EXPECT_EQ(refused.message, "Invalid snapshot for root volume for virt " + instance +
                                   ". The snapshot should be of one of the root volumes attached "
                                   "to the instance in the past");
    EXPECT_EQ(replace({{"SnapshotId", "snap-0123456789abcdef0"}}).code, "InvalidSnapshot.NotFound");
    EXPECT_EQ(replace({{"SnapshotId", "snap-x"}}).code, "InvalidSnapshotID.Malformed");
    aws.set_delay("snapshot.pending", 1000);
    const auto young = aws.must("CreateSnapshot", {{"VolumeId", root}}).text("snapshotId");
    EXPECT_EQ(replace({{"SnapshotId", young}}).code, "IncorrectState");
    EXPECT_EQ(root_volume_of(aws, instance), root);
}

TEST_F(RootVolume, IsMadeAnewOfAnImage)
{
    const auto newer = image_with("newest", "second", {}, "9");
    const auto made = replace({{"ImageId", newer}});
    ASSERT_TRUE(made.ok()) << made.message;
    EXPECT_EQ(made.text(kTask + "imageId"), newer);
    EXPECT_EQ(root_text(), "newest");
    EXPECT_EQ(volume_field(aws, root_volume_of(aws, instance), "size"), "9");
    EXPECT_EQ(field_of(aws, instance, "imageId"), newer);
    // "Launch state" is now the image's.
    write_text(aws, root_volume_of(aws, instance), 0, "spoilt");
    EXPECT_TRUE(replace().ok());
    EXPECT_EQ(root_text(), "newest");
}

TEST_F(RootVolume, RefusesImagesThatDoNotFit)
{
    EXPECT_EQ(replace({{"ImageId", image_with("x", "arm", {{"Architecture", "arm64"}})}}).code,
              "InvalidParameterValue");
    EXPECT_EQ(replace({{"ImageId", image_with("x", "no ena", {{"EnaSupport", "false"}})}}).code,
              "InvalidParameterValue");
    EXPECT_EQ(replace({{"ImageId", image_with("x", "small", {}, "7")}}).code,
              "InvalidParameterValue");
    EXPECT_EQ(replace({{"ImageId", "ami-0123456789abcdef0"}}).code, "InvalidAMIID.NotFound");
    EXPECT_EQ(replace({{"ImageId", "ami-x"}}).code, "InvalidAMIID.Malformed");
    EXPECT_EQ(root_volume_of(aws, instance), root);
}

TEST_F(RootVolume, MayBeAVolumeThatIsThere)
{
    const auto volume = new_volume(aws);
    write_text(aws, volume, 0, "given!");
    aws.set_delay("replacement.pending", 1000);
    ASSERT_TRUE(replace({{"VolumeId", volume}}).ok());
    EXPECT_EQ(aws.call("AttachVolume", attach(volume, instance)).code, "IncorrectState");
    EXPECT_EQ(aws.call("DeleteVolume", {{"VolumeId", volume}}).code, "IncorrectState");
    aws.advance(1000);
    EXPECT_EQ(root_volume_of(aws, instance), volume);
    EXPECT_EQ(root_text(), "given!");
}

TEST_F(RootVolume, RefusesVolumesThatCannotTakeItsPlace)
{
    const auto elsewhere = new_volume(aws, {{"AvailabilityZone", "us-east-1b"}});
    EXPECT_EQ(replace({{"VolumeId", elsewhere}}).code, "InvalidVolume.ZoneMismatch");
    EXPECT_EQ(replace({{"VolumeId", root}}).code, "VolumeInUse");
    EXPECT_EQ(replace({{"VolumeId", new_shared_volume(aws)}}).code, "InvalidParameterCombination");
    const auto slow = new_volume(aws, {{"VolumeType", "st1"}, {"Size", "125"}});
    EXPECT_EQ(replace({{"VolumeId", slow}}).code, "InvalidParameterValue");
    EXPECT_EQ(replace({{"VolumeId", "vol-0123456789abcdef0"}}).code, "InvalidVolume.NotFound");
    aws.set_delay("volume.creating", 1000);
    EXPECT_EQ(replace({{"VolumeId", new_volume(aws)}}).code, "IncorrectState");
}

TEST_F(RootVolume, GoesWhenItsReplacementIsThereAndItIsNotWantedAnyMore)
{
    const auto made = replace({{"DeleteReplacedRootVolume", "true"}});
    EXPECT_EQ(made.text(kTask + "deleteReplacedRootVolume"), "true");
    EXPECT_EQ(aws.call("DescribeVolumes", {{"VolumeId.1", root}}).code, "InvalidVolume.NotFound");
    EXPECT_EQ(root_text(), "launch");
}

TEST_F(RootVolume, IsReplacedOnRunningInstancesOnly)
{
    aws.must("StopInstances", one_instance(instance));
    const auto refused = replace();
    EXPECT_EQ(refused.code, "IncorrectInstanceState");
    EXPECT_EQ(refused.message, "The instance '" + instance + "' is not in the 'running' state.");
    EXPECT_EQ(aws.call("CreateReplaceRootVolumeTask", {{"InstanceId", "i-0123456789abcdef0"}}).code,
              "InvalidInstanceID.NotFound");
    EXPECT_EQ(
        aws.call("CreateReplaceRootVolumeTask", {{"InstanceId", instance}}, kOtherAccount).code,
        "InvalidInstanceID.NotFound");
}

TEST_F(RootVolume, TakesOneOriginAtMost)
{
    const auto snapshot = own_snapshot(aws, 8);
    EXPECT_EQ(replace({{"SnapshotId", snapshot}, {"ImageId", image}}).code,
              "InvalidParameterCombination");
    EXPECT_EQ(replace({{"VolumeId", root}, {"ImageId", image}}).code,
              "InvalidParameterCombination");
    EXPECT_EQ(replace({{"VolumeId", root}, {"VolumeInitializationRate", "100"}}).code,
              "InvalidParameterCombination");
    EXPECT_EQ(replace({{"VolumeInitializationRate", "301"}}).code, "InvalidParameterValue");
    EXPECT_EQ(replace({{"DryRun", "true"}}).code, "DryRunOperation");
    EXPECT_TRUE(replace({{"VolumeInitializationRate", "300"}}).ok());
    EXPECT_EQ(volume_field(aws, root_volume_of(aws, instance), "volumeInitializationRate"), "300");
}

TEST_F(RootVolume, StaysWhenTheInstanceGoesMeanwhile)
{
    aws.set_delay("replacement.pending", 1000);
    const auto task = replace().text(kTask + "replaceRootVolumeTaskId");
    aws.must("TerminateInstances", one_instance(instance));
    const auto count = aws.must("DescribeVolumes").count("volumeSet/item");
    aws.advance(1000);
    EXPECT_EQ(task_state(task), "failed-detached");
    EXPECT_EQ(aws.must("DescribeVolumes").count("volumeSet/item"), count - 1);
    EXPECT_EQ(aws.call("DescribeVolumes", {{"VolumeId.1", root}}).code, "InvalidVolume.NotFound");
}

TEST_F(RootVolume, IsReplacedOnceForOneClientToken)
{
    const auto first = replace({{"ClientToken", "t"}}).text(kTask + "replaceRootVolumeTaskId");
    const auto again = replace({{"ClientToken", "t"}});
    EXPECT_EQ(again.text(kTask + "replaceRootVolumeTaskId"), first);
    EXPECT_EQ(again.text(kTask + "taskState"), "succeeded");
    EXPECT_EQ(replace({{"ClientToken", "t"}, {"ImageId", image}}).code,
              "IdempotentParameterMismatch");
}

TEST_F(RootVolume, TasksHaveTags)
{
    const auto task = replace({{"TagSpecification.1.ResourceType", "replace-root-volume-task"},
                               {"TagSpecification.1.Tag.1.Key", "why"},
                               {"TagSpecification.1.Tag.1.Value", "rescue"}})
                          .text(kTask + "replaceRootVolumeTaskId");
    aws.must("CreateTags", {{"ResourceId.1", task}, {"Tag.1.Key", "who"}, {"Tag.1.Value", "me"}});
    const auto found =
        aws.must("DescribeReplaceRootVolumeTasks", {{"ReplaceRootVolumeTaskId.1", task}});
    EXPECT_THAT(found.texts("replaceRootVolumeTaskSet/item/tagSet/item/value"),
                ElementsAre("me", "rescue"));
    EXPECT_EQ(replace({{"TagSpecification.1.ResourceType", "volume"},
                       {"TagSpecification.1.Tag.1.Key", "why"},
                       {"TagSpecification.1.Tag.1.Value", "x"}})
                  .code,
              "InvalidParameterValue");
}

TEST_F(RootVolume, TasksAreFoundByInstanceIdAndPage)
{
    const auto other = run_one(aws, {{"Placement.AvailabilityZone", "us-east-1a"}});
    const auto mine = replace().text(kTask + "replaceRootVolumeTaskId");
    aws.must("CreateReplaceRootVolumeTask", {{"InstanceId", other}});
    constexpr const char* kIds = "replaceRootVolumeTaskSet/item/replaceRootVolumeTaskId";
    EXPECT_THAT(aws.must("DescribeReplaceRootVolumeTasks",
                         {{"Filter.1.Name", "instance-id"}, {"Filter.1.Value.1", instance}})
                    .texts(kIds),
                ElementsAre(mine));
    const auto first = aws.must("DescribeReplaceRootVolumeTasks", {{"MaxResults", "1"}});
    EXPECT_THAT(first.texts(kIds), SizeIs(1));
    const auto second = aws.must("DescribeReplaceRootVolumeTasks",
                                 {{"MaxResults", "1"}, {"NextToken", first.text("nextToken")}});
    EXPECT_THAT(second.texts(kIds), SizeIs(1));
    EXPECT_EQ(second.text("nextToken"), "");
    EXPECT_EQ(aws.call("DescribeReplaceRootVolumeTasks", {{"MaxResults", "51"}}).code,
              "InvalidParameterValue");
    EXPECT_EQ(aws.call("DescribeReplaceRootVolumeTasks",
                       {{"ReplaceRootVolumeTaskId.1", "replacevol-0123456789abcdef0"}})
                  .code,
              "InvalidReplaceRootVolumeTaskId.NotFound");
    EXPECT_EQ(aws.call("DescribeReplaceRootVolumeTasks", {{"ReplaceRootVolumeTaskId.1", mine}},
                       kOtherAccount)
                  .code,
              "InvalidReplaceRootVolumeTaskId.NotFound");
    EXPECT_EQ(aws.call("DescribeReplaceRootVolumeTasks", {{"ReplaceRootVolumeTaskId.1", "x"}}).code,
              "InvalidReplaceRootVolumeTaskId.Malformed");
}

TEST_F(RootVolume, TasksAreForgottenWithTheirInstance)
{
    aws.set_delay("instance.terminated", 1000);
    replace();
    aws.must("TerminateInstances", one_instance(instance));
    EXPECT_EQ(aws.must("DescribeReplaceRootVolumeTasks").count("replaceRootVolumeTaskSet/item"),
              1U);
    aws.advance(1000);
    EXPECT_EQ(aws.must("DescribeReplaceRootVolumeTasks").count("replaceRootVolumeTaskSet/item"),
              0U);
}

}  // namespace
}  // namespace amilab::test
