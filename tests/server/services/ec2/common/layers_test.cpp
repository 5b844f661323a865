#include "server/calls/layers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <algorithm>
#include <map>
#include <random>

#include <fmt/format.h>
#include <sqlite3.h>

#include "storage/metadata/catalogue/connection.h"
#include "storage/metadata/s3/object_bytes_rows.h"
#include "storage/state/check.h"
#include "storage/state/space.h"
#include "tests/storage/blocks/harness.h"
#include "tests/storage/files/temporary_directory.h"
#include "tests/support/blocked_background.h"
#include "tests/support/disks.h"
#include "tests/support/told_statements.h"

namespace amilab::test {
namespace {

using ::testing::IsEmpty;

void write(TestEmulator& aws, const std::string& volume, int first, int blocks, int value)
{
    open_volume(aws, volume)
        ->write(static_cast<std::uint64_t>(first) * kBlockSize,
                filled(static_cast<std::size_t>(blocks) * kBlockSize, value));
}

int byte_of(const std::vector<std::byte>& bytes)
{
    return static_cast<int>(bytes.at(0));
}

int volume_byte(TestEmulator& aws, const std::string& id, int block)
{
    return byte_of(
        read_bytes(*open_volume(aws, id), static_cast<std::uint64_t>(block) * kBlockSize, 512));
}

int snapshot_byte(TestEmulator& aws, const std::string& id, int block)
{
    return byte_of(
        read_bytes(*open_snapshot(aws, id), static_cast<std::uint64_t>(block) * kBlockSize, 512));
}

std::int64_t layers(TestEmulator& aws)
{
    aws.data().background().drain();
    return count(aws, "SELECT COUNT(*) FROM layer");
}

/// Three snapshots of a volume whose blocks 0 to 9, 0 to 2 and 0 they saw written.
struct Story {
    TestEmulator aws;
    std::string volume = create_volume(aws);
    std::vector<std::string> snapshots;

