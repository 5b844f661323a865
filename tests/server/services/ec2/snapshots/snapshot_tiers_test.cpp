#include "server/services/ec2/snapshots/snapshot_tiers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/base/units.h"
#include "tests/server/services/ec2/instances/instance_support.h"
#include "tests/support/emulator_fixture.h"

namespace amilab::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr const char* kItem = "snapshotTierStatusSet/item/";

class SnapshotTier : public ::testing::Test {
protected:
    SnapshotTier() : id(own_snapshot(aws, 1)) {}

    Answer archive()
    {
        return aws.must("ModifySnapshotTier", {{"SnapshotId", id}, {"StorageTier", "archive"}});
    }
    std::string archiving(const char* account = kAccount)
    {
        return aws
            .call("ModifySnapshotTier", {{"SnapshotId", id}, {"StorageTier", "archive"}}, account)
            .code;
    }
    Answer restore(const char* days)
    {
        return aws.must("RestoreSnapshotTier",
                        {{"SnapshotId", id}, {"TemporaryRestoreDays", days}});
    }
    std::string restoring(const Parameters& more)
    {
        auto parameters = more;
        parameters.emplace_back("SnapshotId", id);
        return aws.call("RestoreSnapshotTier", parameters).code;
    }
    std::string status(const std::string& name)
    {
        return aws
            .must("DescribeSnapshotTierStatus",
                  {{"Filter.1.Name", "snapshot-id"}, {"Filter.1.Value.1", id}})
            .text(kItem + name);
    }
    std::string tier()
    {
        const auto shown = aws.must("DescribeSnapshots", {{"SnapshotId.1", id}})
                               .text("snapshotSet/item/storageTier");
        EXPECT_EQ(status("storageTier"), shown);
        EXPECT_THAT(aws.must("DescribeSnapshots", {{"Filter.1.Name", "storage-tier"},
                                                   {"Filter.1.Value.1", shown},
                                                   {"Filter.2.Name", "snapshot-id"},
                                                   {"Filter.2.Value.1", id}})
                        .texts("snapshotSet/item/snapshotId"),
                    ElementsAre(id));
        return shown;
    }
    std::string using_it()
    {
        return aws.call("CreateVolume", {{"AvailabilityZone", "us-east-1a"}, {"SnapshotId", id}})
            .code;
    }

    TestEmulator aws;
    std::string id;
};

TEST_F(SnapshotTier, IsStandardUntilItIsArchived)
{
    EXPECT_EQ(tier(), "standard");
    EXPECT_EQ(status("status"), "completed");
    EXPECT_EQ(status("lastTieringOperationStatus"), "");
    aws.set_delay("snapshot.archiving", 1000);
    EXPECT_EQ(archive().text("tieringStartTime"), "2026-01-02T03:04:05.000Z");
    aws.advance(500);
    EXPECT_EQ(tier(), "standard");
    EXPECT_EQ(status("lastTieringOperationStatus"), "archival-in-progress");
    EXPECT_EQ(status("lastTieringProgress"), "50");
    EXPECT_EQ(using_it(), "");
    EXPECT_EQ(archiving(), "IncorrectState");
    aws.advance(500);
    EXPECT_EQ(tier(), "archive");
    EXPECT_EQ(status("lastTieringOperationStatus"), "archival-completed");
    EXPECT_EQ(status("lastTieringProgress"), "100");
    EXPECT_EQ(status("archivalCompleteTime"), "2026-01-02T03:04:06.000Z");
    EXPECT_EQ(using_it(), "IncorrectState");
    EXPECT_EQ(archiving(), "IncorrectState");
    EXPECT_EQ(aws.call("CopySnapshot", {{"SourceSnapshotId", id}, {"SourceRegion", kRegion}}).code,
              "IncorrectState");
}

TEST_F(SnapshotTier, ComesBackForGood)
{
    archive();
    aws.set_delay("snapshot.restoring", 1000);
    const auto answer =
        aws.must("RestoreSnapshotTier", {{"SnapshotId", id}, {"PermanentRestore", "true"}});
    EXPECT_EQ(answer.text("isPermanentRestore"), "true");
    EXPECT_EQ(answer.count("restoreDuration"), 0U);
    EXPECT_EQ(answer.text("restoreStartTime"), "2026-01-02T03:04:05.000Z");
    EXPECT_EQ(tier(), "archive");
    EXPECT_EQ(status("lastTieringOperationStatus"), "permanent-restore-in-progress");
    EXPECT_EQ(restoring({{"PermanentRestore", "true"}}), "IncorrectState");
    aws.advance(1000);
    EXPECT_EQ(tier(), "standard");
    EXPECT_EQ(status("lastTieringOperationStatus"), "permanent-restore-completed");
    EXPECT_EQ(using_it(), "");
    EXPECT_EQ(restoring({{"PermanentRestore", "true"}}), "IncorrectState");
    archive();
}

