#include "server/services/ec2/snapshots/snapshot_locks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/base/units.h"
#include "tests/server/services/ec2/instances/instance_support.h"
#include "tests/support/emulator_fixture.h"

namespace amilab::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

constexpr const char* kIds = "snapshotSet/item/snapshotId";

class LockSnapshot : public ::testing::Test {
protected:
    LockSnapshot() : id(own_snapshot(aws, 1)) {}

    Parameters request(const char* mode, Parameters more) const
    {
        more.insert(more.begin(), {{"SnapshotId", id}, {"LockMode", mode}});
        return more;
    }
    Answer lock(const char* mode, const Parameters& more)
    {
        return aws.must("LockSnapshot", request(mode, more));
    }
    std::string refusal(const char* mode, const Parameters& more)
    {
        return aws.call("LockSnapshot", request(mode, more)).code;
    }
    std::string state()
    {
        return aws.must("DescribeLockedSnapshots", {{"SnapshotId.1", id}})
            .text("snapshotSet/item/lockState");
    }
    std::string deleting() { return aws.call("DeleteSnapshot", {{"SnapshotId", id}}).code; }
    std::string unlocking() { return aws.call("UnlockSnapshot", {{"SnapshotId", id}}).code; }

    TestEmulator aws;
    std::string id;
};

TEST_F(LockSnapshot, InGovernanceModeKeepsItUntilItIsUnlocked)
{
    const auto answer = lock("governance", {{"LockDuration", "2"}});
    EXPECT_EQ(answer.text("snapshotId"), id);
    EXPECT_EQ(answer.text("lockState"), "governance");
    EXPECT_EQ(answer.text("lockDuration"), "2");
    EXPECT_EQ(answer.text("lockCreatedOn"), "2026-01-02T03:04:05.000Z");
    EXPECT_EQ(answer.text("lockDurationStartTime"), "2026-01-02T03:04:05.000Z");
    EXPECT_EQ(answer.text("lockExpiresOn"), "2026-01-04T03:04:05.000Z");
    EXPECT_EQ(answer.count("coolOffPeriod"), 0U);
    EXPECT_EQ(deleting(), "OperationNotPermitted");
    aws.must("UnlockSnapshot", {{"SnapshotId", id}});
    EXPECT_EQ(deleting(), "");
}

TEST_F(LockSnapshot, HoldsUntilItExpires)
{
    lock("governance", {{"ExpirationDate", "2026-01-03T03:04:05Z"}});
    aws.advance(kDayMs - 1);
    EXPECT_EQ(state(), "governance");
    EXPECT_EQ(deleting(), "OperationNotPermitted");
    aws.advance(1);
    EXPECT_EQ(state(), "expired");
    EXPECT_EQ(unlocking(), "IncorrectState");
    EXPECT_EQ(deleting(), "");
}

TEST_F(LockSnapshot, InComplianceModeCannotBeUndone)
{
    lock("compliance", {{"LockDuration", "10"}});
    EXPECT_EQ(state(), "compliance");
    EXPECT_EQ(unlocking(), "OperationNotPermitted");
    EXPECT_EQ(refusal("governance", {{"LockDuration", "20"}}), "OperationNotPermitted");
    EXPECT_EQ(refusal("compliance", {{"LockDuration", "9"}}), "OperationNotPermitted");
    EXPECT_EQ(refusal("compliance", {{"ExpirationDate", "2026-01-03T00:00:00Z"}}),
              "OperationNotPermitted");
    EXPECT_EQ(refusal("compliance", {{"LockDuration", "20"}, {"CoolOffPeriod", "1"}}),
              "OperationNotPermitted");
    const auto longer = lock("compliance", {{"LockDuration", "20"}});
    EXPECT_EQ(longer.text("lockExpiresOn"), "2026-01-22T03:04:05.000Z");
    aws.advance(20 * kDayMs);
    EXPECT_EQ(deleting(), "");
}

TEST_F(LockSnapshot, MayBeChangedWhileItCoolsOff)
{
    const auto answer = lock("compliance", {{"LockDuration", "10"}, {"CoolOffPeriod", "3"}});
    EXPECT_EQ(answer.text("lockState"), "compliance-cooloff");
    EXPECT_EQ(answer.text("coolOffPeriod"), "3");
    EXPECT_EQ(answer.text("coolOffPeriodExpiresOn"), "2026-01-02T06:04:05.000Z");
    EXPECT_EQ(deleting(), "OperationNotPermitted");
    lock("compliance", {{"LockDuration", "5"}, {"CoolOffPeriod", "2"}});
    aws.advance(2 * kHourMs - 1);
    EXPECT_EQ(state(), "compliance-cooloff");
    aws.advance(1);
    EXPECT_EQ(state(), "compliance");
    EXPECT_EQ(unlocking(), "OperationNotPermitted");
}

TEST_F(LockSnapshot, CanBeTakenBackWhileItCoolsOff)
{
    lock("compliance", {{"LockDuration", "10"}, {"CoolOffPeriod", "72"}});
    lock("governance", {{"LockDuration", "1"}});
    EXPECT_EQ(state(), "governance");
    lock("compliance", {{"LockDuration", "1"}, {"CoolOffPeriod", "1"}});
    EXPECT_EQ(unlocking(), "");
    EXPECT_THAT(aws.must("DescribeLockedSnapshots").texts(kIds), IsEmpty());
}

