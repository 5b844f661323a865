#include "storage/metadata/snapshots/fast_restore_rows.h"

namespace amilab {

std::optional<FastRestoreRow> select_fast_restore(Database& db, std::string_view owner,
                                                  std::string_view region, const SnapshotId& id,
                                                  std::string_view zone, TimeMs now_ms)
{
    static const auto tail =
        "FROM " + std::string(kFastRestoreFrom) +
        " WHERE f.owner = ? AND f.region = ? AND f.snapshot_id = ? AND f.zone = ?";
    return select_row_at<kFastRestoreColumns>(db, now_ms, tail, owner, region, id, zone);
}

void put_fast_restore(Database& db, const FastRestoreRow& row)
{
    put_row<kFastRestoreColumns>(db, row);
}

void delete_fast_restores(Database& db, const SnapshotId& id)
{
    Statement(db, "DELETE FROM fast_restore WHERE snapshot_id = ?").execute(id);
}

std::vector<FastRestoreRow> select_fast_restores_of(Database& db, const SnapshotId& id,
                                                    TimeMs now_ms)
{
    static const auto tail = "FROM " + std::string(kFastRestoreFrom) +
                             " WHERE f.snapshot_id = ? AND f.disabling_ms IS NULL";
    return select_rows_at<kFastRestoreColumns>(db, now_ms, tail, id);
}

}  // namespace amilab
