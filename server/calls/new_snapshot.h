#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "server/calls/encryption.h"
#include "server/calls/session.h"
#include "storage/blocks/layer_id.h"
#include "storage/metadata/snapshots/snapshot_rows.h"
#include "storage/metadata/tags/tag_rows.h"

namespace amilab {

/// How a snapshot begins: pending until it is due, open until its writer completes it, completed.
enum class SnapshotStart : std::uint8_t { kPending, kOpen, kCompleted };

/// What is told apart among new snapshots.
struct NewSnapshot {
    /// Made beforehand: data keys are made for it.
    SnapshotId id;
    SnapshotStart start = SnapshotStart::kPending;
    /// Nothing: the caller.
    std::optional<std::string> owner = {};
    /// Sealed, unless its writer still writes; nothing: it reads as zeros.
    std::optional<LayerId> layer_id = {};
    std::string volume_id = kNoVolumeId;
    std::int64_t volume_size_gib = 0;
    std::string description = {};
    Encryption encryption = {};
    /// Of a pending one; nothing: as long as snapshots take.
    std::optional<TimeMs> due_ms = {};
    /// See SnapshotRow.
    std::optional<TransferType> transfer_type = {};
    std::optional<std::int64_t> completion_duration_minutes = {};
    std::optional<std::string> status_message = {};
    std::optional<std::int64_t> full_size_bytes = {};
    /// The volume or snapshot whose product codes it has too.
    std::string product_codes_of = {};
    std::vector<TagRow> tags = {};
};

/// Makes the snapshot: its row, product codes and tags; what time does to it and the count of what
/// it holds are seen to. Returns it as it begins, pending too where the row is not for the delay is
/// zero. Throws TagLimitExceeded. Writing calls only.
SnapshotRow new_snapshot(Session& session, NewSnapshot wanted);

}  // namespace amilab
