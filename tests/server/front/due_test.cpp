// What has become due, as the front sees to it.
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/base/units.h"
#include "storage/metadata/calls/transition_rows.h"
#include "storage/metadata/sql/statement.h"
#include "tests/server/front/front_world.h"
#include "tests/support/emulator_fixture.h"
#include "tests/support/wait_until.h"

namespace amilab::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class FrontWithThingsDue : public ::testing::Test {
protected:
    FrontWithThingsDue()
    {
        world_.generation().timing().clock.freeze();
        world_.generation().timing().delays.set("volume.creating", kMinuteMs);
    }

    std::string call(const std::string& query, const char* account)
    {
        const auto response = world_.ask(
            make_request("GET", "/?Version=2016-11-15&Action=" + query,
                         {{"Authorization", authorization_of(account, kRegion, "ec2")}}));
        EXPECT_EQ(response.status, 200) << response.body;
        return response.body;
    }
    void create_volumes(std::size_t count, const char* account)
    {
        for (std::size_t i = 0; i < count; ++i) {
            call("CreateVolume&Size=1&AvailabilityZone=us-east-1a", account);
        }
    }
    std::int64_t waiting()
    {
        auto reader = world_.generation().reader();
        Statement select(reader.db(), "SELECT count(*) FROM transition");
        select.bind();
        select.step();
        return select.row().integer();
    }

    FrontWorld world_;
};

TEST_F(FrontWithThingsDue, AnswersReadsOfOtherAccountsMeanwhile)
{
    create_volumes(3, kAccount);
    world_.generation().timing().clock.advance(kMinuteMs);
    call("DescribeVolumes", kOtherAccount);
    EXPECT_EQ(waiting(), 3);
}

TEST_F(FrontWithThingsDue, AnswersTheAccountOnceAllOfItsOwnHasHappened)
{
    create_volumes(2 * kDueAtOnce + 1, kAccount);
    world_.generation().timing().clock.advance(kMinuteMs);
    EXPECT_THAT(call("DescribeVolumes", kAccount), Not(HasSubstr("<status>creating")));
    EXPECT_EQ(waiting(), 0);
}

TEST_F(FrontWithThingsDue, LetsTheRestHappenByItself)
{
    create_volumes(2 * kDueAtOnce + 1, kAccount);
    world_.generation().timing().clock.advance(kMinuteMs);
    call("CreateVolume&Size=1&AvailabilityZone=us-east-1a", kOtherAccount);
    wait_until([&] {
        call("DescribeVolumes", kOtherAccount);
        return waiting() == 1;  // of the other
    });
}

}  // namespace
}  // namespace amilab::test
