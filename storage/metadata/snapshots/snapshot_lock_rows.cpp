#include "storage/metadata/snapshots/snapshot_lock_rows.h"

#include "storage/base/units.h"
#include "storage/metadata/sql/sql_text.h"

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
    // Not UPDATE ... FROM, for which SQLite makes a temporary table each time: hardly any snapshot
    // is locked when it is completed.
    static constexpr auto kCompletion =
        sql("(SELECT s.completion_time_ms FROM snapshot AS s"
            " WHERE s.id = snapshot_lock.snapshot_id)");
    static constexpr auto kStart =
        "UPDATE snapshot_lock SET duration_start_ms = " + kCompletion +
        ", expires_ms = COALESCE(expires_ms, " + kCompletion +
        " + duration_days * ?) WHERE snapshot_id = ? AND duration_start_ms IS NULL AND " +
        kCompletion + " IS NOT NULL";
    Statement(db, kStart).execute(kDayMs, id);
}

}  // namespace amilab
