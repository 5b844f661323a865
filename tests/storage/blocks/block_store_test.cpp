#include "storage/blocks/block_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <algorithm>
#include <atomic>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <functional>
#include <future>
#include <thread>
#include <utility>

#include "storage/base/storage_error.h"
#include "storage/blocks/layer_files.h"
#include "storage/files/file_io.h"
#include "storage/files/posix_file_system.h"
#include "tests/storage/blocks/harness.h"
#include "tests/storage/files/faulty_file_system.h"
#include "tests/storage/files/memory_file_system.h"
#include "tests/storage/files/temporary_directory.h"
#include "tests/support/descriptor_limit.h"

namespace amilab {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr std::uint64_t kMiB = 1 << 20;

class BlockStoreTest : public testing::Test {
protected:
    std::unique_ptr<BlockStore> open(BlockStore::Options options = {})
    {
        return std::make_unique<BlockStore>(files_, directory_.path(), std::move(options));
    }

    std::vector<std::string> names() { return files_.list_directory(directory_.path()); }
    std::size_t count(const std::string& suffix)
    {
        const auto all = names();
        return static_cast<std::size_t>(std::count_if(
            all.begin(), all.end(), [&](const auto& name) { return name.ends_with(suffix); }));
    }

    TemporaryDirectory directory_;
    PosixFileSystem files_;
};

LayerId seal(BlockStore& store, Volume& volume)
{
    auto gate = volume.close_gate(store.new_layer_id());
    gate.swap_top();
    return gate.old_top();
}

TEST_F(BlockStoreTest, AVolumeIsOpenOnce)
{
    const auto store = open();
    const auto id = store->new_layer_id();
    const auto volume = store->open_volume({id}, kMiB);
    EXPECT_EQ(store->open_volume({id}, kMiB), volume);
    EXPECT_EQ(error_of([&] { store->open_upload({id}, kMiB); }), EBUSY);
}

TEST_F(BlockStoreTest, CountsWhateverGivesRoomBack)
{
    const auto store = open();
    const auto id = store->new_layer_id();
    auto volume = store->open_volume({id}, kMiB);
    volume->write(0, filled(2 * kBlockSize, 1));
    const auto written = store->count_frees();
    EXPECT_EQ(store->count_frees(), written);
    volume->trim(0, kBlockSize);
    const auto trimmed = store->count_frees();
    EXPECT_GT(trimmed, written);
    volume->write_zeroes(kBlockSize, kBlockSize);
    const auto zeroed = store->count_frees();
    EXPECT_GT(zeroed, trimmed);
    volume.reset();
    store->remove_layer(id);
    EXPECT_GT(store->count_frees(), zeroed);
}

TEST_F(BlockStoreTest, AnOpenVolumeGrowsToTheLargestSizeItIsOpenedWith)
{
    const auto store = open();
    const auto id = store->new_layer_id();
    const auto volume = store->open_volume({id}, kMiB);
    volume->write(kMiB - 512, filled(512, 1));
    EXPECT_EQ(error_of([&] { volume->write(kMiB, filled(512, 2)); }), EINVAL);
    EXPECT_EQ(store->open_volume({id}, 3 * kMiB), volume);
    EXPECT_EQ(store->open_volume({id}, kMiB), volume);
    EXPECT_EQ(volume->size(), 3 * kMiB);
    EXPECT_EQ(read_bytes(*volume, kMiB - 512, 512), filled(512, 1));
    EXPECT_EQ(read_bytes(*volume, kMiB, 2 * kMiB), filled(2 * kMiB, 0));
    volume->write(3 * kMiB - 512, filled(512, 3));
    EXPECT_EQ(read_bytes(*volume, 3 * kMiB - 512, 512), filled(512, 3));
    const auto layer = seal(*store, *volume);
    const auto snapshot = store->open_snapshot({layer}, 3 * kMiB);
    EXPECT_EQ(read_bytes(*snapshot, 3 * kMiB - 512, 512), filled(512, 3));
}

TEST_F(BlockStoreTest, AVolumeKeepsItsBytesWhenItIsOpenedAgain)
{
    const auto store = open();
    const auto id = store->new_layer_id();
    store->open_volume({id}, kMiB)->write(512, filled(512, 1));
    EXPECT_EQ(read_bytes(*store->open_volume({id}, kMiB), 512, 512), filled(512, 1));
    const auto other = open();
    EXPECT_EQ(read_bytes(*other->open_volume({id}, kMiB), 512, 512), filled(512, 1));
}

TEST_F(BlockStoreTest, WhatIsWrittenIsNobodysParentOrSnapshot)
{
    const auto store = open();
    const auto id = store->new_layer_id();
    const auto volume = store->open_volume({id}, kMiB);
    EXPECT_EQ(error_of([&] { store->open_snapshot({id}, kMiB); }), EBUSY);
    EXPECT_EQ(error_of([&] { store->open_volume({store->new_layer_id(), id}, kMiB); }), EBUSY);
}

TEST_F(BlockStoreTest, WhatIsSealedIsNeverWrittenAgain)
{
    const auto store = open();
    auto volume = store->open_volume({store->new_layer_id()}, kMiB);
    volume->write(0, filled(512, 1));
    const auto sealed = seal(*store, *volume);
    const auto snapshot = store->open_snapshot({sealed}, kMiB);
    volume.reset();
    EXPECT_EQ(error_of([&] { store->open_volume({sealed}, kMiB); }), ESTALE);
    const auto other = open();
    const auto reader = other->open_snapshot({sealed}, kMiB);
    EXPECT_EQ(error_of([&] { other->open_volume({sealed}, kMiB); }), EBUSY);
}

TEST_F(BlockStoreTest, ChainsAreChecked)
{
    const auto store = open();
    const auto id = store->new_layer_id();
    EXPECT_EQ(error_of([&] { store->open_volume({}, kMiB); }), EINVAL);
    EXPECT_EQ(error_of([&] { store->open_volume({id, id}, kMiB); }), EINVAL);
    EXPECT_EQ(error_of([&] { store->open_volume({id, LayerId{0}}, kMiB); }), EINVAL);
    EXPECT_EQ(error_of([&] { store->open_snapshot({}, kMiB); }), EINVAL);
    EXPECT_EQ(error_of([&] { store->open_snapshot({id}, 0); }), EINVAL);
}

TEST_F(BlockStoreTest, LayerIdsAreAboveAllThatRowsAndFilesKnow)
{
    auto store = open();
    EXPECT_EQ(store->new_layer_id(), LayerId{1});
    const auto id = store->new_layer_id();
    store->open_volume({id}, kMiB)->write(0, filled(512, 1));
    EXPECT_EQ(open()->new_layer_id(), LayerId{to_number(id) + 1});
    EXPECT_EQ(open({.highest_known_layer = LayerId{90}})->new_layer_id(), LayerId{91});
}

TEST_F(BlockStoreTest, VolumesMayOutliveTheStore)
{
    auto store = open();
    const auto volume = store->open_volume({store->new_layer_id()}, kMiB);
    store.reset();
    volume->write(0, filled(512, 1));
    volume->flush();
    EXPECT_EQ(read_bytes(*volume, 0, 512), filled(512, 1));
}

TEST_F(BlockStoreTest, RemovedLayersLeaveNoFiles)
{
    const auto store = open();
    const auto id = store->new_layer_id();
    auto volume = store->open_volume({id}, 3 * kSegmentSize);
    volume->write(0, filled(512, 1));
    volume->write(2 * kSegmentSize, filled(512, 1));
    volume->flush();
    EXPECT_THAT(names(), SizeIs(6));
    store->remove_layer(id);
    EXPECT_EQ(read_bytes(*volume, 0, 512), filled(512, 1)) << "it has a user";
    volume.reset();
    EXPECT_THAT(names(), IsEmpty());
    store->remove_layer(id);
    store->remove_layer(store->new_layer_id());
}

TEST_F(BlockStoreTest, OrphansOfEarlierProcessesAreSwept)
{
    std::vector<LayerId> ids;
    {
        const auto store = open();
        for (int index = 0; index < 4; ++index) {
            ids.push_back(store->new_layer_id());
            store->open_volume({ids.back()}, kMiB)->write(0, filled(512, index + 1));
        }
        store->open_volume({ids[1]}, kMiB)->flush();
    }
    const auto file = [&](const std::string& name) { return directory_.path() + '/' + name; };
    std::ofstream(file("0000000000000002.00.live.new")) << "half";
    std::ofstream(file("0000000000000007.3f.map")) << "a map without its data";
    std::ofstream(file("0000000000000002.00.index")) << "an index of a later version";
    std::ofstream(file("somebody else's")) << "stays";
    const auto store = open();
    const auto mine = store->new_layer_id();
    EXPECT_EQ(mine, LayerId{8});
    store->open_volume({mine}, kMiB)->write(0, filled(512, 9));
    const auto used = store->open_volume({ids[3]}, kMiB);
    std::vector<LayerId> asked;
    const auto swept = store->sweep_orphans([&](LayerId id) {
        asked.push_back(id);
        return id == ids[0];
    });
    EXPECT_EQ(swept, 3U);
    EXPECT_THAT(asked, testing::ElementsAre(ids[0], ids[1], ids[2], LayerId{7}));
    EXPECT_EQ(read_bytes(*store->open_volume({ids[0]}, kMiB), 0, 512), filled(512, 1));
    EXPECT_EQ(read_bytes(*store->open_volume({ids[1]}, kMiB), 0, 512), filled(512, 0));
    EXPECT_EQ(read_bytes(*store->open_volume({mine}, kMiB), 0, 512), filled(512, 9));
    EXPECT_EQ(read_bytes(*used, 0, 512), filled(512, 4));
    EXPECT_THAT(names(), SizeIs(7));
}

TEST_F(BlockStoreTest, AllocatedBytesAreWhatTheFileSystemCounts)
{
    const auto store = open();
    const auto volume = store->open_volume({store->new_layer_id()}, 64 * kMiB);
    EXPECT_EQ(store->allocated_bytes(volume->top()), 0U);
    volume->write(0, filled(4 * kMiB, 1));
    volume->flush();
    std::uint64_t expected = 0;
    for (const auto& name : names()) {
        expected += files_.status(directory_.path() + '/' + name)->allocated_bytes;
    }
    EXPECT_EQ(store->allocated_bytes(volume->top()), expected);
    EXPECT_GE(expected, 4 * kMiB);
    EXPECT_LT(expected, 5 * kMiB);
    seal(*store, *volume);
    EXPECT_EQ(store->allocated_bytes(volume->top()), 0U) << "shared blocks count once";
    const auto all = store->allocated_bytes_of_all();
    ASSERT_THAT(all, SizeIs(1));
    EXPECT_EQ(all.begin()->second, store->allocated_bytes(all.begin()->first));
}

/// What the file system says of all files in the folder.
std::uint64_t bytes_of_files(FileSystem& files, const std::string& folder)
{
    std::uint64_t bytes = 0;
    for (const auto& name : files.list_directory(folder)) {
        bytes += files.status(folder + '/' + name)->allocated_bytes;
    }
    return bytes;
}

std::uint64_t sum_of_all(const BlockStore& store)
{
    std::uint64_t bytes = 0;
    for (const auto& [layer, size] : store.allocated_bytes_of_all()) {
        bytes += size;
    }
    return bytes;
}

TEST_F(BlockStoreTest, LayersThatNobodyHasOpenedAreNotLookedAtAgain)
{
    std::size_t looks = 0;
    FaultyFileSystem counted(files_, [&](std::string_view operation, const std::string&) {
        looks += operation == "stat" ? 1 : 0;
        return Fault();
    });
    const auto store =
        std::make_unique<BlockStore>(counted, directory_.path(), BlockStore::Options());
    std::vector<LayerId> layers;
    for (int count = 0; count < 20; ++count) {
        layers.push_back(store->new_layer_id());
        store->open_volume({layers.back()}, kMiB)->write(0, filled(kBlockSize, 1));
    }
    const auto looks_of = [&](const std::function<void()>& action) {
        looks = 0;
        action();
        return looks;
    };
    EXPECT_EQ(sum_of_all(*store), bytes_of_files(files_, directory_.path()));
    EXPECT_EQ(looks_of([&] { sum_of_all(*store); }), 0U);
    EXPECT_EQ(looks_of([&] { store->allocated_bytes(layers[3]); }), 0U);
    store->open_volume({layers[7]}, kMiB)->write(kBlockSize, filled(kBlockSize, 2));
    EXPECT_EQ(looks_of([&] { sum_of_all(*store); }), 4U) << "data, two maps, checksums";
    EXPECT_EQ(sum_of_all(*store), bytes_of_files(files_, directory_.path()));
    const auto volume = store->open_volume({layers[9]}, kMiB);
    for (int count = 0; count < 2; ++count) {
        EXPECT_EQ(looks_of([&] { sum_of_all(*store); }), 4U) << "while it is open";
    }
    EXPECT_EQ(looks_of([&] { store->allocated_bytes(store->new_layer_id()); }), 0U)
        << "a layer without files";
}

TEST_F(BlockStoreTest, KeptSizesFollowWhatChangesFiles)
{
    const auto store = open();
    const auto expect_right = [&](const char* after) {
        for (int count = 0; count < 2; ++count) {
            EXPECT_EQ(sum_of_all(*store), bytes_of_files(files_, directory_.path())) << after;
        }
    };
    std::vector<LayerId> chain = {store->new_layer_id()};
    const auto seal_top = [&] {
        auto gate = store->close_gate(chain.front(), store->new_layer_id());
        gate.swap_top();
        chain.insert(chain.begin(), gate.next_top());
    };
    const auto write_block = [&](std::uint64_t block, int value) {
        store->open_volume(chain, 64 * kMiB)->write(block * kBlockSize, filled(kBlockSize, value));
    };
    expect_right("nothing");
    for (std::uint64_t block = 0; block < 8; ++block) {
        write_block(block, 1);
    }
    expect_right("a write");
    seal_top();
    expect_right("sealing");
    store->sync_layer(chain.back());
    expect_right("a sync");
    write_block(0, 2);
    write_block(9, 2);
    seal_top();
    ASSERT_TRUE(store->write_index({chain.begin() + 1, chain.end()}, [] { return true; }));
    expect_right("an index");
    store->remove_index(chain[1]);
    expect_right("an index that went");
    auto merge = store->merge_sealed(chain[2], chain[1]);
    while (merge->step(1)) {
        expect_right("a step of a merge");
    }
    const auto gone = merge->gone();
    merge.reset();
    std::erase(chain, gone);
    store->remove_layer(gone);
    expect_right("a merge");
    write_block(1, 3);
    expect_right("a write to the top");
    store->open_volume(chain, 64 * kMiB)->trim(kBlockSize, kBlockSize);
    expect_right("a trim");
    for (const auto layer : chain) {
        store->remove_layer(layer);
        expect_right("a layer that went");
    }
}

TEST_F(BlockStoreTest, DescriptorsAndMemoryAreBoundedWithAThousandLayers)
{
    constexpr std::uint64_t kLayers = 1000;
    const auto store = open({.max_open_files = 20, .max_page_bytes = 256 << 10});
    const auto descriptors = [] {
        return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {});
    };
    const auto before = descriptors();
    std::vector<std::shared_ptr<Volume>> volumes;
    for (std::uint64_t index = 0; index < kLayers; ++index) {
        volumes.push_back(store->open_volume({store->new_layer_id()}, kMiB));
        volumes.back()->write(512, stamped(1, 1, index + 1));
    }
    for (std::uint64_t index = 0; index < kLayers; ++index) {
        ASSERT_EQ(read_bytes(*volumes[index], 512, 512), stamped(1, 1, index + 1));
    }
    EXPECT_LE(descriptors() - before, 20);
    EXPECT_LE(store->open_file_count(), 20U);
    EXPECT_LE(store->page_count(), 64U);
}

