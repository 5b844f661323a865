#include "storage/blocks/layer_merge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <atomic>
#include <cerrno>
#include <thread>

#include "storage/blocks/block_store.h"
#include "storage/files/posix_file_system.h"
#include "tests/storage/blocks/harness.h"
#include "tests/storage/files/temporary_directory.h"

namespace amilab {
namespace {

constexpr std::uint64_t kSize = 32 * kBlockSize;

class MergeTest : public testing::Test {
protected:
    /// A volume with a layer for each of the numbers: so many blocks of it are written.
    void make(const std::vector<int>& layers)
    {
        chain_ = {store_->new_layer_id()};
        volume_ = store_->open_volume(chain_, kSize);
        for (std::size_t layer = 0; layer < layers.size(); ++layer) {
            if (layer > 0) {
                seal();
            }
            for (int block = 0; block < layers[layer]; ++block) {
                volume_->write(static_cast<std::uint64_t>(block) * kBlockSize,
                               filled(kBlockSize, static_cast<int>(layer) + 1));
            }
        }
    }

    void seal()
    {
        auto gate = store_->close_gate(chain_.front(), store_->new_layer_id());
        gate.swap_top();
        chain_.insert(chain_.begin(), gate.next_top());
    }

    void finish(std::unique_ptr<LayerMerge> merge)
    {
        while (merge->step(1)) {
        }
        const auto gone = merge->gone();
        std::erase(chain_, gone);
        store_->drop_from_volumes(gone);
        merge.reset();
        store_->remove_layer(gone);
        EXPECT_EQ(store_->allocated_bytes(gone), 0U) << "nobody holds it any more";
    }

    int byte_of(int block)
    {
        return static_cast<int>(
            read_bytes(*volume_, static_cast<std::uint64_t>(block) * kBlockSize, 512)[0]);
    }