    Story()
    {
        write(aws, volume, 0, 10, 1);
        snapshots.push_back(create_snapshot(aws, volume));
        write(aws, volume, 0, 3, 2);
        snapshots.push_back(create_snapshot(aws, volume));
        write(aws, volume, 0, 1, 3);
        snapshots.push_back(create_snapshot(aws, volume));
    }
};

TEST(Merging, BeginsWhenASnapshotIsDeletedAndChangesNoByte)
{
    Story story;
    auto& aws = story.aws;
    EXPECT_EQ(layers(aws), 4);
    delete_snapshot(aws, story.snapshots[1]);
    EXPECT_EQ(layers(aws), 3);
    for (const auto& [block, value] : std::map<int, int>{{0, 3}, {1, 2}, {2, 2}, {3, 1}, {10, 0}}) {
        EXPECT_EQ(snapshot_byte(aws, story.snapshots[2], block), value) << block;
        EXPECT_EQ(volume_byte(aws, story.volume, block), value) << block;
    }
    EXPECT_EQ(snapshot_byte(aws, story.snapshots[0], 0), 1);
}

TEST(Merging, ASnapshotTakesOverTheLargerLayerBelowIt)
{
    Story story;
    auto& aws = story.aws;
    delete_snapshot(aws, story.snapshots[0]);
    EXPECT_EQ(layers(aws), 3);
    EXPECT_EQ(snapshot_byte(aws, story.snapshots[1], 0), 2);
    EXPECT_EQ(snapshot_byte(aws, story.snapshots[1], 3), 1);
    const auto copy = create_volume(aws, story.snapshots[1]);
    EXPECT_EQ(volume_byte(aws, copy, 0), 2);
    EXPECT_EQ(volume_byte(aws, copy, 9), 1);
}

TEST(Merging, TheTakenOverLayerCanBeReadFromTheMomentThatARowNamesIt)
{
    Story story;
    auto& aws = story.aws;
    aws.data().background().drain();
    // A connection of its own sees a commit at once.
    const auto db = open_connection(aws.generation().path() + "/metadata.sqlite",
                                    Database::Mode::kReadOnly, Durability::kPrivate);
    std::vector<int> bytes_read;
    std::function<void()> read_both = [&] {
        try {
            const auto disk = open_snapshot(aws, story.snapshots[1], *db);
            bytes_read.push_back(byte_of(read_bytes(*disk, 0, 512)));
            bytes_read.push_back(byte_of(read_bytes(*disk, 3 * kBlockSize, 512)));
        } catch (const StorageError& error) {
            ADD_FAILURE() << error.what();
        }
    };
    // Called right after each commit, before whoever committed goes on.
    sqlite3_wal_hook(
        aws.generation().writer().db().handle(),
        [](void* read, sqlite3*, const char*, int) {
            (*static_cast<std::function<void()>*>(read))();
            return SQLITE_OK;
        },
        &read_both);
    delete_snapshot(aws, story.snapshots[0]);
    EXPECT_EQ(layers(aws), 3);
    sqlite3_wal_hook(aws.generation().writer().db().handle(), nullptr, nullptr);
    ASSERT_GE(bytes_read.size(), 4) << "after the deletion, and after the merge";
    for (std::size_t index = 0; index < bytes_read.size(); ++index) {
        EXPECT_EQ(bytes_read[index], index % 2 == 0 ? 2 : 1) << index;
    }
}

TEST(Merging, WithoutSnapshotsAVolumeHasOneLayer)
{
    Story story;
    auto& aws = story.aws;
    const auto open = open_volume(aws, story.volume);
    for (const auto& snapshot : story.snapshots) {
        delete_snapshot(aws, snapshot);
    }
    EXPECT_EQ(layers(aws), 1);
    EXPECT_EQ(volume_byte(aws, story.volume, 0), 3);
    EXPECT_EQ(volume_byte(aws, story.volume, 9), 1);
    aws.data().background().drain();
    EXPECT_EQ(count(aws, "SELECT COUNT(*) FROM removed_layer"), 0);
}

TEST(Merging, LeavesAloneWhatTwoNeed)
{
    Story story;
    auto& aws = story.aws;
    const auto copy = create_volume(aws, story.snapshots[0]);
    delete_snapshot(aws, story.snapshots[0]);
    EXPECT_EQ(layers(aws), 5);
    delete_volume(aws, copy);
    EXPECT_EQ(layers(aws), 3) << "the copy's layer is gone, and the snapshot's merged";
    EXPECT_EQ(snapshot_byte(aws, story.snapshots[1], 3), 1);
}

TEST(Merging, ADeletedSnapshotThatIsStillReadKeepsItsBytes)
{
    Story story;
    auto& aws = story.aws;
    const auto open = open_snapshot(aws, story.snapshots[0]);
    delete_snapshot(aws, story.snapshots[0]);
    EXPECT_EQ(layers(aws), 4) << "somebody reads what it was";
    EXPECT_EQ(byte_of(read_bytes(*open, 0, 512)), 1);
}

/// Counts what is looked up for merges while snapshots are deleted that somebody reads.
class PostponedMerges : public ::testing::Test {
protected:
    /// A volume with a deleted snapshot that is still read.
    void add_one_that_is_read()
    {
        const auto volume = create_volume(aws_);
        write(aws_, volume, 0, 10, 1);
        const auto first = create_snapshot(aws_, volume);
        write(aws_, volume, 0, 3, 2);
        create_snapshot(aws_, volume);
        open_.push_back(open_snapshot(aws_, first));
        delete_snapshot(aws_, first);
        aws_.data().background().drain();
    }
    /// How often layers were looked at for a merge when one more snapshot was deleted.
    std::ptrdiff_t looks_for_one_more()
    {
        const auto volume = create_volume(aws_);
        write(aws_, volume, 0, 10, 1);
        const auto first = create_snapshot(aws_, volume);
        write(aws_, volume, 0, 3, 2);
        create_snapshot(aws_, volume);
        const auto texts =
            told_.texts_of(aws_.data().background(), [&] { delete_snapshot(aws_, first); });
        return std::ranges::count_if(texts, [](const auto& text) {
            return text.find("FROM layer parent JOIN layer child") != text.npos;
        });
    }

