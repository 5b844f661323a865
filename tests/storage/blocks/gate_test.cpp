#include <gtest/gtest.h>
#include <atomic>
#include <cerrno>
#include <latch>
#include <map>
#include <thread>

#include "storage/base/storage_error.h"
#include "storage/blocks/block_store.h"
#include "storage/files/posix_file_system.h"
#include "tests/storage/blocks/harness.h"
#include "tests/storage/files/temporary_directory.h"

namespace amilab {
namespace {

constexpr std::uint64_t kMiB = 1 << 20;

class GateTest : public testing::Test {
protected:
    TemporaryDirectory directory_;
    PosixFileSystem files_;
    BlockStore store_{files_, directory_.path(), {}};
};

TEST_F(GateTest, SwapSealsWhatWasThere)
{
    const auto volume = store_.open_volume({store_.new_layer_id()}, kMiB);
    volume->write(0, filled(kBlockSize, 1));
    const auto old_top = volume->top();
    {
        auto gate = volume->close_gate(store_.new_layer_id());
        EXPECT_EQ(gate.old_top(), old_top);
        EXPECT_EQ(read_bytes(*volume, 0, 512), filled(512, 1));
        gate.swap_top();
        EXPECT_EQ(volume->top(), gate.next_top());
    }
    volume->write(0, filled(512, 2));
    const auto snapshot = store_.open_snapshot({old_top}, kMiB);
    EXPECT_EQ(read_bytes(*snapshot, 0, kBlockSize), filled(kBlockSize, 1));
    EXPECT_EQ(read_bytes(*volume, 0, 512), filled(512, 2));
    EXPECT_EQ(read_bytes(*volume, 512, 512), filled(512, 1));
}

TEST_F(GateTest, WithoutSwapTheVolumeGoesOnUnchanged)
{
    const auto volume = store_.open_volume({store_.new_layer_id()}, kMiB);
    volume->write(0, filled(kBlockSize, 1));
    const auto top = volume->top();
    const auto unused = store_.new_layer_id();
    {
        const auto gate = volume->close_gate(unused);
    }
    EXPECT_EQ(volume->top(), top);
    volume->write(0, filled(512, 2));
    EXPECT_EQ(read_bytes(*volume, 0, 512), filled(512, 2));
    // The layer is as unused as before.
    auto gate = volume->close_gate(unused);
    gate.swap_top();
    EXPECT_EQ(volume->top(), unused);
}

TEST_F(GateTest, TheVolumeHasItsNextNameBeforeTheSwap)
{
    const auto volume = store_.open_volume({store_.new_layer_id()}, kMiB);
    const auto old_top = volume->top();
    const auto next_top = store_.new_layer_id();
    auto gate = volume->close_gate(next_top);
    // Rows may be committed by now: others see the new chain, and the snapshot.
    EXPECT_EQ(store_.open_volume({next_top, old_top}, kMiB), volume);
    EXPECT_EQ(read_bytes(*store_.open_snapshot({old_top}, kMiB), 0, 512), filled(512, 0));
    gate.swap_top();
    EXPECT_EQ(store_.open_volume({next_top, old_top}, kMiB), volume);
    EXPECT_EQ(store_.open_volume({old_top}, kMiB), volume) << "rows read before the commit";
}

TEST_F(GateTest, ANextTopMustBeNew)
{
    const auto volume = store_.open_volume({store_.new_layer_id()}, kMiB);
    const auto other = store_.open_volume({store_.new_layer_id()}, kMiB);
    EXPECT_EQ(error_of([&] { (void)volume->close_gate(other->top()); }), EBUSY);
    EXPECT_EQ(error_of([&] { (void)volume->close_gate(volume->top()); }), EBUSY);
    EXPECT_EQ(error_of([&] { (void)volume->close_gate(LayerId{0}); }), EBUSY);
    volume->write(0, filled(512, 1));  // the gate is open again
}

TEST_F(GateTest, WritersWaitAndReadersDoNot)
{
    const auto volume = store_.open_volume({store_.new_layer_id()}, kMiB);
    volume->write(0, filled(512, 1));
    std::atomic<bool> is_written{false};
    std::thread writer;
    {
        auto gate = volume->close_gate(store_.new_layer_id());
        std::latch started(1);
        writer = std::thread([&] {
            started.count_down();
            volume->write(0, filled(512, 2));
            is_written = true;
        });
        started.wait();
        EXPECT_EQ(read_bytes(*volume, 0, 512), filled(512, 1));
        EXPECT_FALSE(is_written);
        gate.swap_top();
        EXPECT_EQ(read_bytes(*store_.open_snapshot({gate.old_top()}, kMiB), 0, 512),
                  filled(512, 1));
    }
    writer.join();
    EXPECT_EQ(read_bytes(*volume, 0, 512), filled(512, 2));
}

/// Writers number their writes slot by slot; slots straddle blocks.
class ConcurrentSealing : public GateTest {
protected:
    static constexpr std::uint64_t kSlots = 4;
    static constexpr std::uint64_t kSlotSectors = 160;

