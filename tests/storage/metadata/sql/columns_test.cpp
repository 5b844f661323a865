#include "storage/metadata/sql/columns.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace amilab {
namespace {

using ::testing::SizeIs;

constexpr std::string_view kBegin = "iif(d.open_ms <= $now, ";
constexpr std::string_view kThen = "'open'";
constexpr std::string_view kElse = ", d.state)";

struct DoorRow {
    std::string id = {};
    std::string state = {};
    TimeMs open_ms = 0;
    std::int64_t age_ms = 0;
};

constexpr auto kDoorColumns =
    columns<DoorRow>("door", "d", text("id", &DoorRow::id),
                     text("state", &DoorRow::state).read_as(kJoined<kBegin, kThen, kElse>),
                     time("open_ms", &DoorRow::open_ms));
constexpr auto kOldDoorColumns =
    and_columns(kDoorColumns, integer("age_ms", &DoorRow::age_ms).as("$now - d.open_ms"));

class ColumnsTest : public ::testing::Test {
protected:
    ColumnsTest()
    {
        db.run("CREATE TABLE door (id TEXT PRIMARY KEY, state TEXT, open_ms INTEGER)");
    }

    Database db{":memory:", Database::Mode::kReadWrite};
};

TEST_F(ColumnsTest, ReadWhatIsStoredByWhatItHasComeTo)
{
    insert_row<kDoorColumns>(db, {.id = "a", .state = "shut", .open_ms = 10});
    EXPECT_EQ(select_row_at<kDoorColumns>(db, 9, "FROM door d")->state, "shut");
    EXPECT_EQ(select_row_at<kDoorColumns>(db, 10, "FROM door d")->state, "open");
    Statement stored(db, "SELECT state FROM door");
    stored.bind();
    EXPECT_EQ(stored.texts().front(), "shut");
}

TEST_F(ColumnsTest, OfAListMayBeMoreThanOthersRead)
{
    insert_row<kOldDoorColumns>(db, {.id = "a", .open_ms = 10, .age_ms = 99});
    EXPECT_EQ(select_row_at<kOldDoorColumns>(db, 15, "FROM door d")->age_ms, 5);
    EXPECT_EQ(select_row_at<kDoorColumns>(db, 15, "FROM door d")->age_ms, 0);
}

TEST_F(ColumnsTest, MeetARowThatIsThereAsTheyAreTold)
{
    EXPECT_TRUE(insert_unless_there<kDoorColumns>(db, {.id = "a", .state = "first"}));
    EXPECT_FALSE(insert_unless_there<kDoorColumns>(db, {.id = "a", .state = "second"}));
    EXPECT_THROW(insert_row<kDoorColumns>(db, {.id = "a"}), std::exception);
    EXPECT_EQ(select_row_at<kDoorColumns>(db, -1, "FROM door d")->state, "first");
    put_row<kDoorColumns>(db, {.id = "a", .state = "third"});
    const auto rows = select_rows_at<kDoorColumns>(db, -1, "FROM door d WHERE d.id = ?", "a");
    ASSERT_THAT(rows, SizeIs(1));
    EXPECT_EQ(rows.front().state, "third");
}

TEST_F(ColumnsTest, DeleteTheRowOfAnIdAlone)
{
    insert_row<kDoorColumns>(db, {.id = "a"});
    insert_row<kDoorColumns>(db, {.id = "b"});
    delete_row<kDoorColumns>(db, "a");
    delete_row<kDoorColumns>(db, "none");
    const auto rows = select_rows<kDoorColumns>(db, "FROM door d");
    ASSERT_THAT(rows, SizeIs(1));
    EXPECT_EQ(rows.front().id, "b");
}

}  // namespace
}  // namespace amilab