    ToldStatements told_;  // before any connection
    TestEmulator aws_;
    std::vector<std::shared_ptr<Snapshot>> open_;
};

TEST_F(PostponedMerges, CostOthersLittleHoweverManySnapshotsAreRead)
{
    constexpr int kTriesAgain = 4;
    const auto alone = looks_for_one_more();
    EXPECT_GT(alone, 0);
    for (int i = 0; i < 5 * kTriesAgain; ++i) {
        add_one_that_is_read();
    }
    EXPECT_LE(looks_for_one_more(), alone + kTriesAgain);
}

TEST_F(PostponedMerges, AreMadeUpForWhenNobodyReadsTheirSnapshots)
{
    constexpr int kCount = 10;
    for (int i = 0; i < kCount; ++i) {
        add_one_that_is_read();
    }
    EXPECT_EQ(layers(aws_), 3 * kCount);
    open_.clear();
    looks_for_one_more();
    EXPECT_EQ(layers(aws_), 2 * (kCount + 1));
}

TEST(Merging, LooksAtTheLayersRowsAloneWhereASnapshotIsKept)
{
    const ToldStatements told;  // before any connection
    TestEmulator aws;
    const auto volume = create_volume(aws);
    create_snapshot(aws, volume);
    const auto texts =
        told.texts_of(aws.data().background(), [&] { create_snapshot(aws, volume); });
    EXPECT_FALSE(texts.empty());
    EXPECT_TRUE(std::ranges::none_of(texts, [](const auto& text) {
        return text.find("pragma_foreign_key_list") != text.npos;
    })) << "the schema says what refers to layers, and a walk through it costs a thousand looks";
}

ApiCall snapshot_call(TestEmulator& aws, const std::string& volume)
{
    return aws.emulator().parse(
        {.method = "POST"},
        fmt::format("Action=CreateSnapshot&Version=2016-11-15&VolumeId={}", volume));
}

TEST(Sealing, ChangesNoThreadForAVolumeThatNobodyHasOpen)
{
    TestEmulator aws;
    const auto volume = create_volume(aws);
    const auto answer = snapshot_call(aws, volume).run_if_quick();
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 200);
    EXPECT_EQ(layers(aws), 2);
}

TEST(Sealing, WaitsForWritesUnderWayOnTheWritersThreadAlone)
{
    TestEmulator aws;
    const auto volume = create_volume(aws);
    const auto open = open_volume(aws, volume);
    auto call = snapshot_call(aws, volume);
    EXPECT_EQ(call.run_if_quick(), std::nullopt);
    EXPECT_EQ(layers(aws), 1);
    EXPECT_EQ(call.run().status, 200);
    EXPECT_EQ(layers(aws), 2);
}

constexpr const char* kSyncedLayers = "SELECT COUNT(*) FROM layer WHERE sealed = 1 AND synced = 1";

class SealingOnDisk : public ::testing::Test {
protected:
    /// How many transactions the background needs for as many snapshots.
    std::ptrdiff_t transactions_after(int snapshots)
    {
        const auto texts = told_.texts_of(aws_.data().background(), [&] {
            const BlockedBackground blocked(aws_);
            for (int i = 0; i < snapshots; ++i) {
                create_snapshot(aws_, volume_);
            }
        });
        return std::ranges::count(texts, "BEGIN");
    }

