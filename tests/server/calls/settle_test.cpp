#include "server/calls/settle.h"

#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/base/units.h"
#include "storage/metadata/calls/transition_rows.h"
#include "storage/metadata/sql/statement.h"
#include "storage/metadata/sql/transaction.h"
#include "storage/state/generation.h"
#include "tests/server/services/ec2/instances/instance_support.h"
#include "tests/support/emulator_fixture.h"

namespace amilab::test {
namespace {

using ::testing::Each;

constexpr auto kAtOnce = static_cast<std::int64_t>(kDueAtOnce);

class Settling : public ::testing::Test {
protected:
    Settling() { aws.set_delay("volume.creating", kMinuteMs); }

    void create_volumes(std::int64_t count, const char* account)
    {
        for (std::int64_t i = 0; i < count; ++i) {
            aws.must("CreateVolume", {{"AvailabilityZone", "us-east-1a"}, {"Size", "1"}}, account);
        }
    }
    std::vector<std::string> states(const char* account)
    {
        return aws.must("DescribeVolumes", {}, account).texts("volumeSet/item/status");
    }
    std::int64_t count(const std::string& rows)
    {
        auto reader = aws.generation().reader();
        Statement select(reader.db(), "SELECT count(*) FROM " + rows);
        select.bind();
        select.step();
        return select.row().integer();
    }
    std::int64_t waiting(const std::string& account)
    {
        return count("transition WHERE account = '" + account + "'");
    }
    void write(const std::string& sql)
    {
        auto writer = aws.generation().writer();
        Transaction transaction(writer.db());
        writer.db().run(sql);
        transaction.commit();
    }
    bool settle_some(DueOf whose = {})
    {
        return amilab::settle_some(aws.emulator().services(), aws.generation(), whose);
    }

    TestEmulator aws;
};

TEST_F(Settling, IsNoneOfAReadThatFindsNothingDue)
{
    create_volumes(1, kAccount);
    const auto writer = aws.generation().writer();  // a second one would wait for ever
    EXPECT_THAT(states(kAccount), Each("creating"));
}

TEST_F(Settling, IsWaitedForByCallsOfTheSameAccountAlone)
{
    create_volumes(3, kAccount);
    create_volumes(2, kOtherAccount);
    aws.advance(2 * kMinuteMs);
    EXPECT_THAT(states(kOtherAccount), Each("available"));
    EXPECT_EQ(waiting(kOtherAccount), 0);
    EXPECT_EQ(waiting(kAccount), 3);
    aws.must("CreateVolume", {{"AvailabilityZone", "us-east-1a"}, {"Size", "1"}}, kOtherAccount);
    EXPECT_EQ(waiting(kAccount), 3);
    EXPECT_THAT(states(kAccount), Each("available"));
    EXPECT_EQ(waiting(kAccount), 0);
}

TEST_F(Settling, IsDoneInPartsOfBoundedSize)
{
    create_volumes(2 * kAtOnce + 1, kAccount);
    EXPECT_FALSE(settle_some());
    EXPECT_EQ(waiting(kAccount), 2 * kAtOnce + 1);
    aws.advance(kMinuteMs);
    EXPECT_TRUE(settle_some());
    EXPECT_EQ(waiting(kAccount), kAtOnce + 1);
    EXPECT_TRUE(settle_some(kAccount));
    EXPECT_EQ(waiting(kAccount), 1);
    EXPECT_FALSE(settle_some());
    EXPECT_EQ(waiting(kAccount), 0);
    EXPECT_EQ(aws.generation().timing().earliest_due.get_ms(), EarliestDue::kNever);
}

TEST_F(Settling, HasComeToItsEndWhenACallOfTheAccountIsAnswered)
{
    create_volumes(2 * kAtOnce + 1, kAccount);
    aws.advance(kMinuteMs);
    EXPECT_THAT(states(kAccount), Each("available"));
}

// They come from a database of before.
TEST_F(Settling, OfWhatNobodyKnowsTheAccountOfIsWaitedForByAll)
{
    create_volumes(1, kAccount);
    write("UPDATE transition SET account = ''");
    aws.advance(kMinuteMs);
    EXPECT_TRUE(states(kOtherAccount).empty());
    EXPECT_EQ(count("transition"), 0);
}

TEST_F(Settling, TakesTheEarliestFirstWhosesoeverItIs)
{
    create_volumes(kAtOnce, kAccount);
    aws.set_delay("volume.creating", kSecondMs);
    create_volumes(1, kOtherAccount);
    aws.advance(kMinuteMs);
    EXPECT_TRUE(settle_some());
    EXPECT_EQ(waiting(kOtherAccount), 0);
    EXPECT_EQ(waiting(kAccount), 1);
}

TEST_F(Settling, KeepsTheAccountOfWhatFollows)
{
    const auto id = run_one(aws);
    aws.set_delay("instance.shutting-down", kMinuteMs);
    aws.must("TerminateInstances", {{"InstanceId.1", id}});
    aws.advance(kMinuteMs);
    settle_some();
    EXPECT_EQ(waiting(kAccount), 1);  // that it is gone
}

TEST_F(Settling, ForgetsTokensInPartsOfBoundedSize)
{
    constexpr std::int64_t kMany = 1500;
    write(
        fmt::format("WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT {})"
                    " INSERT INTO client_token (owner, region, operation, token, fingerprint,"
                    " resource_id, ends_ms)"
                    " SELECT '{}', '{}', 'CreateVolume', 't' || i, '', '', {} FROM n",
                    kMany, kAccount, kRegion, kStartMs));
    aws.generation().timing().earliest_due.set_ms(kStartMs);
    EXPECT_TRUE(states(kAccount).empty());
    EXPECT_EQ(count("client_token"), kMany) << "nobody waits for that";
    EXPECT_TRUE(settle_some());
    EXPECT_EQ(count("client_token"), 500);
    EXPECT_FALSE(settle_some());
    EXPECT_EQ(count("client_token"), 0);
}

class ClientTokens : public Settling {
protected:
    ClientTokens() { aws.set_delay("volume.creating", 0); }

