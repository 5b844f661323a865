#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/server/services/ec2/instances/instance_support.h"
#include "tests/server/services/ec2/volumes/volume_support.h"
#include "tests/support/emulator_fixture.h"

namespace amilab::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

constexpr const char* kOfVolumes = "snapshotSet/item/volumeId";

class CreateSnapshots : public ::testing::Test {
protected:
    CreateSnapshots()
    {
        instance = run_one(aws, {{"BlockDeviceMapping.1.DeviceName", "/dev/sdf"},
                                 {"BlockDeviceMapping.1.Ebs.VolumeSize", "2"},
                                 {"BlockDeviceMapping.2.DeviceName", "/dev/sdg"},
                                 {"BlockDeviceMapping.2.Ebs.VolumeSize", "3"}});
        root = volume_at("/dev/xvda");
        data = volume_at("/dev/sdf");
        other = volume_at("/dev/sdg");
    }

    std::string volume_at(const std::string& device)
    {
        return aws
            .must("DescribeVolumes", {{"Filter.1.Name", "attachment.instance-id"},
                                      {"Filter.1.Value.1", instance},
                                      {"Filter.2.Name", "attachment.device"},
                                      {"Filter.2.Value.1", device}})
            .text("volumeSet/item/volumeId");
    }

    Parameters request(Parameters more = {}) const
    {
        more.emplace_back("InstanceSpecification.InstanceId", instance);
        return more;
    }
    std::string code(const Parameters& parameters)
    {
        return aws.call("CreateSnapshots", parameters).code;
    }

    TestEmulator aws;
    std::string instance;
    std::string root;
    std::string data;
    std::string other;
};

TEST_F(CreateSnapshots, MakesOneOfEachVolume)
{
    const auto made = aws.must("CreateSnapshots", request({{"Description", "nightly"}}));
    EXPECT_THAT(made.texts(kOfVolumes), UnorderedElementsAre(root, data, other));
    EXPECT_THAT(made.texts("snapshotSet/item/state"), ElementsAre("pending", "pending", "pending"));
    EXPECT_THAT(made.texts("snapshotSet/item/progress"), ElementsAre("", "", ""));
    EXPECT_THAT(made.texts("snapshotSet/item/description"),
                ElementsAre("nightly", "nightly", "nightly"));
    EXPECT_THAT(made.texts("snapshotSet/item/startTime"),
                ::testing::Each("2026-01-02T03:04:05.000Z"));
    EXPECT_THAT(aws.must("DescribeSnapshots",
                         {{"Filter.1.Name", "status"}, {"Filter.1.Value.1", "completed"}})
                    .texts(kOfVolumes),
                ::testing::IsSupersetOf({root, data, other}));
}

TEST_F(CreateSnapshots, KeepsTheBytesOfOneInstant)
{
    fill_volume(aws, data, 0, 512, 'a');
    fill_volume(aws, other, 0, 512, 'a');
    const auto made = aws.must("CreateSnapshots", request());
    fill_volume(aws, data, 0, 512, 'b');
    fill_volume(aws, other, 0, 512, 'b');
    for (const auto& id : made.texts("snapshotSet/item/snapshotId")) {
        const auto restored =
            aws.must("CreateVolume", {{"AvailabilityZone", "us-east-1a"}, {"SnapshotId", id}})
                .text("volumeId");
        const auto of = aws.must("DescribeSnapshots", {{"SnapshotId.1", id}}).text(kOfVolumes);
        EXPECT_EQ(sample_volume(aws, restored, {0}), of == root ? "." : "a");
    }
    EXPECT_EQ(sample_volume(aws, data, {0}), "b");
}

