#include "server/compute/machines.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/compute/time_alone.h"
#include "storage/metadata/instances/instance_filters.h"
#include "storage/state/generation.h"
#include "tests/server/services/ec2/instances/instance_support.h"
#include "tests/server/services/ec2/volumes/volume_support.h"
#include "tests/support/disks.h"
#include "tests/support/emulator_fixture.h"

namespace amilab::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// Keeps what it is told, each with the state that the instance's committed row has at that moment.
class RecordedMachines final : public Machines {
public:
    TimeMs lasts_ms(const Session& session, const Delay& state) const override
    {
        return session.delay_ms(state) + extra_ms;
    }
    void start(Generation& generation, const InstanceId& id) override
    {
        record(generation, "start", id);
    }
    void stop(Generation& generation, const InstanceId& id) override
    {
        record(generation, "stop", id);
    }
    void reboot(Generation& generation, const InstanceId& id) override
    {
        record(generation, "reboot", id);
    }
    void kill(Generation& generation, const InstanceId& id) override
    {
        record(generation, "kill", id);
    }
    std::optional<std::string> console_text(Generation&, const InstanceId&) override { return {}; }

    std::vector<std::string> take() { return std::exchange(calls_, {}); }

    TimeMs extra_ms = 0;

private:
    void record(Generation& generation, std::string_view call, const InstanceId& id)
    {
        auto reader = generation.reader();
        const auto rows = select_page<kInstanceList>(
            reader.db(), {.owner = kAccount, .region = kRegion, .ids = {id.text()}});
        calls_.push_back(fmt::format("{} {} {}", call, id.text(),
                                     rows.empty() ? "unseen" : text_of(rows.front().state)));
    }

    std::vector<std::string> calls_;
};

class MachinesOfInstances : public testing::Test {
protected:
    /// A running instance; what its launch told is forgotten.
    std::string run()
    {
        auto id = run_one(aws_);
        machines_.take();
        return id;
    }
    auto told(std::string_view call, std::string_view id, std::string_view state)
    {
        return ElementsAre(fmt::format("{} {} {}", call, id, state));
    }

    RecordedMachines machines_;
    TestEmulator aws_{machines_};
};

TEST_F(MachinesOfInstances, StartOnceWithTheLaunchOfEach)
{
    aws_.set_delay("instance.pending", 1000);
    const auto answer = aws_.must(
        "RunInstances", launch(public_image(aws_), {{"MinCount", "2"}, {"MaxCount", "2"}}));
    const auto ids = answer.texts(kInstanceId);
    ASSERT_EQ(ids.size(), 2U);
    EXPECT_THAT(machines_.take(),
                ElementsAre("start " + ids[0] + " pending", "start " + ids[1] + " pending"));
    aws_.advance(1000);
    EXPECT_EQ(state_of(aws_, ids[0]), "running");
    EXPECT_THAT(machines_.take(), IsEmpty());
}

TEST_F(MachinesOfInstances, StopOnceAndAreCutOffWhenStopped)
{
    const auto id = run();
    aws_.set_delay("instance.stopping", 1000);
    aws_.must("StopInstances", one_instance(id));
    EXPECT_THAT(machines_.take(), told("stop", id, "stopping"));
    aws_.must("StopInstances", one_instance(id));
    EXPECT_THAT(machines_.take(), IsEmpty());
    aws_.advance(1000);
    EXPECT_EQ(state_of(aws_, id), "stopped");
    EXPECT_THAT(machines_.take(), told("kill", id, "stopped"));

    aws_.must("StartInstances", one_instance(id));
    EXPECT_THAT(machines_.take(), told("start", id, "running"));
    aws_.must("StartInstances", one_instance(id));
    EXPECT_THAT(machines_.take(), IsEmpty());
}

TEST_F(MachinesOfInstances, AreCutOffWithoutBeingAskedWhenForced)
{
    const auto id = run();
    aws_.set_delay("instance.stopping", 1000);
    aws_.must("StopInstances", one_instance(id, {{"Force", "true"}}));
    EXPECT_THAT(machines_.take(), told("kill", id, "stopped"));
}

TEST_F(MachinesOfInstances, RebootOnce)
{
    const auto id = run();
    aws_.must("RebootInstances", one_instance(id));
    EXPECT_THAT(machines_.take(), told("reboot", id, "running"));
}

TEST_F(MachinesOfInstances, StopOnceAndAreCutOffWhenTerminated)
{
    const auto id = run();
    aws_.set_delay("instance.shutting-down", 1000);
    aws_.must("TerminateInstances", one_instance(id));
    EXPECT_THAT(machines_.take(), told("stop", id, "shutting-down"));
    aws_.must("TerminateInstances", one_instance(id));
    EXPECT_THAT(machines_.take(), IsEmpty());
    aws_.advance(1000);
    EXPECT_EQ(state_of(aws_, id), "terminated");
    EXPECT_THAT(machines_.take(), told("kill", id, "terminated"));
}

TEST_F(MachinesOfInstances, HearNothingOfACallThatFails)
{
    const auto id = run();
    const auto unknown = "i-0123456789abcdef0";
    for (const auto* action :
         {"StartInstances", "StopInstances", "RebootInstances", "TerminateInstances"}) {
        const auto one_of_two = merged(one_instance(id), {{"InstanceId.2", unknown}});
        EXPECT_EQ(aws_.call(action, one_of_two).code, "InvalidInstanceID.NotFound") << action;
        EXPECT_EQ(aws_.call(action, one_instance(id, {{"DryRun", "true"}})).code, "DryRunOperation")
            << action;
    }
    // As many more as its network has addresses for.
    EXPECT_FALSE(aws_.call("RunInstances",
                           launch(public_image(aws_), {{"MinCount", "5000"}, {"MaxCount", "5000"}}))
                     .ok());
    EXPECT_THAT(machines_.take(), IsEmpty());
}

// CreateImage reboots, then waits for writes under way, where somebody has the disk open: on the
// thread that serves connections that is where it is given up.
TEST_F(MachinesOfInstances, HearOnceOfACallThatIsRunTwice)
{
    const auto id = run();
    const auto disk = open_volume(aws_, root_volume_of(aws_, id));
    const auto body =
        fmt::format("Action=CreateImage&Version=2016-11-15&Name=twice&InstanceId={}", id);
    auto call = aws_.emulator().parse({.method = "POST"}, body);
    EXPECT_EQ(call.run_if_quick(), std::nullopt);
    EXPECT_THAT(machines_.take(), IsEmpty());
    EXPECT_EQ(call.run().status, 200);
    EXPECT_THAT(machines_.take(), told("reboot", id, "running"));
}

TEST_F(MachinesOfInstances, SayHowLongAPassingStateLasts)
{
    machines_.extra_ms = 500;
    aws_.set_delay("instance.pending", 1000);
    const auto id = run_one(aws_);
    aws_.advance(1499);
    EXPECT_EQ(state_of(aws_, id), "pending");
    aws_.advance(1);
    EXPECT_EQ(state_of(aws_, id), "running");
}

TEST(TimeAlone, KeepsPassingStatesAsLongAsTheirDelaysAndHasNoConsole)
{
    TimeAlone machines;
    TestEmulator aws(machines);
    aws.set_delay("instance.pending", 1000);
    const auto id = run_one(aws);
    aws.advance(999);
    EXPECT_EQ(state_of(aws, id), "pending");
    aws.advance(1);
    EXPECT_EQ(state_of(aws, id), "running");
    EXPECT_EQ(machines.console_text(aws.generation(), InstanceId::trusted(id)), std::nullopt);
}

}  // namespace
}  // namespace amilab::test