TEST_F(BlockStoreTest, FilesThatNobodyUsesMakeRoomForOthers)
{
    const auto store = open({.max_open_files = 100});
    const test::DescriptorLimit few(
        test::descriptors_with(4));  // far fewer than the store may keep open
    std::vector<std::shared_ptr<Volume>> volumes;
    for (int index = 0; index < 20; ++index) {
        volumes.push_back(store->open_volume({store->new_layer_id()}, kMiB));
        volumes.back()->write(512, filled(512, index + 1));
    }
    for (int index = 0; index < 20; ++index) {
        EXPECT_EQ(read_bytes(*volumes[static_cast<std::size_t>(index)], 512, 512),
                  filled(512, index + 1));
        volumes[static_cast<std::size_t>(index)]->flush();
    }
    EXPECT_LE(store->open_file_count(), 4U);
}

TEST_F(BlockStoreTest, FilesAreClosedForWhoeverWantsADescriptor)
{
    const auto store = open();
    const auto volume = store->open_volume({store->new_layer_id()}, kMiB);
    volume->write(0, filled(512, 1));
    EXPECT_GT(store->open_file_count(), 0U);
    while (store->close_some_files()) {
    }
    EXPECT_EQ(store->open_file_count(), 0U);
    EXPECT_EQ(read_bytes(*volume, 0, 512), filled(512, 1));
}

