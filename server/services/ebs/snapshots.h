#pragma once

#include "server/calls/byte_session.h"
#include "server/calls/session.h"
#include "server/wire/ebs/snapshots.h"
#include "storage/base/ids.h"

/// The life of snapshots that are written block by block: EBS direct APIs, version 2019-11-02.
namespace amilab::ebs {

StartSnapshotResponse start_snapshot(Session& session, const StartSnapshotRequest& request);
CompleteSnapshotResponse complete_snapshot(ByteSession& session,
                                           const CompleteSnapshotRequest& request);

/// Its time may be over.
void snapshot_timed_out(Session& session, const SnapshotId& id);

}  // namespace amilab::ebs
