#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/base/clock.h"
#include "storage/metadata/snapshots/snapshot_ids.h"
#include "storage/metadata/sql/database.h"
#include "storage/metadata/sql/listing.h"
#include "storage/metadata/sql/sql_text.h"

namespace amilab {

enum class FastRestoreState : std::uint8_t {
    kEnabling,
    kOptimizing,
    kEnabled,
    kDisabling,
    kDisabled
};
template <>
inline constexpr auto kWords<FastRestoreState> = words("enabling", "optimizing", "enabled",
                                                       "disabling", "disabled");

/// Fast snapshot restore of one snapshot in one zone, by one account.
struct FastRestoreRow {
    std::string owner = {};
    std::string region = {};
    SnapshotId snapshot_id{};
    std::string zone = {};
    /// When it entered, or will enter, each state.
    TimeMs enabling_ms = 0;
    TimeMs optimizing_ms = 0;
    TimeMs enabled_ms = 0;
    /// Nothing until somebody disables it.
    std::optional<TimeMs> disabling_ms = {};
    std::optional<TimeMs> disabled_ms = {};
    /// Read only, from the catalogue.
    std::string zone_id = {};
    /// Read only.
    FastRestoreState state{};
};

inline constexpr auto kStateOfFastRestore =
    "CASE WHEN f.disabled_ms <= $now THEN " + sql_word<FastRestoreState::kDisabled> +
    " WHEN f.disabling_ms <= $now THEN " + sql_word<FastRestoreState::kDisabling> +
    " WHEN f.enabled_ms <= $now THEN " + sql_word<FastRestoreState::kEnabled> +
    " WHEN f.optimizing_ms <= $now THEN " + sql_word<FastRestoreState::kOptimizing> + " ELSE " +
    sql_word<FastRestoreState::kEnabling> + " END";
inline constexpr auto kFastRestoreColumns = columns<FastRestoreRow>(
    "fast_restore", "f", text<&FastRestoreRow::owner>("owner"),
    text<&FastRestoreRow::region>("region"), text<&FastRestoreRow::snapshot_id>("snapshot_id"),
    text<&FastRestoreRow::zone>("zone"), time<&FastRestoreRow::enabling_ms>("enabling_ms"),
    time<&FastRestoreRow::optimizing_ms>("optimizing_ms"),
    time<&FastRestoreRow::enabled_ms>("enabled_ms"),
    time<&FastRestoreRow::disabling_ms>("disabling_ms"),
    time<&FastRestoreRow::disabled_ms>("disabled_ms"),
    text<&FastRestoreRow::zone_id>("zone_id").as("COALESCE(z.zone_id, '')"),
    text<&FastRestoreRow::state>("state").as(kStateOfFastRestore));
inline constexpr std::string_view kFastRestoreFrom =
    "fast_restore f LEFT JOIN catalogue.availability_zone z ON z.name = f.zone";
inline constexpr FilterColumn kFastRestoreFilters[] = {
    {"availability-zone", "zone"},
    {"availability-zone-id", "zone_id"},
    {"owner-id", "owner"},
    {"snapshot-id", "snapshot_id"},
    {"state", "state"},
};
/// The list of fast restores, in the order of snapshot and zone.
inline constexpr Listing<FastRestoreRow> kFastRestoreList{.from = kFastRestoreFrom,
                                                          .key = "f.snapshot_id",
                                                          .second_key = "f.zone",
                                                          .columns = kFastRestoreColumns,
                                                          .filters = kFastRestoreFilters};

std::optional<FastRestoreRow> select_fast_restore(Database& db, std::string_view owner,
                                                  std::string_view region, const SnapshotId& id,
                                                  std::string_view zone, TimeMs now_ms);
/// Replaces what there is.
void put_fast_restore(Database& db, const FastRestoreRow& row);
/// Deletes those of all accounts and zones: the snapshot is gone.
void delete_fast_restores(Database& db, const SnapshotId& id);
/// All accounts' that nobody has disabled.
std::vector<FastRestoreRow> select_fast_restores_of(Database& db, const SnapshotId& id,
                                                    TimeMs now_ms);

}  // namespace amilab
