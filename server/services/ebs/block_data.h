#pragma once

#include "server/calls/byte_session.h"
#include "server/calls/family.h"
#include "server/wire/ebs/block_data.h"

/// The bytes of blocks: EBS direct APIs, version 2019-11-02.
namespace amilab::ebs {

extern const Family kBlockData;

/// Throws ApiError. What the block is written to is open before the rows that tell its layers are
/// let go of.
PutSnapshotBlockResponse put_snapshot_block(ByteSession& session,
                                            const PutSnapshotBlockRequest& request);

}  // namespace amilab::ebs
