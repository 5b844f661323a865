#include "storage/metadata/store_image_tasks/restore_image_task_rows.h"

namespace amilab {

void insert_restore_image_task(Database& db, const RestoreImageTaskRow& row,
                               const std::vector<SnapshotId>& snapshots)
{
    insert_row<kRestoreImageTaskColumns>(db, row);
    std::int64_t position = 0;
    for (const auto& snapshot : snapshots) {
        Statement(db,
                  "INSERT INTO restore_image_task_disk (task_id, position, snapshot_id)"
                  " VALUES (?, ?, ?)")
            .execute(row.id, position, snapshot);
        ++position;
    }
}

std::optional<RestoreImageTaskRow> select_restore_image_task(Database& db,
                                                             const RestoreImageTaskId& id)
{
    return select_row<kRestoreImageTaskColumns>(db, "FROM restore_image_task t WHERE t.id = ?", id);
}

std::vector<SnapshotId> select_restore_image_task_snapshots(Database& db,
                                                            const RestoreImageTaskId& id)
{
    Statement select(db,
                     "SELECT snapshot_id FROM restore_image_task_disk WHERE task_id = ?"
                     " ORDER BY position");
    select.bind(id);
    return select.values<SnapshotId>();
}

std::int64_t sum_restore_image_task_gib(Database& db, std::string_view owner)
{
    Statement select(db,
                     "SELECT COALESCE(SUM(size_gib), 0) FROM restore_image_task WHERE owner = ?");
    select.bind(owner);
    select.step();
    return select.row().integer();
}

void delete_restore_image_task(Database& db, const RestoreImageTaskId& id)
{
    delete_row<kRestoreImageTaskColumns>(db, id);
}

}  // namespace amilab
