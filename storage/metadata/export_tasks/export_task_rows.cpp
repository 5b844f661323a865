#include "storage/metadata/export_tasks/export_task_rows.h"

namespace amilab {

namespace {

constexpr auto kCountActive =
    "SELECT COUNT(*) FROM export_task WHERE state = " + sql_word<ExportTaskState::kActive> +
    " AND owner = ? AND region = ? AND kind = ?";

}  // namespace

void insert_export_task(Database& db, const ExportTaskRow& row)
{
    insert_row<kExportTaskColumns>(db, row);
}

std::optional<ExportTaskRow> select_export_task(Database& db, const std::string& id, TimeMs now_ms)
{
    return select_row_at<kExportTaskColumns>(db, now_ms, "FROM export_task t WHERE t.id = ?", id);
}

std::int64_t count_active_export_tasks(Database& db, std::string_view owner,
                                       std::string_view region, ExportKind kind)
{
    Statement select(db, kCountActive);
    select.bind(owner, region, kind);
    select.step();
    return select.row().integer();
}

void set_export_task_progress(Database& db, const std::string& id, std::int64_t percent,
                              const std::string& message)
{
    Statement(db, "UPDATE export_task SET percent = ?, message = ? WHERE id = ? AND state = ?")
        .execute(percent, message, id, ExportTaskState::kActive);
}

void set_export_task_state(Database& db, const std::string& id, ExportTaskState state,
                           const std::optional<std::string>& message)
{
    Statement(db, "UPDATE export_task SET state = ?, message = ? WHERE id = ?")
        .execute(state, message, id);
}

}  // namespace amilab
