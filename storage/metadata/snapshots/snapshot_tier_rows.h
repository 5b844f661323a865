#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "storage/base/clock.h"
#include "storage/metadata/snapshots/snapshot_ids.h"
#include "storage/metadata/snapshots/snapshot_rows.h"
#include "storage/metadata/sql/database.h"
#include "storage/metadata/sql/filter.h"

namespace amilab {

/// The last move of a snapshot between the storage tiers.
struct SnapshotTierRow {
    SnapshotId snapshot_id;
    /// archival, permanent-restore or temporary-restore
    std::string operation;
    TimeMs start_ms;
    TimeMs due_ms;
    /// When it was, or will be, archived.
    TimeMs archived_ms;
    /// When a temporary restore ends.
    std::optional<TimeMs> expiry_ms;
};

/// What it has come to at a time.
struct SnapshotTierState {
    bool is_archived;
    bool is_in_progress;
    /// A temporary restore that has not ended.
    bool is_temporary;
    /// archival-in-progress, archival-completed, ...
    std::string status;
    std::int64_t progress_percent;
};
/// Source: the states are documented; a temporary restore that has ended shows as an archiving that
/// is completed (assumed).
SnapshotTierState snapshot_tier_state(const SnapshotTierRow& row, TimeMs now_ms);

/// 'archive' or 'standard', of the snapshot whose id is the expression at the time that `now_ms`,
/// an expression too, stands for; the same in SQL.
std::string sql_storage_tier(std::string_view snapshot_id, std::string_view now_ms);
/// Whether a snapshot is in the archive tier; of one that has never been moved: no.
bool is_archived(Database& db, const SnapshotId& id, TimeMs now_ms);

/// Nothing for a snapshot that has never been moved.
std::optional<SnapshotTierRow> select_snapshot_tier(Database& db, const SnapshotId& id);
/// Replaces what there is.
void put_snapshot_tier(Database& db, const SnapshotTierRow& row);

/// Snapshots with their last move, if any.
struct TieredSnapshot {
    SnapshotId id;
    std::string volume_id;
    std::string state;
    std::optional<SnapshotTierRow> tier;
};
struct SnapshotTierQuery {
    std::string_view owner;
    std::string_view region;
    std::span<const Filter> filters;
    TimeMs now_ms;
    std::string_view after;
    std::int64_t limit;
};
/// The owner's snapshots, in the order of their ids.
std::vector<TieredSnapshot> select_tiered_snapshots(Database& db, const SnapshotTierQuery& query);

}  // namespace amilab
