#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <cerrno>
#include <fstream>
#include <map>

#include "storage/blocks/block_store.h"
#include "storage/blocks/layer_check.h"
#include "storage/files/posix_file_system.h"
#include "tests/storage/blocks/harness.h"
#include "tests/storage/files/temporary_directory.h"

namespace amilab {
namespace {

constexpr std::uint64_t kSize = 8 * kBlockSize;
constexpr std::uint64_t kRest = kBlockSize - kUnitSize;

/// A volume over a snapshot of eight blocks, and plain bytes that say what it must hold.
class PartialBlocks : public testing::Test {
protected:
    PartialBlocks()
    {
        open_store();
        const auto lower = store_->open_volume({LayerId{1}}, kSize);
        lower->write(0, bytes_);
        auto gate = lower->close_gate(LayerId{2});
        gate.swap_top();
        open_volume({LayerId{3}, LayerId{1}});
    }

    void open_store()
    {
        store_ = std::make_unique<BlockStore>(files_, directory_.path(), options_);
    }
    void open_volume(std::vector<LayerId> chain)
    {
        chain_ = std::move(chain);
        volume_ = store_->open_volume(chain_, kSize);
    }
    /// As after a kill.
    void reopen()
    {
        volume_.reset();
        store_.reset();
        open_store();
        open_volume(chain_);
    }
    void write(std::uint64_t offset, std::uint64_t length)
    {
        const auto bytes = filled(length, ++last_value_);
        volume_->write(offset, bytes);
        std::copy(bytes.begin(), bytes.end(), bytes_.begin() + static_cast<std::ptrdiff_t>(offset));
    }
    void zero(std::uint64_t offset, std::uint64_t length)
    {
        volume_->write_zeroes(offset, length);
        std::fill_n(bytes_.begin() + static_cast<std::ptrdiff_t>(offset), length, std::byte{0});
    }
    /// Returns the layer that is sealed.
    LayerId seal()
    {
        auto gate = volume_->close_gate(store_->new_layer_id());
        gate.swap_top();
        chain_.insert(chain_.begin(), gate.next_top());
        return gate.old_top();
    }
    std::uint64_t unfilled() const { return store_->unfilled_bytes(chain_.front()); }
    void expect_bytes() const { EXPECT_TRUE(read_bytes(*volume_, 0, kSize) == bytes_); }
    std::string live_map(LayerId layer) const
    {
        return directory_.path() + '/' + file_name({layer, 0, FileKind::kLiveMap});
    }
    /// Data of the top's file. What is allocated may be more: some file systems allocate ahead.
    std::uint64_t stored_bytes()
    {
        const auto file =
            files_.open(directory_.path() + '/' + file_name({chain_.front(), 0, FileKind::kData}),
                        OpenMode::kRead);
        std::uint64_t bytes = 0;
        for (auto data = file->seek_data(0); data;) {
            const auto hole = file->seek_hole(*data).value();
            bytes += hole - *data;
            data = file->seek_data(hole);
        }
        return bytes;
    }
    int version_of_live_map() const
    {
        std::ifstream map(live_map(chain_.front()), std::ios::binary);
        map.seekg(8);
        return map.get();
    }

