#include <algorithm>
#include <set>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "server/services/ec2/ec2.h"
#include "server/wire/schema.h"
#include "storage/base/units.h"
#include "tests/server/services/parameter_trials.h"
#include "tests/support/world.h"

// Nothing is ignored: each parameter of each operation, sent alone on top of a minimal valid
// request with a value that is not the default, changes the answer or what Describe calls tell
// afterwards, or is refused.
namespace amilab::test {
namespace {

/// What a request did: to its caller, and to all that can be described.
struct Effect {
    Answer answer;
    std::string state;
};

class EveryParameter : public ::testing::TestWithParam<std::string_view> {
protected:
    Effect run(const Parameters& parameters, int times = 1) const
    {
        World world;
        auto& emulator = world.emulator();
        for (const auto delay : trials().slow) {
            emulator.set_delay(delay, kHourMs);
        }
        emulator.advance(trials().later_ms);
        Effect effect;
        for (int i = 0; i < times; ++i) {
            effect.answer =
                emulator.call(GetParam(), world.resolve(parameters), kAccount, trials().region);
        }
        effect.state = world.dump();
        return effect;
    }

    void try_one(const Trial& trial) const
    {
        const auto without = merged(trials().request, trial.besides);
        const auto before = run(without, trial.times);
        const auto after = run(merged(without, trial.with), trial.times);
        const auto said = fmt::format("{} {}: {} {}", GetParam(), trial.parameter,
                                      after.answer.code, after.answer.message);
        const bool is_answer_same =
            without_request_id(before.answer) == without_request_id(after.answer);
        const bool is_state_same = before.state == after.state;
        switch (trial.outcome) {
            case Outcome::kRefused:
                EXPECT_GE(after.answer.status, 400) << said;
                EXPECT_LT(after.answer.status, 500) << said;
                EXPECT_FALSE(is_answer_same) << said;
                break;
            case Outcome::kChanges:
                EXPECT_TRUE(after.answer.ok()) << said;
                EXPECT_FALSE(is_state_same && (is_answer_same || !before.answer.ok())) << said;
                break;
            case Outcome::kSame:
                EXPECT_TRUE(after.answer.ok()) << said;
                EXPECT_TRUE(is_answer_same && is_state_same) << said << ": it has an effect now";
                EXPECT_TRUE(parameters_without_effect().contains(
                    fmt::format("{} {}", GetParam(), trial.parameter)))
                    << said;
                break;
        }
    }

    static const OperationTrials& trials() { return all_trials().at(GetParam()); }
    static const wire::OperationSchema& schema()
    {
        return *wire::find_operation(ec2::kEc2.schema, GetParam());
    }
};

/// A value of the member's kind that is not `default_value`.
std::string some_value(const wire::Member& member, std::string_view default_value)
{
    for (const auto value : member.values) {
        if (value != default_value) {
            return std::string(value);
        }
    }
    switch (member.kind) {
        case wire::Kind::kBoolean:
            return default_value == "true" ? "false" : "true";
        case wire::Kind::kInteger:
        case wire::Kind::kLong:
        case wire::Kind::kDouble:
            return std::to_string(std::max<std::int64_t>(member.min, 1));
        case wire::Kind::kTimestamp:
            return "2030-01-01T00:00:00Z";
        case wire::Kind::kBlob:
            return "aGVsbG8=";
        case wire::Kind::kString:
        case wire::Kind::kStructure:
        case wire::Kind::kList:
            break;
    }
    return std::string(static_cast<std::size_t>(std::clamp<std::int64_t>(member.min, 1, 64)), 'x');
}

TEST_P(EveryParameter, IsActedOnOrRefused)
{
    ASSERT_TRUE(all_trials().contains(GetParam())) << "an operation without a request";
    std::set<std::string_view> tried;
    for (const auto& trial : trials().trials) {
        try_one(trial);
        tried.insert(trial.parameter);
    }
    for (const auto& parameter : wire::parameters_of(schema())) {
        const bool is_tried = tried.erase(parameter.name) != 0;
        EXPECT_EQ(is_tried, parameter.offered && parameter.name != "DryRun")
            << GetParam() << " " << parameter.name << ": add or remove its trial";
    }
    EXPECT_TRUE(tried.empty()) << *tried.begin() << " is no parameter";
}

TEST_P(EveryParameter, ThatIsNotOfferedIsRefusedByName)
{
    World world;
    for (const auto& parameter : wire::parameters_of(schema())) {
        if (parameter.offered) {
            continue;
        }
        const auto answer = world.emulator().call(
            GetParam(),
            world.resolve(
                merged(trials().request,
                       {{parameter.name, some_value(*parameter.member, parameter.accepted)}})));
        EXPECT_EQ(answer.code, "UnsupportedOperation") << parameter.name << ": " << answer.message;
        if (parameter.accepted.data() != nullptr) {
            const auto taken = world.emulator().call(
                GetParam(), world.resolve(merged(trials().request,
                                                 {{parameter.name, std::string(parameter.accepted)},
                                                  {"DryRun", "true"}})));
            EXPECT_NE(taken.code, "UnsupportedOperation") << parameter.name;
        }
    }
}

TEST_P(EveryParameter, DryRunChangesNothing)
{
    World world;
    const auto before = world.dump();
    auto request = trials().request;
    // An operation may have no parameter but DryRun.
    if (!trials().trials.empty()) {
        const auto& trial = trials().trials.front();
        request = merged(merged(request, trial.besides), trial.with);
    }
    const auto call = [&](const char* dry_run) {
        return world.emulator().call(GetParam(),
                                     world.resolve(merged(request, {{"DryRun", dry_run}})));
    };
    const auto answer = call("true");
    EXPECT_EQ(answer.status, 412) << answer.code << ": " << answer.message;
    EXPECT_EQ(answer.code, "DryRunOperation");
    EXPECT_EQ(world.dump(), before);
    EXPECT_NE(call("false").code, "DryRunOperation");
}

std::vector<std::string_view> operation_names()
{
    std::vector<std::string_view> names;
    for (const auto* operation : ec2::kEc2.schema.operations) {
        names.push_back(operation->name);
    }
    return names;
}

INSTANTIATE_TEST_SUITE_P(Operations, EveryParameter, ::testing::ValuesIn(operation_names()),
                         [](const auto& one) { return std::string(one.param); });

TEST(EveryParameterTable, NamesOnlyWhatExists)
{
    for (const auto& [operation, trials] : all_trials()) {
        EXPECT_NE(wire::find_operation(ec2::kEc2.schema, operation), nullptr) << operation;
    }
    for (const auto& [parameter, why] : parameters_without_effect()) {
        const auto operation = parameter.substr(0, parameter.find(' '));
        const auto& trials = all_trials().at(operation).trials;
        const bool is_tried = std::any_of(trials.begin(), trials.end(), [&](const Trial& trial) {
            return trial.outcome == Outcome::kSame &&
                   parameter == fmt::format("{} {}", operation, trial.parameter);
        });
        EXPECT_TRUE(is_tried) << parameter << ": " << why;
    }
}

}  // namespace
}  // namespace amilab::test
