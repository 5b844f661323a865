#include "storage/metadata/snapshots/snapshot_rows.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/metadata/catalogue/connection.h"
#include "storage/metadata/layers/layer_rows.h"
#include "storage/metadata/snapshots/direct_snapshot_rows.h"
#include "storage/metadata/snapshots/snapshot_search.h"
#include "storage/metadata/sql/migrations.h"
#include "storage/metadata/sql/statement.h"

namespace amilab {
namespace {

constexpr const char* kOwner = "123456789012";
constexpr const char* kRegion = "us-east-1";

SnapshotId snapshot_id(int number)
{
    return SnapshotId::trusted("snap-0000000" + std::to_string(number));
}

class SnapshotRows : public ::testing::Test {
protected:
    SnapshotRows()
        : db_(open_connection(":memory:", Database::Mode::kReadWrite, Durability::kPrivate)),
          db(*db_)
    {
        migrate(db);
        insert_layer(db, LayerId{1}, {}, 0);
    }

    SnapshotRow row(int number) const
    {
        return {.id = snapshot_id(number),
                .region = kRegion,
                .owner = kOwner,
                .layer_id = LayerId{1},
                .volume_id = "vol-00000001",
                .volume_size_gib = 8,
                .description = "nightly",
                .state = SnapshotState::kPending,
                .start_time_ms = 1000,
                .due_time_ms = 2000};
    }