    std::string create()
    {
        return aws
            .must("CreateVolume",
                  {{"AvailabilityZone", "us-east-1a"}, {"Size", "1"}, {"ClientToken", "once"}})
            .text("volumeId");
    }
    Answer launch_two()
    {
        return aws.call(
            "RunInstances",
            amilab::test::launch(public_image(aws),
                                 {{"MinCount", "2"}, {"MaxCount", "2"}, {"ClientToken", "once"}}));
    }
    void pass(TimeMs time_ms)
    {
        aws.advance(time_ms);
        aws.emulator().settle();
    }
};

TEST_F(ClientTokens, CountForADay)
{
    const auto id = create();
    EXPECT_GE(aws.generation().timing().earliest_due.get_ms(), kStartMs + kDayMs);
    pass(kDayMs - 1);
    EXPECT_EQ(create(), id);
    pass(kMinuteMs);
    EXPECT_EQ(count("client_token"), 0);
    EXPECT_NE(create(), id);
}

TEST_F(ClientTokens, OfALaunchCountWhileAnInstanceOfItLives)
{
    const auto launched = launch_two();
    ASSERT_TRUE(launched.ok()) << launched.message;
    const auto reservation = launched.text("reservationId");
    const auto ids = launched.texts("instancesSet/item/instanceId");
    pass(2 * kDayMs);
    EXPECT_EQ(launch_two().text("reservationId"), reservation);
    aws.must("TerminateInstances", {{"InstanceId.1", ids.at(0)}});
    pass(2 * kDayMs);
    EXPECT_EQ(count("client_token"), 1);
    aws.must("TerminateInstances", {{"InstanceId.1", ids.at(1)}});
    pass(kDayMs - 1);
    EXPECT_EQ(count("client_token"), 1);
    pass(kMinuteMs);
    EXPECT_EQ(count("client_token"), 0);
    EXPECT_NE(launch_two().text("reservationId"), reservation);
}

TEST_F(ClientTokens, OfALaunchInAZoneEndToo)
{
    const auto id =
        run_one(aws, {{"Placement.AvailabilityZone", "us-east-1b"}, {"ClientToken", "once"}});
    EXPECT_EQ(count("client_token WHERE ends_ms IS NULL"), 1);
    aws.must("TerminateInstances", {{"InstanceId.1", id}});
    EXPECT_EQ(count("client_token WHERE ends_ms IS NOT NULL"), 1);
}

}  // namespace
}  // namespace amilab::test
