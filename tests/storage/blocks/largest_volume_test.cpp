// A volume of 64 TiB costs what is in it, not what it could hold.
#include <gtest/gtest.h>
#include <malloc.h>
#include <filesystem>

#include "storage/blocks/block_store.h"
#include "tests/storage/blocks/harness.h"
#include "tests/storage/files/temporary_directory.h"

namespace amilab {
namespace {

class LargestVolume : public testing::Test {
protected:
    std::shared_ptr<Volume> open()
    {
        store_.reset();
        store_ = std::make_unique<BlockStore>(directory_.path() + "/layers",
                                              BlockStore::Options{.highest_known_layer = kTop});
        return store_->open_volume({kTop}, kMaxVolumeSize);
    }

    static std::uint64_t allocated()
    {
        const auto info = ::mallinfo2();
        return info.uordblks + info.hblkhd;
    }

    static constexpr LayerId kTop{1};
    static constexpr std::uint64_t kMost = std::uint64_t{16} << 20;

    TemporaryDirectory directory_;
    std::unique_ptr<BlockStore> store_;
};

TEST_F(LargestVolume, HasNoFilesBeforeItsFirstWrite)
{
    const auto volume = open();
    EXPECT_EQ(read_bytes(*volume, kMaxVolumeSize - 512, 512), filled(512, 0));
    const auto pages = store_->page_count();
    volume->trim(0, kMaxVolumeSize);
    EXPECT_EQ(store_->page_count(), pages) << "what nobody has is skipped, not looked at";
    EXPECT_TRUE(std::filesystem::is_empty(directory_.path() + "/layers"));
}

TEST_F(LargestVolume, OpensWithoutReadingItsMaps)
{
    {
        const auto volume = open();
        for (std::uint64_t segment = 0; segment < kMaxSegments; ++segment) {
            for (const auto at : {std::uint64_t{0}, kSegmentSize / 2, kSegmentSize - kBlockSize}) {
                volume->write(segment * kSegmentSize + at, filled(512, 7));
            }
        }
        volume->flush();
    }
    store_.reset();
    const auto before = allocated();
    const auto volume = open();
    EXPECT_EQ(store_->open_file_count(), 0U);
    EXPECT_EQ(store_->page_count(), 0U);
    EXPECT_EQ(read_bytes(*volume, 0, 512), filled(512, 7));
    EXPECT_EQ(read_bytes(*volume, kMaxVolumeSize - kBlockSize, 512), filled(512, 7));
    EXPECT_LE(store_->open_file_count(), 6U) << "both maps and the data, at either end";
    EXPECT_LE(store_->page_count(), 4U) << "a page of the map and one of owners, at either end";
    EXPECT_LT(allocated() - before, kMost);
    // Every segment, one block each.
    for (std::uint64_t segment = 0; segment < kMaxSegments; ++segment) {
        EXPECT_EQ(read_bytes(*volume, segment * kSegmentSize + kSegmentSize / 2, 512),
                  filled(512, 7));
    }
    EXPECT_LT(allocated() - before, kMost);
}

}  // namespace
}  // namespace amilab
