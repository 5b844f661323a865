#include "storage/metadata/sql/listing.h"

#include <gtest/gtest.h>

#include "storage/metadata/sql/migrations.h"

namespace amilab {
namespace {

struct ThingRow {
    std::string id;
    std::string owner;
    std::vector<std::string> colours;
    std::vector<std::int64_t> sizes;
    std::optional<double> speed;
    std::int64_t age_ms = 0;
};

constexpr auto kThingColumns = columns<ThingRow>(
    "thing", "x", text<&ThingRow::id>("id"), text<&ThingRow::owner>("owner"),
    list<&ThingRow::colours>("colours"), list<&ThingRow::sizes>("sizes"),
    real<&ThingRow::speed>("speed"), integer<&ThingRow::age_ms>("age_ms").as("$now - x.born_ms"));
constexpr FilterColumn kThingFilters[] = {
    {"age", "age_ms"},
    {"colour", "colours"},
    {"old-colour", "colours", "x.born_ms < 100 AND "},
    {"speed", "speed"},
};
constexpr Listing<ThingRow> kThingList{
    .key = "x.id", .region = "-", .columns = kThingColumns, .filters = kThingFilters};

constexpr Listing<ThingRow> kOwnList{.key = "x.id", .region = "'here'", .columns = kThingColumns};

class ListingTest : public ::testing::Test {
protected:
    ListingTest()
    {
        migrate(db);
        db.run(
            "CREATE TABLE thing (id TEXT, owner TEXT, colours TEXT, sizes TEXT, speed REAL,"
            " born_ms INTEGER)");
        db.run(
            "INSERT INTO thing VALUES ('x-1', 'a', 'red,blue', '1,16', 3.0, 50),"
            " ('x-2', 'a', 'blue', NULL, 2.5, 100), ('x-3', 'a', NULL, '4', NULL, 200),"
            " ('x-4', 'b', 'red', '', 3.0, 50)");
    }
    std::vector<std::string> find(ListQuery wanted)
    {
        wanted.owner = "a";
        std::vector<std::string> ids;
        for (const auto& row : select_page<kThingList>(db, wanted)) {
            ids.push_back(row.id);
        }
        return ids;
    }
    using Ids = std::vector<std::string>;
    Database db{":memory:", Database::Mode::kReadWrite};
};

TEST_F(ListingTest, ReadsTheMembersOfListsAndDerivedValues)
{
    const auto rows = select_page<kThingList>(db, {.owner = "a", .now_ms = 250});
    ASSERT_EQ(rows.size(), 3U);
    EXPECT_EQ(rows[0].colours, (Ids{"red", "blue"}));
    EXPECT_EQ(rows[0].sizes, (std::vector<std::int64_t>{1, 16}));
    EXPECT_EQ(rows[0].age_ms, 200);
    EXPECT_EQ(rows[1].sizes, std::vector<std::int64_t>());
    EXPECT_EQ(rows[2].colours, Ids());
    EXPECT_EQ(rows[2].speed, std::nullopt);
}

TEST_F(ListingTest, OneRowIsFoundByAMemberAmongTheOwnersAlone)
{
    const auto find_own = [&](std::string_view owner, double speed) {
        const auto row = select_own<kOwnList, &ThingRow::speed>(db, owner, "here", speed);
        return row ? row->id : "none";
    };
    EXPECT_EQ(find_own("a", 2.5), "x-2");
    EXPECT_EQ(find_own("b", 3.0), "x-4");
    EXPECT_EQ(find_own("b", 2.5), "none");
    EXPECT_FALSE((select_own<kOwnList, &ThingRow::speed>(db, "a", "there", 2.5)));
    EXPECT_EQ(count_own<kOwnList>(db, "a", "here"), 3);
    EXPECT_EQ(count_own<kOwnList>(db, "a", "there"), 0);
}

TEST_F(ListingTest, AFilterOnAListFindsAnyMember)
{
    EXPECT_EQ(find({.filters = {{"colour", {"blue"}}}}), (Ids{"x-1", "x-2"}));
    EXPECT_EQ(find({.filters = {{"colour", {"r?d"}}}}), (Ids{"x-1"}));
    EXPECT_EQ(find({.filters = {{"colour", {"red,blue"}}}}), Ids());
    EXPECT_EQ(find({.filters = {{"colour", {"*"}}}}), (Ids{"x-1", "x-2"}));
    EXPECT_EQ(find({.filters = {{"old-colour", {"blue"}}}}), (Ids{"x-1"}));
}

TEST_F(ListingTest, ARealIsFoundWithAndWithoutItsPoint)
{
    EXPECT_EQ(find({.filters = {{"speed", {"3"}}}}), (Ids{"x-1"}));
    EXPECT_EQ(find({.filters = {{"speed", {"3.0"}}}}), (Ids{"x-1"}));
    EXPECT_EQ(find({.filters = {{"speed", {"*"}}}}), (Ids{"x-1", "x-2"}));
    EXPECT_EQ(find({.filters = {{"speed", {"2"}}}}), Ids());
}

TEST_F(ListingTest, ADerivedValueIsFilteredAsItIsRead)
{
    EXPECT_EQ(find({.filters = {{"age", {"150"}}}, .now_ms = 250}), (Ids{"x-2"}));
    EXPECT_EQ(find({.filters = {{"age", {"150"}}}, .now_ms = 350}), (Ids{"x-3"}));
}

TEST_F(ListingTest, NarrowsByMoreConditionsWithValuesOfTheirOwn)
{
    Query also;
    also.sql(" AND x.born_ms > ").value(60).part(" AND x.id <> ?", "x-3");
    EXPECT_EQ(find({.filters = {{"colour", {"blue"}}}, .also = also, .limit = 5}), (Ids{"x-2"}));
}

TEST(Columns, TellTheNameOfAMember)
{
    EXPECT_EQ(column_name<&ThingRow::owner>(kThingColumns.all), "owner");
    EXPECT_EQ(column_name<&ThingRow::sizes>(kThingColumns.all), "sizes");
}

}  // namespace
}  // namespace amilab
