#pragma once

#include "server/calls/family.h"
#include "server/calls/session.h"
#include "storage/metadata/snapshots/snapshot_ids.h"

/// The archive tier of snapshots.
namespace amilab::ec2 {

extern const Family kSnapshotTiers;

inline constexpr Delay kSnapshotArchiving{"snapshot.archiving"};
inline constexpr Delay kSnapshotRestoring{"snapshot.restoring"};

inline constexpr Due kSnapshotArchived{"snapshot-archived"};

}  // namespace amilab::ec2
