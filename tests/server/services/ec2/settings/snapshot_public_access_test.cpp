#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/server/services/ec2/common/sharing_support.h"
#include "tests/server/services/ec2/instances/instance_support.h"
#include "tests/server/services/ec2/snapshots/snapshot_support.h"

namespace amilab::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

Answer block(TestEmulator& aws, const std::string& state)
{
    return aws.call("EnableSnapshotBlockPublicAccess", {{"State", state}});
}

TEST(SnapshotBlockPublicAccess, IsUnblockedUntilEnabled)
{
    TestEmulator aws;
    const auto state = [&](std::string_view region = kRegion) {
        return aws.must("GetSnapshotBlockPublicAccessState", {}, kAccount, region).text("state");
    };
    EXPECT_EQ(state(), "unblocked");
    for (const char* mode : {"block-all-sharing", "block-new-sharing"}) {
        EXPECT_EQ(block(aws, mode).text("state"), mode);
        EXPECT_EQ(state(), mode);
        EXPECT_EQ(state("eu-west-1"), "unblocked");
    }
    EXPECT_EQ(aws.must("DisableSnapshotBlockPublicAccess").text("state"), "unblocked");
    EXPECT_EQ(state(), "unblocked");
    EXPECT_EQ(block(aws, "unblocked").code, "InvalidParameterValue");
    EXPECT_EQ(block(aws, "block").code, "InvalidParameterValue");
}

TEST(SnapshotBlockPublicAccess, RefusesNewPublicSnapshotsInBothModes)
{
    TestEmulator aws;
    const auto snapshot = own_snapshot(aws, 1);
    for (const char* mode : {"block-all-sharing", "block-new-sharing"}) {
        ASSERT_TRUE(block(aws, mode).ok());
        const auto refused = modify_snapshot(aws, snapshot, kPublish);
        EXPECT_EQ(refused.code, "OperationNotPermitted") << mode;
        EXPECT_THAT(refused.message, HasSubstr("block public access for snapshots is enabled"));
        EXPECT_TRUE(modify_snapshot(aws, snapshot, share_with(kOtherAccount)).ok());
    }
}

TEST(SnapshotBlockPublicAccess, HidesPublicSnapshotsWhileAllSharingIsBlocked)
{
    TestEmulator aws;
    const auto snapshot = own_snapshot(aws, 1);
    ASSERT_TRUE(modify_snapshot(aws, snapshot, kPublish).ok());
    ASSERT_TRUE(modify_snapshot(aws, snapshot, share_with(kOtherAccount)).ok());
    ASSERT_TRUE(block(aws, "block-all-sharing").ok());
    EXPECT_THAT(seen_snapshots(aws, kStranger), IsEmpty());
    EXPECT_EQ(create_volume(aws, snapshot, kStranger).code, "InvalidSnapshot.NotFound");
    EXPECT_THAT(seen_snapshots(aws, kOtherAccount), ElementsAre(snapshot));
    // The attribute still says that it is public, also when it changes meanwhile.
    EXPECT_THAT(grantees(aws, snapshot), UnorderedElementsAre("all", kOtherAccount));
    ASSERT_TRUE(
        modify_snapshot(aws, snapshot, {{"CreateVolumePermission.Remove.1.UserId", kOtherAccount}})
            .ok());
    EXPECT_THAT(seen_snapshots(aws, kStranger), IsEmpty());
    ASSERT_TRUE(block(aws, "block-new-sharing").ok());
    EXPECT_THAT(seen_snapshots(aws, kStranger), ElementsAre(snapshot));
    ASSERT_TRUE(block(aws, "block-all-sharing").ok());
    aws.must("DisableSnapshotBlockPublicAccess");
    EXPECT_THAT(seen_snapshots(aws, kStranger), ElementsAre(snapshot));
}

}  // namespace
}  // namespace amilab::test
