#include <future>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/server/services/ec2/import_tasks/import_world.h"

namespace amilab::test {
namespace {

using ::testing::IsEmpty;

class CancelImportTask : public ::testing::Test {
protected:
    CancelImportTask()
    {
        world.take(kHourMs);
        world.put("disk.raw", disk_with(kMib, {{0, "boot"}}));
    }
    std::string code(const Parameters& parameters, const char* account = kAccount)
    {
        return world.aws.call("CancelImportTask", parameters, account).code;
    }

    ImportWorld world;
};

TEST_F(CancelImportTask, EndsATaskThatIsActiveAndLeavesNothing)
{
    world.aws.set_delay("import-snapshot-task.deleting", kMinuteMs);
    const auto task = world.import("disk.raw");
    const auto answer = world.aws.must("CancelImportTask", {{"ImportTaskId", task}});
    EXPECT_EQ(answer.text("importTaskId"), task);
    EXPECT_EQ(answer.text("previousState"), "active");
    EXPECT_EQ(answer.text("state"), "deleting");
    EXPECT_EQ(world.status(task), "deleting");
    EXPECT_THAT(world.detail(task, "progress"), IsEmpty());
    EXPECT_EQ(world.layers(), 0U);
    world.aws.advance(kMinuteMs);
    EXPECT_EQ(world.status(task), "deleted");
    EXPECT_EQ(world.message(task), "User initiated task cancellation");
    world.aws.advance(kHourMs);
    EXPECT_EQ(world.status(task), "deleted");
    EXPECT_EQ(world.layers(), 0U);
}

TEST_F(CancelImportTask, StopsATaskThatWaitsForItsTurn)
{
    world.take(0);
    world.put("disk.raw", large_disk());
    std::promise<void> goes_on;
    world.aws.data().background().post_piece(
        [ready = goes_on.get_future().share()] { ready.wait(); });
    const auto task = world.import("disk.raw");
    EXPECT_EQ(world.status(task), "active");
    world.aws.must("CancelImportTask", {{"ImportTaskId", task}});
    goes_on.set_value();
    EXPECT_EQ(world.layers(), 0U);
    EXPECT_EQ(world.status(task), "deleted");
    EXPECT_EQ(count(world.aws, "SELECT COUNT(*) FROM transition"), 0);
}

TEST_F(CancelImportTask, KeepsItsReason)
{
    const auto task = world.import("disk.raw");
    world.aws.must("CancelImportTask", {{"ImportTaskId", task}, {"CancelReason", "a mistake"}});
    EXPECT_EQ(world.message(task), "a mistake");
}

TEST_F(CancelImportTask, RefusesATaskThatHasEnded)
{
    const auto task = world.import("disk.raw");
    world.aws.advance(kHourMs);
    EXPECT_EQ(code({{"ImportTaskId", task}}), "IncorrectState");
    EXPECT_EQ(world.status(task), "completed");
}

TEST_F(CancelImportTask, RefusesATaskThatTheCallerHasNot)
{
    const auto task = world.import("disk.raw");
    EXPECT_EQ(code({{"ImportTaskId", task}}, kOtherAccount), "InvalidConversionTaskId.Malformed");
    EXPECT_EQ(code({{"ImportTaskId", "x"}}), "InvalidConversionTaskId.Malformed");
    EXPECT_EQ(code({}), "MissingParameter");
    EXPECT_EQ(code({{"ImportTaskId", task}, {"DryRun", "true"}}), "DryRunOperation");
    EXPECT_EQ(world.status(task), "active");
}

}  // namespace
}  // namespace amilab::test