    ToldStatements told_;  // before any connection
    TemporaryDirectory folder_;
    TestEmulator aws_{folder_.path()};
    std::string volume_ = create_volume(aws_);
};

TEST_F(SealingOnDisk, OfWhatNobodyHasWrittenLeavesNothingToWrite)
{
    aws_.data().background().drain();
    const auto texts =
        told_.texts_of(aws_.data().background(), [&] { create_snapshot(aws_, volume_); });
    EXPECT_TRUE(
        std::ranges::none_of(texts, [](const auto& text) { return text.starts_with("UPDATE"); }));
    EXPECT_EQ(count(aws_, kSyncedLayers), 1);
    EXPECT_EQ(count(aws_, "SELECT COUNT(*) FROM layer WHERE sealed = 1 AND blocks = 0"), 1);
    EXPECT_EQ(count(aws_, "SELECT COUNT(*) FROM snapshot WHERE full_size_bytes = 0"), 1);
}

TEST_F(SealingOnDisk, WritesTheRowOfASnapshotOnce)
{
    const auto texts = told_.texts_of([&] { create_snapshot(aws_, volume_); });
    const auto named = [&](std::string_view begin) {
        return std::ranges::count_if(texts,
                                     [&](const auto& text) { return text.starts_with(begin); });
    };
    EXPECT_EQ(named("INSERT INTO snapshot "), 1);
    EXPECT_EQ(named("UPDATE snapshot "), 0);
    EXPECT_EQ(count(aws_,
                    "SELECT COUNT(*) FROM snapshot WHERE state = 'completed'"
                    " AND completion_time_ms = start_time_ms"),
              1);
}

TEST_F(SealingOnDisk, SyncsWhatNobodyHasWrittenBehindWhatIsBelow)
{
    write(aws_, volume_, 0, 1, 1);
    {
        const BlockedBackground blocked(aws_);
        create_snapshot(aws_, volume_);
        create_snapshot(aws_, volume_);
        EXPECT_EQ(count(aws_, kSyncedLayers), 0);
        EXPECT_EQ(count(aws_, "SELECT COUNT(*) FROM snapshot WHERE full_size_bytes IS NULL"), 2);
    }
    aws_.data().background().drain();
    EXPECT_EQ(count(aws_, kSyncedLayers), 2);
    EXPECT_EQ(count(aws_, "SELECT COUNT(*) FROM snapshot WHERE full_size_bytes = 524288"), 2);
}

TEST_F(SealingOnDisk, CostsTheBackgroundAsManyTransactionsForManySnapshotsAsForOne)
{
    aws_.data().background().drain();
    const auto one = transactions_after(1);
    EXPECT_LE(transactions_after(10), one);
}

/// More than a sync may find unwritten.
constexpr int kLargeBlocks = 66 * 16;

TEST_F(SealingOnDisk, OfALargeLayerLetsASmallOneThrough)
{
    const auto small = create_volume(aws_);
    write(aws_, volume_, 0, kLargeBlocks, 1);
    write(aws_, small, 0, 1, 2);
    std::int64_t synced = 0;
    {
        const BlockedBackground blocked(aws_);
        create_snapshot(aws_, volume_);
        create_snapshot(aws_, small);
        aws_.data().background().post([&] { synced = count(aws_, kSyncedLayers); });
    }
    aws_.data().background().drain();
    EXPECT_EQ(synced, 1);
    EXPECT_EQ(count(aws_, kSyncedLayers), 2);
}

TEST_F(SealingOnDisk, OfALargeLayerTakesThoseAboveAlong)
{
    write(aws_, volume_, 0, kLargeBlocks, 1);
    std::int64_t synced = 0;
    {
        const BlockedBackground blocked(aws_);
        create_snapshot(aws_, volume_);
        write(aws_, volume_, 0, 1, 2);
        create_snapshot(aws_, volume_);
        aws_.data().background().post([&] { synced = count(aws_, kSyncedLayers); });
    }
    aws_.data().background().drain();
    EXPECT_EQ(synced, 0) << "a sync of the one above would be one of the large one";
    EXPECT_EQ(count(aws_, kSyncedLayers), 2);
}

TEST_F(SealingOnDisk, OfALargeLayerIsWaitedForByItsMerge)
{
    write(aws_, volume_, 0, kLargeBlocks, 1);
    std::int64_t synced = 0;
    {
        const BlockedBackground blocked(aws_);
        const auto snapshot = create_snapshot(aws_, volume_);
        // A volume takes no layer that has more than itself.
        write(aws_, volume_, kLargeBlocks, kLargeBlocks, 2);
        delete_snapshot(aws_, snapshot);
        aws_.data().background().post([&] { synced = count(aws_, kSyncedLayers); });
    }
    aws_.data().background().drain();
    EXPECT_EQ(synced, 0) << "the merge would sync it at once";
    EXPECT_EQ(layers(aws_), 1);
    EXPECT_EQ(volume_byte(aws_, volume_, kLargeBlocks - 1), 1);
}

TEST(Indexes, EverySixteenthLayerGetsOne)
{
    TestEmulator aws;
    const auto volume = create_volume(aws);
    std::vector<std::string> snapshots;
    for (int index = 0; index < 40; ++index) {
        write(aws, volume, index % 20, 1, index + 1);
        snapshots.push_back(create_snapshot(aws, volume));
    }
    aws.data().background().drain();
    EXPECT_EQ(count(aws, "SELECT COUNT(*) FROM layer WHERE indexed = 1"), 2);
    for (int index = 0; index < 20; ++index) {
        EXPECT_EQ(volume_byte(aws, volume, index), 21 + index);
        EXPECT_EQ(snapshot_byte(aws, snapshots[19], index), 1 + index);
    }
}

TEST(Space, IsOwnedOrSharedAndCountedOnce)
{
    Story story;
    auto& aws = story.aws;
    aws.data().background().drain();
    const auto space = measure_space(aws.generation());
    ASSERT_EQ(space.disks.size(), 4U);
    std::uint64_t own = 0;
    for (const auto& disk : space.disks) {
        EXPECT_EQ(disk.logical_bytes, std::uint64_t{1} << 30);
        own += disk.own_bytes;
        EXPECT_LE(disk.own_bytes + disk.shared_bytes, space.allocated_bytes);
    }
    EXPECT_EQ(own, 0U) << "each layer has another above it, and the volume's is empty";
    EXPECT_GE(space.allocated_bytes, 14 * kBlockSize);
    delete_volume(aws, story.volume);
    aws.data().background().drain();
    const auto after = measure_space(aws.generation());
    for (const auto& disk : after.disks) {
        if (disk.disk.id == story.snapshots[2]) {
            EXPECT_GE(disk.own_bytes, kBlockSize);
        }
    }
}

std::string text_of(const DiskSpace& space)
{
    return fmt::format("{} {} {} {} {}", space.disk.id, space.disk.owner, space.logical_bytes,
                       space.own_bytes, space.shared_bytes);
}

std::vector<std::string> texts_of(const std::vector<DiskSpace>& spaces)
{
    std::vector<std::string> texts;
    std::ranges::transform(spaces, std::back_inserter(texts), &text_of);
    return texts;
}

TEST(Space, ByPagesIsWhatItIsAtOnce)
{
    Story story;
    auto& aws = story.aws;
    create_volume(aws, story.snapshots[0]);
    aws.must("CreateVolume", {{"AvailabilityZone", "us-east-1a"}, {"Size", "2"}}, kOtherAccount);
    aws.data().background().drain();
    for (const auto& account : {std::optional<std::string>(), std::optional<std::string>(kAccount),
                                std::optional<std::string>("999999999999")}) {
        const auto space =
            account ? measure_space(aws.generation(), *account) : measure_space(aws.generation());
        for (const std::int64_t most : {1, 2, 1000}) {
            std::vector<std::string> paged;
            DiskPage page{.account = account, .after = "", .most = most};
            for (;;) {
                const auto disks = measure_disks(aws.generation(), page);
                if (disks.empty()) {
                    break;
                }
                EXPECT_LE(disks.size(), static_cast<std::size_t>(most));
                page.after = disks.back().disk.id;
                const auto texts = texts_of(disks);
                paged.insert(paged.end(), texts.begin(), texts.end());
            }
            auto at_once = texts_of(space.disks);
            std::ranges::sort(at_once);
            EXPECT_EQ(paged, at_once) << account.value_or("all") << " by " << most;
        }
    }
}

class CostOfSpace : public ::testing::Test {
protected:
    /// A volume of the account with two snapshots of it: three layers.
    void add_three_layers(const char* account)
    {
        const auto volume =
            aws_.must("CreateVolume", {{"AvailabilityZone", "us-east-1a"}, {"Size", "1"}}, account)
                .text("volumeId");
        aws_.must("CreateSnapshot", {{"VolumeId", volume}}, account);
        aws_.must("CreateSnapshot", {{"VolumeId", volume}}, account);
        aws_.data().background().drain();
    }
    /// How many layers are looked at.
    std::ptrdiff_t looks(const std::function<void()>& action)
    {
        return std::ranges::count_if(told_.texts_of(action), [](const auto& text) {
            return text.starts_with("SELECT l.parent_id");
        });
    }

