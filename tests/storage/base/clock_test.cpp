#include "storage/base/clock.h"

#include <limits>

#include <gtest/gtest.h>

namespace amilab {
namespace {

TEST(Clock, IsTheWallClockUntilItIsMoved)
{
    const Clock clock;
    const auto before = Clock::wall_ms();
    const auto now = clock.now_ms();
    EXPECT_LE(before, now);
    EXPECT_LE(now, Clock::wall_ms());
}

TEST(Clock, StandsStillWhileFrozenAndMovesWhenTold)
{
    Clock clock;
    clock.freeze();
    const auto instant = clock.now_ms();
    clock.advance(1500);
    EXPECT_EQ(clock.now_ms(), instant + 1500);
    clock.advance(-500);
    EXPECT_EQ(clock.now_ms(), instant + 1000);
    clock.set(42);
    EXPECT_EQ(clock.now_ms(), 42);
}

TEST(Clock, GoesOnFromTheFrozenInstant)
{
    Clock clock;
    clock.freeze();
    clock.set(1000);
    clock.resume();
    EXPECT_GE(clock.now_ms(), 1000);
    EXPECT_LT(clock.now_ms(), Clock::wall_ms() / 2);
}

TEST(Clock, StaysWithinTheYearsThatTimesAreWrittenIn)
{
    constexpr auto kFarthest = std::numeric_limits<TimeMs>::max();
    constexpr auto kFarthestBack = std::numeric_limits<TimeMs>::min();
    for (const bool frozen : {true, false}) {
        Clock clock;
        if (frozen) {
            clock.freeze();
        }
        for (int times = 0; times < 3; ++times) {
            clock.advance(kFarthest);
        }
        EXPECT_EQ(clock.now_ms(), Clock::kLatestMs);
        clock.advance(-60'000);  // where it stands counts, not how far it was told to go
        EXPECT_LT(clock.now_ms(), Clock::kLatestMs);
        for (int times = 0; times < 3; ++times) {
            clock.advance(kFarthestBack);
        }
        EXPECT_LT(clock.now_ms(), Clock::kEarliestMs + 60'000);  // one that runs has gone on
        EXPECT_GE(clock.now_ms(), Clock::kEarliestMs);
        clock.set(kFarthest);
        EXPECT_EQ(clock.now_ms(), Clock::kLatestMs);
        clock.set(kFarthestBack);
        EXPECT_GE(clock.now_ms(), Clock::kEarliestMs);
        EXPECT_LT(clock.now_ms(), Clock::kEarliestMs + 60'000);
        clock.restore({.frozen = frozen, .value_ms = kFarthest});
        EXPECT_EQ(clock.now_ms(), Clock::kLatestMs);
        clock.restore({.frozen = frozen, .value_ms = kFarthestBack});
        EXPECT_EQ(clock.now_ms(), Clock::kEarliestMs);
    }
}

TEST(Clock, TakesOverWhatWasKept)
{
    Clock clock;
    clock.restore({.frozen = true, .value_ms = 7});
    EXPECT_EQ(clock.now_ms(), 7);
    clock.restore({});
    EXPECT_FALSE(clock.setting().frozen);
    EXPECT_GE(clock.now_ms(), 1'700'000'000'000);
}

}  // namespace
}  // namespace amilab
