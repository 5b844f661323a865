#include "server/services/ec2/recycle_bin/recycle_bin.h"
#include "server/wire/ec2/recycle_bin/recycle_bin.h"
#include "server/wire/ec2/schema.h"

#include <fmt/format.h>

#include "server/services/ec2/common/bin.h"
#include "server/services/ec2/common/describe.h"
#include "server/services/ec2/common/errors.h"
#include "server/services/ec2/common/ids.h"
#include "server/services/ec2/recycle_bin/errors.h"
#include "server/services/ec2/snapshots/snapshots.h"
#include "server/services/ec2/volumes/volumes.h"
#include "storage/metadata/images/image_life_rows.h"
#include "storage/metadata/images/image_rows.h"
#include "storage/metadata/recycle_bin/recycle_bin_rows.h"
#include "storage/metadata/regions/region_rows.h"
#include "storage/metadata/tags/tag_rows.h"

namespace amilab::ec2 {

namespace {

// Source: ListImagesInRecycleBin takes 20 ids (documented).
constexpr std::size_t kMostImageIds = 20;

/// What is to be restored. Throws what the resource's own family throws for an unknown id.
template <class IdType>
RecycledRow require_in_bin(Session& session, const IdType& id)
{
    auto row = select_recycled(session.db(), session.account(), session.region(), id.text());
    if (!row) {
        throw not_found(id);
    }
    return *row;
}

/// One page of what is in the bin. An id that is not there fails the call (assumed, as for Describe
/// calls).
template <class IdType, class Request>
std::vector<RecycledRow> list_bin(Session& session, const BinKind& kind,
                                  const std::vector<IdType>& ids, const Request& request,
                                  std::optional<std::string>& next_token)
{
    const auto page = parse_page(session, request.max_results, request.next_token);
    stop_if_dry_run(request);
    for (const auto& id : ids) {
        require_in_bin(session, id);
    }
    auto rows = select_recycled_page(session.db(), {.owner = session.account(),
                                                    .region = session.region(),
                                                    .resource_type = kind.of_tags,
                                                    .ids = texts_of(ids),
                                                    .after = page.after,
                                                    .limit = page.sql_limit()});
    next_token = cut_page(page, rows, [](const RecycledRow& row) { return row.resource_id; });
    return rows;
}

/// Source: first restore all of the image's snapshots (documented); the code is assumed.
void require_snapshots(Session& session, const ImageId& id)
{
    for (const auto& mapping : select_image_mappings(session.db(), id)) {
        if (!mapping.snapshot_id) {
            continue;
        }
        const auto snapshot_id = SnapshotId::trusted(*mapping.snapshot_id);
        const auto snapshot = select_snapshot(session.db(), session.region(), snapshot_id);
        if (!snapshot) {
            throw not_found(snapshot_id);
        }
        if (snapshot->state != "completed") {
            throw incorrect_state(fmt::format("Snapshot {}", snapshot_id.text()), snapshot->state);
        }
    }
}

VolumeRecycleBinInfo volume_info(Session& session, const RecycledRow& entry)
{
    const auto row = *select_any_volume(session.db(), VolumeId::trusted(entry.resource_id));
    VolumeRecycleBinInfo info;
    info.volume_id = row.id.text();
    info.volume_type = row.volume_type;
    info.state = entry.state;
    info.size = row.size_gib;
    info.iops = row.iops;
    info.throughput = row.throughput;
    info.availability_zone = row.zone;
    if (auto zone = select_zone(session.db(), row.region, row.zone)) {
        info.availability_zone_id = std::move(zone->zone_id);
    }
    info.source_volume_id = row.source_volume_id;
    info.snapshot_id = row.snapshot_id;
    info.operator_value = OperatorResponse{.managed = false};
    info.create_time = Timestamp{row.create_time_ms};
    info.recycle_bin_enter_time = Timestamp{entry.enter_time_ms};
    info.recycle_bin_exit_time = Timestamp{entry.exit_time_ms};
    return info;
}

void snapshot_gone(Session& session, const SnapshotId& id)
{
    if (const auto row = select_recycled_snapshot(session.db(), id)) {
        erase_snapshot(session, *row);
    }
}

}  // namespace

void recycled_gone(Session& session, const std::string& resource_id)
{
    const auto row = take_expired(session.db(), resource_id, session.now_ms());
    if (!row) {
        return;
    }
    if (row->resource_type == kImageBin.of_tags) {
        delete_all_tags(session.db(), row->resource_id);
        mark_image_deregistered(session.db(), ImageId::trusted(row->resource_id));
    } else if (row->resource_type == kSnapshotBin.of_tags) {
        snapshot_gone(session, SnapshotId::trusted(row->resource_id));
    } else {
        remove_volume(session, VolumeId::trusted(row->resource_id), "deleted");
    }
}

// Source: EC2 API Reference, ListImagesInRecycleBin (documented).
ListImagesInRecycleBinResponse list_images_in_recycle_bin(
    Session& session, const ListImagesInRecycleBinRequest& request)
{
    const auto ids = parse_ids<ImageId>(request.image_ids);
    if (ids.size() > kMostImageIds) {
        throw too_many_image_ids(ids.size(), kMostImageIds);
    }
    ListImagesInRecycleBinResponse response;
    for (const auto& entry : list_bin(session, kImageBin, ids, request, response.next_token)) {
        auto image = *select_visible_image(session.db(), session.account(), session.region(),
                                           ImageId::trusted(entry.resource_id));
        ImageRecycleBinInfo info;
        info.image_id = entry.resource_id;
        info.name = std::move(image.name);
        info.description = std::move(image.description);
        info.recycle_bin_enter_time = Timestamp{entry.enter_time_ms};
        info.recycle_bin_exit_time = Timestamp{entry.exit_time_ms};
        response.images.push_back(std::move(info));
    }
    return response;
}

// Source: EC2 API Reference, RestoreImageFromRecycleBin (documented): its launch permissions come
// back (documented); a name that has been taken meanwhile is refused (assumed).
RestoreImageFromRecycleBinResponse restore_image_from_recycle_bin(
    Session& session, const RestoreImageFromRecycleBinRequest& request)
{
    const auto id = parse_id<ImageId>(request.image_id);
    stop_if_dry_run(request);
    const auto entry = require_in_bin(session, id);
    require_snapshots(session, id);
    const auto image = *select_visible_image(session.db(), session.account(), session.region(), id);
    if (const auto holder =
            select_image_named(session.db(), image.owner, image.region, image.name)) {
        throw image_name_taken(image.name, *holder);
    }
    set_image_state(session.db(), id, entry.state);
    restore_launch_permissions(session.db(), id);
    take_out_of_bin(session, entry);
    return {.return_value = true};
}

// Source: EC2 API Reference, ListSnapshotsInRecycleBin (documented).
ListSnapshotsInRecycleBinResponse list_snapshots_in_recycle_bin(
    Session& session, const ListSnapshotsInRecycleBinRequest& request)
{
    const auto ids = parse_ids<SnapshotId>(request.snapshot_ids);
    ListSnapshotsInRecycleBinResponse response;
    for (const auto& entry : list_bin(session, kSnapshotBin, ids, request, response.next_token)) {
        const auto row =
            *select_recycled_snapshot(session.db(), SnapshotId::trusted(entry.resource_id));
        SnapshotRecycleBinInfo info;
        info.snapshot_id = entry.resource_id;
        info.description = row.description;
        info.volume_id = row.volume_id;
        info.recycle_bin_enter_time = Timestamp{entry.enter_time_ms};
        info.recycle_bin_exit_time = Timestamp{entry.exit_time_ms};
        response.snapshots.push_back(std::move(info));
    }
    return response;
}

// Source: EC2 API Reference, RestoreSnapshotFromRecycleBin (documented).
RestoreSnapshotFromRecycleBinResponse restore_snapshot_from_recycle_bin(
    Session& session, const RestoreSnapshotFromRecycleBinRequest& request)
{
    const auto id = parse_id<SnapshotId>(request.snapshot_id);
    stop_if_dry_run(request);
    const auto entry = require_in_bin(session, id);
    set_snapshot_recycled(session.db(), id, false);
    take_out_of_bin(session, entry);
    const auto row = *select_snapshot(session.db(), session.region(), id);
    RestoreSnapshotFromRecycleBinResponse response;
    response.snapshot_id = row.id.text();
    response.description = row.description;
    response.encrypted = row.encrypted;
    response.owner_id = row.owner;
    response.progress = fmt::format("{}%", snapshot_progress_percent(row, session.now_ms()));
    response.start_time = Timestamp{row.start_time_ms};
    response.state = row.state;
    response.volume_id = row.volume_id;
    response.volume_size = row.volume_size_gib;
    return response;
}

// Source: EC2 API Reference, ListVolumesInRecycleBin (documented).
ListVolumesInRecycleBinResponse list_volumes_in_recycle_bin(
    Session& session, const ListVolumesInRecycleBinRequest& request)
{
    const auto ids = parse_ids<VolumeId>(request.volume_ids);
    ListVolumesInRecycleBinResponse response;
    for (const auto& entry : list_bin(session, kVolumeBin, ids, request, response.next_token)) {
        response.volumes.push_back(volume_info(session, entry));
    }
    return response;
}

// Source: EC2 API Reference, RestoreVolumeFromRecycleBin (documented).
RestoreVolumeFromRecycleBinResponse restore_volume_from_recycle_bin(
    Session& session, const RestoreVolumeFromRecycleBinRequest& request)
{
    const auto id = parse_id<VolumeId>(request.volume_id);
    stop_if_dry_run(request);
    const auto entry = require_in_bin(session, id);
    set_volume_state(session.db(), id, entry.state);
    take_out_of_bin(session, entry);
    return {.return_value = true};
}

namespace {

constexpr Operation kOperations[] = {
    read<list_images_in_recycle_bin>(kListImagesInRecycleBin),
    write<restore_image_from_recycle_bin>(kRestoreImageFromRecycleBin),
    read<list_snapshots_in_recycle_bin>(kListSnapshotsInRecycleBin),
    write<restore_snapshot_from_recycle_bin>(kRestoreSnapshotFromRecycleBin),
    read<list_volumes_in_recycle_bin>(kListVolumesInRecycleBin),
    write<restore_volume_from_recycle_bin>(kRestoreVolumeFromRecycleBin),
};

constexpr DueRow kDue[] = {
    when<recycled_gone>(kRecycledGone),
};

}  // namespace

constinit const Family kRecycleBin{.operations = kOperations, .due = kDue};

}  // namespace amilab::ec2
