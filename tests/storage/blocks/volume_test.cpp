#include "storage/blocks/volume.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <algorithm>
#include <cerrno>
#include <thread>

#include "storage/base/storage_error.h"
#include "storage/files/posix_file_system.h"
#include "tests/storage/blocks/harness.h"
#include "tests/storage/files/faulty_file_system.h"
#include "tests/storage/files/temporary_directory.h"

namespace amilab {
namespace {

using ::testing::ElementsAre;
using Kind = Extent::Kind;

constexpr std::uint64_t kMiB = 1 << 20;

class VolumeTest : public testing::Test {
protected:
    std::shared_ptr<Volume> new_volume(std::uint64_t size, std::vector<LayerId> parents = {})
    {
        parents.insert(parents.begin(), store_.new_layer_id());
        return store_.open_volume(parents, size);
    }

    /// Seals what the volume has; its chain, top first, is the snapshot's.
    LayerId seal(Volume& volume)
    {
        auto gate = volume.close_gate(store_.new_layer_id());
        gate.swap_top();
        return gate.old_top();
    }

    std::size_t files_on_disk() { return files_.list_directory(directory_.path()).size(); }

    TemporaryDirectory directory_;
    PosixFileSystem files_;
    BlockStore store_{files_, directory_.path(), {}};
};

using VolumeRule = VolumeTest;

TEST_F(VolumeRule, UnwrittenBlocksReadAsZeros)
{
    const auto volume = new_volume(8 * kMiB);
    EXPECT_EQ(read_bytes(*volume, 0, 8 * kMiB), filled(8 * kMiB, 0));
    volume->write(kBlockSize, filled(512, 1));
    EXPECT_EQ(read_bytes(*volume, 0, kBlockSize), filled(kBlockSize, 0));
    EXPECT_EQ(read_bytes(*volume, kBlockSize + 512, kMiB), filled(kMiB, 0));
}

TEST_F(VolumeRule, AnEmptyLayerHasNoFile)
{
    const auto volume = new_volume(8 * kMiB);
    read_bytes(*volume, 0, kMiB);
    volume->write_zeroes(0, 8 * kMiB);
    volume->trim(0, 8 * kMiB);
    volume->flush();
    EXPECT_EQ(files_on_disk(), 0U);
    volume->write(0, filled(512, 1));
    EXPECT_GT(files_on_disk(), 0U);
}

TEST_F(VolumeRule, ReadsBackWhatWasWritten)
{
    const auto volume = new_volume(8 * kMiB);
    volume->write(512, filled(3 * kBlockSize, 1));
    volume->write(kBlockSize, filled(1024, 2));
    EXPECT_EQ(read_bytes(*volume, 0, 512), filled(512, 0));
    EXPECT_EQ(read_bytes(*volume, 512, kBlockSize - 512), filled(kBlockSize - 512, 1));
    EXPECT_EQ(read_bytes(*volume, kBlockSize, 1024), filled(1024, 2));
    EXPECT_EQ(read_bytes(*volume, kBlockSize + 1024, 512), filled(512, 1));
    EXPECT_EQ(read_bytes(*volume, 3 * kBlockSize + 512, 512), filled(512, 0));
}

TEST_F(VolumeRule, PartialWritesAreFilledFromTheParents)
{
    const auto first = new_volume(4 * kMiB);
    first->write(0, filled(2 * kBlockSize, 1));
    const auto low = seal(*first);
    first->write(kBlockSize, filled(kBlockSize, 2));
    const auto high = seal(*first);
    const auto copy = new_volume(4 * kMiB, {high, low});
    copy->write(kBlockSize - 512, filled(1024, 3));
    EXPECT_EQ(read_bytes(*copy, 0, kBlockSize - 512), filled(kBlockSize - 512, 1));
    EXPECT_EQ(read_bytes(*copy, kBlockSize - 512, 1024), filled(1024, 3));
    EXPECT_EQ(read_bytes(*copy, kBlockSize + 512, kBlockSize - 512), filled(kBlockSize - 512, 2));
    EXPECT_EQ(read_bytes(*first, 0, kBlockSize), filled(kBlockSize, 1));
    EXPECT_EQ(read_bytes(*first, kBlockSize, kBlockSize), filled(kBlockSize, 2));
}

TEST_F(VolumeRule, RefusesWhatGoesPastTheEnd)
{
    const auto size = 4 * kMiB + 512;
    const auto volume = new_volume(size);
    std::vector<std::byte> out(512);
    EXPECT_EQ(error_of([&] { volume->read(size, out); }), EINVAL);
    EXPECT_EQ(error_of([&] { volume->read(size - 511, out); }), EINVAL);
    EXPECT_EQ(error_of([&] { volume->read(~std::uint64_t{511}, out); }), EINVAL);
    EXPECT_EQ(error_of([&] { volume->read(4 * kMiB, out); }), 0);
    EXPECT_EQ(error_of([&] { volume->write(4 * kMiB, filled(1024, 1)); }), EINVAL);
    EXPECT_EQ(error_of([&] { volume->write(size - 1, filled(2, 1)); }), EINVAL);
    EXPECT_EQ(error_of([&] { volume->write(size + 1, filled(1, 1)); }), EINVAL);
    EXPECT_EQ(error_of([&] { volume->write_zeroes(0, size + 1); }), EINVAL);
    EXPECT_EQ(error_of([&] { volume->write_zeroes_as_data(size, 1); }), EINVAL);
    EXPECT_EQ(error_of([&] { volume->trim(size - 1, 2); }), EINVAL);
    EXPECT_EQ(error_of([&] { volume->extents(0, 8 * kMiB); }), EINVAL);
    EXPECT_EQ(files_on_disk(), 0U);
}

TEST_F(VolumeRule, AWriteChangesItsBytesAndNoOthers)
{
    const auto volume = new_volume(4 * kBlockSize);
    auto expected = filled(4 * kBlockSize, 1);
    volume->write(0, expected);
    seal(*volume);
    // Within a sector, across sectors, across blocks; of blocks that the top has and has not.
    for (const auto& [offset, length] : {std::pair<std::uint64_t, std::uint64_t>{1, 1},
                                         {511, 2},
                                         {1000, 100},
                                         {kBlockSize - 3, 7},
                                         {kBlockSize + 5, 2 * kBlockSize - 9},
                                         {4 * kBlockSize - 1, 1}}) {
        const auto bytes = filled(length, 2);
        volume->write(offset, bytes);
        std::copy(bytes.begin(), bytes.end(),
                  expected.begin() + static_cast<std::ptrdiff_t>(offset));
        ASSERT_EQ(read_bytes(*volume, 0, expected.size()), expected) << length << " at " << offset;
        ASSERT_EQ(read_bytes(*volume, offset, length), bytes);
    }
}

TEST_F(VolumeRule, ZerosOfAnyRangeLeaveTheBytesBesideThem)
{
    const auto volume = new_volume(4 * kBlockSize);
    const auto zero = [&](std::uint64_t offset, std::uint64_t length, bool as_data) {
        as_data ? volume->write_zeroes_as_data(offset, length)
                : volume->write_zeroes(offset, length);
    };
    for (const bool as_data : {false, true}) {
        for (const bool is_sealed : {false, true}) {
            volume->write(0, filled(4 * kBlockSize, 1));
            if (is_sealed) {
                seal(*volume);
            }
            auto expected = filled(4 * kBlockSize, 1);
            for (const auto& [offset, length] : {std::pair<std::uint64_t, std::uint64_t>{3, 5},
                                                 {kBlockSize - 1, kBlockSize + 2}}) {
                zero(offset, length, as_data);
                std::fill_n(expected.begin() + static_cast<std::ptrdiff_t>(offset), length,
                            std::byte{0});
                ASSERT_EQ(read_bytes(*volume, 0, expected.size()), expected);
            }
        }
    }
}

TEST_F(VolumeRule, WritersOfOneSectorKeepEachOthersBytes)
{
    // Each thread has every eighth byte of a few blocks, and is the only one to write it.
    constexpr std::uint64_t kThreads = 8;
    constexpr std::uint64_t kBytes = 3 * 512;
    const auto volume = new_volume(4 * kBlockSize);
    const auto begin = kBlockSize - 512;  // across the end of a block
    std::vector<std::thread> threads;
    for (std::uint64_t number = 0; number < kThreads; ++number) {
        threads.emplace_back([&, number] {
            for (int round = 1; round <= 5; ++round) {
                for (auto at = number; at < kBytes; at += kThreads) {
                    volume->write(begin + at, filled(1, round * 10 + static_cast<int>(number)));
                }
            }
        });
    }
    for (auto& thread : threads) {
        thread.join();
    }
    const auto bytes = read_bytes(*volume, begin, kBytes);
    for (std::uint64_t at = 0; at < kBytes; ++at) {
        ASSERT_EQ(bytes[at], static_cast<std::byte>(50 + at % kThreads)) << at;
    }
}

TEST_F(VolumeRule, ALastBlockMayBeShort)
{
    const auto volume = new_volume(kBlockSize + 1536);
    volume->write(kBlockSize + 512, filled(1024, 1));
    EXPECT_EQ(read_bytes(*volume, kBlockSize, 512), filled(512, 0));
    EXPECT_EQ(read_bytes(*volume, kBlockSize + 512, 1024), filled(1024, 1));
    volume->write(kBlockSize, filled(1536, 2));
    volume->trim(kBlockSize, 1536);
    EXPECT_EQ(read_bytes(*volume, kBlockSize, 1536), filled(1536, 0));
    const auto low = seal(*volume);
    const auto larger = new_volume(3 * kBlockSize, {low});
    EXPECT_EQ(read_bytes(*larger, 0, 3 * kBlockSize), filled(3 * kBlockSize, 0));
}

TEST_F(VolumeRule, ALargerCopyReadsAsZerosBehindItsParentsEnd)
{
    const auto volume = new_volume(kBlockSize + 512);
    volume->write(0, filled(kBlockSize + 512, 1));
    const auto low = seal(*volume);
    const auto larger = new_volume(4 * kBlockSize, {low});
    larger->write(kBlockSize + 2048, filled(512, 2));
    EXPECT_EQ(read_bytes(*larger, kBlockSize, 512), filled(512, 1));
    EXPECT_EQ(read_bytes(*larger, kBlockSize + 512, 1536), filled(1536, 0));
    EXPECT_EQ(read_bytes(*larger, kBlockSize + 2048, 512), filled(512, 2));
}

TEST_F(VolumeRule, ZeroesHideParentsAndGiveSpaceBack)
{
    const auto volume = new_volume(4 * kMiB);
    volume->write(0, filled(2 * kMiB, 1));
    const auto low = seal(*volume);
    const auto copy = new_volume(4 * kMiB, {low});
    copy->write_zeroes(kBlockSize - 512, kBlockSize + 1024);
    EXPECT_EQ(read_bytes(*copy, 0, kBlockSize - 512), filled(kBlockSize - 512, 1));
    EXPECT_EQ(read_bytes(*copy, kBlockSize - 512, kBlockSize + 1024), filled(kBlockSize + 1024, 0));
    EXPECT_EQ(read_bytes(*copy, 2 * kBlockSize + 512, 512), filled(512, 1));
    EXPECT_EQ(read_bytes(*volume, 0, 2 * kMiB), filled(2 * kMiB, 1));
    copy->write(0, filled(kMiB, 2));
    const auto full = store_.allocated_bytes(copy->top());
    EXPECT_GE(full, kMiB);
    copy->write_zeroes(0, kMiB);
    EXPECT_LE(store_.allocated_bytes(copy->top()) + kMiB - 4 * kBlockSize, full);
    EXPECT_EQ(read_bytes(*copy, 0, kMiB), filled(kMiB, 0));
}

TEST_F(VolumeRule, TrimLeavesPartsOfBlocksAlone)
{
    const auto volume = new_volume(4 * kBlockSize);
    volume->write(0, filled(4 * kBlockSize, 1));
    volume->trim(512, 2 * kBlockSize);
    EXPECT_EQ(read_bytes(*volume, 0, kBlockSize), filled(kBlockSize, 1));
    EXPECT_EQ(read_bytes(*volume, kBlockSize, kBlockSize), filled(kBlockSize, 0));
    EXPECT_EQ(read_bytes(*volume, 2 * kBlockSize, kBlockSize), filled(kBlockSize, 1));
    volume->trim(3 * kBlockSize + 512, 512);
    EXPECT_EQ(read_bytes(*volume, 3 * kBlockSize, kBlockSize), filled(kBlockSize, 1));
}

TEST_F(VolumeRule, ABlockWrittenAfterATrimHoldsNothingOld)
{
    const auto volume = new_volume(kMiB);
    volume->write(0, filled(kMiB, 1));
    volume->trim(0, kMiB);
    volume->write(1024, filled(512, 2));
    EXPECT_EQ(read_bytes(*volume, 0, 1024), filled(1024, 0));
    EXPECT_EQ(read_bytes(*volume, 1024, 512), filled(512, 2));
    EXPECT_EQ(read_bytes(*volume, 1536, kMiB - 1536), filled(kMiB - 1536, 0));
}

TEST_F(VolumeRule, ABlockWrittenAfterATrimHoldsNothingOldEvenWithoutHoles)
{
    FaultyFileSystem faulty(files_, [](auto operation, const auto&) {
        return operation == "punch hole in" ? Fault{Fault::Kind::kError, EOPNOTSUPP} : Fault{};
    });
    TemporaryDirectory directory;
    BlockStore store(faulty, directory.path(), {});
    const auto volume = store.open_volume({store.new_layer_id()}, kMiB);
    volume->write(0, filled(kMiB, 1));
    volume->trim(0, kBlockSize);
    volume->write_zeroes(kBlockSize, 512);
    volume->write(1024, filled(512, 2));
    EXPECT_EQ(read_bytes(*volume, 0, 1024), filled(1024, 0));
    EXPECT_EQ(read_bytes(*volume, 1024, 512), filled(512, 2));
    EXPECT_EQ(read_bytes(*volume, 1536, kBlockSize - 1536), filled(kBlockSize - 1536, 0));
    EXPECT_EQ(read_bytes(*volume, kBlockSize, 512), filled(512, 0));
    EXPECT_EQ(read_bytes(*volume, kBlockSize + 512, 512), filled(512, 1));
}

TEST_F(VolumeRule, ExtentsTellDataZerosAndHolesApart)
{
    const auto volume = new_volume(8 * kMiB + 512);
    volume->write(kBlockSize, filled(2 * kBlockSize, 1));
    const auto low = seal(*volume);
    const auto copy = new_volume(8 * kMiB + 512, {low});
    copy->write_zeroes(2 * kBlockSize, kBlockSize);
    copy->write(8 * kMiB, filled(512, 1));
    EXPECT_THAT(
        all_extents(copy->extents(0, copy->size())),
        ElementsAre(Extent{0, kBlockSize, Kind::kHole}, Extent{kBlockSize, kBlockSize, Kind::kData},
                    Extent{2 * kBlockSize, kBlockSize, Kind::kZero},
                    Extent{3 * kBlockSize, 8 * kMiB - 3 * kBlockSize, Kind::kHole},
                    Extent{8 * kMiB, 512, Kind::kData}));
    EXPECT_THAT(all_extents(copy->extents(kBlockSize + 512, 512)),
                ElementsAre(Extent{kBlockSize + 512, 512, Kind::kData}));
    EXPECT_THAT(all_extents(copy->extents(512, 0)), ElementsAre());
}

TEST_F(VolumeRule, SixtyFourTebibytesAreSparse)
{
    const auto volume = new_volume(kMaxVolumeSize);
    const auto last = kMaxVolumeSize - 512;
    volume->write(last, filled(512, 1));
    volume->write(kSegmentSize - 512, filled(1024, 2));
    EXPECT_EQ(read_bytes(*volume, last, 512), filled(512, 1));
    EXPECT_EQ(read_bytes(*volume, kSegmentSize - 512, 1024), filled(1024, 2));
    EXPECT_EQ(read_bytes(*volume, 33 * kSegmentSize, 512), filled(512, 0));
    EXPECT_LT(store_.allocated_bytes(volume->top()), kMiB);
    EXPECT_LT(store_.page_count() * kMapPageSize, 16 * kMiB);
    EXPECT_THAT(all_extents(volume->extents(0, volume->size())),
                ElementsAre(Extent{0, kSegmentSize - kBlockSize, Kind::kHole},
                            Extent{kSegmentSize - kBlockSize, 2 * kBlockSize, Kind::kData},
                            Extent{kSegmentSize + kBlockSize, 63 * kSegmentSize - 2 * kBlockSize,
                                   Kind::kHole},
                            Extent{kMaxVolumeSize - kBlockSize, kBlockSize, Kind::kData}));
    volume->trim(0, kMaxVolumeSize);
    EXPECT_EQ(read_bytes(*volume, last, 512), filled(512, 0));
    EXPECT_EQ(read_bytes(*volume, kSegmentSize - 512, 1024), filled(1024, 0));
}

TEST_F(VolumeRule, SizesAreSectorsUpToSixtyFourTebibytes)
{
    const auto refused = [&](std::uint64_t size) {
        return error_of([&] { new_volume(size); }) == EINVAL;
    };
    EXPECT_TRUE(refused(0));
    EXPECT_TRUE(refused(513));
    EXPECT_TRUE(refused(kMaxVolumeSize + 512));
    EXPECT_FALSE(refused(512));
}

TEST_F(VolumeRule, ALongChainReadsEveryLayer)
{
    constexpr std::uint64_t kLayers = 300;
    const auto volume = new_volume(kLayers * kBlockSize);
    std::vector<LayerId> chain;
    for (std::uint64_t index = 0; index < kLayers; ++index) {
        volume->write(index * kBlockSize, stamped(index * 128, 128, index + 1));
        volume->write(0, stamped(0, 1, index + 1));
        chain.insert(chain.begin(), seal(*volume));
    }
    const auto check = [&](const auto& disk) {
        for (std::uint64_t index = 1; index < kLayers; ++index) {
            ASSERT_EQ(read_bytes(disk, index * kBlockSize, kBlockSize),
                      stamped(index * 128, 128, index + 1));
        }
        EXPECT_EQ(read_bytes(disk, 0, 512), stamped(0, 1, kLayers));
        EXPECT_EQ(read_bytes(disk, 512, 512), stamped(1, 1, 1));
    };
    check(*volume);
    check(*store_.open_snapshot(chain, volume->size()));
    const auto oldest = store_.open_snapshot({chain.back()}, volume->size());
    EXPECT_EQ(read_bytes(*oldest, 0, 512), stamped(0, 1, 1));
    EXPECT_EQ(read_bytes(*oldest, kBlockSize, 512), filled(512, 0));
}

TEST_F(VolumeRule, AFullDiskRefusesWritesAndNothingElse)
{
    bool is_full = false;
    FaultyFileSystem faulty(files_, [&](auto operation, const auto&) {
        return is_full && operation == "write" ? Fault{Fault::Kind::kShortThenError, ENOSPC}
                                               : Fault{};
    });
    TemporaryDirectory directory;
    BlockStore store(faulty, directory.path(), {});
    const auto volume = store.open_volume({store.new_layer_id()}, kMiB);
    volume->write(0, filled(2 * kBlockSize, 1));
    is_full = true;
    EXPECT_EQ(error_of([&] { volume->write(4 * kBlockSize, filled(kBlockSize, 2)); }), ENOSPC);
    EXPECT_EQ(error_of([&] { volume->write(6 * kBlockSize + 512, filled(512, 2)); }), ENOSPC);
    EXPECT_EQ(read_bytes(*volume, 0, 2 * kBlockSize), filled(2 * kBlockSize, 1));
    EXPECT_EQ(read_bytes(*volume, 4 * kBlockSize, 12 * kBlockSize), filled(12 * kBlockSize, 0));
    is_full = false;
    volume->write(4 * kBlockSize + 512, filled(512, 3));
    EXPECT_EQ(read_bytes(*volume, 4 * kBlockSize, 512), filled(512, 0));
    EXPECT_EQ(read_bytes(*volume, 4 * kBlockSize + 512, 512), filled(512, 3));
    EXPECT_EQ(read_bytes(*volume, 4 * kBlockSize + 1024, 512), filled(512, 0));
}

}  // namespace
}  // namespace amilab
