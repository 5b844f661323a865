#include "server/services/ec2/images/images.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/server/services/ec2/images/image_support.h"
#include "tests/server/services/ec2/instances/instance_support.h"
#include "tests/server/services/ec2/volumes/volume_support.h"
#include "tests/support/emulator_fixture.h"

namespace amilab::test {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;
constexpr const char* kIds = "imagesSet/item/imageId";

constexpr const char* kState = "imagesSet/item/imageState";

constexpr const char* kBadMapping = "InvalidBlockDeviceMapping";

class CreateImage : public ::testing::Test {
protected:
    CreateImage() : source(make_image(aws, "source")), instance(run_image(aws, source))
    {
        data = new_volume(aws, {{"VolumeType", "gp3"}, {"Iops", "4000"}});
        aws.must("AttachVolume",
                 {{"InstanceId", instance}, {"VolumeId", data}, {"Device", "/dev/sdf"}});
    }

    Parameters request(const Parameters& more = {}) const
    {
        return merged({{"InstanceId", instance}, {"Name", "captured"}}, more);
    }

    std::string create(const Parameters& more = {})
    {
        return aws.must("CreateImage", request(more)).text("imageId");
    }

    Answer try_create(const Parameters& more = {})
    {
        return aws.call("CreateImage", request(more));
    }

    std::vector<std::string> mapped(const std::string& image, const std::string& what)
    {
        return describe_image(aws, image).texts("imagesSet/item/blockDeviceMapping/item/" + what);
    }

    Answer snapshot(const std::string& id)
    {
        return aws.must("DescribeSnapshots", {{"SnapshotId.1", id}});
    }

    std::string status()
    {
        return aws.must("DescribeInstanceStatus", {{"InstanceId.1", instance}})
            .text("instanceStatusSet/item/instanceStatus/status");
    }