    TemporaryDirectory directory_;
    PosixFileSystem files_;
    BlockStore::Options options_{
        .boot_id = "first", .highest_known_layer = LayerId{3}, .chain_of = [this](LayerId layer) {
            const auto at = std::find(chain_.begin(), chain_.end(), layer);
            return std::vector<LayerId>(at, chain_.end());
        }};
    std::unique_ptr<BlockStore> store_;
    std::vector<LayerId> chain_;
    std::shared_ptr<Volume> volume_;
    std::vector<std::byte> bytes_ = filled(kSize, 1);
    int last_value_ = 1;
};

TEST_F(PartialBlocks, TakeTheUnitsThatWereWrittenAlone)
{
    write(kBlockSize + kUnitSize, kUnitSize);
    write(2 * kBlockSize, 3 * kUnitSize);
    EXPECT_LE(stored_bytes(), 4 * kUnitSize);
    EXPECT_EQ(unfilled(), 2 * kRest);
    expect_bytes();
    EXPECT_EQ(read_bytes(*volume_, kBlockSize + kUnitSize - 1, kUnitSize + 2),
              std::vector<std::byte>(bytes_.begin() + kBlockSize + kUnitSize - 1,
                                     bytes_.begin() + kBlockSize + 2 * kUnitSize + 1));
}

TEST_F(PartialBlocks, AreTheEndsOfALongerWrite)
{
    write(kBlockSize - kUnitSize, 2 * kBlockSize);
    EXPECT_EQ(unfilled(), 2 * kRest);
    expect_bytes();
}

TEST_F(PartialBlocks, AreMadeWholeByAFlush)
{
    write(0, kUnitSize);
    write(kSize - kUnitSize, kUnitSize);
    volume_->flush();
    EXPECT_EQ(unfilled(), 0U);
    EXPECT_GT(store_->allocated_bytes(chain_.front()), 2 * kBlockSize);
    expect_bytes();
    options_.boot_id = "second";
    reopen();
    expect_bytes();
}

TEST_F(PartialBlocks, AreMadeWholeByAWriteOfLessThanAUnit)
{
    write(512, 512);
    EXPECT_EQ(unfilled(), 0U) << "one that is not in whole units fills the block at once";
    write(kBlockSize, kUnitSize);
    write(kBlockSize + kUnitSize + 1, 5);
    EXPECT_EQ(unfilled(), 0U);
    expect_bytes();
}

TEST_F(PartialBlocks, AreWholeWhenAllUnitsWereWritten)
{
    for (std::uint64_t unit = 0; unit < kUnitsPerBlock; ++unit) {
        EXPECT_EQ(unfilled(), unit == 0 ? 0 : kRest);
        write(unit * kUnitSize, kUnitSize);
    }
    EXPECT_EQ(unfilled(), 0U);
    write(kBlockSize, kUnitSize);
    write(kBlockSize, kBlockSize);
    EXPECT_EQ(unfilled(), 0U);
    expect_bytes();
}

TEST_F(PartialBlocks, AreZeroedAsOthers)
{
    write(0, kUnitSize);
    zero(kUnitSize / 2, kUnitSize);
    expect_bytes();
    write(kBlockSize, kUnitSize);
    zero(kBlockSize, kBlockSize);
    write(kBlockSize + kUnitSize, kUnitSize);
    EXPECT_EQ(unfilled(), 0U);
    expect_bytes();
}

TEST_F(PartialBlocks, SurviveAKill)
{
    write(0, kUnitSize);
    write(3 * kUnitSize, kUnitSize);
    write(5 * kBlockSize, kUnitSize);
    reopen();
    expect_bytes();
    EXPECT_EQ(unfilled(), 2 * kRest);
    write(kUnitSize, kUnitSize);
    reopen();
    expect_bytes();
}

TEST_F(PartialBlocks, AreNotThereAfterPowerLoss)
{
    const auto before = bytes_;
    sync_chain(*store_, {LayerId{1}});
    write(0, kUnitSize);
    options_.boot_id = "second";
    reopen();
    EXPECT_TRUE(read_bytes(*volume_, 0, kSize) == before);
}

TEST_F(PartialBlocks, OfASealedLayerAreMadeWholeByItsSync)
{
    write(0, kUnitSize);
    const auto sealed = seal();
    expect_bytes();
    EXPECT_EQ(store_->unfilled_bytes(sealed), kRest);
    store_->sync_layer(LayerId{1});
    store_->sync_layer(sealed);
    EXPECT_EQ(store_->unfilled_bytes(sealed), 0U);
    EXPECT_FALSE(files_.status(live_map(sealed)));
    expect_bytes();
    options_.boot_id = "second";
    reopen();
    expect_bytes();
}

TEST_F(PartialBlocks, OfASealedLayerAreMadeWholeByAFlushAboveIt)
{
    write(0, kUnitSize);
    const auto sealed = seal();
    volume_->flush();
    EXPECT_EQ(store_->unfilled_bytes(sealed), 0U);
    expect_bytes();
}

TEST_F(PartialBlocks, KeepALayerFromBeingSyncedWhenNoRowSaysWhatIsBelow)
{
    options_.chain_of = [](LayerId) { return std::vector<LayerId>(); };
    reopen();
    write(0, kUnitSize);
    const auto sealed = seal();
    EXPECT_EQ(error_of([&] { store_->sync_layer(sealed); }), EBUSY);
    expect_bytes();
}

TEST_F(PartialBlocks, AreMadeWholeAtACleanEnd)
{
    write(0, kUnitSize);
    seal();
    write(kBlockSize, kUnitSize);
    store_->close();
    options_.boot_id = "second";
    reopen();
    expect_bytes();
}

TEST_F(PartialBlocks, LieOverWholeBlocksAlone)
{
    write(0, kUnitSize);
    seal();
    write(kUnitSize, kUnitSize);
    EXPECT_EQ(unfilled(), 0U);
    write(kBlockSize, kUnitSize);
    EXPECT_EQ(unfilled(), kRest);
    expect_bytes();
}

TEST_F(PartialBlocks, AreMadeWholeBeforeWhatIsBelowIsMerged)
{
    write(0, kUnitSize);
    write(kBlockSize, kUnitSize);
    const auto sealed = seal();
    write(0, kUnitSize);
    write(2 * kBlockSize, kUnitSize);
    auto merge = store_->merge_into_volume(chain_, kSize);
    while (merge->step(1)) {
    }
    ASSERT_EQ(merge->gone(), sealed);
    std::erase(chain_, sealed);
    store_->drop_from_volumes(sealed);
    merge.reset();
    store_->remove_layer(sealed);
    expect_bytes();
    EXPECT_EQ(unfilled(), 0U) << "a merge flushes";
}

TEST_F(PartialBlocks, OfTwoSealedLayersAreMadeWholeBeforeTheyAreMerged)
{
    options_.survives_power_loss = false;
    reopen();
    write(0, kUnitSize);
    const auto parent = seal();
    write(kBlockSize, kUnitSize);
    const auto child = seal();
    auto merge = store_->merge_sealed(parent, child);
    EXPECT_EQ(store_->unfilled_bytes(parent) + store_->unfilled_bytes(child), 0U);
    while (merge->step(1)) {
    }
    std::erase(chain_, merge->gone());
    store_->drop_from_volumes(merge->gone());
    expect_bytes();
}

TEST_F(PartialBlocks, AreNoMoreThanSoMany)
{
    options_.max_partial_blocks = 2;
    reopen();
    for (std::uint64_t block = 0; block < 4; ++block) {
        write(block * kBlockSize, kUnitSize);
    }
    EXPECT_EQ(unfilled(), 2 * kRest);
    volume_->flush();
    write(5 * kBlockSize, kUnitSize);
    EXPECT_EQ(unfilled(), kRest);
    expect_bytes();
}

TEST_F(PartialBlocks, AreNotMadeOfZeros)
{
    zero(0, kBlockSize);
    write(0, kUnitSize);
    EXPECT_EQ(unfilled(), 0U) << "a hole is as good, and needs no more";
    expect_bytes();
}

TEST_F(PartialBlocks, GiveLiveMapsAFormatThatOlderProgramsRefuse)
{
    write(0, kBlockSize);
    EXPECT_EQ(version_of_live_map(), 2);
    write(kBlockSize, kUnitSize);
    EXPECT_EQ(version_of_live_map(), 3);
}

TEST_F(PartialBlocks, WithoutUnitsAreDamage)
{
    write(0, kUnitSize);
    files_.open(live_map(chain_.front()), OpenMode::kReadWrite)
        ->write_at(kUnitsAt, filled(sizeof(Units), 0));
    reopen();
    EXPECT_EQ(error_of([&] { read_bytes(*volume_, 0, kUnitSize); }), EBADMSG);
}

TEST_F(PartialBlocks, AreNothingThatACheckFindsFaultWith)
{
    write(0, kUnitSize);
    seal();
    write(kBlockSize, kUnitSize);
    LayerLineage lineage;
    for (std::size_t index = 0; index < chain_.size(); ++index) {
        lineage.parents[chain_[index]] =
            index + 1 < chain_.size() ? std::optional(chain_[index + 1]) : std::nullopt;
    }
    LayerFiles files(files_, directory_.path(), {.boot_id = "first"});
    const auto found = check_layer_files(files, lineage);
    EXPECT_THAT(found.problems, testing::IsEmpty());
    EXPECT_EQ(found.data_blocks, kSize / kBlockSize + 2);
}

}  // namespace
}  // namespace amilab
