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

std::vector<std::string> scans(const std::vector<std::string>& steps)
{
    std::vector<std::string> found;
    std::copy_if(steps.begin(), steps.end(), std::back_inserter(found), [](const auto& step) {
        return step.starts_with("SCAN ") && step.find(" VIRTUAL TABLE ") == step.npos;
    });
    return found;
}

}  // namespace amilab::test
