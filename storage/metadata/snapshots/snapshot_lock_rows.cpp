#include "storage/metadata/snapshots/snapshot_lock_rows.h"

#include "storage/base/units.h"

namespace amilab {

std::optional<SnapshotLockRow> select_snapshot_lock(Database& db, const SnapshotId& id,
                                                    TimeMs now_ms)
{
    return select_row_at<kSnapshotLockColumns>(db, now_ms,
                                               "FROM snapshot_lock l WHERE l.snapshot_id = ?", id);
}

void put_snapshot_lock(Database& db, const SnapshotLockRow& row)
{
    put_row<kSnapshotLockColumns>(db, row);
}

void delete_snapshot_lock(Database& db, const SnapshotId& id)
{
    Statement(db, "DELETE FROM snapshot_lock WHERE snapshot_id = ?").execute(id);
}

void start_snapshot_lock(Database& db, const SnapshotId& id)
{
    Statement(db,
              "UPDATE snapshot_lock AS l SET duration_start_ms = s.completion_time_ms,"
              " expires_ms = COALESCE(l.expires_ms, s.completion_time_ms + l.duration_days * ?)"
              " FROM snapshot AS s WHERE s.id = l.snapshot_id AND l.snapshot_id = ?"
              " AND l.duration_start_ms IS NULL AND s.completion_time_ms IS NOT NULL")
        .execute(kDayMs, id);
}

}  // namespace amilab
