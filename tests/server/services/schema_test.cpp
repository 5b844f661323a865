#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <set>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "server/wire/protocols.h"
#include "server/wire/schema.h"
#include "tests/server/services/service_trials.h"
#include "tests/server/services/trial_runner.h"

// Nothing is ignored: each parameter of each operation, sent alone on top of a minimal valid
// request with a value that is not the default, changes the answer or what other calls tell
// afterwards, or is refused.
namespace amilab::test {
namespace {

/// An operation, and whose it is.
struct OperationName {
    std::string_view service;
    std::string_view name;
};

void PrintTo(const OperationName& operation, std::ostream* out)
{
    *out << operation.service << " " << operation.name;
}

/// How often all that is tried is tried again. With AMILAB_TRIALS_TIMES=N: N times, and how long
/// each time took is printed.
int trial_rounds()
{
    const char* given = std::getenv("AMILAB_TRIALS_TIMES");
    return given != nullptr ? std::max(std::atoi(given), 1) : 1;
}

/// How much was tried in how long, for each time that it was.
struct Spent {
    int trials = 0;
    std::chrono::duration<double> seconds{};
};

class EveryParameter : public ::testing::TestWithParam<OperationName> {
protected:
    static void TearDownTestSuite()
    {
        if (std::getenv("AMILAB_TRIALS_TIMES") == nullptr) {
            return;
        }
        for (const auto& spent : spent_) {
            std::cout << fmt::format("{} trials in {:.2f} s\n", spent.trials,
                                     spent.seconds.count());
        }
        for (const auto& service : all_trials()) {
            std::cout << fmt::format("a copy of the world of {} has {} KiB\n", service.service,
                                     world_of(service.service).size_bytes() / 1024);
        }
    }

    void try_one(TrialRunner& runner, const Trial& trial) const
    {
        const auto without = merged(trials().request, trial.besides);
        const auto& before = runner.run_once(without, trial.times, trial.passes_ms);
        const auto after = runner.run(merged(without, trial.with), trial.times, trial.passes_ms);
        const auto said = fmt::format("{} {}: {} {}", name(), trial.parameter, after.answer.code,
                                      after.answer.message);
        const bool is_answer_same =
            before.answer.status == after.answer.status && before.answer.text == after.answer.text;
        const auto rows = rows_text(differing_rows(before.changes, after.changes));
        switch (trial.outcome) {
            case Outcome::kRefused:
                EXPECT_GE(after.answer.status, 400) << said;
                EXPECT_LT(after.answer.status, 500) << said;
                EXPECT_FALSE(is_answer_same) << said;
                EXPECT_TRUE(after.changes.empty()) << said << ": refused, and yet changed" << rows;
                break;
            case Outcome::kChanges:
                EXPECT_TRUE(after.answer.ok()) << said;
                EXPECT_TRUE((before.answer.ok() && !is_answer_same) ||
                            runner.find_told_difference(before, after) != nullptr)
                    << said << ": the answer is the same, and "
                    << (rows.empty() ? "so is every row" : "no call tells of" + rows);
                break;
            case Outcome::kSame:
                EXPECT_TRUE(after.answer.ok()) << said;
                EXPECT_TRUE(is_answer_same && rows.empty())
                    << said << ": it has an effect now" << rows;
                EXPECT_TRUE(has_reason(trial.parameter)) << said;
                break;
        }
    }

    void try_all(Spent& spent) const
    {
        const auto begin = std::chrono::steady_clock::now();
        TrialRunner runner(service(), name());
        for (const auto& trial : trials().trials) {
            try_one(runner, trial);
            ++spent.trials;
        }
        spent.seconds += std::chrono::steady_clock::now() - begin;
    }

    static std::string_view service() { return GetParam().service; }
    static std::string_view name() { return GetParam().name; }
    static const OperationTrials& trials() { return trials_of(service()).at(name()); }
    static const wire::OperationSchema& schema()
    {
        return *wire::find_operation(test_services().named(service())->schema, name());
    }

    static bool has_dry_run() { return find_member(*schema().input, "DryRun") != nullptr; }

    static std::string rows_text(const std::vector<const RowName*>& rows)
    {
        std::string text;
        for (const auto* row : rows) {
            text += "\n  " + row->text();
        }
        return text;
    }

    static bool has_reason(std::string_view parameter)
    {
        const auto reasons = without_effect_of(service());
        return std::any_of(reasons.begin(), reasons.end(), [&](const WithoutEffect& one) {
            return one.parameter == fmt::format("{} {}", name(), parameter);
        });
    }