    ToldStatements told_;  // before any connection
    TestEmulator aws_;
};

TEST_F(CostOfSpace, FollowsWhatIsAskedFor)
{
    add_three_layers(kAccount);
    for (int i = 0; i < 5; ++i) {
        add_three_layers(kOtherAccount);
    }
    EXPECT_EQ(looks([&] { measure_space(aws_.generation(), kAccount); }), 3);
    // Snapshots, of one layer or two, stand before volumes.
    const DiskPage first_volume{.account = {}, .after = "vol-", .most = 1};
    EXPECT_EQ(looks([&] { measure_disks(aws_.generation(), first_volume); }), 3);
}

class SpaceOfAccounts : public ::testing::Test {
protected:
    /// A snapshot of `blocks` written ones.
    std::string written_snapshot(int blocks)
    {
        const auto volume = create_volume(aws_);
        write(aws_, volume, 0, blocks, 1);
        const auto snapshot = create_snapshot(aws_, volume);
        delete_volume(aws_, volume);
        return snapshot;
    }
    void share(const std::string& snapshot)
    {
        aws_.must(
            "ModifySnapshotAttribute",
            {{"SnapshotId", snapshot}, {"CreateVolumePermission.Add.1.UserId", kOtherAccount}});
    }
    AccountSpace space_of(std::string_view account)
    {
        aws_.data().background().drain();
        for (auto& one : measure_space(aws_.generation()).accounts) {
            if (one.account == account) {
                EXPECT_EQ(one.held_bytes, measure_held_bytes(aws_.generation(), account));
                expect_same(one, measure_space(aws_.generation(), one.account));
                return std::move(one);
            }
        }
        return {};
    }
    static void expect_same(const AccountSpace& among_all, const Space& alone)
    {
        ASSERT_EQ(alone.accounts.size(), 1U);
        const auto& one = alone.accounts.front();
        EXPECT_EQ(one.account, among_all.account);
        EXPECT_EQ(one.rows, among_all.rows);
        EXPECT_EQ(one.disks, among_all.disks);
        EXPECT_EQ(one.logical_bytes, among_all.logical_bytes);
        EXPECT_EQ(one.held_bytes, among_all.held_bytes);
        EXPECT_EQ(one.shared_bytes, among_all.shared_bytes);
        EXPECT_EQ(alone.allocated_bytes, one.held_bytes + one.shared_bytes);
    }

