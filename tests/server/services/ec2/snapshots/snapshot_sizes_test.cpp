#include "storage/upkeep/snapshot_sizes.h"

#include <gtest/gtest.h>
#include <random>
#include <set>

#include "tests/server/services/ec2/volumes/volume_support.h"
#include "tests/support/emulator_fixture.h"

namespace amilab::test {
namespace {

constexpr std::uint64_t kKiB = 1024;
constexpr std::uint64_t kMiB = 1024 * kKiB;

class FullSnapshotSize : public ::testing::Test {
protected:
    FullSnapshotSize()
    {
        volume = aws.must("CreateVolume", {{"AvailabilityZone", "us-east-1a"}, {"Size", "2"}})
                     .text("volumeId");
    }

    std::string snapshot(const std::string& of)
    {
        return aws.must("CreateSnapshot", {{"VolumeId", of}}).text("snapshotId");
    }
    std::string size_of(const std::string& id)
    {
        return aws.must("DescribeSnapshots", {{"SnapshotId.1", id}})
            .text("snapshotSet/item/fullSnapshotSizeInBytes");
    }

    TestEmulator aws;
    std::string volume;
};

TEST_F(FullSnapshotSize, IsNothingBeforeAnythingIsWritten)
{
    EXPECT_EQ(size_of(snapshot(volume)), "0");
}

TEST_F(FullSnapshotSize, CountsEachBlockOf512KiBOnce)
{
    fill_volume(aws, volume, 0, 512, 'a');
    fill_volume(aws, volume, 400 * kKiB, 4 * kKiB, 'a');
    EXPECT_EQ(size_of(snapshot(volume)), std::to_string(512 * kKiB));
    // Over the border of two blocks.
    fill_volume(aws, volume, kMiB - 512, 1024, 'a');
    EXPECT_EQ(size_of(snapshot(volume)), std::to_string(1536 * kKiB));
    fill_volume(aws, volume, 2048 * kMiB - 512, 512, 'z');
    EXPECT_EQ(size_of(snapshot(volume)), std::to_string(2048 * kKiB));
}

TEST_F(FullSnapshotSize, HoldsAllThatLiesBelowToo)
{
    fill_volume(aws, volume, 0, kMiB, 'a');
    const auto first = snapshot(volume);
    fill_volume(aws, volume, 0, 512, 'b');
    fill_volume(aws, volume, 8 * kMiB, kMiB, 'b');
    const auto second = snapshot(volume);
    const auto restored =
        aws.must("CreateVolume", {{"AvailabilityZone", "us-east-1a"}, {"SnapshotId", second}})
            .text("volumeId");
    fill_volume(aws, restored, 16 * kMiB, kMiB, 'c');
    EXPECT_EQ(size_of(first), std::to_string(kMiB));
    EXPECT_EQ(size_of(second), std::to_string(2 * kMiB));
    EXPECT_EQ(size_of(snapshot(restored)), std::to_string(3 * kMiB));
}

TEST_F(FullSnapshotSize, IsKeptInTheBackground)
{
    fill_volume(aws, volume, 0, kMiB, 'a');
    const auto id = SnapshotId::trusted(snapshot(volume));
    aws.data().background().drain();
    auto reader = aws.generation().reader();
    EXPECT_EQ(select_snapshot(reader.db(), kRegion, id)->full_size_bytes, kMiB);
    EXPECT_TRUE(select_uncounted_snapshots(reader.db()).empty());
}

// As of one whose count a server that was killed had not got to.
TEST_F(FullSnapshotSize, IsMadeUpForByAStartOfSnapshotsThatAreNotCompletedToo)
{
    aws.set_delay("snapshot.pending", 1000);
    const auto id = SnapshotId::trusted(snapshot(volume));
    aws.data().background().drain();
    const auto uncounted_after = [&](const char* change) {
        aws.generation().writer().db().run(change);
        return select_uncounted_snapshots(aws.generation().reader().db());
    };
    EXPECT_EQ(uncounted_after("UPDATE snapshot SET full_size_bytes = NULL"), std::vector{id});
    EXPECT_TRUE(uncounted_after("UPDATE layer SET sealed = 0").empty()) << "somebody writes to it";
}

/// Counted from what the snapshot below holds and what was written since, it is what a look at all
/// blocks would say.
TEST_F(FullSnapshotSize, IsTheSameHoweverItIsCounted)
{
    constexpr std::uint64_t kBlocks = 200;
    constexpr std::uint64_t kBlocksPerGrain = kEbsBlockBytes / kBlockSize;
    std::cout << "AMILAB_SEED=" << test_seed() << '\n';
    std::mt19937_64 random(std::hash<std::string>()(test_seed()));
    std::set<std::uint64_t> written;
    std::vector<std::pair<std::string, std::uint64_t>> expected;
    const auto disk = open_bytes(aws, volume);
    for (int step = 0; step < 120; ++step) {
        const auto first = random() % kBlocks;
        const auto count = 1 + random() % 12;
        const bool trims = random() % 3 == 0;
        for (auto block = first; block < first + count; ++block) {
            trims ? static_cast<void>(written.erase(block))
                  : static_cast<void>(written.insert(block));
        }
        if (trims) {
            disk->trim(first * kBlockSize, count * kBlockSize);
        } else {
            fill_volume(aws, volume, first * kBlockSize, count * kBlockSize, 'w');
        }
        if (random() % 3 == 0) {
            std::set<std::uint64_t> grains;
            for (const auto block : written) {
                grains.insert(block / kBlocksPerGrain);
            }
            expected.emplace_back(snapshot(volume), grains.size() * kEbsBlockBytes);
        }
        if (random() % 4 == 0) {
            aws.data().background().drain();
        }
    }
    aws.data().background().drain();
    for (const auto& [id, bytes] : expected) {
        EXPECT_EQ(size_of(id), std::to_string(bytes)) << id;
    }
}

TEST_F(FullSnapshotSize, IsUnknownWhileTheSnapshotIsPending)
{
    aws.set_delay("snapshot.pending", 1000);
    const auto id = snapshot(volume);
    EXPECT_EQ(size_of(id), "");
    aws.advance(1000);
    EXPECT_EQ(size_of(id), "0");
}

}  // namespace
}  // namespace amilab::test
