#include "storage/metadata/sql/statement.h"

#include <cerrno>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "storage/base/storage_error.h"
#include "storage/metadata/sql/transaction.h"

namespace amilab {
namespace {

class StatementTest : public ::testing::Test {
protected:
    StatementTest()
    {
        db.run("CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT UNIQUE, size REAL)");
    }
    std::int64_t count()
    {
        Statement select(db, "SELECT COUNT(*) FROM t");
        select.bind();
        select.step();
        return select.row().integer();
    }
    Database db{":memory:", Database::Mode::kReadWrite};
};

TEST_F(StatementTest, AListReadsBackAsItWasBoundAndNoneIsNull)
{
    const std::vector<std::string> lists[] = {{}, {"one"}, {"one", "two"}};
    std::int64_t id = 0;
    for (const auto& list : lists) {
        Statement(db, "INSERT INTO t (id, name) VALUES (?, ?)").execute(++id, list);
    }
    Statement select(db, "SELECT name, name IS NULL FROM t ORDER BY id");
    select.bind();
    for (const auto& list : lists) {
        ASSERT_TRUE(select.step());
        auto row = select.row();
        std::vector<std::string> found{"before"};
        row.read(found);
        EXPECT_EQ(found, list);
        EXPECT_EQ(row.boolean(), list.empty());
    }
}

TEST_F(StatementTest, ReadsBackWhatItBound)
{
    Statement(db, "INSERT INTO t (id, name, size) VALUES (?1, ?2, ?3)").execute(7, "seven", 7.5);
    Statement(db, "INSERT INTO t (id, name, size) VALUES (?1, ?2, ?3)")
        .execute(8, std::optional<std::string>(), nullptr);
    Statement select(db, "SELECT id, name, size FROM t ORDER BY id");
    select.bind();
    ASSERT_TRUE(select.step());
    auto first = select.row();
    EXPECT_EQ(first.integer(), 7);
    EXPECT_EQ(first.optional_text(), "seven");
    EXPECT_EQ(first.optional_real(), 7.5);
    ASSERT_TRUE(select.step());
    auto second = select.row();
    EXPECT_EQ(second.integer(), 8);
    EXPECT_EQ(second.optional_text(), std::nullopt);
    EXPECT_EQ(second.optional_real(), std::nullopt);
    EXPECT_FALSE(select.step());
}

TEST_F(StatementTest, RefusesAnotherNumberOfValuesThanPlaceholders)
{
    Statement insert(db, "INSERT INTO t (id, name) VALUES (?1, ?2)");
    EXPECT_THROW(insert.execute(1), std::logic_error);
    EXPECT_THROW(insert.execute(1, "a", "b"), std::logic_error);
    EXPECT_EQ(count(), 0);
}

TEST_F(StatementTest, BindsValuesByTheirNames)
{
    Statement select(db, "SELECT $b || $a || $b");
    select.bind_named({{{"$a", "1"}, {"$b", "2"}, {"$unused", "3"}}});
    ASSERT_TRUE(select.step());
    EXPECT_EQ(select.row().text(), "212");
}

TEST_F(StatementTest, RefusesAPlaceholderThatNoNameIsFor)
{
    const auto bind = [&](const char* sql) { Statement(db, sql).bind_named({{{"$a", "1"}}}); };
    EXPECT_NO_THROW(bind("SELECT $a"));
    EXPECT_THROW(bind("SELECT $a, $b"), std::logic_error);
    EXPECT_THROW(bind("SELECT ?"), std::logic_error);
}

TEST_F(StatementTest, TheSameTextMayBeInUseTwice)
{
    for (int id = 1; id <= 3; ++id) {
        Statement(db, "INSERT INTO t (id) VALUES (?1)").execute(id);
    }
    int pairs = 0;
    Statement outer(db, "SELECT id FROM t");
    outer.bind();
    while (outer.step()) {
        Statement inner(db, "SELECT id FROM t");
        inner.bind();
        while (inner.step()) {
            ++pairs;
        }
    }
    EXPECT_EQ(pairs, 9);
}

TEST_F(StatementTest, KeepsTextsWithZeroBytesAndEmptyTexts)
{
    const std::string odd("a\0b", 3);
    Statement(db, "INSERT INTO t (id, name) VALUES (?1, ?2)").execute(1, odd);
    Statement(db, "INSERT INTO t (id, name) VALUES (?1, ?2)").execute(2, std::string_view());
    Statement select(db, "SELECT name FROM t ORDER BY id");
    select.bind();
    select.step();
    EXPECT_EQ(select.row().text(), odd);
    select.step();
    EXPECT_EQ(select.row().optional_text(), "");
}

TEST_F(StatementTest, AConstraintIsAStorageErrorWithTheText)
{
    Statement insert(db, "INSERT INTO t (id, name) VALUES (?1, ?2)");
    insert.execute(1, "one");
    try {
        insert.execute(2, "one");
        FAIL() << "the name is taken";
    } catch (const StorageError& error) {
        EXPECT_NE(std::string(error.what()).find("UNIQUE"), std::string::npos) << error.what();
    }
}

TEST_F(StatementTest, ManyDifferentTextsStayBounded)
{
    for (int i = 0; i < 1000; ++i) {
        Statement select(db, "SELECT " + std::to_string(i));
        select.bind();
        ASSERT_TRUE(select.step());
        EXPECT_EQ(select.row().integer(), i);
    }
}

TEST_F(StatementTest, LargeTextsStayBoundedInBytes)
{
    constexpr int kTexts = 300;
    for (int i = 0; i < kTexts; ++i) {
        std::string text = "SELECT " + std::to_string(i);
        for (int column = 0; column < 500; ++column) {
            text += ", ?";
        }
        const Statement select(db, text);
    }
    EXPECT_GT(db.kept_bytes(), Database::kMostKeptBytes / 2);
    EXPECT_LE(db.kept_bytes(), Database::kMostKeptBytes);
}

TEST_F(StatementTest, ATextThatIsTooLargeIsUsedAndNotKept)
{
    std::string text = "SELECT ?";
    for (int column = 0; column < 1'900; ++column) {
        text += ", ? || 'a text that this statement has in it as often as it has columns'";
    }
    const auto before = db.kept_bytes();
    const Statement select(db, text);
    EXPECT_EQ(db.kept_bytes(), before);
}

/// Ids of a test's rows: "0", "1" and so on.
std::vector<std::string> numbered(int count)
{
    std::vector<std::string> names;
    for (int i = 0; i < count; ++i) {
        names.push_back(std::to_string(i));
    }
    return names;
}

TEST_F(StatementTest, ListsOfAnyLengthAreFewTexts)
{
    constexpr std::size_t kFew = 16;
    std::set<std::string> texts;
    for (int count = 0; count < 1'000; ++count) {
        texts.insert(Query("SELECT name FROM t WHERE name IN ").list(numbered(count)).text());
    }
    EXPECT_LE(texts.size(), kFew);
}

TEST_F(StatementTest, AListOfAnyLengthHasItsMembersAndNoOthers)
{
    const std::vector<std::string> odd = {"\"quoted\"", "back\\slash",           "tab\there", "é",
                                          "",           std::string("ze\0ro", 5)};
    for (const auto& name : {std::string("ze"), std::string("7x")}) {
        Statement(db, "INSERT INTO t (name) VALUES (?1)").execute(name);
    }
    for (const auto& name : odd) {
        Statement(db, "INSERT INTO t (name) VALUES (?1)").execute(name);
    }
    for (const auto& name : {"0", "7", "999"}) {
        Statement(db, "INSERT INTO t (name) VALUES (?1)").execute(name);
    }
    const auto found = [&](std::vector<std::string> wanted) {
        Query query("SELECT name FROM t WHERE name IN ");
        query.list(wanted).sql(" ORDER BY id");
        return query.on(db).texts();
    };
    for (const int count : {8, 9, 500}) {
        auto wanted = numbered(count);
        EXPECT_EQ(found(wanted), (std::vector<std::string>{"0", "7"})) << count;
        wanted.insert(wanted.end(), odd.begin(), odd.end());
        auto expected = odd;
        expected.insert(expected.end(), {"0", "7"});
        EXPECT_EQ(found(wanted), expected) << count;
    }
}

TEST_F(StatementTest, ATransactionThatIsNotCommittedLeavesNothing)
{
    {
        const Transaction transaction(db);
        Statement(db, "INSERT INTO t (id) VALUES (1)").execute();
        EXPECT_EQ(count(), 1);
    }
    EXPECT_EQ(count(), 0);
    Transaction transaction(db);
    Statement(db, "INSERT INTO t (id) VALUES (1)").execute();
    transaction.commit();
    EXPECT_EQ(count(), 1);
}

TEST_F(StatementTest, AQueryBindsItsValuesInOrder)
{
    for (const auto* name : {"a", "b", "c"}) {
        Statement(db, "INSERT INTO t (name) VALUES (?1)").execute(name);
    }
    Query query("SELECT name FROM t WHERE name IN ");
    query.list(std::vector<std::string>{"a", "c"})
        .sql(" AND id > ")
        .value(std::int64_t{1})
        .sql(" ORDER BY name");
    auto select = query.on(db);
    ASSERT_TRUE(select.step());
    EXPECT_EQ(select.row().text(), "c");
    EXPECT_FALSE(select.step());

    Query none("SELECT name FROM t WHERE name IN ");
    none.list({});
    EXPECT_FALSE(none.on(db).step());
}

TEST_F(StatementTest, ASavepointUndoesItsPartAloneUnlessItIsKept)
{
    Transaction transaction(db);
    db.run("INSERT INTO t (id) VALUES (1)");
    {
        Savepoint kept(db);
        db.run("INSERT INTO t (id) VALUES (2)");
        {
            const Savepoint undone(db);
            db.run("INSERT INTO t (id) VALUES (3)");
            EXPECT_EQ(count(), 3);
        }
        EXPECT_EQ(count(), 2);
        kept.keep();
    }
    transaction.commit();
    EXPECT_EQ(count(), 2);
}

}  // namespace
}  // namespace amilab