TEST_F(BlockStoreTest, DescriptorsMayGoWhileTheyAreInUse)
{
    const auto store = open({.max_open_files = 1, .max_page_bytes = 8 * 4096});
    std::vector<std::shared_ptr<Volume>> volumes;
    for (int index = 0; index < 4; ++index) {
        volumes.push_back(store->open_volume({store->new_layer_id()}, kMiB));
    }
    std::vector<std::thread> threads;
    std::atomic<int> wrong{0};
    for (std::uint64_t index = 0; index < volumes.size(); ++index) {
        threads.emplace_back([&, index] {
            for (std::uint64_t round = 1; round <= 200; ++round) {
                const auto sector = round * 7 % 2048;
                volumes[index]->write(sector * 512, stamped(sector, 1, round));
                wrong +=
                    read_bytes(*volumes[index], sector * 512, 512) != stamped(sector, 1, round);
            }
        });
    }
    for (auto& thread : threads) {
        thread.join();
    }
    EXPECT_EQ(wrong, 0);
}

TEST_F(BlockStoreTest, FlushMakesTheMetadataDurableOncePerTop)
{
    int calls = 0;
    const auto store = open({.make_metadata_durable = [&] { ++calls; }});
    const auto volume = store->open_volume({store->new_layer_id()}, kMiB);
    volume->write(0, filled(512, 1));
    EXPECT_EQ(calls, 0);
    volume->flush();
    volume->flush();
    EXPECT_EQ(calls, 1);
    seal(*store, *volume);
    volume->flush();
    volume->flush();
    EXPECT_EQ(calls, 2);
}

