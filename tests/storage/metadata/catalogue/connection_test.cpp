#include "storage/metadata/catalogue/connection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include "storage/base/storage_error.h"
#include "storage/metadata/sql/migrations.h"
#include "storage/metadata/sql/statement.h"
#include "tests/storage/metadata/sql/database_text.h"

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

TEST(EmptyDatabase, IsWhatTheMigrationsMakeOfNothing)
{
    Database made(":memory:", Database::Mode::kReadWrite);
    auto bytes = empty_database();
    // A database in memory has no WAL.
    bytes[18] = bytes[19] = 1;
    auto* const data = reinterpret_cast<unsigned char*>(bytes.data());
    const auto size = static_cast<sqlite3_int64>(bytes.size());
    ASSERT_EQ(
        sqlite3_deserialize(made.handle(), "main", data, size, size, SQLITE_DESERIALIZE_READONLY),
        SQLITE_OK);
    Database migrated(":memory:", Database::Mode::kReadWrite);
    migrate(migrated);
    EXPECT_EQ(test::schema_text(made), test::schema_text(migrated));
}

/// What a start would say of a database that was made by the migrations and then changed so.
std::string refusal_of(const char* change)
{
    const auto db = open_connection(":memory:", Database::Mode::kReadWrite, Durability::kPrivate);
    migrate(*db);
    db->run("PRAGMA writable_schema = ON");
    db->run(change);
    try {
        require_made_schema(*db);
    } catch (const StorageError& error) {
        return error.what();
    }
    return {};
}

TEST(MadeSchema, IsThatOfTheMigrationsAlone)
{
    EXPECT_EQ(refusal_of("SELECT 1"), "");
    for (const auto* change : {"UPDATE sqlite_schema SET sql = replace(sql, 'REFERENCES vpc (id)', "
                               "'REFERENCES vpc4(id)')",
                               "UPDATE sqlite_schema SET name = 'volumf' WHERE name = 'volume'",
                               "DELETE FROM sqlite_schema WHERE name = 'image_name_in_use'",
                               "CREATE TABLE other (id TEXT)"}) {
        const auto refusal = refusal_of(change);
        EXPECT_THAT(refusal, ::testing::HasSubstr("are not as amilab makes them")) << change;
        EXPECT_EQ(refusal.find('\n'), std::string::npos) << change;
    }
}

// A page of a million rows costs a page only while SQLite takes each view apart into its halves.
// Of the catalogue's what one owner has is sorted: that is bounded, and nothing of other owners is.
TEST(Connection, ReadsPagesOfItsViewsInKeyOrderSortingNothingOfAccounts)
{
    const auto db = open_connection(":memory:", Database::Mode::kReadWrite, Durability::kPrivate);
    migrate(*db);
    for (const auto* view : {"all_image", "all_snapshot"}) {
        const auto plan = plan_of(*db, std::string("SELECT * FROM ") + view +
                                           " WHERE region = 'us-east-1' AND owner = '123456789012'"
                                           " AND id > 'x' ORDER BY id LIMIT 10");
        EXPECT_THAT(plan, ::testing::HasSubstr("MERGE (UNION ALL)")) << view;
        EXPECT_THAT(plan, ::testing::Not(::testing::HasSubstr("SCAN"))) << view << plan;
        EXPECT_THAT(plan.substr(0, plan.find("\nRIGHT\n")),
                    ::testing::Not(::testing::HasSubstr("TEMP B-TREE")))
            << view << plan;
    }
}

}  // namespace
}  // namespace amilab
