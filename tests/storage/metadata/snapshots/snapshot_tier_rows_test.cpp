#include "storage/metadata/snapshots/snapshot_tier_rows.h"

#include <gtest/gtest.h>

#include "storage/metadata/catalogue/connection.h"
#include "storage/metadata/snapshots/snapshot_search.h"
#include "storage/metadata/sql/migrations.h"

namespace amilab {
namespace {

constexpr const char* kOwner = "123456789012";
constexpr const char* kRegion = "us-east-1";

class SnapshotTierRows : public ::testing::Test {
protected:
    SnapshotTierRows()
        : db_(open_connection(":memory:", Database::Mode::kReadWrite, Durability::kPrivate)),
          db(*db_)
    {
        migrate(db);
        insert_snapshot(
            db, {.id = id, .region = kRegion, .owner = kOwner, .state = SnapshotState::kCompleted});
    }

    /// What the snapshot's list and its own move say alike.
    void expect(TimeMs now_ms, StorageTier tier, const std::string& status,
                std::optional<TimeMs> expiry_ms) const
    {
        const auto move = select_snapshot_tier(db, id, now_ms);
        EXPECT_EQ(move->tier, tier) << now_ms;
        EXPECT_EQ(move->status, status) << now_ms;
        EXPECT_EQ(move->restore_expiry_ms, expiry_ms) << now_ms;
        EXPECT_EQ(is_archived(db, id, now_ms), tier == StorageTier::kArchive) << now_ms;
        const ListQuery wanted{.owner = kOwner,
                               .region = kRegion,
                               .filters = {{"last-tiering-operation", {status}}},
                               .now_ms = now_ms};
        const auto listed = select_page<kTieredSnapshotList>(db, wanted);
        ASSERT_EQ(listed.size(), 1U) << now_ms;
        EXPECT_EQ(listed.front().tier, tier);
        EXPECT_EQ(listed.front().tiering_status, status);
        EXPECT_EQ(listed.front().restore_expiry_ms, expiry_ms);
        const auto described = select_described_snapshot(db, kRegion, id, now_ms);
        EXPECT_EQ(described->tier, tier);
        EXPECT_EQ(described->restore_expiry_ms, expiry_ms);
    }
    std::optional<std::int64_t> percent(TimeMs now_ms) const
    {
        const ListQuery wanted{.owner = kOwner, .region = kRegion, .now_ms = now_ms};
        return select_page<kTieredSnapshotList>(db, wanted).front().tiering_percent;
    }

    SnapshotId id = SnapshotId::trusted("snap-00000001");
    std::unique_ptr<Database> db_;
    Database& db;
};

TEST_F(SnapshotTierRows, WithoutAMoveAreStandard)
{
    EXPECT_FALSE(select_snapshot_tier(db, id, 0));
    EXPECT_FALSE(is_archived(db, id, 0));
    const ListQuery wanted{.owner = kOwner, .region = kRegion};
    const auto listed = select_page<kTieredSnapshotList>(db, wanted);
    ASSERT_EQ(listed.size(), 1U);
    EXPECT_EQ(listed.front().tier, StorageTier::kStandard);
    EXPECT_FALSE(listed.front().tiering_status);
    EXPECT_FALSE(listed.front().tiering_percent);
    EXPECT_FALSE(listed.front().tiering_start_ms);
    EXPECT_EQ(select_described_snapshot(db, kRegion, id, 0)->tier, StorageTier::kStandard);
}

TEST_F(SnapshotTierRows, AreArchivedWhenTheMoveIsDue)
{
    put_snapshot_tier(db, {.snapshot_id = id,
                           .operation = TieringOperation::kArchival,
                           .start_ms = 1000,
                           .due_ms = 2000,
                           .archived_ms = 2000});
    expect(1000, StorageTier::kStandard, "archival-in-progress", {});
    expect(1999, StorageTier::kStandard, "archival-in-progress", {});
    expect(2000, StorageTier::kArchive, "archival-completed", {});
    EXPECT_EQ(percent(1555), 55);
    EXPECT_EQ(percent(1999), 99);
    EXPECT_EQ(percent(2000), 100);
}

TEST_F(SnapshotTierRows, AreRestoredForATimeAndThenArchivedAgain)
{
    put_snapshot_tier(db, {.snapshot_id = id,
                           .operation = TieringOperation::kTemporaryRestore,
                           .start_ms = 3000,
                           .due_ms = 4000,
                           .archived_ms = 2000,
                           .expiry_ms = 9000});
    expect(3999, StorageTier::kArchive, "temporary-restore-in-progress", {});
    expect(4000, StorageTier::kStandard, "temporary-restore-completed", 9000);
    expect(8999, StorageTier::kStandard, "temporary-restore-completed", 9000);
    expect(9000, StorageTier::kArchive, "archival-completed", {});
}

TEST_F(SnapshotTierRows, AreRestoredForGood)
{
    put_snapshot_tier(db, {.snapshot_id = id,
                           .operation = TieringOperation::kPermanentRestore,
                           .start_ms = 3000,
                           .due_ms = 4000,
                           .archived_ms = 2000});
    expect(3999, StorageTier::kArchive, "permanent-restore-in-progress", {});
    expect(4000, StorageTier::kStandard, "permanent-restore-completed", {});
}

}  // namespace
}  // namespace amilab
