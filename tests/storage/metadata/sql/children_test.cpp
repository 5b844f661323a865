#include "storage/metadata/sql/children.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace amilab {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

struct LeafRow {
    std::string tree{};
    std::int64_t place = 0;
    std::string name{};
};

constexpr auto kLeafColumns =
    columns<LeafRow>("leaf", "l", text<&LeafRow::tree>("tree"), integer<&LeafRow::place>("place"),
                     text<&LeafRow::name>("name"));

constexpr Children<LeafRow> kLeaves{.columns = kLeafColumns, .parent = "tree", .order = "place"};
constexpr Children<LeafRow> kOtherLeaves{
    .from = "other_leaf", .columns = kLeafColumns, .parent = "tree", .order = "place"};

class ChildRows : public ::testing::Test {
protected:
    ChildRows()
    {
        db.run(
            "CREATE TABLE leaf (tree TEXT, place INTEGER, name TEXT);"
            "CREATE TABLE other_leaf (tree TEXT, place INTEGER, name TEXT)");
        insert_row<kLeafColumns>(db, {.tree = "b", .place = 1, .name = "b1"});
        insert_row<kLeafColumns>(db, {.tree = "b", .place = 0, .name = "b0"});
        insert_row<kLeafColumns>(db, {.tree = "a", .place = 0, .name = "a0"});
        insert_row<kLeafColumns>(db, {.tree = "d", .place = 0, .name = "d0"});
        db.run("INSERT INTO other_leaf VALUES ('c', 0, 'c0')");
    }

    std::vector<LeafRow> select(const std::vector<std::string>& trees)
    {
        return select_children<kLeaves>(db, trees);
    }
    static std::vector<std::string> names(std::span<const LeafRow> rows)
    {
        std::vector<std::string> names;
        for (const auto& row : rows) {
            names.push_back(row.name);
        }
        return names;
    }

    Database db{":memory:", Database::Mode::kReadWrite};
};

TEST_F(ChildRows, ComeInTheOrderOfTheirParentsAndTheirOwn)
{
    EXPECT_THAT(names(select({"b", "x", "a"})), ElementsAre("a0", "b0", "b1"));
    EXPECT_THAT(names(select({"b"})), ElementsAre("b0", "b1"));
    EXPECT_THAT(names(select({"x"})), IsEmpty());
    EXPECT_THAT(names(select({})), IsEmpty());
}

TEST_F(ChildRows, AreFoundByTheirParent)
{
    const auto rows = select({"a", "b", "d"});
    EXPECT_THAT(names(children_of(rows, &LeafRow::tree, "b")), ElementsAre("b0", "b1"));
    EXPECT_THAT(names(children_of(rows, &LeafRow::tree, "d")), ElementsAre("d0"));
    EXPECT_THAT(names(children_of(rows, &LeafRow::tree, "c")), IsEmpty());
}

TEST_F(ChildRows, OfAnotherTableJoinThose)
{
    const std::vector<std::string> trees = {"a", "b", "c", "d"};
    auto rows = select(trees);
    const auto rest = childless(rows, &LeafRow::tree, trees);
    EXPECT_THAT(rest, ElementsAre("c"));
    add_children(rows, &LeafRow::tree, select_children<kOtherLeaves>(db, rest));
    EXPECT_THAT(names(rows), ElementsAre("a0", "b0", "b1", "c0", "d0"));
    EXPECT_THAT(names(children_of(rows, &LeafRow::tree, "c")), ElementsAre("c0"));
}

}  // namespace
}  // namespace amilab