    static std::uint64_t offset_of(std::uint64_t slot) { return slot * kSlotSectors * kSectorSize; }

    /// The one version that a slot holds; a write is whole or not there.
    template <class Disk>
    std::uint64_t slot_version(const Disk& disk, std::uint64_t slot)
    {
        const auto bytes = read_bytes(disk, offset_of(slot), kSlotSectors * kSectorSize);
        const auto first = slot * kSlotSectors;
        const auto version = version_of(std::span(bytes).first(kSectorSize), first);
        EXPECT_EQ(bytes, stamped(first, kSlotSectors, version)) << "half a write in slot " << slot;
        return version;
    }

    void write_slot(Volume& volume, std::uint64_t slot)
    {
        const auto version = begun_[slot].fetch_add(1) + 1;
        volume.write(offset_of(slot), stamped(slot * kSlotSectors, kSlotSectors, version));
        acknowledged_[slot] = version;
    }

    std::array<std::atomic<std::uint64_t>, kSlots> begun_{};
    std::array<std::atomic<std::uint64_t>, kSlots> acknowledged_{};
};

TEST_F(ConcurrentSealing, HoldsEveryAcknowledgedWriteWholeAndNoneBegunLater)
{
    const auto volume =
        store_.open_volume({store_.new_layer_id()}, offset_of(kSlots) + 3 * kSectorSize);
    std::atomic<bool> stop{false};
    std::vector<std::thread> threads;
    for (std::uint64_t slot = 0; slot < kSlots; ++slot) {
        threads.emplace_back([&, slot] {
            while (!stop) {
                write_slot(*volume, slot);
            }
        });
    }
    threads.emplace_back([&] {
        for (std::uint64_t slot = 0; !stop; slot = (slot + 1) % kSlots) {
            slot_version(*volume, slot);
        }
    });
    std::vector<LayerId> chain;
    for (int round = 0; round < 40; ++round) {
        std::array<std::uint64_t, kSlots> before{};
        std::copy(acknowledged_.begin(), acknowledged_.end(), before.begin());
        {
            auto gate = volume->close_gate(store_.new_layer_id());
            gate.swap_top();
            chain.insert(chain.begin(), gate.old_top());
        }
        const auto snapshot = store_.open_snapshot(chain, volume->size());
        std::array<std::uint64_t, kSlots> held{};
        for (std::uint64_t slot = 0; slot < kSlots; ++slot) {
            held[slot] = slot_version(*snapshot, slot);
            EXPECT_GE(held[slot], before[slot]);
            EXPECT_LE(held[slot], begun_[slot]);
        }
        for (std::uint64_t slot = 0; slot < kSlots; ++slot) {
            EXPECT_EQ(slot_version(*snapshot, slot), held[slot]) << "a sealed layer has changed";
        }
    }
    stop = true;
    for (auto& thread : threads) {
        thread.join();
    }
}

TEST_F(ConcurrentSealing, WaitsForOnePieceOfALongWriteAndHasThePiecesInOrder)
{
    constexpr auto kPieceSectors = Volume::kPieceBytes / kSectorSize;
    constexpr std::uint64_t kPieces = 8;
    const auto volume = store_.open_volume({store_.new_layer_id()}, kPieces * Volume::kPieceBytes);
    std::atomic<std::uint64_t> acknowledged{0};
    std::atomic<bool> stop{false};
    std::thread writer([&] {
        for (std::uint64_t version = 1; !stop; ++version) {
            volume->write(0, stamped(0, kPieces * kPieceSectors, version));
            acknowledged = version;
        }
    });
    std::vector<LayerId> chain;
    std::size_t cut = 0;
    // On a busy machine the gate may close between two writes again and again.
    constexpr int kRounds = 20;
    constexpr int kMostRounds = 400;
    for (int round = 0; round < kRounds || (cut == 0 && round < kMostRounds); ++round) {
        const auto before = acknowledged.load();
        {
            auto gate = volume->close_gate(store_.new_layer_id());
            gate.swap_top();
            chain.insert(chain.begin(), gate.old_top());
        }
        const auto snapshot = store_.open_snapshot(chain, volume->size());
        std::vector<std::uint64_t> versions;
        for (std::uint64_t piece = 0; piece < kPieces; ++piece) {
            const auto first = piece * kPieceSectors;
            const auto bytes = read_bytes(*snapshot, first * kSectorSize, Volume::kPieceBytes);
            versions.push_back(version_of(std::span(bytes).first(kSectorSize), first));
            ASSERT_EQ(bytes, stamped(first, kPieceSectors, versions.back())) << "half a piece";
        }
        EXPECT_TRUE(std::is_sorted(versions.rbegin(), versions.rend()));
        EXPECT_LE(versions.front() - versions.back(), 1U);
        EXPECT_GE(versions.back(), before);
        cut += versions.front() == versions.back() ? 0 : 1;
    }
    stop = true;
    writer.join();
    // Of writes that hold the gate to their end none is.
    EXPECT_GT(cut, 0U);
}

TEST_F(GateTest, AWriteOfOnePieceIsWholeWhereverItBegins)
{
    const auto volume = store_.open_volume({store_.new_layer_id()}, 4 * Volume::kPieceBytes);
    constexpr std::uint64_t kOffset = Volume::kPieceBytes - 3 * kSectorSize;
    constexpr auto kFirst = kOffset / kSectorSize;
    constexpr auto kSectors = Volume::kPieceBytes / kSectorSize;
    std::atomic<bool> stop{false};
    std::thread writer([&] {
        for (std::uint64_t version = 1; !stop; ++version) {
            volume->write(kOffset, stamped(kFirst, kSectors, version));
        }
    });
    for (int round = 0; round < 50; ++round) {
        const auto bytes = read_bytes(*volume, kOffset, Volume::kPieceBytes);
        const auto version = version_of(std::span(bytes).first(kSectorSize), kFirst);
        EXPECT_EQ(bytes, stamped(kFirst, kSectors, version)) << "half a write";
    }
    stop = true;
    writer.join();
}

TEST_F(ConcurrentSealing, SeveralVolumesAreSealedAtOneInstant)
{
    constexpr std::size_t kVolumes = 3;
    std::vector<std::shared_ptr<Volume>> volumes;
    for (std::size_t index = 0; index < kVolumes; ++index) {
        volumes.push_back(store_.open_volume({store_.new_layer_id()}, kMiB));
    }
    std::atomic<bool> stop{false};
    // Writes the same number to all, one after the other: no instant has a later one before an
    // earlier one.
    std::thread writer([&] {
        for (std::uint64_t version = 1; !stop; ++version) {
            for (const auto& volume : volumes) {
                volume->write(0, stamped(0, 1, version));
            }
        }
    });
    std::vector<std::vector<LayerId>> chains(kVolumes);
    for (int round = 0; round < 40; ++round) {
        {
            std::vector<Gate> gates;
            for (std::size_t index = 0; index < kVolumes; ++index) {
                gates.push_back(volumes[index]->close_gate(store_.new_layer_id(), index + 1));
            }
            for (std::size_t index = 0; index < kVolumes; ++index) {
                gates[index].swap_top();
                chains[index].insert(chains[index].begin(), gates[index].old_top());
            }
        }
        std::vector<std::uint64_t> versions;
        for (const auto& chain : chains) {
            versions.push_back(
                version_of(read_bytes(*store_.open_snapshot(chain, kMiB), 0, 512), 0));
        }
        EXPECT_TRUE(std::is_sorted(versions.rbegin(), versions.rend()));
        EXPECT_LE(versions.front() - versions.back(), 1U);
    }
    stop = true;
    writer.join();
}

}  // namespace
}  // namespace amilab
