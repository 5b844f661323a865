#include "storage/metadata/sql/columns.h"
#include "storage/metadata/sql/sql_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace amilab {

enum class DoorState { kOpen, kShut, kAjar };
template <>
inline constexpr auto kWords<DoorState> = words("open", "shut", "ajar");

namespace {

using ::testing::SizeIs;

constexpr auto kStateNow = "iif(d.open_ms <= $now, " + sql_word<DoorState::kOpen> + ", d.state)";

struct DoorRow {
    std::string id = {};
    std::optional<DoorState> state = {};
    TimeMs open_ms = 0;
    std::int64_t age_ms = 0;
};

constexpr auto kDoorColumns = columns<DoorRow>("door", "d", text<&DoorRow::id>("id"),
                                               text<&DoorRow::state>("state").read_as(kStateNow),
                                               time<&DoorRow::open_ms>("open_ms"));
constexpr auto kOldDoorColumns =
    and_columns(kDoorColumns, integer<&DoorRow::age_ms>("age_ms").as("$now - d.open_ms"));

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
    insert_row<kDoorColumns>(db, {.id = "a", .state = DoorState::kShut, .open_ms = 10});
    EXPECT_EQ(select_row_at<kDoorColumns>(db, 9, "FROM door d")->state, DoorState::kShut);
    EXPECT_EQ(select_row_at<kDoorColumns>(db, 10, "FROM door d")->state, DoorState::kOpen);
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
    EXPECT_TRUE(insert_unless_there<kDoorColumns>(db, {.id = "a", .state = DoorState::kShut}));
    EXPECT_FALSE(insert_unless_there<kDoorColumns>(db, {.id = "a", .state = DoorState::kOpen}));
    EXPECT_THROW(insert_row<kDoorColumns>(db, {.id = "a"}), std::exception);
    EXPECT_EQ(select_row_at<kDoorColumns>(db, -1, "FROM door d")->state, DoorState::kShut);
    put_row<kDoorColumns>(db, {.id = "a", .state = DoorState::kAjar});
    const auto rows = select_rows_at<kDoorColumns>(db, -1, "FROM door d WHERE d.id = ?", "a");
    ASSERT_THAT(rows, SizeIs(1));
    EXPECT_EQ(rows.front().state, DoorState::kAjar);
}

TEST_F(ColumnsTest, RefuseATextThatIsNoWord)
{
    db.run("INSERT INTO door (id, state, open_ms) VALUES ('a', 'broken', 10)");
    EXPECT_THROW(select_row_at<kDoorColumns>(db, 0, "FROM door d"), std::logic_error);
    db.run("UPDATE door SET state = NULL");
    EXPECT_EQ(select_row_at<kDoorColumns>(db, 0, "FROM door d")->state, std::nullopt);
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