TEST_F(BlockStoreTest, AFlushFailsWhenTheMetadataCannotBeMadeDurable)
{
    bool fails = true;
    const auto store = open({.make_metadata_durable = [&] {
        if (fails) {
            throw StorageError(EIO, "sync", "metadata");
        }
    }});
    const auto volume = store->open_volume({store->new_layer_id()}, kMiB);
    EXPECT_EQ(error_of([&] { volume->flush(); }), EIO);
    EXPECT_EQ(error_of([&] { volume->flush(); }), EIO);
    fails = false;
    EXPECT_EQ(error_of([&] { volume->flush(); }), 0);
}

/// A store on a disk whose syncs of data fail for a while.
class FailingDisk {
public:
    explicit FailingDisk(int error_number)
        : files_(memory_, [this, error_number](auto operation, const auto& path) {
              const bool is_data = path.ends_with(".data");
              writes_of_data += is_data && operation == "write" ? 1 : 0;
              if (is_data && operation == "read" && holds_a_read.exchange(false)) {
                  is_reading.set_value();
                  go_on.get_future().wait();
              }
              if (!fails || operation != "sync" || !is_data) {
                  return Fault{};
              }
              if (const auto meanwhile = std::exchange(while_failing, nullptr)) {
                  std::thread(meanwhile).join();
              }
              memory_.forget_unsynced(path);  // as kernels do
              return Fault{Fault::Kind::kError, error_number};
          })
    {
        store = std::make_unique<BlockStore>(files_, "/layers",
                                             BlockStore::Options{.boot_id = "first"});
    }

    std::shared_ptr<Volume> new_volume(std::uint64_t size = kMiB)
    {
        return store->open_volume({store->new_layer_id()}, size);
    }
    /// What is found of a layer after power loss; ends the store, of which nothing is open.
    std::vector<std::byte> after_power_loss(LayerId layer, std::uint64_t seed)
    {
        return after_power_loss(std::vector{layer}, seed, 0);
    }
    std::vector<std::byte> after_power_loss(const std::vector<LayerId>& chain, std::uint64_t seed,
                                            std::uint64_t offset)
    {
        store.reset();
        memory_.cut_power(seed);
        BlockStore next(memory_, "/layers", {.boot_id = "second"});
        return read_bytes(*next.open_snapshot(chain, offset + kMiB), offset, kMiB);
    }

    std::atomic<bool> fails = false;
    std::atomic<int> writes_of_data = 0;
    std::function<void()> while_failing;     // once, on another thread
    std::atomic<bool> holds_a_read = false;  // one, which says so and waits
    std::promise<void> is_reading;
    std::promise<void> go_on;
    std::unique_ptr<BlockStore> store;

private:
    MemoryFileSystem memory_;
    FaultyFileSystem files_;
};

class FailedSyncs : public testing::TestWithParam<int> {
protected:
    FailingDisk disk_{GetParam()};
};

INSTANTIATE_TEST_SUITE_P(Errors, FailedSyncs, testing::Values(EIO, EROFS, ENOSPC));

