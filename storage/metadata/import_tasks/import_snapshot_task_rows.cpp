#include "storage/metadata/import_tasks/import_snapshot_task_rows.h"

#include "storage/metadata/sql/statement.h"

namespace amilab {

void update_import_snapshot_task(Database& db, const ImportSnapshotTaskRow& row)
{
    Statement(db,
              "UPDATE import_snapshot_task SET state = ?, status_message = ?, format = ?,"
              " image_bytes = ?, snapshot_id = ? WHERE id = ?")
        .execute(row.state, row.status_message, row.format, row.image_bytes, row.snapshot_id,
                 row.id);
}

}  // namespace amilab
