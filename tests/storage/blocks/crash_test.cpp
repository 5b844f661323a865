#include <gtest/gtest.h>
#include <cerrno>

#include "storage/base/storage_error.h"
#include "tests/storage/blocks/crash_world.h"

namespace amilab {
namespace {

/// Ends in the middle of something, several times over.
void live_and_die(std::uint64_t seed, bool by_power)
{
    std::mt19937_64 random(seed);
    CrashWorld world(random());
    for (int life = 0; life < 5; ++life) {
        world.die_after(1 + random() % 400);
        while (!world.is_dead()) {
            world.step();
            ASSERT_FALSE(testing::Test::HasFailure()) << "seed " << seed << ", life " << life;
        }
        if (by_power && random() % 3 != 0) {
            world.restart_without_power();
        } else {
            world.restart_killed();
        }
        world.check();
        ASSERT_FALSE(testing::Test::HasFailure()) << "seed " << seed << ", after life " << life;
    }
    world.check_flushes();
    world.restart_without_power();
    world.check();
    ASSERT_FALSE(testing::Test::HasFailure()) << "seed " << seed << ", at the end";
}

TEST(Kill, AtAnyFileCallLosesNothingAcknowledged)
{
    const auto seed = test_seed();
    for (std::uint64_t run = 0; run < 20 * patience(); ++run) {
        live_and_die(seed + run, false);
        ASSERT_FALSE(testing::Test::HasFailure());
    }
}

TEST(PowerLoss, AtAnyFileCallLosesNothingFlushedAndInventsNothing)
{
    const auto seed = test_seed();
    for (std::uint64_t run = 0; run < 40 * patience(); ++run) {
        live_and_die(seed + run, true);
        ASSERT_FALSE(testing::Test::HasFailure());
    }
}

/// Lives the operations of a seed with one failing call, which comes later each time: one later as
/// long as there is patience, else so much later that some 400 are tried, others with each seed.
void fail_at_every_call(std::uint64_t seed, Fault fault)
{
    const auto steps = 20 + 10 * patience();
    std::mt19937_64 random(seed);
    const auto stride = [&](std::uint64_t call) {
        return patience() > 1 ? 1 : 1 + random() % (1 + call / 100);
    };
    for (std::uint64_t call = 1;; call += stride(call)) {
        CrashWorld world(seed);
        world.fail_once_after(call, fault);
        for (std::uint64_t step = 0; step < steps; ++step) {
            world.step();
        }
        world.stop_failing();
        world.check();
        // A store that could not sync is not asked again: the next process is.
        world.restart_killed();
        world.check();
        world.check_flushes();
        world.restart_without_power();
        world.check();
        ASSERT_FALSE(testing::Test::HasFailure()) << "seed " << seed << ", call " << call;
        if (!world.has_failed()) {
            EXPECT_GT(call, 40U);
            return;
        }
    }
}

TEST(Faults, AnErrorAtAnyFileCallCorruptsNothing)
{
    fail_at_every_call(test_seed(), {Fault::Kind::kError, EIO});
}

TEST(Faults, AFullDiskAtAnyFileCallCorruptsNothing)
{
    fail_at_every_call(test_seed(), {Fault::Kind::kShortThenError, ENOSPC});
}

TEST(Faults, AShortCallAtAnyPlaceIsGoneOnWith)
{
    fail_at_every_call(test_seed(), {Fault::Kind::kShort, 0});
}

}  // namespace
}  // namespace amilab
