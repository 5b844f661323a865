#include "storage/metadata/volumes/volume_rows.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/base/storage_error.h"
#include "storage/metadata/catalogue/connection.h"
#include "storage/metadata/layers/layer_rows.h"
#include "storage/metadata/sql/migrations.h"
#include "storage/metadata/sql/statement.h"

namespace amilab {
namespace {

constexpr const char* kOwner = "123456789012";
constexpr const char* kRegion = "us-east-1";

VolumeId volume_id(int number)
{
    return VolumeId::trusted("vol-0000000" + std::to_string(number));
}
InstanceId instance_id(int number)
{
    return InstanceId::trusted("i-0000000" + std::to_string(number));
}

class VolumeRows : public ::testing::Test {
protected:
    VolumeRows()
        : db_(open_connection(":memory:", Database::Mode::kReadWrite, Durability::kPrivate)),
          db(*db_)
    {
        migrate(db);
        insert_layer(db, LayerId{1}, {}, 0);
        // What attaching looks at does not hang on the other columns.
        db.run("PRAGMA foreign_keys = OFF");
    }

    VolumeRow row(int number) const
    {
        return {.id = volume_id(number),
                .region = kRegion,
                .owner = kOwner,
                .zone = "us-east-1a",
                .layer_id = LayerId{1},
                .size_gib = 8,
                .snapshot_id = {},
                .volume_type = "gp3",
                .iops = 3000,
                .throughput = 125,
                .encrypted = false,
                .multi_attach = false,
                .state = VolumeState::kAvailable,
                .create_time_ms = 1'767'323'045'000};
    }

    AttachmentRow attachment(int volume, int instance, const std::string& device) const
    {
        return {.volume_id = volume_id(volume),
                .instance_id = instance_id(instance),
                .device = device,
                .state = AttachmentState::kAttaching,
                .attach_time_ms = 5,
                .delete_on_termination = false};
    }

