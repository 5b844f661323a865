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

/// Fast snapshot restore of one snapshot in one zone, by one account.
struct FastRestoreRow {
    std::string owner;
    std::string region;
    SnapshotId snapshot_id;
    std::string zone;
    /// When it entered, or will enter, each state.
    TimeMs enabling_ms;
    TimeMs optimizing_ms;
    TimeMs enabled_ms;
    /// Nothing until somebody disables it.
    std::optional<TimeMs> disabling_ms;
    std::optional<TimeMs> disabled_ms;
    /// Read only, from the catalogue.
    std::string zone_id;
};

/// enabling, optimizing, enabled, disabling or disabled
std::string_view fast_restore_state(const FastRestoreRow& row, TimeMs now_ms);

std::optional<FastRestoreRow> select_fast_restore(Database& db, std::string_view owner,
                                                  std::string_view region, const SnapshotId& id,
                                                  std::string_view zone);
/// Replaces what there is.
void put_fast_restore(Database& db, const FastRestoreRow& row);
/// Of all accounts and zones: the snapshot is gone.
void delete_fast_restores(Database& db, const SnapshotId& id);
/// How many snapshots the account has enabled in the region, each once; those that are being
/// disabled, or are, do not count.
std::int64_t count_fast_restored_snapshots(Database& db, std::string_view owner,
                                           std::string_view region);
/// All accounts' that are not disabled yet.
std::vector<FastRestoreRow> select_fast_restores_of(Database& db, const SnapshotId& id);

struct FastRestoreQuery {
    std::string_view owner;
    std::string_view region;
    std::span<const Filter> filters;
    TimeMs now_ms;
    /// fast_restore_order_key() of the last row before the page; empty at the start.
    std::string_view after;
    std::int64_t limit;
};
/// In the order of snapshot and zone.
std::vector<FastRestoreRow> select_fast_restores(Database& db, const FastRestoreQuery& query);
std::string fast_restore_order_key(const FastRestoreRow& row);

}  // namespace amilab
