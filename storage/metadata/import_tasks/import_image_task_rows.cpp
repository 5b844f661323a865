#include "storage/metadata/import_tasks/import_image_task_rows.h"

#include "storage/metadata/calls/transition_rows.h"
#include "storage/metadata/sql/sql_text.h"
#include "storage/metadata/sql/statement.h"

namespace amilab {

namespace {

constexpr auto kIsActive = "k.state = " + sql_word<ImportTaskState::kActive>;

}  // namespace

std::optional<ImportImageTaskRow> select_import_image_task(Database& db,
                                                           const ImportImageTaskId& id)
{
    return select_row<kImportImageTaskColumns>(db, "FROM import_image_task k WHERE k.id = ?", id);
}

std::int64_t count_active_import_image_tasks(Database& db, std::string_view owner,
                                             std::string_view region)
{
    static constexpr auto kCount =
        "SELECT count(*) FROM import_image_task k WHERE k.region = ? AND k.owner = ? AND " +
        kIsActive;
    Statement select(db, kCount);
    select.bind(region, owner);
    select.step();
    return select.row().integer();
}

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
              "UPDATE import_image_disk SET format = ?, snapshot_id = ?"
              " WHERE task_id = ? AND position = ?")
        .execute(row.format, row.snapshot_id, row.task_id, row.position);
}

void begin_import_image_tasks_again(Database& db)
{
    static constexpr auto kActive =
        "FROM import_image_task k WHERE NOT EXISTS (SELECT 1 FROM import_image_disk d"
        " WHERE d.task_id = k.id AND d.etag IS NULL) AND " +
        kIsActive;
    for (const auto& row : select_rows<kImportImageTaskColumns>(db, kActive)) {
        delete_transitions(db, row.id.text());
        insert_transition(db, {.action = std::string(kImportImageTaskWorks),
                               .resource_id = row.id.text(),
                               .account = row.owner});
    }
}

}  // namespace amilab
