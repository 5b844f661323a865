#pragma once

#include "server/calls/family.h"
#include "server/calls/session.h"
#include "storage/metadata/snapshots/snapshot_ids.h"

namespace amilab::ec2 {

extern const Family kSnapshotLocks;

/// Whether a lock keeps the snapshot from being deleted.
bool is_locked(Session& session, const SnapshotId& id);

}  // namespace amilab::ec2
