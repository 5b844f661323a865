#include "storage/metadata/connection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/metadata/migrations.h"
#include "storage/metadata/statement.h"

namespace amilab {
namespace {

std::string plan_of(Database& db, const std::string& sql)
{
    Statement explain(db, "EXPLAIN QUERY PLAN " + sql);
    explain.bind();
    std::string plan;
    while (explain.step()) {
        auto row = explain.row();
        row.integer();
        row.integer();
        row.integer();
        plan += row.text() + "\n";
    }
    return plan;
}

// A page of a million rows costs a page only while SQLite takes each view apart into its halves.
TEST(Connection, ReadsPagesOfItsViewsInKeyOrderWithoutSorting)
{
    const auto db = open_connection(":memory:", Database::Mode::kReadWrite, Durability::kPrivate);
    migrate(*db);
    for (const auto* view : {"all_image", "all_snapshot"}) {
        const auto plan = plan_of(*db, std::string("SELECT * FROM ") + view +
                                           " WHERE region = 'us-east-1' AND owner = '123456789012'"
                                           " AND id > 'x' ORDER BY id LIMIT 10");
        EXPECT_THAT(plan, ::testing::HasSubstr("MERGE (UNION ALL)")) << view;
        EXPECT_THAT(plan, ::testing::Not(::testing::HasSubstr("SCAN"))) << view << plan;
        EXPECT_THAT(plan, ::testing::Not(::testing::HasSubstr("TEMP B-TREE"))) << view << plan;
    }
}

}  // namespace
}  // namespace amilab
