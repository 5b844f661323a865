// What holds of every operation that lists, whatever it lists.
#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/server/services/service_trials.h"
#include "tests/server/services/trial_runner.h"
#include "tests/support/told_statements.h"

namespace amilab::test {
namespace {

/// A call that answers one page, and one that answers more rows.
struct Pages {
    std::string_view service;
    std::string_view operation;
    Parameters few;
    Parameters more;
};

/// Of all operations whose trials show that the world has more than one page of theirs.
std::vector<Pages> all_pages()
{
    std::vector<Pages> pages;
    for (const auto& service : all_trials()) {
        for (const auto& [operation, trials] : trials_of(service.service)) {
            for (const auto& trial : trials.trials) {
                if (trial.parameter == "MaxResults" && trial.outcome == Outcome::kChanges) {
                    const auto more = merged(trials.request, trial.besides);
                    pages.push_back({service.service, operation, merged(more, trial.with), more});
                }
            }
        }
    }
    return pages;
}

/// How often the call runs each statement.
std::map<std::string, int> statements_of(const ToldStatements& told, TrialRunner& runner,
                                         const Parameters& parameters)
{
    std::map<std::string, int> times;
    for (auto& text : told.texts_of([&] { EXPECT_TRUE(runner.run(parameters).answer.ok()); })) {
        ++times[std::move(text)];
    }
    return times;
}

TEST(EveryList, RunsNoStatementForEachRow)
{
    const ToldStatements told;  // before any connection
    const auto pages = all_pages();
    EXPECT_GE(pages.size(), 20U);
    for (const auto& page : pages) {
        SCOPED_TRACE(page.operation);
        TrialRunner runner(page.service, page.operation);
        runner.run(page.few);  // makes its world
        const auto few = statements_of(told, runner, page.few);
        const auto more = statements_of(told, runner, page.more);
        EXPECT_FALSE(few.empty());
        for (const auto& [text, times] : more) {
            const auto found = few.find(text);
            EXPECT_LE(times, found == few.end() ? 1 : found->second) << text;
        }
    }
}

}  // namespace
}  // namespace amilab::test
