#pragma once

#include <cstdint>
#include <string>

#include "server/calls/byte_session.h"
#include "server/calls/session.h"
#include "storage/base/units.h"
#include "storage/blocks/layer_id.h"
#include "storage/blocks/snapshot.h"
#include "storage/metadata/snapshots/direct_snapshot_rows.h"
#include "storage/metadata/snapshots/snapshot_ids.h"
#include "storage/metadata/snapshots/snapshot_rows.h"

/// Which snapshots a caller may read and write.
namespace amilab::ebs {

/// Source: documented.
inline constexpr std::int64_t kBlockBytes = 512 * 1024;
inline constexpr std::int64_t kBlocksPerGib = static_cast<std::int64_t>(kGiB) / kBlockBytes;

/// Throws ValidationException unless it has the form of a snapshot's id, ResourceNotFoundException
/// when no snapshot can have it. `parameter` is the member's name in messages.
SnapshotId parse_snapshot_id(const std::string& text, std::string_view parameter = "snapshotId");

/// A completed snapshot that the caller may read. Throws ResourceNotFoundException,
/// AccessDeniedException, ValidationException.
/// Source: pending and archived snapshots cannot be read (documented).
SnapshotRow require_readable(Session& session, const SnapshotId& id);

/// The caller's own pending snapshot, that it may write. Throws what require_readable does.
struct OpenSnapshot {
    SnapshotRow snapshot;
    DirectSnapshotRow direct;
};
OpenSnapshot require_open(Session& session, const SnapshotId& id);

/// Commits a change to the rows of a snapshot whose layer was written since the caller looked.
/// Throws what require_open does: deleted or given up meanwhile; then the files that the write may
/// have made anew go too.
void commit_written(ByteSession& session, const SnapshotId& id, LayerId layer,
                    const ByteSession::Work& change);

/// The bytes of a snapshot; null when it has none and reads as zeros.
std::shared_ptr<Snapshot> open_bytes(Session& session, const SnapshotRow& row);

}  // namespace amilab::ebs
