#include "storage/metadata/import_tasks/import_snapshot_task_rows.h"

#include "storage/metadata/calls/transition_rows.h"
#include "storage/metadata/sql/sql_text.h"
#include "storage/metadata/sql/statement.h"

namespace amilab {

namespace {

constexpr auto kIsActive = "k.state = " + sql_word<ImportTaskState::kActive>;

}  // namespace

std::optional<ImportSnapshotTaskRow> select_import_snapshot_task(Database& db,
                                                                 const ImportSnapshotTaskId& id)
{
    return select_row<kImportSnapshotTaskColumns>(db, "FROM import_snapshot_task k WHERE k.id = ?",
                                                  id);
}

std::int64_t count_active_import_snapshot_tasks(Database& db, std::string_view owner,
                                                std::string_view region)
{
    static constexpr auto kCount =
        "SELECT count(*) FROM import_snapshot_task k WHERE k.region = ? AND k.owner = ? AND " +
        kIsActive;
    Statement select(db, kCount);
    select.bind(region, owner);
    select.step();
    return select.row().integer();
}

void update_import_snapshot_task(Database& db, const ImportSnapshotTaskRow& row)
{
    Statement(db,
              "UPDATE import_snapshot_task SET state = ?, status_message = ?, format = ?,"
              " image_bytes = ?, snapshot_id = ? WHERE id = ?")
        .execute(row.state, row.status_message, row.format, row.image_bytes, row.snapshot_id,
                 row.id);
}

void begin_import_snapshot_tasks_again(Database& db)
{
    static constexpr auto kActive =
        "FROM import_snapshot_task k WHERE k.etag IS NOT NULL AND " + kIsActive;
    for (const auto& row : select_rows<kImportSnapshotTaskColumns>(db, kActive)) {
        delete_transitions(db, row.id.text());
        insert_transition(db, {.action = std::string(kImportSnapshotTaskWorks),
                               .resource_id = row.id.text(),
                               .account = row.owner});
    }
}

}  // namespace amilab
