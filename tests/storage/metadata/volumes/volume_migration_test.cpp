#include <gtest/gtest.h>

#include "storage/metadata/catalogue/connection.h"
#include "storage/metadata/sql/migration_steps.h"
#include "storage/metadata/sql/migrations.h"
#include "storage/metadata/volumes/volume_rows.h"

namespace amilab {
namespace {

constexpr const char* kFirstRows =
    "INSERT INTO layer (id, created_ms) VALUES (1, 0);"
    "INSERT INTO volume (id, region, owner, zone, layer_id, size_gib, snapshot_id, volume_type,"
    " state, create_time_ms) VALUES"
    " ('vol-00000001', 'us-east-1', '123456789012', 'us-east-1a', 1, 8, 'snap-00000001', 'gp2',"
    " 'in-use', 1000),"
    " ('vol-00000002', 'us-east-1', '123456789012', 'us-east-1a', 1, 8, NULL, 'gp2', 'in-use',"
    " 2000);"
    "INSERT INTO instance (id, region, owner, reservation_id, launch_index, client_token,"
    " launch_time_ms, state, state_change_time_ms, instance_type, zone, image_id, image_owner,"
    " architecture, virtualization_type, hypervisor, root_device_name, root_device_type,"
    " current_boot_mode, ena_support, platform_details, usage_operation, usage_operation_time_ms,"
    " http_tokens, http_put_response_hop_limit) VALUES"
    " ('i-00000001', 'us-east-1', '123456789012', 'r-00000001', 0, '', 0, 'running', 0,"
    " 't3.micro', 'us-east-1a', 'ami-00000001', '123456789012', 'x86_64', 'hvm', 'xen',"
    " '/dev/xvda', 'ebs', 'legacy-bios', 1, 'Linux/UNIX', 'RunInstances', 0, 'optional', 1);"
    "INSERT INTO attachment (volume_id, instance_id, device, state, attach_time_ms,"
    " delete_on_termination) VALUES"
    " ('vol-00000001', 'i-00000001', '/dev/xvda', 'attached', 0, 1),"
    " ('vol-00000002', 'i-00000001', '/dev/sdf', 'attached', 0, 0);";

TEST(VolumeMigration, KnowsWhatEarlierVersionsMade)
{
    const auto db = open_connection(":memory:", Database::Mode::kReadWrite, Durability::kPrivate);
    db->run(migration_steps()[0]);
    db->run("PRAGMA user_version = 1");
    db->run(kFirstRows);
    migrate(*db);

    const auto select = [&](const char* id) {
        return select_volume(*db, "123456789012", "us-east-1", VolumeId::trusted(id)).value();
    };
    EXPECT_EQ(select("vol-00000001").initialized_ms, 1000);
    EXPECT_FALSE(select("vol-00000002").initialized_ms);
    EXPECT_FALSE(select("vol-00000001").auto_enable_io);
    const auto instance = InstanceId::trusted("i-00000001");
    EXPECT_TRUE(was_root_volume_of(*db, "vol-00000001", instance));
    EXPECT_FALSE(was_root_volume(*db, "vol-00000002"));
    EXPECT_TRUE(select_attachment(*db, VolumeId::trusted("vol-00000002"), instance));
}

}  // namespace
}  // namespace amilab