    std::unique_ptr<Database> db_;
    Database& db;
};

TEST_F(VolumeRows, GiveBackWhatWasPutIn)
{
    auto full = row(1);
    full.snapshot_id = "snap-00000001";
    full.iops = {};
    full.throughput = {};
    full.encrypted = true;
    full.multi_attach = true;
    insert_volume(db, full);
    insert_volume(db, row(2));
    const auto read = select_volume(db, kOwner, kRegion, full.id);
    ASSERT_TRUE(read);
    EXPECT_EQ(read->id, full.id);
    EXPECT_EQ(read->region, full.region);
    EXPECT_EQ(read->owner, full.owner);
    EXPECT_EQ(read->zone, full.zone);
    EXPECT_EQ(read->layer_id, full.layer_id);
    EXPECT_EQ(read->size_gib, 8);
    EXPECT_EQ(read->snapshot_id, "snap-00000001");
    EXPECT_EQ(read->volume_type, "gp3");
    EXPECT_EQ(read->iops, std::nullopt);
    EXPECT_EQ(read->throughput, std::nullopt);
    EXPECT_TRUE(read->encrypted);
    EXPECT_TRUE(read->multi_attach);
    EXPECT_EQ(read->state, VolumeState::kAvailable);
    EXPECT_EQ(read->create_time_ms, full.create_time_ms);
    const auto other = select_volume(db, kOwner, kRegion, volume_id(2));
    EXPECT_EQ(other->iops, 3000);
    EXPECT_EQ(other->throughput, 125);
    EXPECT_EQ(other->snapshot_id, std::nullopt);
    EXPECT_FALSE(other->encrypted);
}

TEST_F(VolumeRows, AreTheirOwnersAndRegionsAlone)
{
    insert_volume(db, row(1));
    EXPECT_FALSE(select_volume(db, "210987654321", kRegion, volume_id(1)));
    EXPECT_FALSE(select_volume(db, kOwner, "eu-west-1", volume_id(1)));
    EXPECT_FALSE(select_volume(db, kOwner, kRegion, volume_id(2)));
}

TEST_F(VolumeRows, ChangeStateOnlyFromTheStateExpected)
{
    insert_volume(db, row(1));
    EXPECT_FALSE(
        change_volume_state(db, volume_id(1), VolumeState::kCreating, VolumeState::kError));
    EXPECT_EQ(select_volume(db, kOwner, kRegion, volume_id(1))->state, VolumeState::kAvailable);
    EXPECT_TRUE(
        change_volume_state(db, volume_id(1), VolumeState::kAvailable, VolumeState::kInUse));
    EXPECT_EQ(select_volume(db, kOwner, kRegion, volume_id(1))->state, VolumeState::kInUse);
    EXPECT_THROW(db.run("UPDATE volume SET state = 'resting'"), StorageError);
}

TEST_F(VolumeRows, AreTakenWithTheirLayerOnlyInTheStateExpected)
{
    insert_volume(db, row(1));
    EXPECT_FALSE(take_volume_in_state(db, volume_id(1), VolumeState::kDeleting));
    EXPECT_TRUE(select_volume(db, kOwner, kRegion, volume_id(1)));
    set_volume_state(db, volume_id(1), VolumeState::kDeleting);
    EXPECT_EQ(take_volume_in_state(db, volume_id(1), VolumeState::kDeleting), LayerId{1});
    EXPECT_FALSE(take_volume_in_state(db, volume_id(1), VolumeState::kDeleting));
    EXPECT_FALSE(select_volume(db, kOwner, kRegion, volume_id(1)));
}

TEST_F(VolumeRows, CarryTheLayerTheyAreGiven)
{
    insert_volume(db, row(1));
    insert_layer(db, LayerId{7}, LayerId{1}, 0);
    set_volume_layer(db, volume_id(1), LayerId{7});
    EXPECT_EQ(select_volume(db, kOwner, kRegion, volume_id(1))->layer_id, LayerId{7});
}

TEST_F(VolumeRows, AttachOneVolumeToOneDeviceOnce)
{
    for (int i = 1; i <= 3; ++i) {
        insert_volume(db, row(i));
    }
    EXPECT_TRUE(insert_attachment(db, attachment(1, 1, "/dev/sdf")));
    EXPECT_FALSE(insert_attachment(db, attachment(1, 1, "/dev/sdg")));
    EXPECT_FALSE(insert_attachment(db, attachment(1, 2, "/dev/sdf")));
    EXPECT_FALSE(insert_attachment(db, attachment(2, 1, "/dev/sdf")));
    EXPECT_TRUE(insert_attachment(db, attachment(2, 2, "/dev/sdf")));
    EXPECT_TRUE(insert_attachment(db, attachment(3, 1, "/dev/sda1")));
    const auto of_one = select_attachments_of(db, instance_id(1));
    ASSERT_EQ(of_one.size(), 2U);
    EXPECT_EQ(of_one[0].volume_id, volume_id(3));
    EXPECT_EQ(of_one[1].volume_id, volume_id(1));
    EXPECT_EQ(of_one[1].device, "/dev/sdf");
    EXPECT_EQ(of_one[1].state, AttachmentState::kAttaching);
    EXPECT_EQ(of_one[1].attach_time_ms, 5);
    EXPECT_FALSE(of_one[1].delete_on_termination);
}

TEST_F(VolumeRows, ChangeAndLoseTheirAttachment)
{
    insert_volume(db, row(1));
    insert_volume(db, row(2));
    insert_attachment(db, attachment(1, 1, "/dev/sdf"));
    insert_attachment(db, attachment(2, 1, "/dev/sdg"));
    set_attachment_state(db, volume_id(1), instance_id(1), AttachmentState::kAttached);
    set_delete_on_termination(db, volume_id(1), instance_id(1), true);
    EXPECT_EQ(select_attachment(db, volume_id(1), instance_id(1))->state,
              AttachmentState::kAttached);
    EXPECT_TRUE(select_attachment(db, volume_id(1), instance_id(1))->delete_on_termination);
    EXPECT_EQ(select_attachment(db, volume_id(2), instance_id(1))->state,
              AttachmentState::kAttaching);
    EXPECT_FALSE(select_attachment(db, volume_id(2), instance_id(1))->delete_on_termination);
    EXPECT_FALSE(select_attachment(db, volume_id(1), instance_id(2)));
    delete_attachment(db, volume_id(1), instance_id(1));
    EXPECT_FALSE(select_attachment(db, volume_id(1), instance_id(1)));
    EXPECT_TRUE(select_attachment(db, volume_id(2), instance_id(1)));
}

TEST_F(VolumeRows, AttachToSeveralInstancesWhenTheyAreMadeForIt)
{
    auto shared = row(1);
    shared.multi_attach = true;
    insert_volume(db, shared);
    EXPECT_TRUE(insert_attachment(db, attachment(1, 2, "/dev/sdf")));
    EXPECT_TRUE(insert_attachment(db, attachment(1, 1, "/dev/sdg")));
    EXPECT_FALSE(insert_attachment(db, attachment(1, 1, "/dev/sdh")));
    const auto on = select_attachments_on(db, volume_id(1));
    ASSERT_EQ(on.size(), 2U);
    EXPECT_EQ(on[0].instance_id, instance_id(1));
    EXPECT_EQ(on[1].instance_id, instance_id(2));
    set_attachment_state(db, volume_id(1), instance_id(1), AttachmentState::kDetaching);
    EXPECT_EQ(select_attachment(db, volume_id(1), instance_id(2))->state,
              AttachmentState::kAttaching);
}

TEST_F(VolumeRows, ListTheAttachmentsOfAPageByVolumeAndInstance)
{
    auto shared = row(2);
    shared.multi_attach = true;
    insert_volume(db, row(1));
    insert_volume(db, shared);
    insert_volume(db, row(3));
    insert_attachment(db, attachment(3, 1, "/dev/sdf"));
    insert_attachment(db, attachment(2, 2, "/dev/sdg"));
    insert_attachment(db, attachment(2, 1, "/dev/sdg"));
    insert_attachment(db, attachment(1, 1, "/dev/sdh"));
    std::vector<std::pair<VolumeId, InstanceId>> found;
    for (const auto& one :
         select_attachments_on_all(db, {volume_id(3).text(), volume_id(2).text()})) {
        found.emplace_back(one.volume_id, one.instance_id);
    }
    EXPECT_THAT(found, ::testing::ElementsAre(std::pair(volume_id(2), instance_id(1)),
                                              std::pair(volume_id(2), instance_id(2)),
                                              std::pair(volume_id(3), instance_id(1))));
    EXPECT_THAT(select_attachments_on_all(db, {}), ::testing::IsEmpty());
}

TEST_F(VolumeRows, AreFoundByTheStatusThatTheyShow)
{
    auto making = row(1);
    making.state = VolumeState::kCreating;
    auto loading = row(2);
    loading.initialized_ms = 1000;
    auto plain = row(3);
    plain.volume_type = "gp2";
    for (const auto& one : {making, loading, plain}) {
        insert_volume(db, one);
    }
    insert_attachment(db, attachment(2, 1, "/dev/sdf"));
    insert_attachment(db, attachment(3, 1, "/dev/sdg"));
    for (const TimeMs now_ms : {999, 1000}) {
        const auto all = select_page<kVolumeStatusList>(
            db, {.owner = kOwner, .region = kRegion, .now_ms = now_ms});
        ASSERT_EQ(all.size(), 3U);
        EXPECT_EQ(all[0].status, VolumeCheck::kInsufficientData);
        EXPECT_EQ(all[0].io_performance, VolumeCheck::kInsufficientData);
        EXPECT_EQ(all[1].io_performance, VolumeCheck::kNormal);
        EXPECT_EQ(all[1].initialization_state, now_ms < 1000 ? InitializationState::kInitializing
                                                             : InitializationState::kCompleted);
        EXPECT_EQ(all[2].io_performance, VolumeCheck::kNotApplicable);
        EXPECT_EQ(all[2].initialization_state, std::nullopt);
        for (const auto& shown : all) {
            const std::string io_enabled(text_of(shown.io_enabled));
            const std::pair<const char*, std::string> shown_values[] = {
                {"volume-status.status", std::string(text_of(shown.status))},
                {"volume-status.details-status", io_enabled},
                {"volume-status.details-status", std::string(text_of(shown.io_performance))},
                {"volume-status.details-status",
                 text_of(shown.initialization_state).value_or(io_enabled)}};
            for (const auto& [name, value] : shown_values) {
                const auto found = select_page<kVolumeStatusList>(db, {.owner = kOwner,
                                                                       .region = kRegion,
                                                                       .ids = {shown.id.text()},
                                                                       .filters = {{name, {value}}},
                                                                       .now_ms = now_ms});
                EXPECT_EQ(found.size(), 1U) << shown.id.text() << " " << name << " " << value;
            }
        }
    }
}

TEST_F(VolumeRows, ComeInTheOrderOfTheirIdsFromWhereAPageEnded)
{
    for (const int number : {4, 2, 5, 1, 3}) {
        insert_volume(db, row(number));
    }
    const auto page = [&](const std::string& after, std::int64_t limit) {
        std::vector<VolumeId> ids;
        for (const auto& found : select_page<kVolumeList>(
                 db, {.owner = kOwner, .region = kRegion, .after = after, .limit = limit})) {
            ids.push_back(found.id);
        }
        return ids;
    };
    EXPECT_THAT(page("", 2), ::testing::ElementsAre(volume_id(1), volume_id(2)));
    EXPECT_THAT(page(volume_id(2).text(), 2), ::testing::ElementsAre(volume_id(3), volume_id(4)));
    EXPECT_THAT(page(volume_id(4).text(), -1), ::testing::ElementsAre(volume_id(5)));
    EXPECT_THAT(page(volume_id(5).text(), -1), ::testing::IsEmpty());
}

}  // namespace
}  // namespace amilab
