#pragma once

#include "server/session.h"
#include "server/wire/ec2/snapshots.h"
#include "storage/metadata/snapshot_rows.h"

namespace amilab::ec2 {

CreateSnapshotResponse create_snapshot(Session& session, const CreateSnapshotRequest& request);
DescribeSnapshotsResponse describe_snapshots(Session& session,
                                             const DescribeSnapshotsRequest& request);
DeleteSnapshotResponse delete_snapshot(Session& session, const DeleteSnapshotRequest& request);

/// Deletes a snapshot that nothing refers to: it goes into the bin when a rule keeps it.
void remove_snapshot(Session& session, const SnapshotRow& row);
/// Deletes it for good: the row, its tags and its layer.
void erase_snapshot(Session& session, const SnapshotRow& row);

// What time brings about; nothing for a snapshot that is gone.
void snapshot_completed(Session& session, const SnapshotId& id);

}  // namespace amilab::ec2
