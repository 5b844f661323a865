// What holds of every operation that lists, whatever it lists.
#include <algorithm>
#include <iterator>
#include <map>
#include <regex>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/wire/schema.h"
#include "tests/server/services/service_trials.h"
#include "tests/server/services/trial_runner.h"
#include "tests/support/filter_list.h"
#include "tests/support/query_plans.h"
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
                const bool is_size =
                    trial.parameter == "MaxResults" || trial.parameter == "MaxItems";
                if (is_size && trial.outcome == Outcome::kChanges) {
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

// A page of no row, or of fewer, is none that a handler could cut.
TEST(EveryList, RefusesAPageOfNoRows)
{
    for (const auto* service : test_services().all()) {
        for (const auto* operation : service->schema.operations) {
            const auto* most = wire::find_member(*operation->input, "MaxResults");
            if (most != nullptr && most->offered) {
                EXPECT_GE(most->min, 1) << operation->name;
            }
        }
    }
}

/// Operations that list what the catalogue has, which is as long whatever accounts have.
constexpr std::string_view kOfCatalogue[] = {"DescribeAvailabilityZones",
                                             "DescribeInstanceTypeOfferings",
                                             "DescribeInstanceTypes",
                                             "DescribePrefixLists",
                                             "DescribeRegions",
                                             "DescribeSpotPriceHistory",
                                             "DescribeVpcEndpointServices"};

/// Whether it is a table of the catalogue that a scan, "SCAN e", is of.
bool is_of_catalogue(const std::string& text, const std::string& scan)
{
    const auto name = scan.substr(scan.find(' ') + 1);
    return std::regex_search(text, std::regex("catalogue\\.\\w+ (AS )?" + name + "\\b"));
}

/// A filter of an operation with one value.
Parameters filter_with(const wire::OperationSchema& operation, std::string_view name,
                       const char* value)
{
    const std::string sent(name == "tag:<key>" ? "tag:group" : name);
    const auto first = filter_list(operation) + ".1.";
    return merged(merged(trials_of("ec2").at(operation.name).request, role_beside(operation, name)),
                  {{first + "Name", sent}, {first + "Value.1", value}});
}

/// What a call has SQLite read as a whole. A statement for what nothing matches ends before it
/// reads.
std::vector<std::string> scans_of(const ToldStatements& told, TestEmulator& emulator,
                                  std::string_view action, const Parameters& parameters)
{
    const auto texts = told.texts_of([&] { emulator.must(action, parameters); });
    EXPECT_FALSE(texts.empty());
    auto reader = emulator.generation().reader();
    std::vector<std::string> found;
    for (const auto& text : texts) {
        if (text.starts_with("SELECT") && text.find(" AND 0") == std::string::npos) {
            std::ranges::copy_if(scans(plan_of(reader.db(), text)), std::back_inserter(found),
                                 [&](const auto& scan) { return !is_of_catalogue(text, scan); });
        }
    }
    return found;
}

/// A value that is no pattern and that the filter takes.
const char* plain_value(const wire::OperationSchema& operation, std::string_view filter)
{
    const bool wants_group = operation.name == "DescribeSecurityGroupRules" && filter == "group-id";
    return wants_group ? "sg-0123456789abcdef0" : "true";
}

void expect_no_scans(const ToldStatements& told, const wire::OperationSchema& operation)
{
    TrialRunner runner("ec2", operation.name);
    const auto world = runner.run(trials_of("ec2").at(operation.name).request).world;
    for (const auto name : operation.filters) {
        // By an index of values where there is one, and by what no index finds.
        for (const auto* value : {plain_value(operation, name), "*"}) {
            const auto parameters = world->resolve(filter_with(operation, name, value));
            EXPECT_THAT(scans_of(told, world->emulator(), operation.name, parameters),
                        testing::IsEmpty())
                << operation.name << " " << name << " " << value;
        }
    }
}

// What other accounts have costs a list nothing.
TEST(EveryList, ReadsNoTableAsAWholeWhateverItsFilter)
{
    const ToldStatements told;  // before any connection
    const auto operations = test_services().named("ec2")->schema.operations;
    for (const auto* operation : operations) {
        if (std::ranges::find(kOfCatalogue, operation->name) == std::end(kOfCatalogue) &&
            !operation->filters.empty()) {
            expect_no_scans(told, *operation);
        }
    }
}

}  // namespace
}  // namespace amilab::test
