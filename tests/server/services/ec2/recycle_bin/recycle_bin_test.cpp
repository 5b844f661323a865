#include "server/services/ec2/recycle_bin/recycle_bin.h"

#include <algorithm>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/base/units.h"
#include "storage/metadata/recycle_bin/recycle_rule_rows.h"
#include "storage/metadata/sql/statement.h"
#include "tests/server/services/ec2/instances/instance_support.h"
#include "tests/server/services/ec2/snapshots/snapshot_support.h"
#include "tests/server/services/ec2/volumes/volume_support.h"

namespace amilab::test {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr const char* kImages = "imageSet/item/imageId";
constexpr const char* kSnapshots = "snapshotSet/item/snapshotId";
constexpr const char* kVolumes = "volumeSet/item/volumeId";

const Parameters kSmall = {{"Size", "2"}, {"VolumeType", "gp3"}};

void keep(TestEmulator& aws, const std::string& type, std::int64_t days = 3,
          std::vector<RecycleRuleTag> tags = {})
{
    auto writer = aws.generation().writer();
    insert_recycle_rule(writer.db(), {.id = next_recycle_rule_id(writer.ids()),
                                      .region = kRegion,
                                      .owner = kAccount,
                                      .resource_type = to_word<RecycleRuleType>(type),
                                      .retention_days = days,
                                      .description = {},
                                      .status = RecycleRuleStatus::kAvailable,
                                      .lock_state = {},
                                      .unlock_delay_days = {},
                                      .lock_end_time_ms = {},
                                      .resource_tags = std::move(tags)});
}

std::int64_t rows_of(TestEmulator& aws, const std::string& table)
{
    auto writer = aws.generation().writer();
    Statement select(writer.db(), "SELECT COUNT(*) FROM main." + table);
    select.bind();
    select.step();
    return select.row().integer();
}

std::string root_snapshot_of(TestEmulator& aws, const std::string& image)
{
    return aws.must("DescribeImages", {{"ImageId.1", image}})
        .text("imagesSet/item/blockDeviceMapping/item/ebs/snapshotId");
}

std::vector<std::string> listed(TestEmulator& aws, const std::string& action,
                                const std::string& path)
{
    return aws.must(action).texts(path);
}

// Images

TEST(RecycledImage, IsListedAndNothingElseCanBeDoneToIt)
{
    TestEmulator aws;
    keep(aws, "EC2_IMAGE");
    const auto id = own_image(aws, "one", {{"Description", "first"}, {"EnaSupport", "true"}});
    aws.must("DeregisterImage", {{"ImageId", id}});
    const auto bin = aws.must("ListImagesInRecycleBin");
    EXPECT_THAT(bin.texts(kImages), ElementsAre(id));
    EXPECT_EQ(bin.text("imageSet/item/name"), "one");
    EXPECT_EQ(bin.text("imageSet/item/description"), "first");
    EXPECT_EQ(bin.text("imageSet/item/recycleBinEnterTime"), "2026-01-02T03:04:05.000Z");
    EXPECT_EQ(bin.text("imageSet/item/recycleBinExitTime"), "2026-01-05T03:04:05.000Z");
    EXPECT_EQ(aws.must("DescribeImages", {{"ImageId.1", id}}).count("imagesSet/item"), 0U);
    for (const char* action : {"DeregisterImage", "DisableImage", "EnableImage"}) {
        EXPECT_EQ(aws.call(action, {{"ImageId", id}}).code, "InvalidAMIID.Unavailable") << action;
    }
    EXPECT_EQ(aws.call("RunInstances", launch(id)).code, "InvalidAMIID.Unavailable");
    EXPECT_THAT(aws.must("ListImagesInRecycleBin", {}, kOtherAccount).texts(kImages), IsEmpty());
    EXPECT_THAT(aws.must("ListImagesInRecycleBin", {}, kAccount, "eu-west-1").texts(kImages),
                IsEmpty());
}

TEST(RecycledImage, ComesBackAsItWas)
{
    TestEmulator aws;
    keep(aws, "EC2_IMAGE");
    const auto id = own_image(aws, "one",
                              {{"Description", "first"},
                               {"EnaSupport", "true"},
                               {"TagSpecification.1.ResourceType", "image"},
                               {"TagSpecification.1.Tag.1.Key", "Team"},
                               {"TagSpecification.1.Tag.1.Value", "web"}});
    aws.must("ModifyImageAttribute",
             {{"ImageId", id}, {"LaunchPermission.Add.1.UserId", kOtherAccount}});
    const auto before = aws.must("DescribeImages", {{"ImageId.1", id}});
    const auto described = before.body.substr(before.body.find("<imagesSet>"));
    aws.must("DeregisterImage", {{"ImageId", id}});
    EXPECT_EQ(
        aws.must("DescribeImages", {{"ImageId.1", id}}, kOtherAccount).count("imagesSet/item"), 0U);
    EXPECT_EQ(aws.must("RestoreImageFromRecycleBin", {{"ImageId", id}}).text("return"), "true");
    const auto after = aws.must("DescribeImages", {{"ImageId.1", id}});
    EXPECT_EQ(after.body.substr(after.body.find("<imagesSet>")), described);
    EXPECT_EQ(aws.must("DescribeImages", {{"ImageId.1", id}}, kOtherAccount)
                  .count("imagesSet/item/imageId"),
              1U);
    EXPECT_THAT(listed(aws, "ListImagesInRecycleBin", kImages), IsEmpty());
    aws.must("RunInstances", launch(id));
    aws.advance(kDayMs * 4);
    EXPECT_TRUE(aws.call("DescribeImages", {{"ImageId.1", id}}).ok());
}

TEST(RecycledImage, IsGoneForGoodWhenItsTimeIsOver)
{
    TestEmulator aws;
    keep(aws, "EC2_IMAGE");
    const auto id = own_image(aws, "one");
    aws.must("DeregisterImage", {{"ImageId", id}});
    aws.advance(kDayMs * 3 - 1);
    EXPECT_THAT(listed(aws, "ListImagesInRecycleBin", kImages), ElementsAre(id));
    aws.advance(1);
    EXPECT_THAT(listed(aws, "ListImagesInRecycleBin", kImages), IsEmpty());
    EXPECT_EQ(aws.call("RestoreImageFromRecycleBin", {{"ImageId", id}}).code,
              "InvalidAMIID.NotFound");
    EXPECT_EQ(rows_of(aws, "image_mapping"), 0);
    EXPECT_EQ(rows_of(aws, "tag"), 0);
    constexpr TimeMs kKnownMs = 7 * kDayMs;
    aws.advance(kKnownMs);
    aws.emulator().settle();
    EXPECT_EQ(rows_of(aws, "image"), 0);
    EXPECT_EQ(rows_of(aws, "transition"), 0);
}

TEST(RecycledImage, GivesItsNameAwayAndWantsItBack)
{
    TestEmulator aws;
    keep(aws, "EC2_IMAGE");
    const auto first = own_image(aws, "one");
    aws.must("DeregisterImage", {{"ImageId", first}});
    const auto second = own_image(aws, "one");
    const auto refused = aws.call("RestoreImageFromRecycleBin", {{"ImageId", first}});
    EXPECT_EQ(refused.code, "InvalidAMIName.Duplicate");
    aws.must("DeregisterImage", {{"ImageId", second}});
    aws.must("RestoreImageFromRecycleBin", {{"ImageId", first}});
}

TEST(RecycledImage, NeedsItsSnapshotsRestoredFirst)
{
    TestEmulator aws;
    keep(aws, "EC2_IMAGE");
    keep(aws, "EBS_SNAPSHOT");
    const auto id = own_image(aws, "one");
    const auto snapshot = root_snapshot_of(aws, id);
    const auto answer =
        aws.must("DeregisterImage", {{"ImageId", id}, {"DeleteAssociatedSnapshots", "true"}});
    EXPECT_THAT(answer.texts("deleteSnapshotResultSet/item/returnCode"), ElementsAre("success"));
    EXPECT_THAT(listed(aws, "ListSnapshotsInRecycleBin", kSnapshots), ElementsAre(snapshot));
    EXPECT_EQ(aws.call("RestoreImageFromRecycleBin", {{"ImageId", id}}).code,
              "InvalidSnapshot.NotFound");
    aws.must("RestoreSnapshotFromRecycleBin", {{"SnapshotId", snapshot}});
    aws.must("RestoreImageFromRecycleBin", {{"ImageId", id}});
    aws.must("RunInstances", launch(id));
    EXPECT_EQ(aws.call("DeleteSnapshot", {{"SnapshotId", snapshot}}).code, "InvalidSnapshot.InUse");
}

TEST(RecycledImage, LetsItsSnapshotsBeDeleted)
{
    TestEmulator aws;
    keep(aws, "EC2_IMAGE");
    const auto id = own_image(aws, "one");
    const auto snapshot = root_snapshot_of(aws, id);
    aws.must("DeregisterImage", {{"ImageId", id}});
    aws.must("DeleteSnapshot", {{"SnapshotId", snapshot}});
    EXPECT_EQ(aws.call("RestoreImageFromRecycleBin", {{"ImageId", id}}).code,
              "InvalidSnapshot.NotFound");
    aws.advance(kDayMs * 3);
    EXPECT_THAT(listed(aws, "ListImagesInRecycleBin", kImages), IsEmpty());
}

TEST(RecycledImage, IsDisabledAgainIfItWas)
{
    TestEmulator aws;
    keep(aws, "EC2_IMAGE");
    const auto id = own_image(aws, "one");
    aws.must("DisableImage", {{"ImageId", id}});
    aws.must("DeregisterImage", {{"ImageId", id}});
    aws.must("RestoreImageFromRecycleBin", {{"ImageId", id}});
    EXPECT_EQ(aws.must("DescribeImages", {{"ImageId.1", id}, {"IncludeDisabled", "true"}})
                  .text("imagesSet/item/imageState"),
              "disabled");
}

TEST(RecycledImage, IsOneThatARuleKeeps)
{
    TestEmulator aws;
    keep(aws, "EC2_IMAGE", 3, {{"Keep", "yes"}});
    const auto plain = own_image(aws, "plain");
    const auto kept = own_image(aws, "kept");
    aws.must("CreateTags", {{"ResourceId.1", kept}, {"Tag.1.Key", "Keep"}, {"Tag.1.Value", "yes"}});
    aws.must("DeregisterImage", {{"ImageId", plain}});
    aws.must("DeregisterImage", {{"ImageId", kept}});
    EXPECT_THAT(listed(aws, "ListImagesInRecycleBin", kImages), ElementsAre(kept));
}

TEST(RecycledImage, HasATagOfAwsThatStaysAndGoesByItself)
{
    TestEmulator aws;
    keep(aws, "EC2_IMAGE");
    const auto id = own_image(aws, "one");
    aws.must("DeregisterImage", {{"ImageId", id}});
    aws.must("CreateTags", {{"ResourceId.1", id}, {"Tag.1.Key", "Team"}, {"Tag.1.Value", "web"}});
    const Parameters of_image{{"Filter.1.Name", "resource-id"}, {"Filter.1.Value.1", id}};
    const auto keys = [&] { return aws.must("DescribeTags", of_image).texts("tagSet/item/key"); };
    EXPECT_THAT(keys(), ElementsAre("Team", "aws:recycle-bin:resource-in-bin"));
    aws.must("DeleteTags", {{"ResourceId.1", id}});
    EXPECT_THAT(keys(), ElementsAre("aws:recycle-bin:resource-in-bin"));
    aws.must("RestoreImageFromRecycleBin", {{"ImageId", id}});
    EXPECT_THAT(keys(), IsEmpty());
}

TEST(RecycleBin, TakesFiftyTagsBesidesItsOwn)
{
    TestEmulator aws;
    keep(aws, "EBS_VOLUME");
    const auto id = new_volume(aws, kSmall);
    aws.must("DeleteVolume", {{"VolumeId", id}});
    Parameters tags{{"ResourceId.1", id}};
    for (int i = 1; i <= 50; ++i) {
        tags.emplace_back(fmt::format("Tag.{}.Key", i), fmt::format("key {}", i));
        tags.emplace_back(fmt::format("Tag.{}.Value", i), "v");
    }
    aws.must("CreateTags", tags);
}

TEST(RecycleBin, IsListedPageByPageAndByIds)
{
    TestEmulator aws;
    keep(aws, "EC2_IMAGE");
    std::vector<std::string> ids;
    for (int i = 0; i < 3; ++i) {
        ids.push_back(own_image(aws, fmt::format("image {}", i)));
        aws.must("DeregisterImage", {{"ImageId", ids.back()}});
    }
    std::sort(ids.begin(), ids.end());
    const auto first = aws.must("ListImagesInRecycleBin", {{"MaxResults", "2"}});
    EXPECT_THAT(first.texts(kImages), ElementsAre(ids[0], ids[1]));
    const auto second = aws.must("ListImagesInRecycleBin",
                                 {{"MaxResults", "2"}, {"NextToken", first.text("nextToken")}});
    EXPECT_THAT(second.texts(kImages), ElementsAre(ids[2]));
    EXPECT_EQ(second.text("nextToken"), "");
    EXPECT_THAT(aws.must("ListImagesInRecycleBin", {{"ImageId.1", ids[1]}}).texts(kImages),
                ElementsAre(ids[1]));
    const auto code = [&](const Parameters& parameters) {
        return aws.call("ListImagesInRecycleBin", parameters).code;
    };
    EXPECT_EQ(code({{"ImageId.1", ids[0]}, {"ImageId.2", own_image(aws, "here")}}),
              "InvalidAMIID.NotFound");
    EXPECT_EQ(code({{"ImageId.1", "ami-nothex"}}), "InvalidAMIID.Malformed");
    EXPECT_EQ(code({{"MaxResults", "0"}}), "InvalidParameterValue");
    EXPECT_EQ(code({{"NextToken", "nonsense"}}), "InvalidParameterValue");
    Parameters many;
    for (int i = 1; i <= 21; ++i) {
        many.emplace_back(fmt::format("ImageId.{}", i), ids[0]);
    }
    EXPECT_EQ(code(many), "InvalidParameterValue");
    EXPECT_EQ(aws.call("ListSnapshotsInRecycleBin", {{"MaxResults", "4"}}).code,
              "InvalidParameterValue");
    EXPECT_EQ(aws.call("ListVolumesInRecycleBin", {{"MaxResults", "501"}}).code,
              "InvalidParameterValue");
}

TEST(RecycleBin, RestoresOnlyWhatIsThereAndTheCallersOwn)
{
    TestEmulator aws;
    keep(aws, "EC2_IMAGE");
    const auto here = own_image(aws, "here");
    const auto binned = own_image(aws, "binned");
    aws.must("DeregisterImage", {{"ImageId", binned}});
    const auto code = [&](const std::string& id, std::string_view account) {
        return aws.call("RestoreImageFromRecycleBin", {{"ImageId", id}}, account).code;
    };
    EXPECT_EQ(code(here, kAccount), "InvalidAMIID.NotFound");
    EXPECT_EQ(code(binned, kOtherAccount), "InvalidAMIID.NotFound");
    EXPECT_EQ(code("image", kAccount), "InvalidAMIID.Malformed");
    EXPECT_EQ(
        aws.call("RestoreSnapshotFromRecycleBin", {{"SnapshotId", own_snapshot(aws, 1)}}).code,
        "InvalidSnapshot.NotFound");
    EXPECT_EQ(aws.call("RestoreVolumeFromRecycleBin", {{"VolumeId", new_volume(aws, kSmall)}}).code,
              "InvalidVolume.NotFound");
    aws.must("RestoreImageFromRecycleBin", {{"ImageId", binned}});
    EXPECT_EQ(code(binned, kAccount), "InvalidAMIID.NotFound");
}

// Snapshots

TEST(RecycledSnapshot, IsThereForNobodyUntilRestored)
{
    TestEmulator aws;
    keep(aws, "EBS_SNAPSHOT", 1);
    const auto volume = new_volume(aws, kSmall);
    const auto id = aws.must("CreateSnapshot", {{"VolumeId", volume}, {"Description", "nightly"}})
                        .text("snapshotId");
    aws.must("DeleteSnapshot", {{"SnapshotId", id}});
    const auto bin = aws.must("ListSnapshotsInRecycleBin", {{"SnapshotId.1", id}});
    EXPECT_EQ(bin.text(kSnapshots), id);
    EXPECT_EQ(bin.text("snapshotSet/item/description"), "nightly");
    EXPECT_EQ(bin.text("snapshotSet/item/volumeId"), volume);
    EXPECT_EQ(bin.text("snapshotSet/item/recycleBinExitTime"), "2026-01-03T03:04:05.000Z");
    for (const char* action : {"DescribeSnapshots", "DeleteSnapshot", "CreateVolume"}) {
        const auto name =
            std::string(action) == "DescribeSnapshots" ? "SnapshotId.1" : "SnapshotId";
        Parameters request{{name, id}};
        if (std::string(action) == "CreateVolume") {
            request.emplace_back("AvailabilityZone", "us-east-1a");
        }
        EXPECT_EQ(aws.call(action, request).code, "InvalidSnapshot.NotFound") << action;
    }
    const auto restored = aws.must("RestoreSnapshotFromRecycleBin", {{"SnapshotId", id}});
    EXPECT_EQ(restored.text("snapshotId"), id);
    EXPECT_EQ(restored.text("status"), "completed");
    EXPECT_EQ(restored.text("progress"), "100%");
    EXPECT_EQ(restored.text("volumeSize"), "2");
    EXPECT_EQ(restored.text("ownerId"), kAccount);
    EXPECT_EQ(restored.text("encrypted"), "false");
    EXPECT_EQ(
        aws.must("DescribeSnapshots", {{"SnapshotId.1", id}}).count("snapshotSet/item/tagSet"), 0U);
    aws.must("CreateVolume", {{"AvailabilityZone", "us-east-1a"}, {"SnapshotId", id}});
}

TEST(RecycledSnapshot, IsInNoListButTheBins)
{
    TestEmulator aws;
    keep(aws, "EBS_SNAPSHOT", 30);
    const auto id = snapshot_of(aws, new_volume(aws, kSmall));
    aws.must("EnableFastSnapshotRestores",
             {{"SourceSnapshotId.1", id}, {"AvailabilityZone.1", "us-east-1a"}});
    aws.must("LockSnapshot",
             {{"SnapshotId", id}, {"LockMode", "governance"}, {"LockDuration", "1"}});
    EXPECT_EQ(aws.call("DeleteSnapshot", {{"SnapshotId", id}}).code, "OperationNotPermitted");
    EXPECT_THAT(listed(aws, "ListSnapshotsInRecycleBin", kSnapshots), IsEmpty());
    aws.advance(kDayMs);
    const auto count = [&](const char* action, const char* path) {
        return aws.must(action).count(path);
    };
    EXPECT_EQ(count("DescribeLockedSnapshots", "snapshotSet/item"), 1U);
    aws.must("DeleteSnapshot", {{"SnapshotId", id}});
    EXPECT_EQ(count("DescribeLockedSnapshots", "snapshotSet/item"), 0U);
    EXPECT_EQ(count("DescribeSnapshotTierStatus", "snapshotTierStatusSet/item"), 0U);
    const auto fast_restore = [&] {
        return aws.must("DescribeFastSnapshotRestores").text("fastSnapshotRestoreSet/item/state");
    };
    EXPECT_EQ(fast_restore(), "disabled");
    for (const char* action : {"LockSnapshot", "UnlockSnapshot", "CopySnapshot"}) {
        const bool is_copy = std::string(action) == "CopySnapshot";
        Parameters request{{is_copy ? "SourceSnapshotId" : "SnapshotId", id}};
        if (is_copy) {
            request.emplace_back("SourceRegion", kRegion);
        } else if (std::string(action) == "LockSnapshot") {
            request.insert(request.end(), {{"LockMode", "governance"}, {"LockDuration", "1"}});
        }
        EXPECT_EQ(aws.call(action, request).code, "InvalidSnapshot.NotFound") << action;
    }
    aws.must("RestoreSnapshotFromRecycleBin", {{"SnapshotId", id}});
    EXPECT_EQ(count("DescribeSnapshotTierStatus", "snapshotTierStatusSet/item"), 1U);
    // Source: fast restores have to be enabled anew (documented).
    aws.advance(kDayMs);
    EXPECT_EQ(fast_restore(), "disabled");
}

TEST(RecycledSnapshot, KeepsItsBytesOnlyAsLongAsItIsThere)
{
    TestEmulator aws;
    keep(aws, "EBS_SNAPSHOT", 1);
    const auto volume = new_volume(aws, kSmall);
    const auto id = aws.must("CreateSnapshot", {{"VolumeId", volume}}).text("snapshotId");
    aws.must("DeleteVolume", {{"VolumeId", volume}});
    EXPECT_EQ(rows_of(aws, "layer"), 1);
    aws.must("DeleteSnapshot", {{"SnapshotId", id}});
    EXPECT_EQ(rows_of(aws, "layer"), 1);
    aws.advance(kDayMs);
    EXPECT_THAT(listed(aws, "ListSnapshotsInRecycleBin", kSnapshots), IsEmpty());
    EXPECT_EQ(rows_of(aws, "layer"), 0);
    EXPECT_EQ(rows_of(aws, "snapshot"), 0);
    EXPECT_EQ(rows_of(aws, "tag"), 0);
}

TEST(RecycledSnapshot, IsCompletedInTheBinOrAfterwards)
{
    TestEmulator aws;
    keep(aws, "EBS_SNAPSHOT", 1);
    aws.set_delay("snapshot.pending", 10'000);
    const auto pending = [&] {
        const auto id = own_snapshot(aws, 1);
        aws.must("DeleteSnapshot", {{"SnapshotId", id}});
        return id;
    };
    const auto inside = pending();
    aws.advance(10'000);
    EXPECT_EQ(aws.must("RestoreSnapshotFromRecycleBin", {{"SnapshotId", inside}}).text("status"),
              "completed");
    const auto outside = pending();
    EXPECT_EQ(aws.must("RestoreSnapshotFromRecycleBin", {{"SnapshotId", outside}}).text("status"),
              "pending");
    aws.advance(10'000);
    EXPECT_EQ(
        aws.must("DescribeSnapshots", {{"SnapshotId.1", outside}}).text("snapshotSet/item/status"),
        "completed");
}

// Volumes

TEST(RecycledVolume, IsThereForNobodyUntilRestored)
{
    TestEmulator aws;
    keep(aws, "EBS_VOLUME", 2);
    const auto id = new_volume(aws, kSmall);
    aws.must("DeleteVolume", {{"VolumeId", id}});
    const auto bin = aws.must("ListVolumesInRecycleBin", {{"VolumeId.1", id}});
    EXPECT_EQ(bin.text(kVolumes), id);
    const auto field = [&](const std::string& name) { return bin.text("volumeSet/item/" + name); };
    EXPECT_EQ(field("volumeType"), "gp3");
    EXPECT_EQ(field("state"), "available");
    EXPECT_EQ(field("size"), "2");
    EXPECT_EQ(field("iops"), "3000");
    EXPECT_EQ(field("throughput"), "125");
    EXPECT_EQ(field("availabilityZone"), "us-east-1a");
    EXPECT_EQ(field("availabilityZoneId"), "use1-az2");
    EXPECT_EQ(field("recycleBinEnterTime"), "2026-01-02T03:04:05.000Z");
    EXPECT_EQ(field("recycleBinExitTime"), "2026-01-04T03:04:05.000Z");
    EXPECT_EQ(aws.call("DescribeVolumes", {{"VolumeId.1", id}}).code, "InvalidVolume.NotFound");
    EXPECT_THAT(aws.must("DescribeVolumes").texts(kVolumes), IsEmpty());
    EXPECT_EQ(aws.call("DeleteVolume", {{"VolumeId", id}}).code, "InvalidVolume.NotFound");
    EXPECT_EQ(aws.call("CreateSnapshot", {{"VolumeId", id}}).code, "InvalidVolume.NotFound");
    EXPECT_EQ(aws.must("RestoreVolumeFromRecycleBin", {{"VolumeId", id}}).text("return"), "true");
    EXPECT_EQ(aws.must("DescribeVolumes", {{"VolumeId.1", id}}).text("volumeSet/item/status"),
              "available");
    aws.must("CreateSnapshot", {{"VolumeId", id}});
    aws.advance(kDayMs * 3);
    aws.must("DescribeVolumes", {{"VolumeId.1", id}});
}

TEST(RecycledVolume, IsGoneForGoodWhenItsTimeIsOver)
{
    TestEmulator aws;
    keep(aws, "EBS_VOLUME", 2);
    aws.must("DeleteVolume", {{"VolumeId", new_volume(aws, kSmall)}});
    aws.advance(kDayMs * 2);
    EXPECT_THAT(listed(aws, "ListVolumesInRecycleBin", kVolumes), IsEmpty());
    EXPECT_EQ(rows_of(aws, "volume"), 0);
    EXPECT_EQ(rows_of(aws, "layer"), 0);
    EXPECT_EQ(rows_of(aws, "tag"), 0);
}

TEST(RecycledVolume, MayComeFromAnInstanceThatEnds)
{
    TestEmulator aws;
    keep(aws, "EBS_VOLUME", 2);
    aws.set_delay("instance.shutting-down", 1000);
    const auto image = own_image(aws, "one");
    const auto instance = aws.must("RunInstances", launch(image)).text(kInstanceId);
    const auto volume = field_of(aws, instance, "blockDeviceMapping/item/ebs/volumeId");
    aws.must("TerminateInstances", one_instance(instance));
    aws.advance(1000);
    EXPECT_EQ(state_of(aws, instance), "terminated");
    EXPECT_THAT(listed(aws, "ListVolumesInRecycleBin", kVolumes), ElementsAre(volume));
    aws.must("RestoreVolumeFromRecycleBin", {{"VolumeId", volume}});
    EXPECT_THAT(
        aws.must("DescribeVolumes", {{"VolumeId.1", volume}}).texts("volumeSet/item/status"),
        ::testing::AllOf(SizeIs(1), Each("available")));
}

}  // namespace
}  // namespace amilab::test