TEST_P(FailedSyncs, AreToldUntilTheDiskIsBackAndThenWhatWasWrittenIsThere)
{
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        FailingDisk disk(GetParam());
        auto volume = disk.new_volume();
        const auto bytes = stamped(0, kMiB / 512, seed + 1);
        volume->write(0, bytes);
        disk.fails = true;
        EXPECT_EQ(error_of([&] { volume->flush(); }), GetParam());
        EXPECT_EQ(error_of([&] { volume->flush(); }), GetParam());
        EXPECT_EQ(read_bytes(*volume, 0, kMiB), bytes) << "reads go on";
        disk.fails = false;
        volume->write(4096, stamped(8, 1, 1000));
        EXPECT_EQ(error_of([&] { volume->flush(); }), 0);
        const auto expected = read_bytes(*volume, 0, kMiB);
        const auto top = volume->top();
        volume.reset();
        EXPECT_EQ(disk.after_power_loss(top, seed), expected) << "seed " << seed;
    }
}

TEST_P(FailedSyncs, LeaveNoOlderBytesInAHoleThatIsWrittenInPartLater)
{
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        FailingDisk disk(GetParam());
        auto volume = disk.new_volume();
        volume->write(0, stamped(0, kBlockSize / 512, 1));
        volume->flush();
        volume->write_zeroes(0, kBlockSize);
        volume->write(kBlockSize, stamped(kBlockSize / 512, 1, 2));
        disk.fails = true;
        EXPECT_EQ(error_of([&] { volume->flush(); }), GetParam());
        disk.fails = false;
        volume->write(4096, stamped(8, 1, 3));
        EXPECT_EQ(error_of([&] { volume->flush(); }), 0);
        const auto expected = read_bytes(*volume, 0, kMiB);
        const auto top = volume->top();
        volume.reset();
        EXPECT_EQ(disk.after_power_loss(top, seed), expected) << "seed " << seed;
    }
}

TEST_P(FailedSyncs, HaveWhatWasWrittenDuringThemWrittenAgainToo)
{
    constexpr std::uint64_t kFar = std::uint64_t{512} << 20;
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        FailingDisk disk(GetParam());
        auto volume = disk.new_volume(kFar + kMiB);
        volume->write(0, stamped(0, 1, 1));
        disk.fails = true;
        disk.while_failing = [&] { volume->write(kFar, stamped(kFar / 512, 128, 2)); };
        EXPECT_EQ(error_of([&] { volume->flush(); }), GetParam());
        disk.fails = false;
        EXPECT_EQ(error_of([&] { volume->flush(); }), 0);
        const auto expected = read_bytes(*volume, kFar, kMiB);
        const auto top = volume->top();
        volume.reset();
        EXPECT_EQ(disk.after_power_loss({top}, seed, kFar), expected) << "seed " << seed;
    }
}

TEST_P(FailedSyncs, HaveUnitsOfPartialBlocksWrittenAgainToo)
{
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        FailingDisk disk(GetParam());
        auto volume = disk.new_volume();
        volume->write(0, stamped(0, kMiB / 512, 1));
        const auto parent = seal(*disk.store, *volume);
        volume->write(kBlockSize, stamped(kBlockSize / 512, 128, 2));
        volume->flush();
        volume->write(kBlockSize, stamped(kBlockSize / 512, 128, 3));
        disk.fails = true;
        disk.while_failing = [&] { volume->write(0, stamped(0, kUnitSize / 512, 4)); };
        EXPECT_EQ(error_of([&] { volume->flush(); }), GetParam());
        disk.fails = false;
        EXPECT_EQ(error_of([&] { volume->flush(); }), 0);
        const auto expected = read_bytes(*volume, 0, kMiB);
        const auto top = volume->top();
        volume.reset();
        EXPECT_EQ(disk.after_power_loss({top, parent}, seed, 0), expected) << "seed " << seed;
    }
}

TEST_P(FailedSyncs, OfASealedLayerAreMendedByTheNextOne)
{
    auto volume = disk_.new_volume();
    const auto bytes = stamped(0, kMiB / 512, 1);
    volume->write(0, bytes);
    const auto sealed = seal(*disk_.store, *volume);
    disk_.fails = true;
    EXPECT_EQ(error_of([&] { disk_.store->sync_layer(sealed); }), GetParam());
    EXPECT_EQ(error_of([&] { volume->flush(); }), GetParam()) << "the layer is below it";
    disk_.fails = false;
    disk_.store->sync_layer(sealed);
    volume.reset();
    EXPECT_EQ(disk_.after_power_loss(sealed, 7), bytes);
}

TEST_P(FailedSyncs, OfALayerSealedWhileItsDataAreWrittenAgainHaveThemWrittenOnceMore)
{
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        FailingDisk disk(GetParam());
        auto volume = disk.new_volume(2 * kMiB);
        const auto bytes = stamped(0, kMiB / 512, seed + 1);
        volume->write(0, bytes);
        volume->write(kMiB, filled(kMiB, 2));
        // It keeps the flush from the second MiB when that has written the first one again.
        disk.holds_a_read = true;
        std::thread reader([&] { read_bytes(*volume, kMiB, kBlockSize); });
        disk.is_reading.get_future().wait();
        disk.fails = true;
        disk.writes_of_data = 0;
        std::thread flusher([&] { EXPECT_EQ(error_of([&] { volume->flush(); }), GetParam()); });
        while (disk.writes_of_data == 0) {
            std::this_thread::yield();
        }
        const auto sealed = seal(*disk.store, *volume);
        EXPECT_EQ(error_of([&] { disk.store->sync_layer(sealed); }), GetParam());
        disk.go_on.set_value();
        reader.join();
        flusher.join();
        disk.fails = false;
        EXPECT_EQ(error_of([&] { volume->flush(); }), 0);
        volume.reset();
        EXPECT_EQ(disk.after_power_loss(sealed, seed), bytes) << "seed " << seed;
    }
}