    std::unique_ptr<Database> db_;
    Database& db;
};

TEST_F(SnapshotRows, GiveBackWhatWasPutIn)
{
    auto bare = row(1);
    bare.layer_id = {};
    bare.due_time_ms = {};
    bare.owner_alias = "amazon";
    bare.encrypted = true;
    insert_snapshot(db, bare);
    insert_snapshot(db, row(2));
    const auto read = select_snapshot(db, kRegion, bare.id);
    ASSERT_TRUE(read);
    EXPECT_EQ(read->id, bare.id);
    EXPECT_EQ(read->region, kRegion);
    EXPECT_EQ(read->owner, kOwner);
    EXPECT_EQ(read->owner_alias, "amazon");
    EXPECT_EQ(read->layer_id, std::nullopt);
    EXPECT_EQ(read->volume_id, "vol-00000001");
    EXPECT_EQ(read->volume_size_gib, 8);
    EXPECT_EQ(read->description, "nightly");
    EXPECT_EQ(read->state, SnapshotState::kPending);
    EXPECT_EQ(read->start_time_ms, 1000);
    EXPECT_EQ(read->due_time_ms, std::nullopt);
    EXPECT_EQ(read->completion_time_ms, std::nullopt);
    EXPECT_TRUE(read->encrypted);
    EXPECT_EQ(select_snapshot(db, kRegion, snapshot_id(2))->layer_id, LayerId{1});
    EXPECT_EQ(select_snapshot(db, kRegion, snapshot_id(2))->due_time_ms, 2000);
    EXPECT_FALSE(select_snapshot(db, "eu-west-1", bare.id));
    delete_snapshot_row(db, bare.id);
    EXPECT_FALSE(select_snapshot(db, kRegion, bare.id));
}

TEST_F(SnapshotRows, AreCompletedOnceWhenTheyWereDue)
{
    insert_snapshot(db, row(1));
    complete_snapshot(db, snapshot_id(1), 9000);
    EXPECT_EQ(select_snapshot(db, kRegion, snapshot_id(1))->state, SnapshotState::kCompleted);
    EXPECT_EQ(select_snapshot(db, kRegion, snapshot_id(1))->completion_time_ms, 2000);
    auto undated = row(2);
    undated.due_time_ms = {};
    insert_snapshot(db, undated);
    complete_snapshot(db, snapshot_id(2), 9000);
    EXPECT_EQ(select_snapshot(db, kRegion, snapshot_id(2))->completion_time_ms, 9000);
    auto failed = row(3);
    failed.state = SnapshotState::kError;
    insert_snapshot(db, failed);
    complete_snapshot(db, snapshot_id(3), 9000);
    EXPECT_EQ(select_snapshot(db, kRegion, snapshot_id(3))->state, SnapshotState::kError);
}

TEST_F(SnapshotRows, ProgressByTheTimeUntilTheyAreDue)
{
    insert_snapshot(db, row(1));
    const auto progress = [&](int number, TimeMs now_ms) {
        return select_described_snapshot(db, kRegion, snapshot_id(number), now_ms)->progress;
    };
    EXPECT_EQ(progress(1, 0), "0%");
    EXPECT_EQ(progress(1, 1009), "0%");
    EXPECT_EQ(progress(1, 1010), "1%");
    EXPECT_EQ(progress(1, 1555), "55%");
    EXPECT_EQ(progress(1, 1989), "98%");
    EXPECT_EQ(progress(1, 99'999), "99%");
    auto at_once = row(2);
    at_once.due_time_ms = at_once.start_time_ms;
    insert_snapshot(db, at_once);
    EXPECT_EQ(progress(2, 5000), "0%");
    complete_snapshot(db, at_once.id, 5000);
    EXPECT_EQ(progress(2, 5000), "100%");
}

TEST_F(SnapshotRows, OfABlockByBlockOneProgressIsItsWritersUntilItFails)
{
    auto open = row(1);
    open.due_time_ms = {};
    insert_snapshot(db, open);
    insert_direct_snapshot(db, {.id = open.id, .progress_percent = 40});
    const auto progress = [&] {
        return select_described_snapshot(db, kRegion, open.id, 1500)->progress;
    };
    EXPECT_EQ(progress(), "40%");
    fail_direct_snapshot(db, open.id);
    EXPECT_EQ(progress(), "0%");
}

TEST_F(SnapshotRows, AreFoundByWhatIsToldOfThem)
{
    insert_snapshot(db, row(1));
    for (const TimeMs now_ms : {0, 999, 1000, 1001, 1009, 1010, 1555, 1989, 1990, 2000, 99'999}) {
        const auto told = select_described_snapshot(db, kRegion, snapshot_id(1), now_ms);
        const auto found =
            select_snapshots(db, {.owner = kOwner,
                                  .region = kRegion,
                                  .filters = {{"progress", {told->progress}},
                                              {"storage-tier", {std::string(text_of(told->tier))}}},
                                  .now_ms = now_ms});
        ASSERT_EQ(found.size(), 1U) << now_ms << " " << told->progress;
        EXPECT_EQ(found.front().progress, told->progress);
        EXPECT_EQ(found.front().tier, StorageTier::kStandard);
    }
}

TEST_F(SnapshotRows, KnowTheImageThatUsesThem)
{
    insert_snapshot(db, row(1));
    EXPECT_FALSE(select_image_using_snapshot(db, snapshot_id(1)));
    db.run(
        "INSERT INTO image (id, region, owner, name, location, architecture, image_type, state,"
        " root_device_type, virtualization_type, hypervisor, platform_details, usage_operation,"
        " creation_time_ms) VALUES ('ami-00000001', 'us-east-1', '123456789012', 'name', 'x',"
        " 'x86_64', 'machine', 'pending', 'ebs', 'hvm', 'xen', 'Linux/UNIX', 'RunInstances', 0);"
        "INSERT INTO image_mapping (image_id, position, device_name, snapshot_id)"
        " VALUES ('ami-00000001', 0, '/dev/sda1', 'snap-00000001')");
    EXPECT_EQ(select_image_using_snapshot(db, snapshot_id(1)), ImageId::trusted("ami-00000001"));
    db.run("UPDATE image SET state = 'deregistered'");
    EXPECT_FALSE(select_image_using_snapshot(db, snapshot_id(1)));
    Statement any(db,
                  "SELECT snapshot_id, image_id FROM catalogue.image_mapping"
                  " WHERE snapshot_id IS NOT NULL LIMIT 1");
    any.bind();
    ASSERT_TRUE(any.step());
    auto seeded = any.row();
    const auto snapshot = seeded.id<SnapshotId>();
    EXPECT_EQ(select_image_using_snapshot(db, snapshot), seeded.id<ImageId>());
}

}  // namespace
}  // namespace amilab
