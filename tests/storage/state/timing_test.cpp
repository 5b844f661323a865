#include "storage/state/timing.h"

#include <memory>

#include <gtest/gtest.h>

#include "storage/metadata/calls/transition_rows.h"
#include "storage/metadata/catalogue/connection.h"
#include "storage/metadata/settings/setting_rows.h"
#include "storage/metadata/sql/migrations.h"

namespace amilab {
namespace {

constexpr Delay kPending{"image.pending", 5};
constexpr TimeMs kFrozenMs = 7000;

class TimingTest : public ::testing::Test {
protected:
    TimingTest() { migrate(*db); }

    const std::unique_ptr<Database> db =
        open_connection(":memory:", Database::Mode::kReadWrite, Durability::kPrivate);
    Timing timing;
};

TEST_F(TimingTest, IsTheWallClockWithDefaultsWhereRowsSayNothing)
{
    const auto before_ms = Clock::wall_ms();
    timing.restore(*db);
    EXPECT_GE(timing.clock.now_ms(), before_ms);
    EXPECT_EQ(timing.delays.get(kPending), 5);
    EXPECT_EQ(timing.earliest_due.get_ms(), EarliestDue::kNever);
}

TEST_F(TimingTest, IsAsTheRowsSay)
{
    write_clock_setting(*db, {.frozen = true, .value_ms = kFrozenMs});
    write_delay_setting(*db, kPending.name, 70);
    insert_transition(*db, {.due_ms = kFrozenMs + 1,
                            .action = "image-available",
                            .resource_id = "ami-00000001",
                            .account = "123456789012"});
    timing.restore(*db);
    EXPECT_EQ(timing.clock.now_ms(), kFrozenMs);
    EXPECT_EQ(timing.delays.get(kPending), 70);
    EXPECT_EQ(timing.earliest_due.get_ms(), kFrozenMs + 1);
}

TEST_F(TimingTest, HasDueWhatAnEarlierProcessHadBegun)
{
    write_clock_setting(*db, {.frozen = true, .value_ms = kFrozenMs});
    insert_transition(*db, {.due_ms = kAtNextStart,
                            .action = "import-ended",
                            .resource_id = "import-snap-00000001",
                            .account = "123456789012"});
    timing.restore(*db);
    EXPECT_TRUE(timing.earliest_due.is_past(kFrozenMs));
}

}  // namespace
}  // namespace amilab