    TemporaryDirectory directory_;
    PosixFileSystem files_;
    std::unique_ptr<BlockStore> store_ =
        std::make_unique<BlockStore>(files_, directory_.path(), BlockStore::Options{});
    std::vector<LayerId> chain_;
    std::shared_ptr<Volume> volume_;
};

TEST_F(MergeTest, TheLayerWithFewerBlocksIsCopied)
{
    make({10, 3, 0});
    auto down = store_->merge_sealed(chain_[2], chain_[1]);
    EXPECT_EQ(down->gone(), chain_[1]);
    finish(std::move(down));
    EXPECT_EQ(byte_of(2), 2);
    EXPECT_EQ(byte_of(3), 1);
    make({3, 10, 0});
    auto up = store_->merge_sealed(chain_[2], chain_[1]);
    EXPECT_EQ(up->gone(), chain_[2]);
    finish(std::move(up));
    EXPECT_EQ(byte_of(2), 2);
    EXPECT_EQ(byte_of(9), 2);
    EXPECT_EQ(byte_of(10), 0);
}

TEST_F(MergeTest, TheResultIsThereForTheNextProcess)
{
    make({10, 3, 0});
    finish(store_->merge_sealed(chain_[2], chain_[1]));
    volume_.reset();
    store_ = std::make_unique<BlockStore>(files_, directory_.path(), BlockStore::Options{});
    volume_ = store_->open_volume(chain_, kSize);
    EXPECT_EQ(chain_.size(), 2U);
    EXPECT_EQ(byte_of(2), 2);
    EXPECT_EQ(byte_of(3), 1);
}

TEST_F(MergeTest, IntoAVolumeOnlyWhatNoClientHasWrittenIsCopied)
{
    make({4, 2});
    auto merge = store_->merge_into_volume(chain_, kSize);
    volume_->write(2 * kBlockSize, filled(512, 9));
    volume_->trim(3 * kBlockSize, kBlockSize);
    finish(std::move(merge));
    EXPECT_EQ(byte_of(1), 2);
    EXPECT_EQ(byte_of(2), 9);
    EXPECT_EQ(read_bytes(*volume_, 2 * kBlockSize + 512, 512), filled(512, 1));
    EXPECT_EQ(byte_of(3), 0);
}

TEST_F(MergeTest, AVolumeThatIsSealedMeanwhileEndsIt)
{
    make({4, 1});
    auto merge = store_->merge_into_volume(chain_, kSize);
    EXPECT_TRUE(merge->step(2));
    seal();
    EXPECT_EQ(error_of([&] { merge->step(10); }), ESTALE);
    merge.reset();
    finish(store_->merge_sealed(chain_[2], chain_[1]));
    EXPECT_EQ(byte_of(0), 2);
    EXPECT_EQ(byte_of(3), 1);
}

TEST_F(MergeTest, AParentThatIsReadAsASnapshotIsNotMergedInto)
{
    make({10, 3, 0});
    const std::vector<LayerId> parent = {chain_[2]};
    auto snapshot = store_->open_snapshot(parent, kSize);
    EXPECT_EQ(error_of([&] { store_->merge_sealed(chain_[2], chain_[1]); }), EBUSY);
    snapshot.reset();
    auto merge = store_->merge_sealed(chain_[2], chain_[1]);
    EXPECT_EQ(error_of([&] { store_->open_snapshot(parent, kSize); }), ESTALE);
    merge->open_parent();
    store_->open_snapshot(parent, kSize);
    merge.reset();
    store_->open_snapshot(parent, kSize);
}

TEST_F(MergeTest, IndexesAboveStayTrueAndTheParentsOwnGoes)
{
    make({20, 3, 5, 1, 0});
    const auto top = std::vector<LayerId>(chain_.begin() + 1, chain_.end());
    ASSERT_TRUE(store_->write_index(top, [] { return true; }));
    ASSERT_TRUE(store_->write_index({chain_.back()}, [] { return true; }));
    finish(store_->merge_sealed(chain_[4], chain_[3]));
    volume_.reset();
    store_ = std::make_unique<BlockStore>(files_, directory_.path(), BlockStore::Options{});
    volume_ = store_->open_volume(chain_, kSize);
    for (const auto& [block, value] : std::map<int, int>{{0, 4}, {1, 3}, {4, 3}, {5, 1}, {20, 0}}) {
        EXPECT_EQ(byte_of(block), value) << block;
    }
    const auto snapshot = store_->open_snapshot({chain_.back()}, kSize);
    EXPECT_EQ(read_bytes(*snapshot, 0, 512), filled(512, 2)) << "its own index says the old layer";
}

/// Readers and writers of everything see what they should at every step.
TEST_F(MergeTest, UnderReadersAndWritersNobodySeesAnythingElse)
{
    make({20, 6, 9, 3, 12, 0});
    std::vector<std::shared_ptr<Snapshot>> snapshots;
    std::vector<std::vector<std::byte>> expected;
    for (std::size_t top : {1, 3}) {
        snapshots.push_back(store_->open_snapshot(
            {chain_.begin() + static_cast<std::ptrdiff_t>(top), chain_.end()}, kSize));
        expected.push_back(read_bytes(*snapshots.back(), 0, kSize));
    }
    std::atomic<bool> stop{false};
    std::atomic<int> reads{0};
    std::vector<std::thread> threads;
    for (std::size_t index = 0; index < snapshots.size(); ++index) {
        threads.emplace_back([&, index] {
            while (!stop) {
                EXPECT_EQ(read_bytes(*snapshots[index], 0, kSize), expected[index]);
                ++reads;
            }
        });
    }
    // Blocks 24 on are this thread's own, with a number that only grows; below nobody writes.
    threads.emplace_back([&] {
        for (int number = 1; !stop; ++number) {
            const auto at = (24 + static_cast<std::uint64_t>(number) % 8) * kBlockSize;
            volume_->write(at + 512, filled(512, number % 250));
            EXPECT_EQ(read_bytes(*volume_, at + 512, 512), filled(512, number % 250));
            EXPECT_EQ(
                read_bytes(*volume_, 0, 24 * kBlockSize),
                std::vector<std::byte>(expected[0].begin(), expected[0].begin() + 24 * kBlockSize));
            volume_->flush();
        }
    });
    const auto merge = [&](std::size_t parent) {
        auto one = store_->merge_sealed(chain_[parent], chain_[parent - 1]);
        while (one->step(1)) {
            const auto seen = reads.load();
            while (reads == seen) {
                std::this_thread::yield();
            }
        }
        const auto gone = one->gone();
        std::erase(chain_, gone);
        store_->drop_from_volumes(gone);
        one.reset();
        store_->remove_layer(gone);
    };
    merge(5);
    merge(2);
    stop = true;
    for (auto& thread : threads) {
        thread.join();
    }
    EXPECT_EQ(chain_.size(), 4U);
    EXPECT_EQ(
        read_bytes(*store_->open_snapshot({chain_.begin() + 1, chain_.end()}, kSize), 0, kSize),
        expected[0]);
}

}  // namespace
}  // namespace amilab
