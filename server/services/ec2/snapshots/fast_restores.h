#pragma once

#include <optional>
#include <string_view>

#include "server/calls/family.h"
#include "server/calls/session.h"
#include "storage/metadata/snapshots/snapshot_ids.h"
#include "storage/metadata/snapshots/snapshot_rows.h"

/// Fast snapshot restores: a state to be seen, and a mark on volumes. Every volume here is as fast
/// as any other from the start.
namespace amilab::ec2 {

extern const Family kFastRestores;

inline constexpr Delay kFastRestoreEnabling{"fast-restore.enabling"};
inline constexpr Delay kFastRestoreOptimizing{"fast-restore.optimizing"};
inline constexpr Delay kFastRestoreDisabling{"fast-restore.disabling"};

/// Disables the fast restores of a snapshot, in all accounts and zones.
void disable_fast_restores(Session& session, const SnapshotId& id);

}  // namespace amilab::ec2