    TestEmulator aws_;
};

TEST_F(SpaceOfAccounts, IsWhatEachHasWrittenAndHowManyRows)
{
    written_snapshot(4);
    const auto space = space_of(kAccount);
    EXPECT_GE(space.held_bytes, 4 * kBlockSize);
    EXPECT_EQ(space.shared_bytes, 0U);
    EXPECT_EQ(space.disks, 1);
    EXPECT_EQ(space.logical_bytes, std::uint64_t{1} << 30);
    EXPECT_EQ(space.rows, 1);
    EXPECT_EQ(space_of(kOtherAccount).rows, 0);
}

TEST_F(SpaceOfAccounts, OfASharedSnapshotIsItsOwnersWhileThatIsThere)
{
    const auto snapshot = written_snapshot(4);
    share(snapshot);
    aws_.must("CreateVolume", {{"AvailabilityZone", "us-east-1a"}, {"SnapshotId", snapshot}},
              kOtherAccount);
    const auto shared = space_of(kOtherAccount);
    EXPECT_LT(shared.held_bytes, kBlockSize);
    EXPECT_GE(shared.shared_bytes, 4 * kBlockSize);
    EXPECT_GE(space_of(kAccount).held_bytes, 4 * kBlockSize);

    delete_snapshot(aws_, snapshot);
    const auto kept = space_of(kOtherAccount);
    EXPECT_GE(kept.held_bytes, 4 * kBlockSize);
    EXPECT_EQ(kept.shared_bytes, 0U);
    EXPECT_EQ(space_of(kAccount).held_bytes, 0U);
}

TEST_F(SpaceOfAccounts, OfACopyIsBoth)
{
    const auto snapshot = written_snapshot(4);
    share(snapshot);
    aws_.must("CopySnapshot", {{"SourceSnapshotId", snapshot}, {"SourceRegion", kRegion}},
              kOtherAccount);
    EXPECT_GE(space_of(kAccount).held_bytes, 4 * kBlockSize);
    EXPECT_GE(space_of(kOtherAccount).held_bytes, 4 * kBlockSize);
}

TEST_F(SpaceOfAccounts, IsToldOfWhoHoldsBytesAndHasNoRows)
{
    insert_blob(
        aws_.generation().writer().db(),
        {.number = BlobNumber{1}, .account = kOtherAccount, .size_bytes = 700, .held_bytes = 4096});
    const auto space = space_of(kOtherAccount);
    EXPECT_EQ(space.rows, 0);
    EXPECT_EQ(space.held_bytes, 4096U);
}

/// Volumes, snapshots and copies through the API against plain bytes, with the background at work.
class RandomLife {
public:
    RandomLife(const std::string& path, std::uint64_t seed) : aws_(path), random_(seed)
    {
        const auto id = create_volume(aws_);
        volumes_[id] = filled(kWindow, 0);
    }

