#include "tests/support/query_plans.h"

#include <algorithm>
#include <iterator>

#include <sqlite3.h>

#include <gtest/gtest.h>

namespace amilab::test {

std::vector<std::string> plan_of(Database& db, const std::string& sql)
{
    std::vector<std::string> steps;
    sqlite3_stmt* explain = nullptr;
    const auto text = "EXPLAIN QUERY PLAN " + sql;
    EXPECT_EQ(sqlite3_prepare_v2(db.handle(), text.c_str(), -1, &explain, nullptr), SQLITE_OK)
        << sql;
    while (sqlite3_step(explain) == SQLITE_ROW) {
        constexpr int kDetail = 3;
        steps.emplace_back(reinterpret_cast<const char*>(sqlite3_column_text(explain, kDetail)));
    }
    sqlite3_finalize(explain);
    return steps;
}

namespace {

/// Whether the step goes through what another step of the plan has made.
bool is_of_rows_made(const std::string& step, const std::vector<std::string>& steps)
{
    const auto name = step.substr(std::string_view("SCAN ").size());
    return name.ends_with("CONSTANT ROW") || name.ends_with("CONSTANT ROWS") ||
           std::ranges::any_of(steps, [&](const auto& other) {
               return other == "CO-ROUTINE " + name || other == "MATERIALIZE " + name;
           });
}

}  // namespace

std::vector<std::string> scans(const std::vector<std::string>& steps)
{
    std::vector<std::string> found;
    std::ranges::copy_if(steps, std::back_inserter(found), [&](const auto& step) {
        return step.find(" AUTOMATIC ") != step.npos ||
               (step.starts_with("SCAN ") && step.find(" VIRTUAL TABLE ") == step.npos &&
                !is_of_rows_made(step, steps));
    });
    return found;
}

std::vector<std::string> plan_of_call(const ToldStatements& told, TestEmulator& aws,
                                      const Parameters& parameters, const char* action,
                                      std::string_view part)
{
    const auto texts = told.texts_of([&] { aws.must(action, parameters); });
    EXPECT_FALSE(texts.empty());
    auto reader = aws.generation().reader();
    std::vector<std::string> steps;
    for (const auto& text : texts) {
        if (text.starts_with("SELECT") && text.find(part) != std::string::npos) {
            const auto more = plan_of(reader.db(), text);
            steps.insert(steps.end(), more.begin(), more.end());
        }
    }
    EXPECT_FALSE(steps.empty());
    return steps;
}

}  // namespace amilab::test