TEST_F(CreateSnapshots, LeavesOutWhatIsExcluded)
{
    EXPECT_THAT(
        aws.must("CreateSnapshots", request({{"InstanceSpecification.ExcludeBootVolume", "true"}}))
            .texts(kOfVolumes),
        UnorderedElementsAre(data, other));
    EXPECT_THAT(aws.must("CreateSnapshots",
                         request({{"InstanceSpecification.ExcludeDataVolumeId.1", data}}))
                    .texts(kOfVolumes),
                UnorderedElementsAre(root, other));
    EXPECT_EQ(code(request({{"InstanceSpecification.ExcludeBootVolume", "true"},
                            {"InstanceSpecification.ExcludeDataVolumeId.1", data},
                            {"InstanceSpecification.ExcludeDataVolumeId.2", other}})),
              "InvalidParameterCombination");
}

TEST_F(CreateSnapshots, CopiesTheVolumesTagsWhenAsked)
{
    aws.must("CreateTags", {{"ResourceId.1", data},
                            {"Tag.1.Key", "Role"},
                            {"Tag.1.Value", "data"},
                            {"Tag.2.Key", "Name"},
                            {"Tag.2.Value", "old"}});
    const auto made =
        aws.must("CreateSnapshots", request({{"InstanceSpecification.ExcludeBootVolume", "true"},
                                             {"InstanceSpecification.ExcludeDataVolumeId.1", other},
                                             {"CopyTagsFromSource", "volume"},
                                             {"TagSpecification.1.ResourceType", "snapshot"},
                                             {"TagSpecification.1.Tag.1.Key", "Name"},
                                             {"TagSpecification.1.Tag.1.Value", "new"}}));
    EXPECT_THAT(made.texts("snapshotSet/item/tagSet/item/key"), ElementsAre("Name", "Role"));
    EXPECT_THAT(made.texts("snapshotSet/item/tagSet/item/value"), ElementsAre("new", "data"));
    EXPECT_THAT(aws.must("CreateSnapshots", request()).texts("snapshotSet/item/tagSet/item"),
                IsEmpty());
}

TEST_F(CreateSnapshots, RefusesWhatIsNotThere)
{
    EXPECT_EQ(code({{"InstanceSpecification.InstanceId", "i-0123456789abcdef0"}}),
              "InvalidInstanceID.NotFound");
    EXPECT_EQ(code({{"InstanceSpecification.InstanceId", "i-x"}}), "InvalidInstanceID.Malformed");
    EXPECT_EQ(code({}), "MissingParameter");
    EXPECT_EQ(aws.call("CreateSnapshots", request(), kOtherAccount).code,
              "InvalidInstanceID.NotFound");
    EXPECT_EQ(code(request({{"InstanceSpecification.ExcludeDataVolumeId.1", root}})),
              "InvalidParameterValue");
    EXPECT_EQ(
        code(request({{"InstanceSpecification.ExcludeDataVolumeId.1", "vol-0123456789abcdef0"}})),
        "InvalidParameterValue");
    EXPECT_EQ(code(request({{"InstanceSpecification.ExcludeDataVolumeId.1", "vol-x"}})),
              "InvalidVolumeID.Malformed");
    EXPECT_EQ(code(request({{"OutpostArn", "arn:aws:outposts:us-east-1:1:outpost/op-1"}})),
              "UnsupportedOperation");
    EXPECT_EQ(code(request({{"CopyTagsFromSource", "instance"}})), "InvalidParameterValue");
    Parameters many = request();
    for (int i = 1; i <= 41; ++i) {
        many.emplace_back("InstanceSpecification.ExcludeDataVolumeId." + std::to_string(i), data);
    }
    EXPECT_NE(aws.call("CreateSnapshots", many).status, 200);
    aws.must("TerminateInstances", {{"InstanceId.1", instance}});
    EXPECT_EQ(code(request()), "IncorrectInstanceState");
}

TEST_F(CreateSnapshots, ChangesNothingInADryRun)
{
    const auto before = aws.must("DescribeSnapshots", {{"Owner.1", "self"}}).texts(kOfVolumes);
    EXPECT_EQ(code(request({{"DryRun", "true"}})), "DryRunOperation");
    EXPECT_THAT(aws.must("DescribeSnapshots", {{"Owner.1", "self"}}).texts(kOfVolumes),
                SizeIs(before.size()));
}

}  // namespace
}  // namespace amilab::test