TEST_P(FailedSyncs, AreRememberedWhenNobodyHasTheLayerOpenAnyMore)
{
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        FailingDisk disk(GetParam());
        auto volume = disk.new_volume();
        const auto bytes = stamped(0, kMiB / 512, seed + 1);
        volume->write(0, bytes);
        const auto sealed = volume->top();
        volume.reset();
        disk.store->close_gate(sealed, disk.store->new_layer_id()).swap_top();
        disk.fails = true;
        EXPECT_EQ(error_of([&] { disk.store->sync_layer(sealed); }), GetParam());
        disk.fails = false;
        disk.store->sync_layer(sealed);
        EXPECT_EQ(disk.after_power_loss(sealed, seed), bytes) << "seed " << seed;
    }
}

TEST_P(FailedSyncs, HaveOnlyWhatWasWrittenSinceTheLastOneWrittenAgain)
{
    const auto volume = disk_.new_volume(std::uint64_t{1} << 30);
    constexpr std::uint64_t kFar = std::uint64_t{512} << 20;
    for (std::uint64_t block = 0; block < 16; ++block) {
        volume->write(block * kBlockSize, filled(kBlockSize, 1));
    }
    volume->flush();
    volume->write(kFar, filled(kBlockSize, 2));
    disk_.fails = true;
    for (int times = 1; times < 4; ++times) {
        disk_.writes_of_data = 0;
        EXPECT_EQ(error_of([&] { volume->flush(); }), GetParam());
        EXPECT_EQ(disk_.writes_of_data, 1) << "at once, so that the kernel keeps it";
    }
    disk_.fails = false;
    disk_.writes_of_data = 0;
    volume->flush();
    volume->flush();
    EXPECT_EQ(disk_.writes_of_data, 0) << "it is over";
}

TEST_P(FailedSyncs, LeaveWhatClientsWriteMeanwhileAlone)
{
    const auto volume = disk_.new_volume();
    volume->write(0, stamped(0, kMiB / 512, 1));
    disk_.fails = true;
    EXPECT_EQ(error_of([&] { volume->flush(); }), GetParam());
    std::thread writer([&] {
        for (std::uint64_t version = 2; version < 200; ++version) {
            volume->write((version % 16) * kBlockSize,
                          stamped((version % 16) * kBlockSize / 512, 128, version));
        }
    });
    for (int times = 0; times < 10; ++times) {
        EXPECT_EQ(error_of([&] { volume->flush(); }), GetParam());
    }
    writer.join();
    disk_.fails = false;
    volume->flush();
    for (std::uint64_t block = 0; block < 16; ++block) {
        const auto last = 199 - (199 - block) % 16;
        EXPECT_EQ(read_bytes(*volume, block * kBlockSize, kBlockSize),
                  stamped(block * kBlockSize / 512, 128, last));
    }
}

TEST_F(BlockStoreTest, APrivateFolderIsNeverSynced)
{
    int syncs = 0;
    FaultyFileSystem faulty(files_, [&](auto operation, const auto&) {
        syncs += operation == "sync" ? 1 : 0;
        return Fault{};
    });
    BlockStore store(faulty, directory_.path(), {.survives_power_loss = false});
    const auto volume = store.open_volume({store.new_layer_id()}, kMiB);
    volume->write(0, filled(512, 1));
    volume->flush();
    sync_chain(store, {seal(store, *volume)});
    store.close();
    EXPECT_EQ(syncs, 0);
}

TEST_F(BlockStoreTest, SyncedLayersNeedNoLiveMap)
{
    const auto store = open();
    const auto volume = store->open_volume({store->new_layer_id()}, kMiB);
    volume->write(0, filled(512, 1));
    const auto low = seal(*store, *volume);
    EXPECT_EQ(count(".live"), 1U);
    sync_chain(*store, {low});
    EXPECT_EQ(count(".live"), 0U);
    EXPECT_EQ(count(".map"), 1U);
    EXPECT_EQ(read_bytes(*volume, 0, 512), filled(512, 1));
    EXPECT_EQ(read_bytes(*open()->open_snapshot({low}, kMiB), 0, 512), filled(512, 1));
}

TEST_F(BlockStoreTest, SealedLayersLoseTheLiveMapsOfAnotherBoot)
{
    const LayerId flushed{1};
    const LayerId lost{2};
    {
        const auto store = open({.boot_id = "first"});
        const auto volume = store->open_volume({flushed}, kMiB);
        volume->write(0, filled(512, 1));
        volume->flush();
        store->open_volume({lost}, kMiB)->write(0, filled(512, 2));
    }
    const auto store = open({.boot_id = "second"});
    store->sync_layer(flushed);
    store->sync_layer(lost);
    EXPECT_EQ(count(".live"), 0U);
    EXPECT_EQ(read_bytes(*store->open_snapshot({flushed}, kMiB), 0, 512), filled(512, 1));
    EXPECT_EQ(read_bytes(*store->open_snapshot({lost}, kMiB), 0, 512), filled(512, 0));
}