TEST_F(LockSnapshot, CountsItsDurationFromTheCompletion)
{
    aws.set_delay("snapshot.pending", kHourMs);
    id = own_snapshot(aws, 1);
    const auto answer = lock("governance", {{"LockDuration", "1"}});
    EXPECT_EQ(answer.count("lockDurationStartTime"), 0U);
    EXPECT_EQ(answer.count("lockExpiresOn"), 0U);
    EXPECT_EQ(deleting(), "OperationNotPermitted");
    aws.advance(kHourMs);
    const auto shown = aws.must("DescribeLockedSnapshots", {{"SnapshotId.1", id}});
    EXPECT_EQ(shown.text("snapshotSet/item/lockDurationStartTime"), "2026-01-02T04:04:05.000Z");
    EXPECT_EQ(shown.text("snapshotSet/item/lockExpiresOn"), "2026-01-03T04:04:05.000Z");
    EXPECT_EQ(shown.text("snapshotSet/item/ownerId"), kAccount);
}

TEST_F(LockSnapshot, WantsAModeAndOneEnd)
{
    EXPECT_EQ(refusal("governance", {}), "MissingParameter");
    EXPECT_EQ(
        refusal("governance", {{"LockDuration", "1"}, {"ExpirationDate", "2030-01-01T00:00:00Z"}}),
        "InvalidParameterCombination");
    EXPECT_EQ(refusal("governance", {{"LockDuration", "1"}, {"CoolOffPeriod", "1"}}),
              "InvalidParameterCombination");
    EXPECT_EQ(refusal("governance", {{"ExpirationDate", "2026-01-01T00:00:00Z"}}),
              "InvalidParameterValue");
    EXPECT_EQ(refusal("governance", {{"LockDuration", "0"}}), "InvalidParameterValue");
    EXPECT_EQ(refusal("governance", {{"LockDuration", "36501"}}), "InvalidParameterValue");
    EXPECT_EQ(refusal("compliance", {{"LockDuration", "1"}, {"CoolOffPeriod", "73"}}),
              "InvalidParameterValue");
    EXPECT_EQ(refusal("forever", {{"LockDuration", "1"}}), "InvalidParameterValue");
    EXPECT_EQ(refusal("governance", {{"LockDuration", "1"}, {"DryRun", "true"}}),
              "DryRunOperation");
    EXPECT_EQ(aws.call("LockSnapshot", {{"SnapshotId", id}, {"LockDuration", "1"}}).code,
              "MissingParameter");
    EXPECT_EQ(
        aws.call("LockSnapshot", request("governance", {{"LockDuration", "1"}}), kOtherAccount)
            .code,
        "InvalidSnapshot.NotFound");
    EXPECT_EQ(unlocking(), "IncorrectState");
    EXPECT_EQ(deleting(), "");
}

TEST_F(LockSnapshot, KeepsSnapshotsOfADeregisteredImage)
{
    const auto image = aws.must("RegisterImage", {{"Name", "kept"},
                                                  {"RootDeviceName", "/dev/xvda"},
                                                  {"VirtualizationType", "hvm"},
                                                  {"Architecture", "x86_64"},
                                                  {"BlockDeviceMapping.1.DeviceName", "/dev/xvda"},
                                                  {"BlockDeviceMapping.1.Ebs.SnapshotId", id}})
                           .text("imageId");
    lock("governance", {{"LockDuration", "1"}});
    const auto answer =
        aws.must("DeregisterImage", {{"ImageId", image}, {"DeleteAssociatedSnapshots", "true"}});
    EXPECT_EQ(answer.text("deleteSnapshotResultSet/item/returnCode"), "client-error");
    EXPECT_EQ(state(), "governance");
}

TEST(DescribeLockedSnapshots, FiltersByStateAndPages)
{
    TestEmulator aws;
    std::vector<std::string> ids;
    for (int i = 0; i < 7; ++i) {
        ids.push_back(own_snapshot(aws, 1));
        aws.must("LockSnapshot", {{"SnapshotId", ids.back()},
                                  {"LockMode", i == 0 ? "compliance" : "governance"},
                                  {"LockDuration", i == 1 ? "1" : "2"}});
    }
    aws.advance(kDayMs);
    const auto in_state = [&](const std::string& state) {
        return aws
            .must("DescribeLockedSnapshots",
                  {{"Filter.1.Name", "lock-state"}, {"Filter.1.Value.1", state}})
            .texts(kIds);
    };
    EXPECT_THAT(in_state("compliance"), ElementsAre(ids[0]));
    EXPECT_THAT(in_state("expired"), ElementsAre(ids[1]));
    EXPECT_THAT(in_state("governance"),
                UnorderedElementsAre(ids[2], ids[3], ids[4], ids[5], ids[6]));
    const auto first = aws.must("DescribeLockedSnapshots", {{"MaxResults", "5"}});
    const auto second = aws.must("DescribeLockedSnapshots",
                                 {{"MaxResults", "5"}, {"NextToken", first.text("nextToken")}});
    EXPECT_EQ(first.texts(kIds).size(), 5U);
    EXPECT_EQ(second.texts(kIds).size(), 2U);
    EXPECT_EQ(second.text("nextToken"), "");
    EXPECT_THAT(aws.must("DescribeLockedSnapshots", {}, kOtherAccount).texts(kIds), IsEmpty());
    EXPECT_EQ(
        aws.call("DescribeLockedSnapshots", {{"SnapshotId.1", "snap-0123456789abcdef0"}}).code,
        "InvalidSnapshot.NotFound");
    EXPECT_EQ(aws.call("DescribeLockedSnapshots",
                       {{"Filter.1.Name", "colour"}, {"Filter.1.Value.1", "red"}})
                  .code,
              "InvalidParameterValue");
}

}  // namespace
}  // namespace amilab::test
