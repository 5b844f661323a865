#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <exception>
#include <filesystem>
#include <optional>

#include "storage/blocks/layer_format.h"
#include "storage/files/posix_file_system.h"
#include "storage/state/check.h"
#include "storage/state/stores.h"
#include "storage/upkeep/upkeep.h"
#include "tests/storage/blocks/harness.h"
#include "tests/storage/files/temporary_directory.h"
#include "tests/support/disks.h"

namespace amilab::test {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr int kSnapshots = 4;

/// A server that keeps checksums; what its background tells is kept too.
class Checksums : public testing::Test {
protected:
    DataDirectory::Options options(DataChecksums checksums = DataChecksums::kKept)
    {
        DataDirectory::Options options;
        options.path = path_;
        options.checksums = checksums;
        options.report = [this](auto exception) {
            try {
                std::rethrow_exception(exception);
            } catch (const std::exception& error) {
                told_.emplace_back(error.what());
            }
        };
        return options;
    }

    /// Layers 1 to kSnapshots, each with a block of its own and one that all have.
    void make_snapshots(TestEmulator& aws)
    {
        volume_ = create_volume(aws);
        for (int index = 1; index <= kSnapshots; ++index) {
            const auto open = open_volume(aws, volume_);
            open->write(0, filled(kBlockSize, index));
            open->write(static_cast<std::uint64_t>(index) * kBlockSize, filled(512, index));
            snapshots_.push_back(create_snapshot(aws, volume_));
        }
        aws.data().background().drain();
    }
    void make_snapshots()
    {
        TestEmulator aws(options());
        make_snapshots(aws);
    }

    void start_and_end()
    {
        TestEmulator aws(options());
        aws.data().sweep();
        aws.data().background().drain();
    }

    std::string file(std::uint64_t layer, FileKind kind) const
    {
        return path_ + "/generation-1/layers/" + file_name({LayerId{layer}, 0, kind});
    }

    static void flip(const std::string& path, std::uint64_t offset)
    {
        const auto file = PosixFileSystem().open(path, OpenMode::kReadWrite);
        std::vector<std::byte> byte(1);
        ASSERT_EQ(file->read_at(offset, byte), 1);
        byte[0] ^= std::byte{0x10};
        ASSERT_EQ(file->write_at(offset, byte), 1);
    }

    CheckReport check() const { return check_data_directory(path_, CheckDepth::kData); }

    TemporaryDirectory directory_;
    std::string path_ = directory_.path() + "/data";
    std::string volume_;
    std::vector<std::string> snapshots_;
    std::vector<std::string> told_;
};

TEST_F(Checksums, OfAllSealedDataAreCompared)
{
    make_snapshots();
    const auto report = check();
    EXPECT_THAT(report.problems, IsEmpty());
    EXPECT_EQ(report.compared_blocks, 2U * kSnapshots);
    EXPECT_EQ(check_data_directory(path_).compared_blocks, 0U);
}

TEST_F(Checksums, TellAFlippedBitByFileBlockAndWhoReadsIt)
{
    make_snapshots();
    flip(file(2, FileKind::kData), 2 * kBlockSize + 700);
    EXPECT_THAT(check_data_directory(path_).problems, IsEmpty());
    const auto problems = check().problems;
    EXPECT_THAT(problems, Contains(AllOf(HasSubstr(file(2, FileKind::kData)),
                                         HasSubstr("in 1 of its blocks of 64 KiB: 2"))));
    EXPECT_THAT(problems, Contains(AllOf(HasSubstr(snapshots_[1]), HasSubstr(snapshots_[3]),
                                         Not(HasSubstr(snapshots_[0])))));
    EXPECT_THAT(problems, Each(Not(HasSubstr("remove"))));
}

TEST_F(Checksums, AreComparedByARunningServer)
{
    make_snapshots();
    flip(file(2, FileKind::kData), 5);
    TestEmulator aws(options());
    for (int step = 0; step < kSnapshots; ++step) {
        aws.data().current()->stores().upkeep().scrub_later();
        aws.data().background().drain();
    }
    EXPECT_THAT(told_, testing::ElementsAre(AllOf(HasSubstr(file(2, FileKind::kData)),
                                                  HasSubstr(snapshots_[1]), HasSubstr(volume_),
                                                  Not(HasSubstr(snapshots_[0])))));
}

/// A scrub compares so many blocks at once; a disk of a few more takes two.
constexpr int kBlocksOfTwoScrubs = 130;

/// Scrubs begin with the layer that was made last: here one of kBlocksOfTwoScrubs blocks.
class LongScrubs : public Checksums {
protected:
    void make_disks(TestEmulator& aws)
    {
        make_snapshots(aws);
        large_ = create_volume(aws);
        const auto open = open_volume(aws, large_);
        for (int index = 0; index < kBlocksOfTwoScrubs; ++index) {
            open->write(static_cast<std::uint64_t>(index) * kBlockSize,
                        filled(kBlockSize, index + 1));
        }
        large_snapshot_ = create_snapshot(aws, large_);
        aws.data().background().drain();
    }
    static void scrub(TestEmulator& aws)
    {
        aws.data().current()->stores().upkeep().scrub_later();
        aws.data().background().drain();
    }

