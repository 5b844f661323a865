#pragma once

#include <string_view>

#include "server/calls/session.h"
#include "server/wire/ec2/fast_restores.h"
#include "storage/metadata/snapshots/snapshot_rows.h"

/// Fast snapshot restores: a state to be seen, and a mark on volumes. Every volume here is as fast
/// as any other from the start.
namespace amilab::ec2 {

EnableFastSnapshotRestoresResponse enable_fast_snapshot_restores(
    Session& session, const EnableFastSnapshotRestoresRequest& request);
DisableFastSnapshotRestoresResponse disable_fast_snapshot_restores(
    Session& session, const DisableFastSnapshotRestoresRequest& request);
DescribeFastSnapshotRestoresResponse describe_fast_snapshot_restores(
    Session& session, const DescribeFastSnapshotRestoresRequest& request);

/// Whether a volume of the snapshot, if it has one, made in the zone now, is restored fast.
/// Source: one with an initialization rate is not (documented).
bool is_restored_fast(Session& session, const std::optional<SnapshotRow>& snapshot,
                      std::string_view zone,
                      const std::optional<std::int64_t>& initialization_rate);

/// Of all accounts and zones.
void disable_fast_restores(Session& session, const SnapshotId& id);

}  // namespace amilab::ec2