TEST_F(SnapshotTier, ComesBackForATime)
{
    archive();
    const auto answer = restore("2");
    EXPECT_EQ(answer.text("restoreDuration"), "2");
    EXPECT_EQ(answer.text("isPermanentRestore"), "false");
    EXPECT_EQ(tier(), "standard");
    EXPECT_EQ(status("restoreExpiryTime"), "2026-01-04T03:04:05.000Z");
    EXPECT_EQ(aws.must("DescribeSnapshots", {{"SnapshotId.1", id}})
                  .text("snapshotSet/item/restoreExpiryTime"),
              "2026-01-04T03:04:05.000Z");
    EXPECT_EQ(archiving(), "IncorrectState");
    aws.advance(2 * kDayMs - 1);
    EXPECT_EQ(using_it(), "");
    aws.advance(1);
    EXPECT_EQ(tier(), "archive");
    EXPECT_EQ(status("lastTieringOperationStatus"), "archival-completed");
    EXPECT_EQ(status("restoreExpiryTime"), "");
    EXPECT_EQ(using_it(), "IncorrectState");
}

TEST_F(SnapshotTier, LetsATimeBeChanged)
{
    archive();
    restore("1");
    restore("3");
    aws.advance(2 * kDayMs);
    EXPECT_EQ(tier(), "standard");
    aws.must("RestoreSnapshotTier", {{"SnapshotId", id}, {"PermanentRestore", "true"}});
    aws.advance(5 * kDayMs);
    EXPECT_EQ(tier(), "standard");
}

TEST_F(SnapshotTier, StaysWhileAnImageCouldLaunch)
{
    const auto image = aws.must("RegisterImage", {{"Name", "kept"},
                                                  {"RootDeviceName", "/dev/xvda"},
                                                  {"VirtualizationType", "hvm"},
                                                  {"Architecture", "x86_64"},
                                                  {"BlockDeviceMapping.1.DeviceName", "/dev/xvda"},
                                                  {"BlockDeviceMapping.1.Ebs.SnapshotId", id}})
                           .text("imageId");
    EXPECT_EQ(archiving(), "InvalidSnapshot.InUse");
    aws.must("DeregisterImage", {{"ImageId", image}});
    archive();
}

TEST_F(SnapshotTier, RefusesWhatCannotBe)
{
    EXPECT_EQ(archiving(kOtherAccount), "InvalidSnapshot.NotFound");
    EXPECT_EQ(aws.call("ModifySnapshotTier", {{"SnapshotId", id}}).code, "MissingParameter");
    EXPECT_EQ(
        aws.call("ModifySnapshotTier", {{"SnapshotId", id}, {"StorageTier", "standard"}}).code,
        "InvalidParameterValue");
    EXPECT_EQ(restoring({{"PermanentRestore", "true"}}), "IncorrectState");
    archive();
    EXPECT_EQ(restoring({}), "MissingParameter");
    EXPECT_EQ(restoring({{"PermanentRestore", "false"}}), "MissingParameter");
    EXPECT_EQ(restoring({{"PermanentRestore", "true"}, {"TemporaryRestoreDays", "1"}}),
              "InvalidParameterCombination");
    EXPECT_EQ(restoring({{"TemporaryRestoreDays", "0"}}), "InvalidParameterValue");
    EXPECT_EQ(restoring({{"TemporaryRestoreDays", "181"}}), "InvalidParameterValue");
    aws.set_delay("snapshot.pending", 1000);
    id = own_snapshot(aws, 1);
    EXPECT_EQ(archiving(), "IncorrectState");
}

TEST_F(SnapshotTier, EndsSharing)
{
    aws.must("ModifySnapshotAttribute",
             {{"SnapshotId", id}, {"CreateVolumePermission.Add.1.UserId", kOtherAccount}});
    archive();
    EXPECT_THAT(aws.must("DescribeSnapshotAttribute",
                         {{"SnapshotId", id}, {"Attribute", "createVolumePermission"}})
                    .texts("createVolumePermission/item"),
                IsEmpty());
}

TEST_F(SnapshotTier, GoesWithItsSnapshot)
{
    archive();
    aws.must("DeleteSnapshot", {{"SnapshotId", id}});
    EXPECT_THAT(aws.must("DescribeSnapshotTierStatus").texts("snapshotTierStatusSet/item"),
                IsEmpty());
}

TEST_F(SnapshotTier, IsFoundByItsLastOperation)
{
    const auto volume =
        aws.must("DescribeSnapshots", {{"Owner.1", "self"}}).text("snapshotSet/item/volumeId");
    archive();
    own_snapshot(aws, 1);
    const auto found = [&](const std::string& name, const std::string& value) {
        return aws
            .must("DescribeSnapshotTierStatus",
                  {{"Filter.1.Name", name}, {"Filter.1.Value.1", value}})
            .texts(std::string(kItem) + "snapshotId");
    };
    EXPECT_THAT(found("last-tiering-operation", "archival-completed"), ElementsAre(id));
    EXPECT_THAT(found("last-tiering-operation", "archival-failed"), IsEmpty());
    EXPECT_THAT(found("volume-id", volume), ElementsAre(id));
    EXPECT_THAT(found("snapshot-id", "*"), SizeIs(2));
}

}  // namespace
}  // namespace amilab::test
