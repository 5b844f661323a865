#include "storage/blocks/data_writing.h"

#include <gtest/gtest.h>
#include <cerrno>
#include <map>
#include <memory>
#include <string>

#include "storage/blocks/block_store.h"
#include "storage/files/posix_file_system.h"
#include "tests/storage/blocks/harness.h"
#include "tests/storage/files/faulty_file_system.h"
#include "tests/storage/files/temporary_directory.h"

namespace amilab {
namespace {

constexpr std::uint64_t kMiB = 1 << 20;

class LayersData : public testing::Test {
protected:
    std::unique_ptr<BlockStore> open(bool survives_power_loss = true)
    {
        return std::make_unique<BlockStore>(
            files_, directory_.path() + "/layers",
            BlockStore::Options{.survives_power_loss = survives_power_loss});
    }
    /// A sealed layer with so much data at its beginning, and a MiB far behind.
    static LayerId fill(BlockStore& store, std::uint64_t mib)
    {
        const auto layer = store.new_layer_id();
        const auto upload = store.open_upload({layer}, 1024 * kMiB);
        for (std::uint64_t at = 0; at < mib; ++at) {
            upload->write(at * kMiB, filled(kMiB, 1));
        }
        upload->write(500 * kMiB, filled(kMiB, 2));
        upload->seal();
        return layer;
    }

    TemporaryDirectory directory_;
    PosixFileSystem inner_;
    std::map<std::string, int, std::less<>> calls_;
    std::string fails_;
    FaultyFileSystem files_{
        inner_, [this](std::string_view operation, const std::string&) {
            ++calls_[std::string(operation)];
            return operation == fails_ ? Fault{Fault::Kind::kError, EIO} : Fault{};
        }};
};

TEST_F(LayersData, IsLeftToTheSyncWhereItIsLittle)
{
    const auto store = open();
    EXPECT_EQ(store->begin_writing(fill(*store, 1)), nullptr);
    EXPECT_EQ(store->begin_writing(store->new_layer_id()), nullptr);
}

TEST_F(LayersData, IsBegunInPartsAndNoHoleIs)
{
    const auto store = open();
    const auto layer = fill(*store, 66);
    const auto writing = store->begin_writing(layer);
    ASSERT_NE(writing, nullptr);
    EXPECT_EQ(writing->layer(), layer);
    calls_.clear();
    for (int part = 1; part <= 3; ++part) {
        EXPECT_TRUE(writing->step());
        EXPECT_EQ(calls_["start writing"], part);
    }
    EXPECT_FALSE(writing->step());
    EXPECT_EQ(calls_["start writing"], 3);
    EXPECT_EQ(calls_["sync"], 0) << "that is the sync's";
    store->sync_layer(layer);
    EXPECT_GT(calls_["sync"], 0);
}

TEST_F(LayersData, IsNeverBegunWhereNothingIsSynced)
{
    const auto store = open(false);
    EXPECT_EQ(store->begin_writing(fill(*store, 66)), nullptr);
    EXPECT_EQ(calls_["start writing"], 0);
}

TEST_F(LayersData, ThatHasGoneIsAtItsEnd)
{
    const auto store = open();
    const auto layer = fill(*store, 66);
    const auto writing = store->begin_writing(layer);
    ASSERT_NE(writing, nullptr);
    EXPECT_TRUE(writing->step());
    store->remove_layer(layer);
    EXPECT_FALSE(writing->step());
}

TEST_F(LayersData, LeavesWhatFailsToTheSync)
{
    const auto store = open();
    const auto layer = fill(*store, 66);
    fails_ = "start writing";
    const auto writing = store->begin_writing(layer);
    ASSERT_NE(writing, nullptr);
    EXPECT_TRUE(writing->step());
    fails_ = "seek in";
    EXPECT_NO_THROW(writing->step());
    fails_ = "stat";
    EXPECT_EQ(store->begin_writing(layer), nullptr);
    fails_.clear();
    EXPECT_NO_THROW(store->sync_layer(layer));
}

}  // namespace
}  // namespace amilab
