#pragma once

#include "server/calls/byte_session.h"
#include "server/calls/operation.h"
#include "server/calls/session.h"
#include "server/wire/ebs/blocks.h"

/// The blocks of snapshots: EBS direct APIs, version 2019-11-02.
namespace amilab::ebs {

ListSnapshotBlocksResponse list_snapshot_blocks(Session& session,
                                                const ListSnapshotBlocksRequest& request);
ListChangedBlocksResponse list_changed_blocks(Session& session,
                                              const ListChangedBlocksRequest& request);
GetSnapshotBlockResponse get_snapshot_block(ByteSession& session,
                                            const GetSnapshotBlockRequest& request);
PutSnapshotBlockResponse put_snapshot_block(ByteSession& session,
                                            const PutSnapshotBlockRequest& request);

/// The key of block tokens, made when one is first wanted.
extern const Prerequisite kTokenKey;

}  // namespace amilab::ebs
