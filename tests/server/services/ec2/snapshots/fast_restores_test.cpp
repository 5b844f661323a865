#include "server/services/ec2/snapshots/fast_restores.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/server/services/ec2/instances/instance_support.h"
#include "tests/server/services/ec2/volumes/volume_support.h"
#include "tests/support/emulator_fixture.h"
#include "tests/support/json_caller.h"

namespace amilab::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr const char* kShown = "fastSnapshotRestoreSet/item/";
constexpr const char* kError = "unsuccessful/item/fastSnapshotRestoreStateErrorSet/item/error/";

class FastRestore : public ::testing::Test {
protected:
    FastRestore() : id(own_snapshot(aws, 1)) {}

    Parameters request(const std::string& zone) const
    {
        return {{"SourceSnapshotId.1", id}, {"AvailabilityZone.1", zone}};
    }
    Answer enable(const std::string& zone = "us-east-1a")
    {
        return aws.must("EnableFastSnapshotRestores", request(zone));
    }
    Answer disable(const std::string& zone = "us-east-1a")
    {
        return aws.must("DisableFastSnapshotRestores", request(zone));
    }
    std::vector<std::string> shown(const std::string& name)
    {
        return aws.must("DescribeFastSnapshotRestores").texts(kShown + name);
    }
    std::string restored_fast(const std::string& zone)
    {
        const auto made =
            aws.must("CreateVolume", {{"AvailabilityZone", zone}, {"SnapshotId", id}});
        EXPECT_EQ(made.count("fastRestored"), 0U) << "only Describe calls tell";
        return volume_field(aws, made.text("volumeId"), "fastRestored");
    }

    TestEmulator aws;
    std::string id;
};

TEST_F(FastRestore, PassesThroughItsStates)
{
    aws.set_delay("fast-restore.enabling", 1000);
    aws.set_delay("fast-restore.optimizing", 2000);
    aws.set_delay("fast-restore.disabling", 1000);
    const auto answer = enable();
    EXPECT_EQ(answer.text("successful/item/snapshotId"), id);
    EXPECT_EQ(answer.text("successful/item/availabilityZoneId"), "use1-az2");
    EXPECT_EQ(answer.text("successful/item/state"), "enabling");
    EXPECT_EQ(answer.text("successful/item/stateTransitionReason"), "Client.UserInitiated");
    EXPECT_EQ(answer.text("successful/item/ownerId"), kAccount);
    EXPECT_EQ(answer.text("successful/item/enablingTime"), "2026-01-02T03:04:05.000Z");
    aws.advance(1000);
    EXPECT_THAT(shown("state"), ElementsAre("optimizing"));
    EXPECT_EQ(restored_fast("us-east-1a"), "");
    aws.advance(2000);
    EXPECT_THAT(shown("state"), ElementsAre("enabled"));
    EXPECT_THAT(shown("stateTransitionReason"),
                ElementsAre("Client.UserInitiated - Lifecycle state transition"));
    EXPECT_THAT(shown("enabledTime"), ElementsAre("2026-01-02T03:04:08.000Z"));
    EXPECT_EQ(disable().text("successful/item/state"), "disabling");
    EXPECT_THAT(shown("state"), ElementsAre("disabling"));
    aws.advance(1000);
    EXPECT_THAT(shown("state"), ElementsAre("disabled"));
    EXPECT_THAT(shown("disabledTime"), ElementsAre("2026-01-02T03:04:09.000Z"));
}

TEST_F(FastRestore, MarksVolumesOfItsZone)
{
    enable();
    EXPECT_EQ(restored_fast("us-east-1a"), "true");
    EXPECT_EQ(restored_fast("us-east-1b"), "");
    EXPECT_EQ(aws.must("DescribeVolumes",
                       {{"Filter.1.Name", "fast-restored"}, {"Filter.1.Value.1", "true"}})
                  .count("volumeSet/item"),
              1U);
    disable();
    EXPECT_EQ(restored_fast("us-east-1a"), "");
}

// Source: a rate is kept to instead of fast snapshot restore (documented).
TEST_F(FastRestore, GivesWayToARate)
{
    enable();
    const auto answer = aws.must("CreateVolume", {{"AvailabilityZone", "us-east-1a"},
                                                  {"SnapshotId", id},
                                                  {"VolumeInitializationRate", "100"}});
    EXPECT_EQ(volume_field(aws, answer.text("volumeId"), "fastRestored"), "");
    EXPECT_EQ(volume_field(aws, answer.text("volumeId"), "volumeInitializationRate"), "100");
}

