#include "server/services/ec2/images/image_copies.h"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/base/units.h"
#include "tests/server/services/ec2/instances/instance_support.h"
#include "tests/server/services/ec2/snapshots/snapshot_support.h"
#include "tests/server/services/ec2/volumes/volume_support.h"
#include "tests/support/emulator_fixture.h"

namespace amilab::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
constexpr const char* kFar = "eu-west-1";

Parameters copying(const std::string& snapshot, Parameters more = {})
{
    more.insert(more.begin(), {{"SourceSnapshotId", snapshot}, {"SourceRegion", "us-east-1"}});
    return more;
}

/// A field of the one snapshot.
std::string field(TestEmulator& aws, const std::string& id, const std::string& name,
                  const char* region = kRegion, const char* account = kAccount)
{
    return aws.must("DescribeSnapshots", {{"SnapshotId.1", id}}, account, region)
        .text("snapshotSet/item/" + name);
}

TEST(CopySnapshot, HoldsTheBytesOfItsSourceInAnotherRegion)
{
    TestEmulator aws;
    const auto volume = new_volume(aws, {{"Size", "3"}});
    fill_volume(aws, volume, 0, 512, 'a');
    const auto source = snapshot_of(aws, volume);
    fill_volume(aws, volume, 0, 512, 'b');
    const auto copy =
        aws.must("CopySnapshot", copying(source, {{"Description", "far"}}), kAccount, kFar)
            .text("snapshotId");
    EXPECT_EQ(field(aws, copy, "volumeSize", kFar), "3");
    EXPECT_EQ(field(aws, copy, "description", kFar), "far");
    EXPECT_EQ(field(aws, copy, "volumeId", kFar), "vol-ffffffff");
    EXPECT_EQ(field(aws, copy, "transferType", kFar), "standard");
    EXPECT_EQ(field(aws, copy, "fullSnapshotSizeInBytes", kFar), "524288");
    EXPECT_EQ(aws.call("DescribeSnapshots", {{"SnapshotId.1", copy}}).code,
              "InvalidSnapshot.NotFound");

    const auto restored =
        aws.must("CreateVolume", {{"AvailabilityZone", "eu-west-1a"}, {"SnapshotId", copy}},
                 kAccount, kFar)
            .text("volumeId");
    EXPECT_EQ(sample_volume(aws, restored, {0, 512}, kFar), "a.");
}

TEST(CopySnapshot, OutlivesItsSource)
{
    TestEmulator aws;
    const auto volume = new_volume(aws);
    fill_volume(aws, volume, 4096, 512, 'a');
    const auto source = snapshot_of(aws, volume);
    const auto copy = aws.must("CopySnapshot", copying(source)).text("snapshotId");
    aws.must("DeleteVolume", {{"VolumeId", volume}});
    aws.must("DeleteSnapshot", {{"SnapshotId", source}});
    const auto restored =
        aws.must("CreateVolume", {{"AvailabilityZone", "us-east-1a"}, {"SnapshotId", copy}})
            .text("volumeId");
    EXPECT_EQ(sample_volume(aws, restored, {0, 4096}), ".a");
}

TEST(CopySnapshot, TakesItsTimeAndShowsItsProgress)
{
    TestEmulator aws;
    const auto source = snapshot_of(aws, new_volume(aws));
    aws.set_delay("snapshot.pending", 1000);
    const auto copy = aws.must("CopySnapshot", copying(source)).text("snapshotId");
    aws.advance(500);
    EXPECT_EQ(field(aws, copy, "status"), "pending");
    EXPECT_EQ(field(aws, copy, "progress"), "50%");
    EXPECT_EQ(aws.call("CopySnapshot", copying(copy)).code, "IncorrectState");
    aws.advance(500);
    EXPECT_EQ(field(aws, copy, "status"), "completed");
}

TEST(CopySnapshot, IsDoneWithinTheTimeThatWasAskedFor)
{
    TestEmulator aws;
    const auto source = snapshot_of(aws, new_volume(aws));
    aws.set_delay("snapshot.pending", 100 * kMinuteMs);
    const auto copy =
        aws.must("CopySnapshot", copying(source, {{"CompletionDurationMinutes", "30"}}))
            .text("snapshotId");
    EXPECT_EQ(field(aws, copy, "transferType"), "time-based");
    EXPECT_EQ(field(aws, copy, "completionDurationMinutes"), "30");
    aws.advance(30 * kMinuteMs);
    EXPECT_EQ(field(aws, copy, "status"), "completed");
    const auto found = aws.must("DescribeSnapshots", {{"Filter.1.Name", "transfer-type"},
                                                      {"Filter.1.Value.1", "time-based"}});
    EXPECT_THAT(found.texts("snapshotSet/item/snapshotId"), ElementsAre(copy));
    for (const char* minutes : {"0", "20", "2881"}) {
        EXPECT_EQ(
            aws.call("CopySnapshot", copying(source, {{"CompletionDurationMinutes", minutes}}))
                .code,
            "InvalidParameterValue")
            << minutes;
    }
}

