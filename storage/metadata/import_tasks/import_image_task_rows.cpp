#include "storage/metadata/import_tasks/import_image_task_rows.h"

#include "storage/metadata/sql/statement.h"

namespace amilab {

void update_import_image_task(Database& db, const ImportImageTaskRow& row)
{
    Statement(db,
              "UPDATE import_image_task SET state = ?, status_message = ?, architecture = ?,"
              " platform = ?, license_type = ?, boot_mode = ?, image_id = ? WHERE id = ?")
        .execute(row.state, row.status_message, row.architecture, row.platform, row.license_type,
                 row.boot_mode, row.image_id, row.id);
}

void update_import_image_disk(Database& db, const ImportImageDiskRow& row)
{
    Statement(db,
              "UPDATE import_image_disk SET format = ?, image_bytes = ?, snapshot_id = ?"
              " WHERE task_id = ? AND position = ?")
        .execute(row.format, row.image_bytes, row.snapshot_id, row.task_id, row.position);
}

}  // namespace amilab
