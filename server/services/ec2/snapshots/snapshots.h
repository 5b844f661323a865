#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/calls/family.h"
#include "server/calls/session.h"
#include "server/calls/snapshot_life.h"
#include "storage/metadata/snapshots/snapshot_ids.h"
#include "storage/metadata/snapshots/snapshot_rows.h"
#include "storage/metadata/tags/tag_rows.h"
#include "storage/metadata/volumes/volume_rows.h"

namespace amilab::ec2 {

extern const Family kSnapshots;

/// The caller's own snapshot, in whatever state. Throws InvalidSnapshot.NotFound.
SnapshotRow require_own_snapshot(Session& session, const SnapshotId& id);

/// A snapshot that the caller may make volumes and copies of. Throws InvalidSnapshot.NotFound.
SnapshotRow require_accessible_snapshot(Session& session, const SnapshotId& id);

SnapshotRow require_accessible_snapshot(Session& session, const SnapshotId& id,
                                        std::string_view region);

/// Throws ConcurrentSnapshotLimitExceeded when as many snapshots of the volume are pending as its
/// type allows at once.
void require_snapshot_room(Session& session, const VolumeRow& volume);

/// Throws InvalidParameterValue for more than 255 characters.
void check_description(const std::optional<std::string>& description);

/// A new pending snapshot of the volume, whose sealed layer is `layer`.
SnapshotRow snapshot_volume(Session& session, const VolumeRow& volume, LayerId layer,
                            const std::string& description, const std::vector<TagRow>& tags);

/// Deletes a snapshot that nothing refers to: it goes into the bin when a rule keeps it.
void remove_snapshot(Session& session, const SnapshotRow& row);

/// Deletes it for good: the row, its tags and its layer.
void erase_snapshot(Session& session, const SnapshotRow& row);

}  // namespace amilab::ec2
