#pragma once

#include "server/calls/session.h"
#include "server/wire/ec2/snapshot_locks.h"
#include "storage/base/ids.h"

namespace amilab::ec2 {

LockSnapshotResponse lock_snapshot(Session& session, const LockSnapshotRequest& request);
UnlockSnapshotResponse unlock_snapshot(Session& session, const UnlockSnapshotRequest& request);
DescribeLockedSnapshotsResponse describe_locked_snapshots(
    Session& session, const DescribeLockedSnapshotsRequest& request);

/// Whether a lock keeps the snapshot from being deleted.
bool is_locked(Session& session, const SnapshotId& id);

}  // namespace amilab::ec2
