#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "server/calls/session.h"
#include "storage/metadata/snapshots/snapshot_rows.h"

/// Snapshots that volumes are made of.
namespace amilab::ec2 {

/// A snapshot that the caller may make volumes and images of. Throws InvalidSnapshot.NotFound, and
/// IncorrectState unless it is completed and not archived.
SnapshotRow require_usable_snapshot(Session& session, std::string_view id_text);

/// Throws IncorrectState unless the snapshot is completed.
void require_completed(const SnapshotRow& snapshot);

/// Throws IncorrectState for a snapshot that has to be restored before it is used.
void require_not_archived(Session& session, const SnapshotId& id);

/// Whether a volume of the snapshot, if it has one, made in the zone now, is restored fast.
/// Source: one with an initialization rate is not (documented).
bool is_restored_fast(Session& session, const std::optional<SnapshotRow>& snapshot,
                      std::string_view zone,
                      const std::optional<std::int64_t>& initialization_rate);

}  // namespace amilab::ec2
