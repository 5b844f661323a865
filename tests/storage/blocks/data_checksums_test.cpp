#include "storage/blocks/data_checksums.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <cerrno>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "storage/blocks/block_store.h"
#include "storage/blocks/layer_check.h"
#include "storage/blocks/layer_format.h"
#include "tests/storage/blocks/harness.h"
#include "tests/storage/files/faulty_file_system.h"
#include "tests/storage/files/memory_file_system.h"

namespace amilab {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

constexpr std::uint64_t kSize = 32 * kBlockSize;
constexpr const char* kFolder = "/layers";

/// A store over files in memory, each call of which can be made another.
class World {
public:
    World() { open(); }

    void open()
    {
        store_ = std::make_unique<BlockStore>(
            files_, kFolder, BlockStore::Options{.boot_id = "boot " + std::to_string(boot_)});
    }
    /// Names are on the disk; of the rest any part is lost.
    void cut_power(std::uint64_t seed)
    {
        store_.reset();
        memory_.cut_power(seed);
        ++boot_;
        open();
    }
    BlockStore& store() { return *store_; }
    FileSystem& files() { return files_; }
    std::string boot_id() const { return "boot " + std::to_string(boot_); }
    /// What is asked before every call.
    void decide_by(FaultyFileSystem::Decide decide) { decide_ = std::move(decide); }

