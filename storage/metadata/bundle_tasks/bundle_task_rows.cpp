#include "storage/metadata/bundle_tasks/bundle_task_rows.h"

namespace amilab {

namespace {

constexpr auto kUnderWay = "SELECT 1 FROM bundle_task WHERE instance_id = ? AND state NOT IN (" +
                           sql_word<BundleTaskState::kComplete> + ", " +
                           sql_word<BundleTaskState::kFailed> + ")";

}  // namespace

std::optional<BundleTaskRow> select_bundle_task(Database& db, const BundleTaskId& id)
{
    return select_row<kBundleTaskColumns>(db, "FROM bundle_task t WHERE t.id = ?", id);
}

bool is_being_bundled(Database& db, const InstanceId& instance)
{
    Statement select(db, kUnderWay);
    select.bind(instance);
    return select.step();
}

void set_bundle_task_percent(Database& db, const BundleTaskId& id, std::int64_t percent,
                             TimeMs now_ms)
{
    Statement(db, "UPDATE bundle_task SET percent = ?, state = ?, update_time_ms = ? WHERE id = ?")
        .execute(percent, BundleTaskState::kBundling, now_ms, id);
}

void set_bundle_task_state(Database& db, const BundleTaskId& id, BundleTaskState state,
                           TimeMs now_ms)
{
    Statement(db,
              "UPDATE bundle_task SET state = ?1, percent = iif(?1 = ?2, 100, percent),"
              " update_time_ms = ?3 WHERE id = ?4")
        .execute(state, BundleTaskState::kComplete, now_ms, id);
}

void fail_bundle_task(Database& db, const BundleTaskId& id, std::string_view code,
                      std::string_view message, TimeMs now_ms)
{
    Statement(db,
              "UPDATE bundle_task SET state = ?, error_code = ?, error_message = ?,"
              " update_time_ms = ? WHERE id = ?")
        .execute(BundleTaskState::kFailed, code, message, now_ms, id);
}

}  // namespace amilab
