#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "storage/base/clock.h"
#include "storage/metadata/snapshots/snapshot_ids.h"
#include "storage/metadata/snapshots/snapshot_state.h"
#include "storage/metadata/sql/database.h"
#include "storage/metadata/sql/listing.h"
#include "storage/metadata/sql/sql_text.h"

namespace amilab {

enum class StorageTier : std::uint8_t { kStandard, kArchive };
template <>
inline constexpr auto kWords<StorageTier> = words("standard", "archive");

enum class TieringOperation : std::uint8_t { kArchival, kPermanentRestore, kTemporaryRestore };
template <>
inline constexpr auto kWords<TieringOperation> = words("archival", "permanent-restore",
                                                       "temporary-restore");

/// Where a move `t` has brought its snapshot by now; without a move: standard.
inline constexpr auto kStorageTier =
    "iif((t.operation = " + sql_word<TieringOperation::kArchival> +
    " OR COALESCE(t.expiry_ms <= $now, 0)) <> (t.due_ms > $now), " +
    sql_word<StorageTier::kArchive> + ", " + sql_word<StorageTier::kStandard> + ")";
/// When the restore ends that the move `t` has come to; nothing unless it is one for a time.
inline constexpr auto kRestoreExpiry =
    "iif(t.operation = " + sql_word<TieringOperation::kTemporaryRestore> +
    " AND t.due_ms <= $now AND t.expiry_ms > $now, t.expiry_ms, NULL)";
/// archival-in-progress, archival-completed, ...
/// Source: the states are documented; a temporary restore that has ended shows as an archiving that
/// is completed (assumed).
inline constexpr auto kTieringStatus =
    "iif(t.due_ms > $now, t.operation || '-in-progress', iif(t.expiry_ms <= $now, " +
    sql_word<TieringOperation::kArchival> + ", t.operation) || '-completed')";
inline constexpr std::string_view kTieringPercent =
    "iif(t.due_ms <= $now, 100,"
    " max(0, min(99, ($now - t.start_ms) * 100 / (t.due_ms - t.start_ms))))";

// Of the snapshot `s`, which may never have been moved.
inline constexpr auto kOfTierOfSnapshot = sql(" FROM snapshot_tier t WHERE t.snapshot_id = s.id)");
inline constexpr auto kStorageTierOfSnapshot = "COALESCE((SELECT " + kStorageTier +
                                               kOfTierOfSnapshot + ", " +
                                               sql_word<StorageTier::kStandard> + ")";
inline constexpr auto kRestoreExpiryOfSnapshot = "(SELECT " + kRestoreExpiry + kOfTierOfSnapshot;

/// The last move of a snapshot between the storage tiers.
struct SnapshotTierRow {
    SnapshotId snapshot_id{};
    TieringOperation operation{};
    TimeMs start_ms = 0;
    TimeMs due_ms = 0;
    /// When it was, or will be, archived.
    TimeMs archived_ms = 0;
    /// When a temporary restore ends.
    std::optional<TimeMs> expiry_ms = {};
    /// Read only: where it is now, how far it has come, whether it is on its way, and until when it
    /// is restored for a time.
    StorageTier tier{};
    std::string status = {};
    bool is_in_progress = false;
    std::optional<TimeMs> restore_expiry_ms = {};
};

inline constexpr auto kSnapshotTierColumns = columns<SnapshotTierRow>(
    "snapshot_tier", "t", text<&SnapshotTierRow::snapshot_id>("snapshot_id"),
    text<&SnapshotTierRow::operation>("operation"), time<&SnapshotTierRow::start_ms>("start_ms"),
    time<&SnapshotTierRow::due_ms>("due_ms"), time<&SnapshotTierRow::archived_ms>("archived_ms"),
    time<&SnapshotTierRow::expiry_ms>("expiry_ms"),
    text<&SnapshotTierRow::tier>("tier").as(kStorageTier),
    text<&SnapshotTierRow::status>("status").as(kTieringStatus),
    flag<&SnapshotTierRow::is_in_progress>("is_in_progress").as("t.due_ms > $now"),
    time<&SnapshotTierRow::restore_expiry_ms>("restore_expiry_ms").as(kRestoreExpiry));

/// A snapshot and what its last move has come to; nothing of that when it has never been moved.
struct TieredSnapshotRow {
    SnapshotId id{};
    std::string owner = {};
    std::string volume_id = {};
    SnapshotState state{};
    /// Standard when it has never been moved.
    StorageTier tier{};
    std::optional<std::string> tiering_status = {};
    std::optional<std::int64_t> tiering_percent = {};
    std::optional<TimeMs> tiering_start_ms = {};
    std::optional<TimeMs> archived_ms = {};
    std::optional<TimeMs> restore_expiry_ms = {};
};

inline constexpr auto kTieredSnapshotColumns = columns<TieredSnapshotRow>(
    "snapshot", "s", text<&TieredSnapshotRow::id>("id"), text<&TieredSnapshotRow::owner>("owner"),
    text<&TieredSnapshotRow::volume_id>("volume_id"), text<&TieredSnapshotRow::state>("state"),
    text<&TieredSnapshotRow::tier>("tier").as(kStorageTier),
    text<&TieredSnapshotRow::tiering_status>("tiering_status").as(kTieringStatus),
    integer<&TieredSnapshotRow::tiering_percent>("tiering_percent").as(kTieringPercent),
    time<&TieredSnapshotRow::tiering_start_ms>("tiering_start_ms").as("t.start_ms"),
    time<&TieredSnapshotRow::archived_ms>("archived_ms")
        .as("iif(t.archived_ms <= $now, t.archived_ms, NULL)"),
    time<&TieredSnapshotRow::restore_expiry_ms>("restore_expiry_ms").as(kRestoreExpiry));
inline constexpr FilterColumn kTieredSnapshotFilters[] = {
    {"last-tiering-operation", "tiering_status"},
    {"snapshot-id", "id"},
    {"volume-id", "volume_id"},
};
/// All of the owner's snapshots.
inline constexpr Listing<TieredSnapshotRow> kTieredSnapshotList{
    .from = "main.snapshot s LEFT JOIN snapshot_tier t ON t.snapshot_id = s.id",
    .where = "s.recycled = 0",
    .key = "s.id",
    .columns = kTieredSnapshotColumns,
    .filters = kTieredSnapshotFilters};

/// Whether a snapshot is in the archive tier; of one that has never been moved: no.
bool is_archived(Database& db, const SnapshotId& id, TimeMs now_ms);

/// Nothing for a snapshot that has never been moved.
std::optional<SnapshotTierRow> select_snapshot_tier(Database& db, const SnapshotId& id,
                                                    TimeMs now_ms);
/// Replaces what there is.
void put_snapshot_tier(Database& db, const SnapshotTierRow& row);

}  // namespace amilab
