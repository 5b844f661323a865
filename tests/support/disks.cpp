#include "tests/support/disks.h"

#include <stdexcept>

#include "storage/base/units.h"
#include "storage/blocks/block_store.h"
#include "storage/metadata/layers/layer_rows.h"
#include "storage/metadata/snapshots/snapshot_rows.h"
#include "storage/metadata/sql/statement.h"
#include "storage/metadata/volumes/volume_rows.h"
#include "storage/state/stores.h"

namespace amilab::test {

std::shared_ptr<Volume> open_volume(TestEmulator& aws, const std::string& id)
{
    auto lease = aws.generation().reader();
    const auto row = select_volume(lease.db(), kAccount, kRegion, VolumeId::trusted(id));
    if (!row) {
        throw std::runtime_error(id + " is not there");
    }
    return aws.generation().stores().blocks().open_volume(
        select_layer_chain(lease.db(), row->layer_id),
        static_cast<std::uint64_t>(row->size_gib) * kGiB);
}

std::shared_ptr<Snapshot> open_snapshot(TestEmulator& aws, const std::string& id)
{
    auto lease = aws.generation().reader();
    return open_snapshot(aws, id, lease.db());
}

std::shared_ptr<Snapshot> open_snapshot(TestEmulator& aws, const std::string& id, Database& db)
{
    const auto row = select_snapshot(db, kRegion, SnapshotId::trusted(id));
    if (!row || !row->layer_id) {
        throw std::runtime_error(id + " is not there");
    }
    return aws.generation().stores().blocks().open_snapshot(
        select_layer_chain(db, *row->layer_id),
        static_cast<std::uint64_t>(row->volume_size_gib) * kGiB);
}

std::string create_volume(TestEmulator& aws, const std::string& snapshot)
{
    Parameters parameters{{"AvailabilityZone", "us-east-1a"}};
    if (snapshot.empty()) {
        parameters.emplace_back("Size", "1");
    } else {
        parameters.emplace_back("SnapshotId", snapshot);
    }
    return aws.must("CreateVolume", parameters).text("volumeId");
}

std::string create_snapshot(TestEmulator& aws, const std::string& volume)
{
    return aws.must("CreateSnapshot", {{"VolumeId", volume}}).text("snapshotId");
}

void delete_snapshot(TestEmulator& aws, const std::string& id)
{
    aws.must("DeleteSnapshot", {{"SnapshotId", id}});
}

void delete_volume(TestEmulator& aws, const std::string& id)
{
    aws.must("DeleteVolume", {{"VolumeId", id}});
}

std::int64_t count(TestEmulator& aws, const std::string& sql)
{
    auto lease = aws.generation().reader();
    Statement select(lease.db(), sql);
    select.bind();
    select.step();
    return select.row().integer();
}

}  // namespace amilab::test
