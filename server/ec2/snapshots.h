#pragma once

#include "server/session.h"
#include "server/wire/ec2/snapshots.h"

namespace amilab::ec2 {

CreateSnapshotResponse create_snapshot(Session& session, const CreateSnapshotRequest& request);
DescribeSnapshotsResponse describe_snapshots(Session& session,
                                             const DescribeSnapshotsRequest& request);
DeleteSnapshotResponse delete_snapshot(Session& session, const DeleteSnapshotRequest& request);

// What time brings about; nothing for a snapshot that is gone.
void snapshot_completed(Session& session, const SnapshotId& id);

}  // namespace amilab::ec2