TEST(CopySnapshot, TagsTheCopyAlone)
{
    TestEmulator aws;
    const auto source = snapshot_of(aws, new_volume(aws));
    const auto answer =
        aws.must("CopySnapshot", copying(source, {{"TagSpecification.1.ResourceType", "snapshot"},
                                                  {"TagSpecification.1.Tag.1.Key", "Name"},
                                                  {"TagSpecification.1.Tag.1.Value", "copy"}}));
    EXPECT_EQ(answer.text("tagSet/item/value"), "copy");
    EXPECT_EQ(field(aws, answer.text("snapshotId"), "tagSet/item/key"), "Name");
    EXPECT_EQ(field(aws, source, "tagSet/item/key"), "");
}

TEST(CopySnapshot, RefusesWhatItCannotReach)
{
    TestEmulator aws;
    const auto source = snapshot_of(aws, new_volume(aws));
    const auto code = [&](const Parameters& parameters, const char* account = kAccount) {
        return aws.call("CopySnapshot", parameters, account, kFar).code;
    };
    EXPECT_EQ(code({{"SourceSnapshotId", source}, {"SourceRegion", kFar}}),
              "InvalidSnapshot.NotFound");
    EXPECT_EQ(code({{"SourceSnapshotId", source}, {"SourceRegion", "mars-1"}}),
              "InvalidParameterValue");
    EXPECT_EQ(code(copying("snap-0123456789abcdef0")), "InvalidSnapshot.NotFound");
    EXPECT_EQ(code(copying("snap-nothex")), "InvalidSnapshotID.Malformed");
    EXPECT_EQ(code({{"SourceSnapshotId", source}}), "MissingParameter");
    EXPECT_EQ(code(copying(source), kOtherAccount), "InvalidSnapshot.NotFound");
    EXPECT_EQ(code(copying(source, {{"DestinationRegion", "us-east-1"}})), "InvalidParameterValue");
    EXPECT_EQ(code(copying(source, {{"DryRun", "true"}})), "DryRunOperation");
    EXPECT_EQ(code(copying(source, {{"Description", std::string(256, 'x')}})),
              "InvalidParameterValue");
    const auto outpost = aws.call(
        "CopySnapshot",
        copying(source, {{"DestinationOutpostArn", "arn:aws:outposts:us-east-1:1:outpost/op-1"}}));
    EXPECT_EQ(outpost.code, "UnsupportedOperation");
    EXPECT_THAT(outpost.message, HasSubstr("DestinationOutpostArn"));
    EXPECT_THAT(aws.must("DescribeSnapshots", {{"Owner.1", "self"}}, kAccount, kFar)
                    .texts("snapshotSet/item"),
                IsEmpty());
}

TEST(CopySnapshot, TakesWhatIsShared)
{
    TestEmulator aws;
    const auto source = snapshot_of(aws, new_volume(aws));
    EXPECT_EQ(aws.call("CopySnapshot", copying(source), kOtherAccount, kFar).code,
              "InvalidSnapshot.NotFound");
    aws.must("ModifySnapshotAttribute",
             {{"SnapshotId", source}, {"CreateVolumePermission.Add.1.UserId", kOtherAccount}});
    const auto copy = aws.must("CopySnapshot", copying(source), kOtherAccount, kFar);
    const auto shown = aws.must("DescribeSnapshots", {{"Owner.1", "self"}}, kOtherAccount, kFar);
    EXPECT_EQ(shown.text("snapshotSet/item/snapshotId"), copy.text("snapshotId"));
    EXPECT_EQ(shown.text("snapshotSet/item/ownerId"), kOtherAccount);
}

TEST(CopySnapshot, RefusesTheCatalogues)
{
    TestEmulator aws;
    const auto image = aws.must("DescribeImages", {{"ImageId.1", public_image(aws)}});
    const auto snapshot = image.text("imagesSet/item/blockDeviceMapping/item/ebs/snapshotId");
    EXPECT_EQ(aws.call("CopySnapshot", copying(snapshot)).code, "InvalidSnapshot.NotFound");
}

TEST(CopySnapshot, TakesTwentyAtATime)
{
    TestEmulator aws;
    const auto source = snapshot_of(aws, new_volume(aws));
    aws.set_delay("snapshot.pending", 1000);
    for (int i = 0; i < 20; ++i) {
        aws.must("CopySnapshot", copying(source));
    }
    EXPECT_EQ(aws.call("CopySnapshot", copying(source)).code, "ResourceLimitExceeded");
    aws.must("CopySnapshot", copying(source), kAccount, kFar);
    aws.advance(1000);
    aws.must("CopySnapshot", copying(source));
}

TEST(CopySnapshot, FailsLaterWhenTheKeyIsOfAnotherRegion)
{
    TestEmulator aws;
    const auto source = snapshot_of(aws, new_volume(aws));
    const auto key = "arn:aws:kms:us-west-2:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab";
    const auto copy =
        aws.must("CopySnapshot", copying(source, {{"Encrypted", "true"}, {"KmsKeyId", key}}))
            .text("snapshotId");
    EXPECT_EQ(field(aws, copy, "status"), "error");
    EXPECT_THAT(field(aws, copy, "statusMessage"), HasSubstr("Given key ID is not accessible"));
    EXPECT_EQ(field(aws, copy, "completionTime"), "");
}

}  // namespace
}  // namespace amilab::test