    void step()
    {
        const auto dice = random_() % 100;
        auto& [volume, bytes] = pick(volumes_);
        if (dice < 45) {
            write(volume, bytes);
        } else if (dice < 62) {
            const auto id = create_snapshot(aws_, volume);
            snapshots_[id] = bytes;
        } else if (dice < 72 && !snapshots_.empty()) {
            const auto id = pick(snapshots_).first;
            delete_snapshot(aws_, id);
            snapshots_.erase(id);
        } else if (dice < 78 && !snapshots_.empty() && volumes_.size() < 5) {
            const auto& [id, from] = pick(snapshots_);
            volumes_[create_volume(aws_, id)] = from;
        } else if (dice < 82 && volumes_.size() > 1) {
            const auto id = volume;
            delete_volume(aws_, id);
            volumes_.erase(id);
        } else if (dice < 90) {
            ASSERT_EQ(read_bytes(*open_volume(aws_, volume), 0, kWindow), bytes);
        } else if (dice < 97 && !snapshots_.empty()) {
            const auto& [id, expected] = pick(snapshots_);
            ASSERT_EQ(read_bytes(*open_snapshot(aws_, id), 0, kWindow), expected);
        } else {
            aws_.data().background().drain();
        }
    }

    void check()
    {
        for (const auto& [id, bytes] : volumes_) {
            ASSERT_EQ(read_bytes(*open_volume(aws_, id), 0, kWindow), bytes);
        }
        for (const auto& [id, bytes] : snapshots_) {
            ASSERT_EQ(read_bytes(*open_snapshot(aws_, id), 0, kWindow), bytes);
        }
    }

private:
    static constexpr std::uint64_t kWindow = 12 * kBlockSize;

    template <class Map>
    typename Map::value_type& pick(Map& map)
    {
        return *std::next(map.begin(), static_cast<std::ptrdiff_t>(random_() % map.size()));
    }

    void write(const std::string& volume, std::vector<std::byte>& bytes)
    {
        const auto offset = random_() % (kWindow / kSectorSize) * kSectorSize;
        const auto length =
            std::min<std::uint64_t>((1 + random_() % 300) * kSectorSize, kWindow - offset);
        auto written = random_bytes(random_, length);
        if (random_() % 4 == 0) {
            std::fill(written.begin(), written.end(), std::byte{0});
            open_volume(aws_, volume)->write_zeroes(offset, length);
        } else {
            open_volume(aws_, volume)->write(offset, written);
        }
        std::copy(written.begin(), written.end(),
                  bytes.begin() + static_cast<std::ptrdiff_t>(offset));
    }

    TestEmulator aws_;
    std::mt19937_64 random_;
    std::map<std::string, std::vector<std::byte>> volumes_;
    std::map<std::string, std::vector<std::byte>> snapshots_;
};

TEST(RandomLives, AgreeWithPlainBytesAndLeaveAWholeStore)
{
    TemporaryDirectory directory;
    const auto path = directory.path() + "/data";
    {
        RandomLife life(path, amilab::test_seed());
        for (std::uint64_t step = 0; step < 400 * patience(); ++step) {
            life.step();
            ASSERT_FALSE(testing::Test::HasFatalFailure()) << "at step " << step;
        }
        life.check();
    }
    const auto report = check_data_directory(path);
    EXPECT_THAT(report.problems, IsEmpty());
}

}  // namespace
}  // namespace amilab::test
