#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "storage/base/clock.h"
#include "storage/metadata/snapshots/snapshot_ids.h"
#include "storage/metadata/sql/database.h"
#include "storage/metadata/sql/filter.h"

namespace amilab {

struct SnapshotLockRow {
    SnapshotId snapshot_id;
    /// governance or compliance
    std::string mode;
    TimeMs created_ms;
    std::optional<std::int64_t> cool_off_hours;
    std::optional<TimeMs> cool_off_expires_ms;
    /// Nothing when a date was given instead.
    std::optional<std::int64_t> duration_days;
    /// Nothing while the snapshot is pending; so is the end of a lock with a duration.
    std::optional<TimeMs> duration_start_ms;
    std::optional<TimeMs> expires_ms;
};

/// governance, compliance-cooloff, compliance or expired
std::string_view snapshot_lock_state(const SnapshotLockRow& row, TimeMs now_ms);

std::optional<SnapshotLockRow> select_snapshot_lock(Database& db, const SnapshotId& id);
/// Replaces what there is.
void put_snapshot_lock(Database& db, const SnapshotLockRow& row);
void delete_snapshot_lock(Database& db, const SnapshotId& id);
/// Lets the duration of a lock begin that waited for its snapshot, which is completed.
void start_snapshot_lock(Database& db, const SnapshotId& id);

struct SnapshotLockQuery {
    std::string_view owner;
    std::string_view region;
    std::vector<SnapshotId> ids;
    std::span<const Filter> filters;
    TimeMs now_ms;
    std::string_view after;
    std::int64_t limit;
};

/// Locks on the owner's snapshots, expired ones too, in the order of the snapshots' ids.
std::vector<SnapshotLockRow> select_snapshot_locks(Database& db, const SnapshotLockQuery& query);

}  // namespace amilab
