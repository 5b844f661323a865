#pragma once

#include <string_view>
#include <vector>

#include "storage/metadata/snapshots/snapshot_rows.h"

/// Snapshots as those see them who may: their owners, whom they are shared with, and everybody.
namespace amilab {

/// What ListQuery::among may name here. Account ids and owner aliases:
inline constexpr std::string_view kAmongOwners = "owner";
/// Who may make volumes of it: account ids, of the viewer's own snapshots or "self" of those that
/// it owns or that are shared with it, and "all" for public ones.
inline constexpr std::string_view kAmongRestorers = "restorable-by";

inline constexpr FilterColumn kSnapshotFilters[] = {
    {"description", "description"},
    {"encrypted", "encrypted"},
    {"owner-alias", "owner_alias"},
    {"owner-id", "owner"},
    {"progress", "progress"},
    {"snapshot-id", "id"},
    {"start-time", "start_time_ms"},
    {"status", "state"},
    {"storage-tier", "tier"},
    {"transfer-type", "transfer_type"},
    // Catalogue snapshots are of no volume.
    {"volume-id", "o.volume_id", "s.id IN (SELECT o.id FROM main.snapshot o WHERE ", ")",
     "EXISTS (SELECT 1 FROM main.snapshot o WHERE o.id = s.id AND "},
    {"volume-size", "volume_size_gib"},
};
/// Everybody's of the region; who may see them is for select_snapshots() to decide.
inline constexpr Listing<SnapshotRow> kSnapshotList{.from = "all_snapshot s",
                                                    .key = "s.id",
                                                    .owner = "-",
                                                    .columns = kDescribedSnapshotColumns,
                                                    .filters = kSnapshotFilters};

/// The owner's own.
inline constexpr Listing<SnapshotRow> kOwnSnapshotList{
    .from = "all_snapshot s", .key = "s.id", .columns = kDescribedSnapshotColumns};

/// Snapshots that the query's owner may see, in the order of their ids, with what is told of them.
std::vector<SnapshotRow> select_snapshots(Database& db, const ListQuery& wanted);

}  // namespace amilab