    static std::vector<Spent> spent_;
};

std::vector<Spent> EveryParameter::spent_;

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
    ASSERT_TRUE(trials_of(service()).contains(name())) << "an operation without a request";
    spent_.resize(static_cast<std::size_t>(trial_rounds()));
    for (auto& spent : spent_) {
        try_all(spent);
    }
    std::set<std::string_view> tried;
    for (const auto& trial : trials().trials) {
        tried.insert(trial.parameter);
    }
    for (const auto& parameter : wire::parameters_of(schema())) {
        const bool is_tried = tried.erase(parameter.name) != 0;
        EXPECT_EQ(is_tried, parameter.offered && parameter.name != "DryRun")
            << name() << " " << parameter.name << ": add or remove its trial";
    }
    EXPECT_TRUE(tried.empty()) << *tried.begin() << " is no parameter";
}

// Else a trial would show nothing.
TEST_P(EveryParameter, AloneMakesTheDifference)
{
    if (trials().is_random) {
        GTEST_SKIP() << "makes keys";
    }
    const auto one = TrialRunner(service(), name()).run(trials().request);
    const auto other = TrialRunner(service(), name()).run(trials().request);
    EXPECT_EQ(one.answer.status, other.answer.status);
    EXPECT_EQ(one.answer.text, other.answer.text);
    EXPECT_EQ(rows_text(differing_rows(one.changes, other.changes)), "");
}

TEST_P(EveryParameter, ThatIsNotOfferedIsRefusedByName)
{
    auto world = world_of(service()).copy();
    const auto call = [&](const Parameters& more) {
        return call_service(world.emulator(), service(), name(),
                            world.resolve(merged(trials().request, more)));
    };
    const auto protocol = test_services().named(service())->schema.protocol;
    const std::string code = protocol == wire::Protocol::kRestXml ? "NotImplemented"
                             : !wire::rules_of(protocol).is_form  ? "UnsupportedOperationException"
                                                                  : "UnsupportedOperation";
    for (const auto& parameter : wire::parameters_of(schema())) {
        if (parameter.offered) {
            continue;
        }
        const auto answer =
            call({{parameter.name, some_value(*parameter.member, parameter.accepted)}});
        EXPECT_EQ(answer.code, code) << parameter.name << ": " << answer.message;
        EXPECT_NE(answer.message.find(parameter.name), std::string::npos) << answer.message;
        if (parameter.accepted.data() != nullptr) {
            Parameters accepted{{parameter.name, std::string(parameter.accepted)}};
            if (has_dry_run()) {
                accepted.emplace_back("DryRun", "true");
            }
            EXPECT_NE(call(accepted).code, code) << parameter.name;
        }
    }
}

TEST_P(EveryParameter, DryRunChangesNothing)
{
    if (!has_dry_run()) {
        return;  // as with all services but EC2
    }
    auto request = trials().request;
    // An operation may have no parameter but DryRun.
    if (!trials().trials.empty()) {
        const auto& trial = trials().trials.front();
        request = merged(merged(request, trial.besides), trial.with);
    }
    TrialRunner runner(service(), name());
    const auto dry = runner.run(merged(request, {{"DryRun", "true"}}));
    EXPECT_EQ(dry.answer.status, 412) << dry.answer.code << ": " << dry.answer.message;
    EXPECT_EQ(dry.answer.code, "DryRunOperation");
    EXPECT_TRUE(dry.changes.empty()) << dry.changes.begin()->first.text();
    EXPECT_NE(runner.run(merged(request, {{"DryRun", "false"}})).answer.code, "DryRunOperation");
}

std::vector<OperationName> operation_names()
{
    std::vector<OperationName> names;
    for (const auto& trials : all_trials()) {
        for (const auto* operation : test_services().named(trials.service)->schema.operations) {
            names.push_back({trials.service, operation->name});
        }
    }
    return names;
}

INSTANTIATE_TEST_SUITE_P(Operations, EveryParameter, ::testing::ValuesIn(operation_names()),
                         [](const auto& one) {
                             return one.param.service == "ec2"
                                        ? std::string(one.param.name)
                                        : fmt::format("{}_{}", one.param.service, one.param.name);
                         });

TEST(EveryParameterTable, NamesOnlyWhatExists)
{
    for (const auto& [service, sets] : all_trials()) {
        const auto& table = trials_of(service);
        for (const auto& [operation, trials] : table) {
            EXPECT_NE(wire::find_operation(test_services().named(service)->schema, operation),
                      nullptr)
                << operation;
        }
        for (const auto& [parameter, why] : without_effect_of(service)) {
            const auto operation = parameter.substr(0, parameter.find(' '));
            const auto& trials = table.at(operation).trials;
            const bool is_tried =
                std::any_of(trials.begin(), trials.end(), [&, &parameter = parameter](auto& trial) {
                    return trial.outcome == Outcome::kSame &&
                           parameter == fmt::format("{} {}", operation, trial.parameter);
                });
            EXPECT_TRUE(is_tried) << parameter << ": " << why;
        }
    }
}

TEST(EveryParameterTable, NamesEveryServiceThatIsServed)
{
    std::set<std::string_view> served;
    for (const auto* service : test_services().all()) {
        served.insert(service->schema.name);
    }
    std::set<std::string_view> tried;
    for (const auto& service : all_trials()) {
        tried.insert(service.service);
    }
    EXPECT_EQ(tried, served);
}

}  // namespace
}  // namespace amilab::test
