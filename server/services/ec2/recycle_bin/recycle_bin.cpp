#include "server/services/ec2/recycle_bin/recycle_bin.h"

#include "server/services/ec2/common/bin.h"
#include "server/services/ec2/common/describe_spec.h"
#include "server/services/ec2/common/errors.h"
#include "server/services/ec2/common/former_images.h"
#include "server/services/ec2/common/free_image_names.h"
#include "server/services/ec2/common/ids.h"
#include "server/services/ec2/snapshots/snapshots.h"
#include "server/services/ec2/volumes/volume_sources.h"
#include "server/services/ec2/volumes/volumes.h"
#include "server/wire/ec2/recycle_bin/recycle_bin.h"
#include "server/wire/ec2/schema.h"
#include "storage/metadata/images/image_life_rows.h"
#include "storage/metadata/images/image_rows.h"
#include "storage/metadata/recycle_bin/recycle_bin_rows.h"
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
        require_completed(*snapshot);
    }
}

void check_image_ids(const std::vector<std::string>& ids)
{
    check_ids<ImageId>(ids);
    if (ids.size() > kMostImageIds) {
        throw too_many_given(ids.size(), kMostImageIds, "image IDs");
    }
}

std::vector<ImageRecycleBinInfo> image_answers(Session& /*session*/,
                                               std::vector<RecycledImageRow>&& rows)
{
    std::vector<ImageRecycleBinInfo> answers;
    for (auto& row : rows) {
        answers.push_back({.description = std::move(row.description),
                           .image_id = row.id.text(),
                           .name = std::move(row.name),
                           .recycle_bin_enter_time = Timestamp{row.enter_time_ms},
                           .recycle_bin_exit_time = Timestamp{row.exit_time_ms}});
    }
    return answers;
}

std::vector<SnapshotRecycleBinInfo> snapshot_answers(Session& /*session*/,
                                                     std::vector<RecycledSnapshotRow>&& rows)
{
    std::vector<SnapshotRecycleBinInfo> answers;
    for (auto& row : rows) {
        answers.push_back({.description = std::move(row.description),
                           .recycle_bin_enter_time = Timestamp{row.enter_time_ms},
                           .recycle_bin_exit_time = Timestamp{row.exit_time_ms},
                           .snapshot_id = row.id.text(),
                           .volume_id = std::move(row.volume_id)});
    }
    return answers;
}

VolumeRecycleBinInfo volume_info(RecycledVolumeRow&& row)
{
    return {.availability_zone = std::move(row.zone),
            .availability_zone_id = std::move(row.zone_id),
            .create_time = Timestamp{row.create_time_ms},
            .iops = row.iops,
            .operator_value = OperatorResponse{.managed = false},
            .recycle_bin_enter_time = Timestamp{row.enter_time_ms},
            .recycle_bin_exit_time = Timestamp{row.exit_time_ms},
            .size = row.size_gib,
            .snapshot_id = std::move(row.snapshot_id),
            .source_volume_id = std::move(row.source_volume_id),
            .state = std::move(row.state),
            .throughput = row.throughput,
            .volume_id = row.id.text(),
            .volume_type = std::move(row.volume_type)};
}

std::vector<VolumeRecycleBinInfo> volume_answers(Session& /*session*/,
                                                 std::vector<RecycledVolumeRow>&& rows)
{
    std::vector<VolumeRecycleBinInfo> answers;
    for (auto& row : rows) {
        answers.push_back(volume_info(std::move(row)));
    }
    return answers;
}

// An id that is not in the bin fails the call (assumed, as for Describe calls).
constexpr DescribeSpec kListImages{
    .schema = kListImagesInRecycleBin,
    .ids = {.member = &ListImagesInRecycleBinRequest::image_ids,
            .check = &check_image_ids,
            .require = &require_listed<kRecycledImageList, ImageId, not_found>},
    .select = &select_page<kRecycledImageList>,
    .answers = &image_answers,
    .into = &ListImagesInRecycleBinResponse::images};

constexpr DescribeSpec kListSnapshots{
    .schema = kListSnapshotsInRecycleBin,
    .ids = {.member = &ListSnapshotsInRecycleBinRequest::snapshot_ids,
            .check = &check_ids<SnapshotId>,
            .require = &require_listed<kRecycledSnapshotList, SnapshotId, not_found>},
    .select = &select_page<kRecycledSnapshotList>,
    .answers = &snapshot_answers,
    .into = &ListSnapshotsInRecycleBinResponse::snapshots};

constexpr DescribeSpec kListVolumes{
    .schema = kListVolumesInRecycleBin,
    .ids = {.member = &ListVolumesInRecycleBinRequest::volume_ids,
            .check = &check_ids<VolumeId>,
            .require = &require_listed<kRecycledVolumeList, VolumeId, not_found>},
    .select = &select_page<kRecycledVolumeList>,
    .answers = &volume_answers,
    .into = &ListVolumesInRecycleBinResponse::volumes};

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
        end_image(session, ImageId::trusted(row->resource_id));
    } else if (row->resource_type == kSnapshotBin.of_tags) {
        snapshot_gone(session, SnapshotId::trusted(row->resource_id));
    } else {
        remove_volume(session, VolumeId::trusted(row->resource_id), VolumeState::kDeleted);
    }
}

// Source: EC2 API Reference, ListImagesInRecycleBin (documented).
ListImagesInRecycleBinResponse list_images_in_recycle_bin(
    Session& session, const ListImagesInRecycleBinRequest& request)
{
    return describe<kListImages>(session, request);
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
    require_free_image_name(session.db(), image.owner, image.region, image.name);
    set_image<&ImageRow::state>(session.db(), id, to_word<ImageState>(entry.state));
    restore_launch_permissions(session.db(), id);
    take_out_of_bin(session, entry);
    return {.return_value = true};
}

// Source: EC2 API Reference, ListSnapshotsInRecycleBin (documented).
ListSnapshotsInRecycleBinResponse list_snapshots_in_recycle_bin(
    Session& session, const ListSnapshotsInRecycleBinRequest& request)
{
    return describe<kListSnapshots>(session, request);
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
    const auto row =
        *select_described_snapshot(session.db(), session.region(), id, session.now_ms());
    RestoreSnapshotFromRecycleBinResponse response;
    response.snapshot_id = row.id.text();
    response.description = row.description;
    response.encrypted = row.encrypted;
    response.owner_id = row.owner;
    response.progress = row.progress;
    response.start_time = Timestamp{row.start_time_ms};
    response.state = text_of(row.state);
    response.volume_id = row.volume_id;
    response.volume_size = row.volume_size_gib;
    return response;
}

// Source: EC2 API Reference, ListVolumesInRecycleBin (documented).
ListVolumesInRecycleBinResponse list_volumes_in_recycle_bin(
    Session& session, const ListVolumesInRecycleBinRequest& request)
{
    return describe<kListVolumes>(session, request);
}

// Source: EC2 API Reference, RestoreVolumeFromRecycleBin (documented).
RestoreVolumeFromRecycleBinResponse restore_volume_from_recycle_bin(
    Session& session, const RestoreVolumeFromRecycleBinRequest& request)
{
    const auto id = parse_id<VolumeId>(request.volume_id);
    stop_if_dry_run(request);
    const auto entry = require_in_bin(session, id);
    set_volume_state(session.db(), id, to_word<VolumeState>(entry.state));
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
