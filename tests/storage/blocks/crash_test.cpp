#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <algorithm>
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

/// A volume that is written by any ranges of bytes, and what each of its sectors may hold.
class ByteWorld {
public:
    explicit ByteWorld(std::uint64_t seed) : random_(seed) { open_store(); }

    void step()
    {
        const auto dice = random_() % 20;
        if (dice < 10) {
            const auto [offset, length] = range();
            const auto bytes = random_bytes(random_, length);
            disk_->write(offset, bytes);
            note(offset, bytes);
        } else if (dice < 14) {
            const auto [offset, length] = range();
            disk_->write_zeroes(offset, length);
            note(offset, filled(length, 0));
        } else if (dice < 17) {
            disk_->flush();
            forget_older();
        } else if (dice < 19) {
            seal();
        } else {
            cut_power();
        }
        ASSERT_EQ(read_bytes(*disk_, 0, kSize), bytes_);
    }

private:
    static constexpr std::uint64_t kSize = 2 * kBlockSize + 3 * kSectorSize;

    using Sector = std::vector<std::byte>;

    std::pair<std::uint64_t, std::uint64_t> range()
    {
        const auto offset = random_() % kSize;
        const auto longest = random_() % 2 == 0 ? 2 * kSectorSize : kSize;
        return {offset, std::min(1 + random_() % longest, kSize - offset)};
    }

    Sector sector(std::uint64_t number) const
    {
        const auto from = bytes_.begin() + static_cast<std::ptrdiff_t>(number * kSectorSize);
        return {from, from + static_cast<std::ptrdiff_t>(kSectorSize)};
    }

    void note(std::uint64_t offset, const std::vector<std::byte>& bytes)
    {
        std::copy(bytes.begin(), bytes.end(), bytes_.begin() + static_cast<std::ptrdiff_t>(offset));
        const auto end = offset + bytes.size();
        for (auto number = offset / kSectorSize; number * kSectorSize < end; ++number) {
            recoverable_[number].push_back(sector(number));
        }
    }

    void forget_older()
    {
        for (std::uint64_t number = 0; number < recoverable_.size(); ++number) {
            recoverable_[number] = {sector(number)};
        }
    }

    void open_store()
    {
        store_ = std::make_unique<BlockStore>(
            memory_, "/layers",
            BlockStore::Options{.boot_id = "boot " + std::to_string(++boot_),
                                .highest_known_layer = chain_.front(),
                                .make_metadata_durable = [] {}});
        disk_ = store_->open_volume(chain_, kSize);
    }

    void seal()
    {
        auto gate = disk_->close_gate(store_->new_layer_id());
        chain_.insert(chain_.begin(), gate.next_top());
        gate.swap_top();
    }

    void cut_power()
    {
        disk_.reset();
        store_.reset();
        memory_.cut_power(random_());
        open_store();
        bytes_ = read_bytes(*disk_, 0, kSize);
        for (std::uint64_t number = 0; number < recoverable_.size(); ++number) {
            ASSERT_THAT(recoverable_[number], testing::Contains(sector(number))) << number;
        }
        forget_older();
    }

    std::mt19937_64 random_;
    MemoryFileSystem memory_;
    int boot_ = 0;
    std::vector<LayerId> chain_ = {LayerId{1}};
    std::unique_ptr<BlockStore> store_;
    std::shared_ptr<Volume> disk_;
    std::vector<std::byte> bytes_ = filled(kSize, 0);
    std::vector<std::vector<Sector>> recoverable_{kSize / kSectorSize, {filled(kSectorSize, 0)}};
};

TEST(PowerLoss, LeavesEachSectorThatWasWrittenInPartAsItWasOrAsItBecame)
{
    const auto seed = test_seed();
    for (std::uint64_t run = 0; run < 20 * patience(); ++run) {
        ByteWorld world(seed + run);
        for (int step = 0; step < 100; ++step) {
            world.step();
            ASSERT_FALSE(testing::Test::HasFailure()) << "seed " << seed + run << ", step " << step;
        }
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
        // A process takes with it what it knows of failed syncs.
        const bool goes_on = random() % 2 == 0;
        world.forget_failed_syncs(goes_on);
        for (std::uint64_t step = 0; step < steps; ++step) {
            world.step();
        }
        world.stop_failing();
        world.check();
        if (!goes_on) {
            world.restart_killed();
            world.check();
        }
        world.check_flushes();
        world.restart_without_power();
        world.check();
        ASSERT_FALSE(testing::Test::HasFailure()) << "seed " << seed << ", call " << call;
        if (!world.has_failed()) {
            EXPECT_GT(call, 1U);  // or nothing was tried
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