    TestEmulator aws;
    std::string source;
    std::string instance;
    std::string data;
};

TEST_F(CreateImage, TakesASnapshotOfEveryAttachedVolume)
{
    const auto id = create({{"Description", "as it ran"},
                            {"TagSpecification.1.ResourceType", "image"},
                            {"TagSpecification.1.Tag.1.Key", "Kind"},
                            {"TagSpecification.1.Tag.1.Value", "image"},
                            {"TagSpecification.2.ResourceType", "snapshot"},
                            {"TagSpecification.2.Tag.1.Key", "Kind"},
                            {"TagSpecification.2.Tag.1.Value", "snapshot"}});
    // The root comes first.
    EXPECT_THAT(mapped(id, "deviceName"), ElementsAre("/dev/xvda", "/dev/sdf"));
    EXPECT_THAT(aws.must("DescribeInstances", {{"InstanceId.1", instance}})
                    .texts("reservationSet/item/instancesSet/item/blockDeviceMapping/item/"
                           "deviceName"),
                ElementsAre("/dev/xvda", "/dev/sdf"));
    EXPECT_THAT(mapped(id, "ebs/volumeSize"), UnorderedElementsAre("2", "10"));
    EXPECT_THAT(mapped(id, "ebs/volumeType"), UnorderedElementsAre("gp2", "gp3"));
    EXPECT_THAT(mapped(id, "ebs/iops"), ElementsAre("4000"));
    EXPECT_THAT(mapped(id, "ebs/deleteOnTermination"), UnorderedElementsAre("true", "false"));
    const auto snapshots = mapped(id, "ebs/snapshotId");
    ASSERT_THAT(snapshots, SizeIs(2));
    std::vector<std::string> volumes;
    for (const auto& one : snapshots) {
        const auto shown = snapshot(one);
        EXPECT_EQ(shown.text("snapshotSet/item/status"), "completed");
        EXPECT_EQ(shown.text("snapshotSet/item/description"),
                  "Created by CreateImage(" + instance + ") for " + id);
        EXPECT_EQ(shown.text("snapshotSet/item/tagSet/item/value"), "snapshot");
        volumes.push_back(shown.text("snapshotSet/item/volumeId"));
    }
    EXPECT_NE(volumes[0], volumes[1]);
    EXPECT_THAT(volumes, Contains(data));
    const auto shown = describe_image(aws, id);
    EXPECT_EQ(shown.text("imagesSet/item/tagSet/item/value"), "image");
    EXPECT_EQ(shown.text("imagesSet/item/description"), "as it ran");
}

TEST_F(CreateImage, RemembersWhereItCameFrom)
{
    const auto shown = describe_image(aws, create());
    const auto text = [&](const std::string& name) { return shown.text("imagesSet/item/" + name); };
    EXPECT_EQ(text("sourceInstanceId"), instance);
    EXPECT_EQ(text("sourceImageId"), source);
    EXPECT_EQ(text("sourceImageRegion"), kRegion);
    EXPECT_EQ(text("architecture"), "x86_64");
    EXPECT_EQ(text("virtualizationType"), "hvm");
    EXPECT_EQ(text("enaSupport"), "true");
    EXPECT_EQ(text("rootDeviceName"), "/dev/xvda");
    EXPECT_EQ(text("name"), "captured");
    EXPECT_EQ(text("imageOwnerId"), kAccount);
}

TEST_F(CreateImage, MakesImagesThatCanBeLaunched)
{
    const auto launched = run_image(aws, create());
    const auto volumes = aws.must("DescribeVolumes", {{"Filter.1.Name", "attachment.instance-id"},
                                                      {"Filter.1.Value.1", launched}});
    EXPECT_THAT(volumes.texts("volumeSet/item/size"), UnorderedElementsAre("2", "10"));
}

TEST_F(CreateImage, LeavesOutVolumesWithNoDevice)
{
    const auto id = create(
        {{"BlockDeviceMapping.1.DeviceName", "/dev/sdf"}, {"BlockDeviceMapping.1.NoDevice", ""}});
    EXPECT_THAT(mapped(id, "deviceName"), ElementsAre("/dev/xvda"));
    EXPECT_EQ(
        aws.must("DescribeSnapshots", {{"Filter.1.Name", "volume-id"}, {"Filter.1.Value.1", data}})
            .count("snapshotSet/item"),
        0U);
    EXPECT_EQ(try_create({{"Name", "rootless"},
                          {"BlockDeviceMapping.1.DeviceName", "/dev/xvda"},
                          {"BlockDeviceMapping.1.NoDevice", ""}})
                  .code,
              kBadMapping);
}

TEST_F(CreateImage, ChangesWhetherVolumesGoWithInstancesAndAddsDevices)
{
    const auto id = create({{"BlockDeviceMapping.1.DeviceName", "/dev/sdf"},
                            {"BlockDeviceMapping.1.Ebs.VolumeSize", "10"},
                            {"BlockDeviceMapping.1.Ebs.VolumeType", "gp3"},
                            {"BlockDeviceMapping.1.Ebs.DeleteOnTermination", "true"},
                            {"BlockDeviceMapping.2.DeviceName", "/dev/sdg"},
                            {"BlockDeviceMapping.2.Ebs.VolumeSize", "7"},
                            {"BlockDeviceMapping.3.DeviceName", "/dev/sdh"},
                            {"BlockDeviceMapping.3.VirtualName", "ephemeral0"}});
    EXPECT_THAT(mapped(id, "deviceName"),
                UnorderedElementsAre("/dev/xvda", "/dev/sdf", "/dev/sdg", "/dev/sdh"));
    EXPECT_THAT(mapped(id, "*[../deviceName='/dev/sdf']/volumeSize"), ElementsAre("10"));
    EXPECT_THAT(mapped(id, "*[../deviceName='/dev/sdf']/volumeType"), ElementsAre("gp3"));
    EXPECT_THAT(mapped(id, "*[../deviceName='/dev/sdf']/deleteOnTermination"), ElementsAre("true"));
    EXPECT_THAT(mapped(id, "*[../deviceName='/dev/sdf']/snapshotId"), SizeIs(1));
    EXPECT_THAT(mapped(id, "*[../deviceName='/dev/sdg']/volumeSize"), ElementsAre("7"));
    EXPECT_THAT(mapped(id, "*[../deviceName='/dev/sdg']/snapshotId"), IsEmpty());
    EXPECT_THAT(mapped(id, "virtualName"), ElementsAre("ephemeral0"));
}

TEST_F(CreateImage, RefusesChangesThatCannotBe)
{
    const auto code = [&](const Parameters& more) {
        return try_create(merged({{"BlockDeviceMapping.1.DeviceName", "/dev/sdf"}}, more)).code;
    };
    for (const auto& [member, value] :
         std::vector<std::pair<std::string, std::string>>{{"VolumeSize", "4"},
                                                          {"VolumeSize", "50"},
                                                          {"VolumeType", "gp2"},
                                                          {"VolumeType", "io1"},
                                                          {"Iops", "3000"},
                                                          {"Throughput", "200"}}) {
        EXPECT_EQ(code({{"BlockDeviceMapping.1.Ebs." + member, value}}), kBadMapping)
            << member << " " << value;
    }
    EXPECT_EQ(code({{"BlockDeviceMapping.1.Ebs.SnapshotId", make_snapshot(aws)}}), kBadMapping);
    EXPECT_EQ(code({{"BlockDeviceMapping.1.Ebs.VolumeSize", "6"},
                    {"BlockDeviceMapping.2.DeviceName", "/dev/sdf"},
                    {"BlockDeviceMapping.2.NoDevice", ""}}),
              kBadMapping);
    EXPECT_EQ(code({{"BlockDeviceMapping.1.DeviceName", "/dev/sdg"},
                    {"BlockDeviceMapping.1.Ebs.VolumeType", "gp3"}}),
              kBadMapping);
    EXPECT_EQ(aws.must("DescribeSnapshots", {{"Owner.1", "self"},
                                             {"Filter.1.Name", "description"},
                                             {"Filter.1.Value.1", "Created by CreateImage*"}})
                  .count("snapshotSet/item"),
              0U);
}

TEST_F(CreateImage, RefusesNamesAndInstancesItCannotUse)
{
    const auto taken = try_create({{"Name", "source"}});
    EXPECT_EQ(taken.code, "InvalidAMIName.Duplicate");
    EXPECT_EQ(taken.message, "AMI name source is already in use by AMI " + source);
    EXPECT_EQ(try_create({{"Name", "a*"}}).code, "InvalidAMIName.Malformed");
    EXPECT_EQ(try_create({{"InstanceId", "i-00000000000000001"}}).code,
              "InvalidInstanceID.NotFound");
    EXPECT_EQ(try_create({{"InstanceId", "i-x"}}).code, "InvalidInstanceID.Malformed");
    EXPECT_EQ(aws.call("CreateImage", request(), kOtherAccount).code, "InvalidInstanceID.NotFound");
    EXPECT_EQ(try_create({{"DryRun", "true"}}).code, "DryRunOperation");
    aws.must("TerminateInstances", {{"InstanceId.1", instance}});
    EXPECT_EQ(try_create().code, "InvalidParameterValue");
    EXPECT_THAT(matching_images(aws, "name", "captured"), IsEmpty());
}

TEST_F(CreateImage, TakesAStoppedInstance)
{
    aws.must("StopInstances", {{"InstanceId.1", instance}});
    EXPECT_THAT(mapped(create(), "ebs/snapshotId"), SizeIs(2));
}

TEST_F(CreateImage, IsPendingUntilItsSnapshotsAreCompleted)
{
    aws.set_delay("image.pending", 1000);
    aws.set_delay("snapshot.pending", 5000);
    const auto id = create();
    const auto snapshots = mapped(id, "ebs/snapshotId");
    aws.advance(4999);
    EXPECT_EQ(describe_image(aws, id).text(kState), "pending");
    EXPECT_EQ(snapshot(snapshots.at(0)).text("snapshotSet/item/status"), "pending");
    aws.advance(1);
    EXPECT_EQ(describe_image(aws, id).text(kState), "available");
    EXPECT_EQ(snapshot(snapshots.at(0)).text("snapshotSet/item/status"), "completed");
    EXPECT_EQ(snapshot(snapshots.at(1)).text("snapshotSet/item/status"), "completed");
}

TEST_F(CreateImage, MayBePendingForLongerThanItsSnapshots)
{
    aws.set_delay("image.pending", 5000);
    aws.set_delay("snapshot.pending", 1000);
    const auto id = create();
    aws.advance(4999);
    EXPECT_EQ(describe_image(aws, id).text(kState), "pending");
    aws.advance(1);
    EXPECT_EQ(describe_image(aws, id).text(kState), "available");
}

TEST_F(CreateImage, RebootsTheInstanceUnlessToldNotTo)
{
    aws.set_delay("instance.initializing", 2000);
    EXPECT_EQ(status(), "ok");
    create({{"NoReboot", "true"}});
    EXPECT_EQ(status(), "ok");
    create({{"Name", "rebooted"}});
    EXPECT_EQ(status(), "initializing");
    aws.advance(2000);
    EXPECT_EQ(status(), "ok");
}

TEST(CapturedImage, WantsAnInstanceThatRunsOrIsStopped)
{
    TestEmulator aws;
    aws.set_delay("instance.pending", 1000);
    aws.set_delay("instance.shutting-down", 1000);
    const auto id = run_one(aws);
    const auto refusal = [&] {
        const auto answer = aws.call("CreateImage", {{"InstanceId", id}, {"Name", "one"}});
        EXPECT_EQ(answer.code, "InvalidParameterValue");
        return answer.message;
    };
    const auto text = "Invalid value '" + id +
                      "' for instanceId. Instance is not in state 'running' or 'stopping' or "
                      "'stopped'";
    EXPECT_EQ(refusal(), text);
    aws.advance(1000);
    aws.must("TerminateInstances", {{"InstanceId.1", id}});
    EXPECT_EQ(refusal(), text);
    aws.advance(1000);
    EXPECT_EQ(refusal(), text);
}

TEST(CapturedImage, KeepsTheInstanceStoreOfTheInstancesImage)
{
    TestEmulator aws;
    const auto image = own_image(aws, "one",
                                 {{"EnaSupport", "true"},
                                  {"BlockDeviceMapping.2.DeviceName", "/dev/sdb"},
                                  {"BlockDeviceMapping.2.VirtualName", "ephemeral0"},
                                  {"BlockDeviceMapping.3.DeviceName", "/dev/sdc"},
                                  {"BlockDeviceMapping.3.VirtualName", "ephemeral1"}});
    const auto id = aws.must("CreateImage", {{"InstanceId", run_image(aws, image)},
                                             {"Name", "two"},
                                             {"BlockDeviceMapping.1.DeviceName", "/dev/sdc"},
                                             {"BlockDeviceMapping.1.NoDevice", ""}})
                        .text("imageId");
    const auto made = aws.must("DescribeImages", {{"ImageId.1", id}});
    EXPECT_THAT(made.texts("imagesSet/item/blockDeviceMapping/item/deviceName"),
                ElementsAre("/dev/xvda", "/dev/sdb"));
    EXPECT_THAT(made.texts("imagesSet/item/blockDeviceMapping/item/virtualName"),
                ElementsAre("ephemeral0"));
}

TEST(Images, OfFreeTierImagesAreOfTheFreeTier)
{
    TestEmulator aws;
    constexpr const char* kFree = "imagesSet/item/freeTierEligible";
    const auto instance = run_one(aws);
    const auto made = aws.must("CreateImage", {{"InstanceId", instance}, {"Name", "made"}});
    const auto copied = aws.must("CopyImage", {{"SourceImageId", made.text("imageId")},
                                               {"SourceRegion", "us-east-1"},
                                               {"Name", "copied"}});
    for (const auto* answer : {&made, &copied}) {
        const auto image = aws.must("DescribeImages", {{"ImageId.1", answer->text("imageId")}});
        EXPECT_EQ(image.text(kFree), "true");
    }
    const auto own = own_image(aws, "own");
    EXPECT_EQ(aws.must("DescribeImages", {{"ImageId.1", own}}).text(kFree), "false");
}

}  // namespace
}  // namespace amilab::test