    /// A sealed layer on the disk whose first blocks are filled with a value.
    LayerId make_layer(int blocks, int value, std::optional<LayerId> parent = {})
    {
        const auto layer = store_->new_layer_id();
        std::vector<LayerId> chain = {layer};
        if (parent) {
            chain.push_back(*parent);
        }
        const auto upload = store_->open_upload(chain, kSize);
        for (int block = 0; block < blocks; ++block) {
            upload->write(static_cast<std::uint64_t>(block) * kBlockSize,
                          filled(kBlockSize, value));
        }
        upload->seal();
        store_->sync_layer(layer);
        return layer;
    }
    void write_checksums(LayerId layer)
    {
        const auto writer = store_->write_checksums(layer);
        ASSERT_NE(writer, nullptr);
        while (writer->step(1)) {
        }
        memory_.sync_directory(kFolder);
    }
    DataDifferences compare(LayerId layer)
    {
        const auto check = store_->check_data(layer);
        DataDifferences found;
        while (check->step(1, found)) {
        }
        return found;
    }
    static std::string path(LayerId layer, FileKind kind)
    {
        return std::string(kFolder) + "/" + file_name({layer, 0, kind});
    }
    bool has_checksums(LayerId layer)
    {
        return memory_.status(path(layer, FileKind::kChecksums)).has_value();
    }
    std::unique_ptr<File> data_of(LayerId layer)
    {
        return memory_.open(path(layer, FileKind::kData), OpenMode::kReadWrite);
    }
    void flip(LayerId layer, std::uint64_t offset)
    {
        const auto file = data_of(layer);
        std::vector<std::byte> byte(1);
        ASSERT_EQ(file->read_at(offset, byte), 1);
        byte[0] ^= std::byte{0x10};
        ASSERT_EQ(file->write_at(offset, byte), 1);
    }

private:
    MemoryFileSystem memory_;
    FaultyFileSystem::Decide decide_ = [](auto, const auto&) { return Fault(); };
    FaultyFileSystem files_{memory_, [this](std::string_view operation, const std::string& path) {
                                return decide_(operation, path);
                            }};
    int boot_ = 1;
    std::unique_ptr<BlockStore> store_;
};

/// The first read of a path gives another bit.
FaultyFileSystem::Decide flip_once(std::string path)
{
    return [path = std::move(path), left = std::make_shared<int>(1)](std::string_view operation,
                                                                     const std::string& of) {
        const bool flips = operation == "read" && of == path && (*left)-- > 0;
        return flips ? Fault{Fault::Kind::kFlipped, 0} : Fault();
    };
}

TEST(DataCheck, TellsOfAFlippedBitWhatTwoLooksFound)
{
    World world;
    const auto layer = world.make_layer(3, 1);
    world.write_checksums(layer);
    world.flip(layer, 2 * kBlockSize + 700);
    const auto found = world.compare(layer);
    EXPECT_THAT(found.passing, IsEmpty());
    ASSERT_THAT(found.confirmed, SizeIs(1));
    const auto& one = found.confirmed.front();
    EXPECT_EQ(one.layer, layer);
    EXPECT_EQ(one.block, 2U);
    EXPECT_NE(one.expected, one.found);
    EXPECT_EQ(one.expected, one.expected_again);
    EXPECT_EQ(one.found, one.found_again);
    EXPECT_EQ(one.content, ChangedBlock::Content::kBytes);
    EXPECT_EQ(one.file_bytes, 16 * kBlockSize);
    EXPECT_THAT(
        world.store().words_for_changed(found.confirmed),
        AllOf(HasSubstr(World::path(layer, FileKind::kData)),
              HasSubstr("in 1 of its blocks of 64 KiB: 2:"), HasSubstr("from byte 131072 on"),
              HasSubstr(fmt::format("should have the checksum {:08x} and had {:08x}, read again "
                                    "{:08x};",
                                    one.expected, one.found, one.found)),
              HasSubstr("has 1048576 bytes"), HasSubstr("nobody sealed, merged or deleted"),
              Not(HasSubstr("\n"))));
}

TEST(DataCheck, TellsZerosFromHoles)
{
    World world;
    const auto layer = world.make_layer(3, 1);
    world.write_checksums(layer);
    world.data_of(layer)->punch_hole(0, kBlockSize);
    world.data_of(layer)->write_at(kBlockSize, filled(kBlockSize, 0));
    const auto found = world.compare(layer);
    ASSERT_THAT(found.confirmed, SizeIs(2));
    EXPECT_EQ(found.confirmed[0].content, ChangedBlock::Content::kHole);
    EXPECT_EQ(found.confirmed[1].content, ChangedBlock::Content::kZeros);
    EXPECT_THAT(world.store().words_for_changed(found.confirmed),
                AllOf(HasSubstr("in 2 of its blocks of 64 KiB: 0, 1:"), HasSubstr(", a hole;"),
                      HasSubstr(", all zeros;")));
}

TEST(DataCheck, DoesNotConfirmWhatASecondLookDoesNotFind)
{
    World world;
    const auto layer = world.make_layer(3, 1);
    world.write_checksums(layer);
    world.decide_by(flip_once(World::path(layer, FileKind::kData)));
    const auto found = world.compare(layer);
    EXPECT_THAT(found.confirmed, IsEmpty());
    ASSERT_THAT(found.passing, SizeIs(1));
    EXPECT_EQ(found.passing.front().expected, found.passing.front().found_again);
    EXPECT_THAT(
        world.store().words_for_passing(found.passing),
        AllOf(HasSubstr("a second look does not confirm"), Not(HasSubstr("does not have"))));
    EXPECT_FALSE(world.compare(layer).any());
}

TEST(DataCheck, ConfirmsWhatTheSecondLookFindsOtherwiseThanTheFirst)
{
    World world;
    const auto layer = world.make_layer(3, 1);
    world.write_checksums(layer);
    world.flip(layer, 700);
    world.decide_by(flip_once(World::path(layer, FileKind::kData)));
    const auto found = world.compare(layer);
    ASSERT_THAT(found.confirmed, SizeIs(1));
    EXPECT_NE(found.confirmed.front().found, found.confirmed.front().found_again);
}

TEST(DataCheck, DoesNotConfirmOfALayerThatIsRemovedMeanwhile)
{
    bool was_read = false;
    bool was_removed = false;
    World world;
    const auto layer = world.make_layer(3, 1);
    world.write_checksums(layer);
    world.flip(layer, 700);
    const auto data = World::path(layer, FileKind::kData);
    world.decide_by([&, data](std::string_view operation, const std::string& path) {
        if (operation == "open" && path == data && was_read && !was_removed) {
            was_removed = true;
            world.store().remove_layer(layer);
        }
        was_read = was_read || (operation == "read" && path == data);
        return Fault();
    });
    const auto found = world.compare(layer);
    EXPECT_TRUE(was_removed);
    EXPECT_THAT(found.confirmed, IsEmpty());
    ASSERT_THAT(found.passing, SizeIs(1));
    EXPECT_THAT(world.store().words_for_passing(found.passing),
                HasSubstr("was sealed, merged or deleted meanwhile"));
}

/// The first call behind a path's first read that opens it again is refused: a second look.
FaultyFileSystem::Decide refuse_second_look(std::string path)
{
    return [path = std::move(path), was_read = std::make_shared<bool>(false),
            was_refused = std::make_shared<bool>(false)](std::string_view operation,
                                                         const std::string& of) {
        if (of != path || *was_refused) {
            return Fault();
        }
        *was_read = *was_read || operation == "read";
        *was_refused = *was_read && operation == "open";
        return *was_refused ? Fault{Fault::Kind::kError, EIO} : Fault();
    };
}

/// A layer whose first and third block differ; the disk refuses the second look at the first.
LayerId make_changed_layer(World& world)
{
    const auto layer = world.make_layer(3, 1);
    world.write_checksums(layer);
    world.flip(layer, 700);
    world.flip(layer, 2 * kBlockSize);
    world.decide_by(refuse_second_look(World::path(layer, FileKind::kData)));
    return layer;
}

TEST(DataCheck, GoesOnWhereASecondLookFails)
{
    World world;
    const auto layer = make_changed_layer(world);
    const auto data = World::path(layer, FileKind::kData);
    const auto check = world.store().check_data(layer);
    DataDifferences found;
    EXPECT_FALSE(check->step(8, found));
    EXPECT_EQ(check->compared(), 3U);
    EXPECT_THAT(found.errors, ElementsAre(AllOf(HasSubstr("open"), HasSubstr(data))));
    ASSERT_THAT(found.passing, SizeIs(1));
    EXPECT_EQ(found.passing.front().block, 0U);
    EXPECT_EQ(found.passing.front().found_again, std::nullopt);
    ASSERT_THAT(found.confirmed, SizeIs(1));
    EXPECT_EQ(found.confirmed.front().block, 2U);
}

TEST(LayerCheck, TellsWhatDiffersBesideASecondLookThatFails)
{
    World world;
    const auto layer = make_changed_layer(world);
    LayerLineage lineage;
    lineage.parents.emplace(layer, std::nullopt);
    LayerFiles files(world.files(), kFolder, {.boot_id = world.boot_id()});
    const auto checked = check_layer_files(files, lineage, CheckDepth::kData);
    EXPECT_THAT(
        checked.problems,
        UnorderedElementsAre(HasSubstr("open "), HasSubstr("in 1 of its blocks of 64 KiB: 2")));
    EXPECT_THAT(checked.passing, ElementsAre(HasSubstr("in 1 of its blocks of 64 KiB: 0")));
    EXPECT_THAT(checked.lost, SizeIs(1));
}

TEST(LayerCheck, CallsNoLayerLostForWhatASecondLookDoesNotConfirm)
{
    World world;
    const auto layer = world.make_layer(3, 1);
    world.write_checksums(layer);
    LayerLineage lineage;
    lineage.parents.emplace(layer, std::nullopt);
    const auto check = [&] {
        LayerFiles files(world.files(), kFolder, {.boot_id = world.boot_id()});
        return check_layer_files(files, lineage, CheckDepth::kData);
    };
    world.decide_by(flip_once(World::path(layer, FileKind::kData)));
    const auto once = check();
    EXPECT_THAT(once.problems, IsEmpty());
    EXPECT_THAT(once.lost, IsEmpty());
    EXPECT_THAT(once.passing, SizeIs(1));
    world.flip(layer, 700);
    const auto always = check();
    EXPECT_THAT(always.problems, SizeIs(1));
    EXPECT_THAT(always.lost, SizeIs(1));
    EXPECT_THAT(always.passing, IsEmpty());
}

/// Rows that seal a layer may be lost with the power, and what was made since may be there.
TEST(DataChecksums, GoWhenALayerIsWrittenAgainThatPowerLossHasUnsealed)
{
    World world;
    const auto layer = world.make_layer(3, 1);
    world.write_checksums(layer);
    world.cut_power(1);
    ASSERT_TRUE(world.has_checksums(layer));
    auto volume = world.store().open_volume({layer}, kSize);
    EXPECT_EQ(read_bytes(*volume, 0, kBlockSize), filled(kBlockSize, 1));
    EXPECT_TRUE(world.has_checksums(layer)) << "nothing has changed yet";
    volume->write(0, filled(kBlockSize, 2));
    EXPECT_FALSE(world.has_checksums(layer));
    volume.reset();
    world.cut_power(2);
    EXPECT_FALSE(world.has_checksums(layer)) << "nor may they come back";
    world.store().open_volume({layer}, kSize)->write(kBlockSize, filled(kBlockSize, 3));
    world.store().close_gate(layer, world.store().new_layer_id()).swap_top();
    world.store().sync_layer(layer);
    world.write_checksums(layer);
    EXPECT_FALSE(world.compare(layer).any());
}

/// A write must not go before the removal is on the disk, whoever tries it again.
TEST(DataChecksums, AreGoneForGoodBeforeAWrite)
{
    int syncs = 0;
    World world;
    const auto layer = world.make_layer(3, 1);
    world.write_checksums(layer);
    world.cut_power(1);
    const auto volume = world.store().open_volume({layer}, kSize);
    world.decide_by([&](std::string_view operation, const std::string& path) {
        const bool fails = operation == "sync" && path == kFolder && syncs++ == 0;
        return fails ? Fault{Fault::Kind::kError, EIO} : Fault();
    });
    EXPECT_EQ(error_of([&] { volume->write(0, filled(kBlockSize, 2)); }), EIO);
    EXPECT_EQ(error_of([&] { volume->write(0, filled(kBlockSize, 2)); }), 0);
    EXPECT_EQ(syncs, 2);
}

class AfterPowerLoss : public testing::TestWithParam<std::uint64_t> {};

TEST_P(AfterPowerLoss, ChecksumsOfAMergedLayerAreNotThereThoughTheFirstTryFailed)
{
    bool fails = true;
    World world;
    const auto parent = world.make_layer(4, 1);
    const auto child = world.make_layer(1, 2, parent);
    world.write_checksums(parent);
    world.decide_by([&](std::string_view operation, const std::string& path) {
        return fails && operation == "sync" && path == kFolder ? Fault{Fault::Kind::kError, EIO}
                                                               : Fault();
    });
    EXPECT_EQ(error_of([&] { world.store().merge_sealed(parent, child); }), EIO);
    fails = false;
    auto merge = world.store().merge_sealed(parent, child);
    ASSERT_EQ(merge->gone(), child);
    while (merge->step(1)) {
    }
    merge.reset();
    world.cut_power(GetParam());
    EXPECT_FALSE(world.has_checksums(parent));
    EXPECT_FALSE(world.compare(parent).any());
}

TEST_P(AfterPowerLoss, ChecksumsThatWereMadeBehindABrokenMergeAreRight)
{
    World world;
    const auto parent = world.make_layer(4, 1);
    const auto child = world.make_layer(1, 2, parent);
    auto merge = world.store().merge_sealed(parent, child);
    ASSERT_EQ(merge->gone(), child);
    EXPECT_TRUE(merge->step(1));
    merge.reset();
    world.write_checksums(parent);
    world.cut_power(GetParam());
    const auto found = world.compare(parent);
    EXPECT_THAT(found.confirmed, IsEmpty());
    EXPECT_THAT(found.passing, IsEmpty());
}

TEST_P(AfterPowerLoss, ChecksumsThatWereMadeBehindAMergeWhoseSyncFailedAreRight)
{
    bool fails = true;
    World world;
    const auto parent = world.make_layer(4, 1);
    const auto child = world.make_layer(1, 2, parent);
    auto reader = world.store().open_snapshot({child, parent}, kSize);
    world.store().sync_layer(parent);
    auto merge = world.store().merge_sealed(parent, child);
    world.decide_by([&fails, data = World::path(parent, FileKind::kData)](
                        std::string_view operation, const std::string& path) {
        return fails && operation == "sync" && path == data ? Fault{Fault::Kind::kError, EIO}
                                                            : Fault();
    });
    EXPECT_EQ(error_of([&] {
                  while (merge->step(1)) {
                  }
              }),
              EIO);
    fails = false;
    merge.reset();
    world.write_checksums(parent);
    reader.reset();
    world.cut_power(GetParam());
    EXPECT_FALSE(world.compare(parent).any());
}

INSTANTIATE_TEST_SUITE_P(Seeds, AfterPowerLoss, testing::Range<std::uint64_t>(1, 13));

TEST(DataChecksums, AreNotMadeOfALayerThatSomebodyHasOpenInABrokenMerge)
{
    World world;
    const auto parent = world.make_layer(4, 1);
    const auto child = world.make_layer(1, 2, parent);
    const auto reader = world.store().open_snapshot({child, parent}, kSize);
    auto merge = world.store().merge_sealed(parent, child);
    EXPECT_TRUE(merge->step(1));
    merge.reset();
    EXPECT_EQ(world.store().write_checksums(parent), nullptr);
    merge = world.store().merge_sealed(parent, child);
    while (merge->step(1)) {
    }
    merge.reset();
    world.write_checksums(parent);
    EXPECT_FALSE(world.compare(parent).any());
}

}  // namespace
}  // namespace amilab