TEST_F(BlockStoreTest, ACleanEndMakesEverythingDurable)
{
    std::vector<LayerId> ids;
    {
        const auto store = open({.boot_id = "first"});
        for (int index = 0; index < 3; ++index) {
            ids.push_back(store->new_layer_id());
            store->open_volume({ids.back()}, kMiB)->write(0, filled(512, index + 1));
        }
        const auto volume = store->open_volume({ids[0]}, kMiB);
        volume->write(512, filled(512, 9));
        store->close();
        volume->write(1024, filled(512, 9));
    }
    const auto store = open({.boot_id = "second"});
    for (int index = 0; index < 3; ++index) {
        EXPECT_EQ(read_bytes(*store->open_volume({ids[index]}, kMiB), 0, 512),
                  filled(512, index + 1));
    }
    EXPECT_EQ(read_bytes(*store->open_volume({ids[0]}, kMiB), 512, 512), filled(512, 9));
}

TEST_F(BlockStoreTest, AnUploadIsSealedAndThenASnapshot)
{
    const auto store = open();
    const auto upload = store->open_upload({store->new_layer_id()}, 4 * kMiB);
    upload->write(kMiB, filled(kMiB, 1));
    EXPECT_EQ(error_of([&] { store->open_snapshot({upload->id()}, 4 * kMiB); }), EBUSY);
    upload->seal();
    EXPECT_EQ(error_of([&] { upload->write(0, filled(512, 2)); }), EROFS);
    EXPECT_EQ(error_of([&] { upload->seal(); }), EROFS);
    const auto snapshot = store->open_snapshot({upload->id()}, 4 * kMiB);
    EXPECT_EQ(read_bytes(*snapshot, 0, kMiB), filled(kMiB, 0));
    EXPECT_EQ(read_bytes(*snapshot, kMiB, kMiB), filled(kMiB, 1));
}

TEST_F(BlockStoreTest, ZeroBlocksOfAnUploadStayAbsent)
{
    const auto store = open();
    const auto upload = store->open_upload({store->new_layer_id()}, 4 * kMiB);
    upload->write(0, filled(2 * kMiB, 0));
    EXPECT_THAT(names(), IsEmpty());
    auto bytes = filled(4 * kBlockSize, 0);
    bytes[kBlockSize + 100] = std::byte{1};
    bytes[3 * kBlockSize - 1] = std::byte{1};
    upload->write(2 * kBlockSize, bytes);
    upload->seal();
    const auto snapshot = store->open_snapshot({upload->id()}, 4 * kMiB);
    EXPECT_THAT(all_extents(snapshot->extents(0, 4 * kMiB)),
                testing::ElementsAre(
                    Extent{0, 3 * kBlockSize, Extent::Kind::kHole},
                    Extent{3 * kBlockSize, 2 * kBlockSize, Extent::Kind::kData},
                    Extent{5 * kBlockSize, 4 * kMiB - 5 * kBlockSize, Extent::Kind::kHole}));
    EXPECT_EQ(read_bytes(*snapshot, 2 * kBlockSize, 4 * kBlockSize), bytes);
}

TEST_F(BlockStoreTest, ZerosOfAnUploadHideWhatWasThereBefore)
{
    const auto store = open();
    const auto parent = store->open_upload({store->new_layer_id()}, kMiB);
    parent->write(0, filled(4 * kBlockSize, 1));
    parent->seal();
    const auto upload = store->open_upload({store->new_layer_id(), parent->id()}, kMiB);
    upload->write(0, filled(kBlockSize, 0));
    upload->write(8 * kBlockSize, filled(512, 2));
    upload->write(8 * kBlockSize, filled(512, 0));
    upload->seal();
    const auto snapshot = store->open_snapshot({upload->id(), parent->id()}, kMiB);
    EXPECT_EQ(read_bytes(*snapshot, 0, kBlockSize), filled(kBlockSize, 0));
    EXPECT_EQ(read_bytes(*snapshot, kBlockSize, kBlockSize), filled(kBlockSize, 1));
    EXPECT_EQ(read_bytes(*snapshot, 8 * kBlockSize, 512), filled(512, 0));
}

TEST_F(BlockStoreTest, AnUploadCopiesWholeBlocksOfAFile)
{
    std::mt19937_64 random(test_seed());
    const auto store = open();
    const TemporaryDirectory elsewhere;
    const auto file = files_.open(elsewhere.path() + "/disk", OpenMode::kCreate);
    const auto bytes = random_bytes(random, 3 * kMiB);
    write_fully(*file, 512, bytes);
    const auto upload = store->open_upload({store->new_layer_id()}, 8 * kMiB);
    upload->copy(kMiB + kBlockSize, *file, 512, bytes.size());
    upload->copy(0, *file, 512 + kMiB, kBlockSize);
    EXPECT_EQ(error_of([&] { upload->copy(512, *file, 0, kBlockSize); }), EINVAL);
    EXPECT_EQ(error_of([&] { upload->copy(0, *file, 0, kBlockSize + 512); }), EINVAL);
    EXPECT_EQ(error_of([&] { upload->copy(8 * kMiB, *file, 0, kBlockSize); }), EINVAL);
    upload->seal();
    EXPECT_EQ(error_of([&] { upload->copy(0, *file, 0, kBlockSize); }), EROFS);
    const auto snapshot = store->open_snapshot({upload->id()}, 8 * kMiB);
    EXPECT_EQ(read_bytes(*snapshot, kMiB + kBlockSize, bytes.size()), bytes);
    EXPECT_EQ(read_bytes(*snapshot, 0, kBlockSize),
              std::vector(bytes.begin() + kMiB, bytes.begin() + kMiB + kBlockSize));
    EXPECT_THAT(all_extents(snapshot->extents(0, 8 * kMiB)),
                testing::ElementsAre(
                    Extent{0, kBlockSize, Extent::Kind::kData},
                    Extent{kBlockSize, kMiB, Extent::Kind::kHole},
                    Extent{kMiB + kBlockSize, 3 * kMiB, Extent::Kind::kData},
                    Extent{4 * kMiB + kBlockSize, 4 * kMiB - kBlockSize, Extent::Kind::kHole}));
}