    // One for each top: those of the first volume, the large one's.
    static constexpr std::uint64_t kLargeLayer = kSnapshots + 2;
    std::string large_;
    std::string large_snapshot_;
};

TEST_F(LongScrubs, GoOnWhereTheyAreWhileOtherLayersAreMerged)
{
    TestEmulator aws(options());
    make_disks(aws);
    flip(file(kLargeLayer, FileKind::kData), (kBlocksOfTwoScrubs - 1) * kBlockSize);
    scrub(aws);
    delete_snapshot(aws, snapshots_[1]);  // merges two layers of the other disk
    aws.data().background().drain();
    EXPECT_FALSE(std::filesystem::exists(file(2, FileKind::kData)) &&
                 std::filesystem::exists(file(3, FileKind::kData)));
    EXPECT_THAT(told_, IsEmpty());
    scrub(aws);
    EXPECT_THAT(told_, testing::ElementsAre(HasSubstr(file(kLargeLayer, FileKind::kData))));
}

TEST_F(LongScrubs, ComeBackInThePassToALayerThatHasBeenMerged)
{
    TestEmulator aws(options());
    make_disks(aws);
    // Another layer above the large one, so that the two are merged when the snapshot goes.
    open_volume(aws, large_)->write(0, filled(512, 7));
    const auto above = create_snapshot(aws, large_);
    aws.data().background().drain();
    scrub(aws);  // the layer above
    scrub(aws);  // the first part of the large one
    delete_snapshot(aws, large_snapshot_);
    aws.data().background().drain();
    flip(file(kLargeLayer, FileKind::kData), (kBlocksOfTwoScrubs - 1) * kBlockSize);
    for (int step = 0; step < kSnapshots + 4; ++step) {
        scrub(aws);
    }
    EXPECT_THAT(told_, testing::ElementsAre(
                           AllOf(HasSubstr(file(kLargeLayer, FileKind::kData)), HasSubstr(above))));
}

TEST_F(LongScrubs, KeepNoSpaceOfALayerThatIsDeleted)
{
    TestEmulator aws(options());
    make_disks(aws);
    scrub(aws);
    ASSERT_TRUE(std::filesystem::exists(file(kLargeLayer, FileKind::kData)));
    delete_volume(aws, large_);
    delete_snapshot(aws, large_snapshot_);
    aws.data().background().drain();
    EXPECT_FALSE(std::filesystem::exists(file(kLargeLayer, FileKind::kData)));
    scrub(aws);
    EXPECT_THAT(told_, IsEmpty());
}

TEST_F(Checksums, AreMadeAnewForWhatHasBeenMerged)
{
    std::optional<TestEmulator> aws(std::in_place, options());
    make_snapshots(*aws);
    for (const std::size_t index : {1U, 2U}) {
        delete_snapshot(*aws, snapshots_[index]);
        aws->data().background().drain();
    }
    aws.reset();
    const auto report = check();
    EXPECT_THAT(report.problems, IsEmpty());
    EXPECT_EQ(report.compared_blocks, report.data_blocks);
    EXPECT_EQ(report.data_blocks, 6U);
}

TEST_F(Checksums, ThatAreDamagedAreNamedAndMadeAgain)
{
    make_snapshots();
    for (const auto offset : {std::uint64_t{24}, kIndexChecksumsAt, kIndexPagesAt + 1}) {
        flip(file(3, FileKind::kChecksums), offset);
        EXPECT_THAT(check().problems,
                    testing::ElementsAre(
                        AllOf(HasSubstr(file(3, FileKind::kChecksums)), HasSubstr("remove it"))))
            << offset;
        std::filesystem::remove(file(3, FileKind::kChecksums));
        EXPECT_EQ(check().compared_blocks, 2U * (kSnapshots - 1));
        EXPECT_EQ(check().sealed_blocks, 2U * kSnapshots);
        start_and_end();
        EXPECT_EQ(check().compared_blocks, 2U * kSnapshots);
        EXPECT_THAT(check().problems, IsEmpty());
    }
}

TEST_F(Checksums, AreMadeOnlyWhereTheyAreAskedFor)
{
    {
        TestEmulator aws(options(DataChecksums::kNone));
        make_snapshots(aws);
        aws.data().current()->stores().upkeep().scrub_later();
    }
    EXPECT_EQ(check().compared_blocks, 0U);
    EXPECT_FALSE(std::filesystem::exists(file(1, FileKind::kChecksums)));
}

TEST_F(Checksums, GoWithTheirLayer)
{
    TestEmulator aws(options());
    make_snapshots(aws);
    delete_volume(aws, volume_);
    for (const auto& snapshot : snapshots_) {
        delete_snapshot(aws, snapshot);
    }
    aws.data().background().drain();
    EXPECT_TRUE(std::filesystem::is_empty(path_ + "/generation-1/layers"));
}

}  // namespace
}  // namespace amilab::test
