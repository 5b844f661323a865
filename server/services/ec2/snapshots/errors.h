#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "server/calls/request_values.h"
#include "server/services/ec2/common/errors.h"
#include "server/services/ec2/common/ids.h"
#include "server/wire/api_error.h"
#include "storage/metadata/images/image_ids.h"
#include "storage/metadata/instances/instance_ids.h"
#include "storage/metadata/snapshots/snapshot_ids.h"
#include "storage/metadata/volumes/volume_ids.h"

/// Refusals that are about snapshots. docs/fidelity.md says for each whether it is
/// documented, observed or assumed.
namespace amilab::ec2 {

ApiError not_authorized_for_snapshot(const SnapshotId& id);

ApiError too_many_copies(std::int64_t limit);
ApiError invalid_source_region(std::string_view region);
ApiError too_many_pending_snapshots();
ApiError snapshot_locked(const SnapshotId& id);
/// The snapshot's lock is in compliance mode for good.
ApiError lock_not_changeable(const SnapshotId& id, std::string_view why);
ApiError snapshot_not_locked(const SnapshotId& id);
ApiError snapshot_not_archived(const SnapshotId& id);
ApiError tiering_in_progress(const SnapshotId& id, std::string_view status);
ApiError image_keeps_snapshot(const SnapshotId& id, const ImageId& image);
ApiError root_volume_not_excludable(const VolumeId& volume, const InstanceId& instance);
ApiError volume_not_of_instance(const VolumeId& volume, const InstanceId& instance);
ApiError no_volumes_to_snapshot(const InstanceId& instance);

ApiError encrypted_snapshot_not_public();
ApiError managed_key_snapshot_not_shared();

ApiError snapshot_in_use(const SnapshotId& snapshot, const ImageId& image);

ApiError invalid_user_id(std::string_view text);

}  // namespace amilab::ec2
