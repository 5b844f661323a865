#include "storage/blocks/layer_bytes.h"

#include <gtest/gtest.h>
#include <algorithm>
#include <cerrno>
#include <random>

#include "storage/blocks/block_store.h"
#include "storage/blocks/layer_files_writer.h"
#include "storage/files/posix_file_system.h"
#include "tests/storage/blocks/harness.h"
#include "tests/storage/files/temporary_directory.h"

namespace amilab {
namespace {

constexpr std::uint64_t kSize = 256 * kBlockSize;

/// A chain of layers, and another folder that gets what each of them has.
class LayerCopies : public testing::Test {
protected:
    LayerCopies() : store_(files_, from_.path(), {}) {}

    /// Copies a sealed layer; what the copy has.
    LayerRecord copy(const std::vector<LayerId>& chain)
    {
        const auto bytes = store_.layer_bytes(chain.front(), [chain] { return chain; });
        LayerFilesWriter writer(files_, to_.path(), chain.front(),
                                LayerFilesWriter::Syncs::kNothing);
        std::vector<std::byte> data;
        while (const auto run = bytes->next()) {
            if (!run->is_data) {
                writer.add_zeros(run->offset, run->length);
                continue;
            }
            data.resize(run->length);
            bytes->read(*run, data);
            writer.add_data(run->offset, data);
        }
        return writer.finish();
    }

    TemporaryDirectory from_;
    TemporaryDirectory to_;
    PosixFileSystem files_;
    BlockStore store_;
};

TEST_F(LayerCopies, ReadAsTheirLayersDo)
{
    std::mt19937_64 random(test_seed());
    std::vector<LayerId> chain = {store_.new_layer_id()};
    const auto volume = store_.open_volume(chain, kSize);
    for (int layer = 0; layer < 4; ++layer) {
        for (int step = 0; step < 40; ++step) {
            const auto offset = random() % (kSize / kUnitSize) * kUnitSize;
            const auto length =
                std::min<std::uint64_t>(kSize - offset, (1 + random() % 40) * kUnitSize);
            if (random() % 4 == 0) {
                volume->write_zeroes(offset, length);
            } else {
                volume->write(offset, random_bytes(random, length));
            }
        }
        auto gate = volume->close_gate(store_.new_layer_id());
        gate.swap_top();
        chain.insert(chain.begin(), gate.next_top());
    }
    chain.erase(chain.begin());  // the top has nothing
    LayerExpectations records;
    for (auto at = chain.begin(); at != chain.end(); ++at) {
        records[*at].record = copy({at, chain.end()});
    }
    BlockStore copies(files_, to_.path(), {.expectations = records});
    for (auto at = chain.begin(); at != chain.end(); ++at) {
        const std::vector<LayerId> part(at, chain.end());
        const auto original = store_.open_snapshot(part, kSize);
        const auto copied = copies.open_snapshot(part, kSize);
        EXPECT_TRUE(read_bytes(*copied, 0, kSize) == read_bytes(*original, 0, kSize));
        EXPECT_EQ(all_extents(copied->extents(0, kSize)), all_extents(original->extents(0, kSize)));
        EXPECT_EQ(copies.record_of(*at), *records[*at].record);
    }
}

TEST_F(LayerCopies, OfSegmentsApartHaveAllOfThem)
{
    const auto volume = store_.open_volume({LayerId{1}}, kMaxVolumeSize);
    volume->write(0, filled(512, 1));
    volume->write(kSegmentSize - 512, filled(1024, 2));
    volume->write(kMaxVolumeSize - 512, filled(512, 3));
    volume->close_gate(LayerId{2}).swap_top();
    const auto record = copy({LayerId{1}});
    EXPECT_EQ(record.blocks, 4U);
    BlockStore copies(files_, to_.path(), {});
    const auto copied = copies.open_snapshot({LayerId{1}}, kMaxVolumeSize);
    EXPECT_TRUE(read_bytes(*copied, kSegmentSize - 512, 1024) == filled(1024, 2));
    EXPECT_TRUE(read_bytes(*copied, kMaxVolumeSize - 512, 512) == filled(512, 3));
}

TEST_F(LayerCopies, OfAnEmptyLayerHaveNoFile)
{
    store_.open_volume({LayerId{1}}, kSize)->close_gate(LayerId{2}).swap_top();
    EXPECT_EQ(copy({LayerId{1}}), LayerRecord{});
    EXPECT_TRUE(files_.list_directory(to_.path()).empty());
}

TEST_F(LayerCopies, TakeWholeBlocksInOrderAndNothingElse)
{
    LayerFilesWriter writer(files_, to_.path(), LayerId{1}, LayerFilesWriter::Syncs::kNothing);
    writer.add_empty_data(2 * kBlockSize, kBlockSize);
    for (const auto& [offset, length] :
         {std::pair{kBlockSize, kBlockSize}, std::pair{2 * kBlockSize, kBlockSize},
          std::pair{4 * kBlockSize, kBlockSize / 2}, std::pair{4 * kBlockSize + 512, kBlockSize},
          std::pair{kSegmentSize - kBlockSize, 2 * kBlockSize},
          std::pair{kMaxVolumeSize, kBlockSize}, std::pair{4 * kBlockSize, std::uint64_t{0}}}) {
        EXPECT_EQ(error_of([&, at = offset, size = length] { writer.add_zeros(at, size); }), EINVAL)
            << offset;
    }
}

}  // namespace
}  // namespace amilab