TEST_F(FastRestore, IsAskedForByZoneNameOrId)
{
    EXPECT_EQ(aws.must("EnableFastSnapshotRestores",
                       {{"SourceSnapshotId.1", id}, {"AvailabilityZoneId.1", "use1-az2"}})
                  .text("successful/item/availabilityZone"),
              "us-east-1a");
    const auto refusal = [&](const Parameters& parameters, const char* account = kAccount) {
        return aws.call("EnableFastSnapshotRestores", parameters, account).code;
    };
    EXPECT_EQ(refusal({{"SourceSnapshotId.1", id}}), "MissingParameter");
    EXPECT_EQ(refusal({{"SourceSnapshotId.1", id},
                       {"AvailabilityZone.1", "us-east-1a"},
                       {"AvailabilityZoneId.1", "use1-az2"}}),
              "InvalidParameterCombination");
    EXPECT_EQ(refusal(request("eu-west-1a")), "InvalidParameterValue");
    EXPECT_EQ(refusal({{"AvailabilityZone.1", "us-east-1a"}}), "MissingParameter");
    EXPECT_EQ(refusal({{"SourceSnapshotId.1", "snap-0123456789abcdef0"},
                       {"AvailabilityZone.1", "us-east-1a"}}),
              "InvalidSnapshot.NotFound");
    EXPECT_EQ(refusal(request("us-east-1a"), kOtherAccount), "InvalidSnapshot.NotFound");
}

TEST_F(FastRestore, IsForFiveSnapshotsInARegion)
{
    const auto first = id;
    for (int i = 0; i < 5; ++i) {
        enable();
        id = own_snapshot(aws, 1);
    }
    const auto refused = enable();
    EXPECT_EQ(refused.count("successful/item"), 0U);
    EXPECT_EQ(refused.text("unsuccessful/item/snapshotId"), id);
    EXPECT_EQ(refused.text(std::string(kError) + "code"), "ResourceLimitExceeded");
    const auto sixth = id;
    id = first;
    EXPECT_EQ(enable("us-east-1b").count("successful/item"), 1U);
    disable("us-east-1a");
    disable("us-east-1b");
    id = sixth;
    EXPECT_EQ(enable().count("successful/item"), 1U);
}

TEST_F(FastRestore, TellsWhatIsNotEnabled)
{
    const auto answer = disable();
    EXPECT_EQ(answer.text("unsuccessful/item/snapshotId"), id);
    EXPECT_EQ(answer.text(std::string(kError) + "code"), "IncorrectState");
    enable();
    EXPECT_EQ(enable().text("successful/item/state"), "enabled");
}

TEST_F(FastRestore, EndsWithItsSnapshot)
{
    enable();
    enable("us-east-1b");
    aws.must("ModifySnapshotTier", {{"SnapshotId", id}, {"StorageTier", "archive"}});
    EXPECT_THAT(shown("state"), ElementsAre("disabled", "disabled"));
    EXPECT_EQ(aws.call("EnableFastSnapshotRestores", request("us-east-1a")).code, "IncorrectState");
    aws.must("DeleteSnapshot", {{"SnapshotId", id}});
    EXPECT_THAT(shown("state"), IsEmpty());
}

TEST_F(FastRestore, EndsWhenItsSnapshotGoesIntoTheRecycleBin)
{
    enable();
    keep_deleted_snapshots(aws);
    aws.must("DeleteSnapshot", {{"SnapshotId", id}});
    EXPECT_THAT(shown("state"), ElementsAre("disabled"));
    aws.must("RestoreSnapshotFromRecycleBin", {{"SnapshotId", id}});
    EXPECT_NE(restored_fast("us-east-1a"), "true");
    EXPECT_THAT(shown("state"), ElementsAre("disabled"));
}

TEST_F(FastRestore, IsFilteredAndPaged)
{
    enable();
    enable("us-east-1b");
    disable("us-east-1b");
    const auto found = [&](const std::string& name, const std::string& value) {
        return aws
            .must("DescribeFastSnapshotRestores",
                  {{"Filter.1.Name", name}, {"Filter.1.Value.1", value}})
            .texts(std::string(kShown) + "availabilityZone");
    };
    EXPECT_THAT(found("state", "enabled"), ElementsAre("us-east-1a"));
    EXPECT_THAT(found("state", "disabled"), ElementsAre("us-east-1b"));
    EXPECT_THAT(found("availability-zone", "us-east-1b"), ElementsAre("us-east-1b"));
    EXPECT_THAT(found("availability-zone-id", "use1-az2"), ElementsAre("us-east-1a"));
    EXPECT_THAT(found("snapshot-id", id), ElementsAre("us-east-1a", "us-east-1b"));
    EXPECT_THAT(found("owner-id", kOtherAccount), IsEmpty());
    const auto first = aws.must("DescribeFastSnapshotRestores", {{"MaxResults", "1"}});
    EXPECT_EQ(first.text(std::string(kShown) + "availabilityZone"), "us-east-1a");
    const auto second = aws.must("DescribeFastSnapshotRestores",
                                 {{"MaxResults", "1"}, {"NextToken", first.text("nextToken")}});
    EXPECT_EQ(second.text(std::string(kShown) + "availabilityZone"), "us-east-1b");
    EXPECT_EQ(second.text("nextToken"), "");
}

}  // namespace
}  // namespace amilab::test
