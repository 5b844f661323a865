#pragma once

#include <string_view>

#include "server/calls/session.h"
#include "server/wire/ec2/recycle_bin.h"
#include "storage/metadata/images/image_rows.h"
#include "storage/metadata/snapshots/snapshot_rows.h"
#include "storage/metadata/volumes/volume_rows.h"

/// The recycle bin: where deleted images, snapshots and volumes go that a retention rule matches.
/// Source: EBS User Guide, "Recycle Bin" (documented).
namespace amilab::ec2 {

ListImagesInRecycleBinResponse list_images_in_recycle_bin(
    Session& session, const ListImagesInRecycleBinRequest& request);
RestoreImageFromRecycleBinResponse restore_image_from_recycle_bin(
    Session& session, const RestoreImageFromRecycleBinRequest& request);
ListSnapshotsInRecycleBinResponse list_snapshots_in_recycle_bin(
    Session& session, const ListSnapshotsInRecycleBinRequest& request);
RestoreSnapshotFromRecycleBinResponse restore_snapshot_from_recycle_bin(
    Session& session, const RestoreSnapshotFromRecycleBinRequest& request);
ListVolumesInRecycleBinResponse list_volumes_in_recycle_bin(
    Session& session, const ListVolumesInRecycleBinRequest& request);
RestoreVolumeFromRecycleBinResponse restore_volume_from_recycle_bin(
    Session& session, const RestoreVolumeFromRecycleBinRequest& request);

/// Puts a resource that is being deleted into the bin. False, and nothing happens, when no rule
/// keeps it. What else is under way, a pending snapshot's completion say, goes on in the bin.
/// Volumes are not attached any more.
bool recycle_image(Session& session, const ImageRow& row);
bool recycle_snapshot(Session& session, const SnapshotRow& row);
bool recycle_volume(Session& session, const VolumeRow& row);

/// The time of a resource in the bin is over: it is deleted for good.
void recycled_gone(Session& session, std::string_view resource_id);

}  // namespace amilab::ec2