TEST_F(BlockStoreTest, ACopyThatFailsLeavesTheRestOfAnUploadAsItWas)
{
    bool fails = false;
    FaultyFileSystem faulty(files_, [&](auto operation, const auto& path) {
        const bool is_refused =
            fails && path.ends_with(".data") && (operation == "copy" || operation == "write");
        return is_refused ? Fault{Fault::Kind::kError, ENOSPC} : Fault{};
    });
    BlockStore store(faulty, directory_.path(), {});
    const TemporaryDirectory elsewhere;
    const auto file = files_.open(elsewhere.path() + "/disk", OpenMode::kCreate);
    write_fully(*file, 0, filled(2 * kMiB, 7));
    const auto upload = store.open_upload({store.new_layer_id()}, 8 * kMiB);
    upload->copy(0, *file, 0, kMiB);
    fails = true;
    EXPECT_EQ(error_of([&] { upload->copy(kMiB, *file, kMiB, kMiB); }), ENOSPC);
    fails = false;
    upload->seal();
    const auto snapshot = store.open_snapshot({upload->id()}, 8 * kMiB);
    EXPECT_EQ(read_bytes(*snapshot, 0, kMiB), filled(kMiB, 7));
    EXPECT_EQ(read_bytes(*snapshot, kMiB, kMiB), filled(kMiB, 0));
}

TEST_F(BlockStoreTest, AStreamOfAnyPiecesIsUploaded)
{
    std::mt19937_64 random(test_seed());
    const auto store = open();
    const auto upload = store->open_upload({store->new_layer_id()}, 4 * kMiB);
    auto bytes = random_bytes(random, 3 * kMiB + 777);
    std::fill_n(bytes.begin() + kMiB, kMiB, std::byte{0});
    for (std::size_t at = 0; at < bytes.size();) {
        const auto part = std::min<std::size_t>(bytes.size() - at, random() % 100000);
        upload->append(std::span(bytes).subspan(at, part));
        at += part;
        ASSERT_EQ(upload->appended_bytes(), at);
    }
    EXPECT_EQ(error_of([&] { upload->append(filled(kMiB, 1)); }), EINVAL);
    upload->seal();
    bytes.resize(4 * kMiB);
    EXPECT_EQ(read_bytes(*store->open_snapshot({upload->id()}, 4 * kMiB), 0, 4 * kMiB), bytes);
}

/// Changes of a map whose write came half-way, and the process that is killed later.
class MapInDoubt : public testing::Test {
protected:
    /// A new process reads what the live map's file says.
    std::vector<std::byte> read_after_kill()
    {
        BlockStore other(inner_, directory_.path(), {});
        return read_bytes(*other.open_volume({id_}, kMiB), 0, kBlockSize);
    }

    bool fails_ = false;
    TemporaryDirectory directory_;
    PosixFileSystem inner_;
    FaultyFileSystem files_{inner_, [this](auto operation, const std::string& path) {
                                return fails_ && operation == "write" && path.ends_with(".live")
                                           ? Fault{Fault::Kind::kShortThenError, ENOSPC}
                                           : Fault{};
                            }};
    BlockStore store_{files_, directory_.path(), {}};
    LayerId id_ = store_.new_layer_id();
    std::shared_ptr<Volume> volume_ = store_.open_volume({id_}, kMiB);
};

TEST_F(MapInDoubt, IsSettledBeforeAWriteThatFindsItRight)
{
    volume_->write(0, filled(kBlockSize, 1));
    fails_ = true;
    EXPECT_EQ(error_of([&] { volume_->trim(0, kBlockSize); }), ENOSPC);
    EXPECT_EQ(error_of([&] { volume_->write(0, filled(512, 2)); }), ENOSPC)
        << "nothing is acknowledged while the file may say something else";
    fails_ = false;
    volume_->write(0, filled(512, 2));
    auto expected = filled(kBlockSize, 1);
    std::fill_n(expected.begin(), 512, std::byte{2});
    EXPECT_EQ(read_after_kill(), expected);
}

TEST_F(MapInDoubt, IsSettledBeforeZeroesThatFindItRight)
{
    volume_->write(kBlockSize, filled(512, 1));  // so that there is a map
    fails_ = true;
    EXPECT_EQ(error_of([&] { volume_->write(0, filled(kBlockSize, 2)); }), ENOSPC);
    fails_ = false;
    volume_->write_zeroes(0, kBlockSize);
    EXPECT_EQ(read_after_kill(), filled(kBlockSize, 0));
}

TEST(BootId, IsNoneWithoutProc)
{
    MemoryFileSystem empty;
    EXPECT_EQ(error_of([&] { read_boot_id(empty); }), ENOENT);
    EXPECT_EQ(message_of([&] { read_boot_id(empty); }),
              "read /proc/sys/kernel/random/boot_id: there is no /proc here, and a data directory "
              "that is kept needs it");
    PosixFileSystem disk;
    EXPECT_EQ(read_boot_id(disk), read_boot_id(disk));
}

}  // namespace
}  // namespace amilab
