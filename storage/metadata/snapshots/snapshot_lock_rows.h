#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "storage/base/clock.h"
#include "storage/metadata/snapshots/snapshot_ids.h"
#include "storage/metadata/sql/database.h"
#include "storage/metadata/sql/listing.h"
#include "storage/metadata/sql/sql_text.h"

namespace amilab {

enum class SnapshotLockMode : std::uint8_t { kGovernance, kCompliance };
template <>
inline constexpr auto kWords<SnapshotLockMode> = words("governance", "compliance");

/// What a lock has come to: its mode, until it has expired or while it can still be changed.
enum class SnapshotLockState : std::uint8_t {
    kGovernance,
    kComplianceCooloff,
    kCompliance,
    kExpired
};
template <>
inline constexpr auto kWords<SnapshotLockState> = words("governance", "compliance-cooloff",
                                                        "compliance", "expired");

struct SnapshotLockRow {
    SnapshotId snapshot_id{};
    SnapshotLockMode mode{};
    TimeMs created_ms = 0;
    std::optional<std::int64_t> cool_off_hours = {};
    std::optional<TimeMs> cool_off_expires_ms = {};
    /// Nothing when a date was given instead.
    std::optional<std::int64_t> duration_days = {};
    /// Nothing while the snapshot is pending; so is the end of a lock with a duration.
    std::optional<TimeMs> duration_start_ms = {};
    std::optional<TimeMs> expires_ms = {};
    /// Read only.
    SnapshotLockState state{};
};

inline constexpr auto kSnapshotLockState =
    "CASE WHEN l.expires_ms <= $now THEN " + sql_word<SnapshotLockState::kExpired> +
    " WHEN l.mode = " + sql_word<SnapshotLockMode::kGovernance> + " THEN " +
    sql_word<SnapshotLockState::kGovernance> + " WHEN l.cool_off_expires_ms > $now THEN " +
    sql_word<SnapshotLockState::kComplianceCooloff> + " ELSE " +
    sql_word<SnapshotLockState::kCompliance> + " END";
inline constexpr auto kSnapshotLockColumns = columns<SnapshotLockRow>(
    "snapshot_lock", "l", text<&SnapshotLockRow::snapshot_id>("snapshot_id"),
    text<&SnapshotLockRow::mode>("mode"), time<&SnapshotLockRow::created_ms>("created_ms"),
    integer<&SnapshotLockRow::cool_off_hours>("cool_off_hours"),
    time<&SnapshotLockRow::cool_off_expires_ms>("cool_off_expires_ms"),
    integer<&SnapshotLockRow::duration_days>("duration_days"),
    time<&SnapshotLockRow::duration_start_ms>("duration_start_ms"),
    time<&SnapshotLockRow::expires_ms>("expires_ms"),
    text<&SnapshotLockRow::state>("state").as(kSnapshotLockState));
inline constexpr FilterColumn kSnapshotLockFilters[] = {{"lock-state", "state"}};
/// Locks on the owner's snapshots, expired ones too. From the snapshots: the locks are everybody's.
inline constexpr Listing<SnapshotLockRow> kSnapshotLockList{
    .from = "main.snapshot s CROSS JOIN snapshot_lock l ON l.snapshot_id = s.id",
    .where = "s.recycled = 0",
    .key = "s.id",
    .owner = "s.owner",
    .region = "s.region",
    .columns = kSnapshotLockColumns,
    .filters = kSnapshotLockFilters};

/// The lock as it is at `now_ms`.
std::optional<SnapshotLockRow> select_snapshot_lock(Database& db, const SnapshotId& id,
                                                    TimeMs now_ms);
/// Replaces what there is.
void put_snapshot_lock(Database& db, const SnapshotLockRow& row);
void delete_snapshot_lock(Database& db, const SnapshotId& id);
/// Lets the duration of a lock begin that waited for its snapshot, which is completed.
void start_snapshot_lock(Database& db, const SnapshotId& id);

}  // namespace amilab
