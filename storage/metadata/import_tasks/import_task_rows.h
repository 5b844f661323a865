#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "storage/metadata/import_tasks/import_task_state.h"
#include "storage/metadata/sql/columns.h"
#include "storage/metadata/sql/sql_text.h"
#include "storage/metadata/sql/statement.h"

/// What tasks that make snapshots and those that make images have in common. `kColumns` are one
/// kind's: rows have an `id`, an `owner`, a `region`, a `state` and a `status_message`.
namespace amilab {

/// The task with the id, whoever's it is.
template <const auto& kColumns, class IdType>
std::optional<RowOf<kColumns>> select_import_task(Database& db, const IdType& id)
{
    static const auto tail = "FROM " + std::string(kColumns.table) + " k WHERE k.id = ?";
    return select_row<kColumns>(db, tail, id);
}

/// How many of the owner's tasks in the region are active.
template <const auto& kColumns>
std::int64_t count_active_import_tasks(Database& db, std::string_view owner,
                                       std::string_view region)
{
    static constexpr auto kActive =
        " WHERE region = ? AND owner = ? AND state = " + sql_word<ImportTaskState::kActive>;
    static const auto count = "SELECT count(*) FROM " + std::string(kColumns.table) +
                              std::string(std::string_view(kActive));
    Statement select(db, count);
    select.bind(region, owner);
    select.step();
    return select.row().integer();
}

/// Has the task be in the state, and say so.
template <const auto& kColumns, class IdType>
void set_import_task_state(Database& db, const IdType& id, ImportTaskState state,
                           const std::optional<std::string>& message)
{
    set_member<kColumns, &RowOf<kColumns>::state>(db, id, state);
    set_member<kColumns, &RowOf<kColumns>::status_message>(db, id, message);
}

}  // namespace amilab
