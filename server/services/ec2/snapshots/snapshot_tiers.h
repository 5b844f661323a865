#pragma once

#include "server/calls/session.h"
#include "server/wire/ec2/snapshot_tiers.h"
#include "storage/base/ids.h"

/// The archive tier of snapshots.
namespace amilab::ec2 {

ModifySnapshotTierResponse modify_snapshot_tier(Session& session,
                                                const ModifySnapshotTierRequest& request);
RestoreSnapshotTierResponse restore_snapshot_tier(Session& session,
                                                  const RestoreSnapshotTierRequest& request);
DescribeSnapshotTierStatusResponse describe_snapshot_tier_status(
    Session& session, const DescribeSnapshotTierStatusRequest& request);

/// Throws IncorrectState for a snapshot that has to be restored before it is used.
void require_not_archived(Session& session, const SnapshotId& id);

// What time brings about; nothing for a snapshot that is gone.
void snapshot_moved_to_archive(Session& session, const SnapshotId& id);

}  // namespace amilab::ec2
