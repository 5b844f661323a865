#include "storage/metadata/sql/filter.h"

#include <gtest/gtest.h>

#include "storage/metadata/sql/migrations.h"
#include "storage/metadata/tags/tag_rows.h"

namespace amilab {
namespace {

class FilterTest : public ::testing::Test {
protected:
    FilterTest()
    {
        migrate(db);
        db.run("CREATE TABLE thing (id TEXT, name TEXT, flag INTEGER, time_ms INTEGER)");
        add("t-1", "web [1]", 1, 0);
        add("t-2", "web *2*", 0, 1'767'323'045'006);
        add("t-3", "caf\xc3\xa9?", 0, 1'000);
        add("t-4", "a\\b", 0, 1'000);
    }
    void add(const char* id, const char* name, int flag, std::int64_t time_ms)
    {
        Statement(db, "INSERT INTO thing VALUES (?1, ?2, ?3, ?4)").execute(id, name, flag, time_ms);
    }
    std::vector<std::string> find(const std::vector<RowFilter>& filters)
    {
        static const auto flag = sql_true_false("x.flag");
        static const auto time = sql_time("x.time_ms");
        static const std::vector<FilterColumn> columns = {
            {"name", "x.name"}, {"flag", flag}, {"time", time}};
        Query query("SELECT x.id FROM thing AS x WHERE 1");
        append_filters(query, filters, columns, "x.id", "111111111111");
        query.sql(" ORDER BY x.id");
        auto select = query.on(db);
        std::vector<std::string> ids;
        while (select.step()) {
            ids.push_back(select.row().text());
        }
        return ids;
    }
    using Ids = std::vector<std::string>;
    Database db{":memory:", Database::Mode::kReadWrite};
};

TEST_F(FilterTest, WildcardsAreStarAndQuestionMarkAlone)
{
    EXPECT_EQ(find({{"name", {"web*"}}}), (Ids{"t-1", "t-2"}));
    EXPECT_EQ(find({{"name", {"web [?]"}}}), (Ids{"t-1"}));
    EXPECT_EQ(find({{"name", {"web [1-3]*"}}}), Ids{});
    EXPECT_EQ(find({{"name", {"*"}}}), (Ids{"t-1", "t-2", "t-3", "t-4"}));
    EXPECT_EQ(find({{"name", {"WEB*"}}}), Ids{});
    EXPECT_EQ(find({{"name", {"caf??"}}}), (Ids{"t-3"}));
}

TEST_F(FilterTest, ABackslashTakesTheMeaningAway)
{
    EXPECT_EQ(find({{"name", {"web \\*2\\*"}}}), (Ids{"t-2"}));
    EXPECT_EQ(find({{"name", {"web \\**"}}}), (Ids{"t-2"}));
    EXPECT_EQ(find({{"name", {"*\\?"}}}), (Ids{"t-3"}));
    EXPECT_EQ(find({{"name", {"a\\\\b"}}}), (Ids{"t-4"}));
}

TEST_F(FilterTest, ValuesAreAlternativesAndFiltersAreAllAsked)
{
    EXPECT_EQ(find({{"name", {"web [1]", "caf*"}}}), (Ids{"t-1", "t-3"}));
    EXPECT_EQ(find({{"name", {"web*"}}, {"flag", {"true"}}}), (Ids{"t-1"}));
    EXPECT_EQ(find({{"flag", {"true", "false"}}}).size(), 4u);
    EXPECT_EQ(find({{"flag", {"1"}}}), Ids{});
}

TEST_F(FilterTest, WildcardsAreAskedInAWayOfTheirOwn)
{
    const std::vector<FilterColumn> columns = {{"name", "x.name", "1 = (", ")", "2 = 1 + ("},
                                               {"flag", "x.flag", "3 = (", ")"}};
    const auto sql_of = [&](const RowFilter& filter) {
        Query query;
        append_filters(query, std::vector{filter}, columns, "x.id", "111111111111");
        return query.text();
    };
    EXPECT_EQ(sql_of({"name", {"web"}}).find(" AND 1 = ("), 0U);
    EXPECT_EQ(sql_of({"name", {"web\\*"}}).find(" AND 1 = ("), 0U);
    EXPECT_EQ(sql_of({"name", {"web", "w*"}}).find(" AND 2 = 1 + ("), 0U);
    EXPECT_EQ(sql_of({"flag", {"*"}}).find(" AND 3 = ("), 0U);
}

TEST_F(FilterTest, TimesAreComparedAsTheyAreShown)
{
    EXPECT_EQ(find({{"time", {"2026-01-02T03:04:05.006Z"}}}), (Ids{"t-2"}));
    EXPECT_EQ(find({{"time", {"2026-01-*"}}}), (Ids{"t-2"}));
    EXPECT_EQ(find({{"time", {"1970-01-01T00:00:01.000Z"}}}), (Ids{"t-3", "t-4"}));
}

TEST_F(FilterTest, TagsAreTheViewersOwn)
{
    upsert_tags(db, "111111111111", "us-east-1", {"t-1", "image"}, {{"env", "prod"}, {"a", "b"}});
    upsert_tags(db, "222222222222", "us-east-1", {"t-2", "image"}, {{"env", "prod"}});
    EXPECT_EQ(find({{"tag:env", {"prod"}}}), (Ids{"t-1"}));
    EXPECT_EQ(find({{"tag:env", {"p*"}}}), (Ids{"t-1"}));
    EXPECT_EQ(find({{"tag:env", {"dev"}}}), Ids{});
    EXPECT_EQ(find({{"tag-key", {"a", "zzz"}}}), (Ids{"t-1"}));
    EXPECT_EQ(find({{"tag-value", {"b"}}}), (Ids{"t-1"}));
}

TEST_F(FilterTest, AFilterWithoutAColumnMatchesNothing)
{
    EXPECT_EQ(find({{"to-come", {"*"}}}), Ids{});
}

}  // namespace
}  // namespace amilab
