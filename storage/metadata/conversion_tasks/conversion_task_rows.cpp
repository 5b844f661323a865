#include "storage/metadata/conversion_tasks/conversion_task_rows.h"

namespace amilab {

namespace {

constexpr auto kCountActive =
    "SELECT COUNT(*) FROM conversion_task WHERE state = " + sql_word<ConversionTaskState::kActive> +
    " AND owner = ? AND region = ?";

}  // namespace

void insert_conversion_task(Database& db, const ConversionTaskRow& row)
{
    insert_row<kConversionTaskColumns>(db, row);
}

std::optional<ConversionTaskRow> select_conversion_task(Database& db, const std::string& id)
{
    return select_row<kConversionTaskColumns>(
        db,
        "FROM conversion_task t JOIN catalogue.availability_zone z ON z.name = t.zone"
        " WHERE t.id = ?",
        id);
}

std::int64_t count_active_conversion_tasks(Database& db, std::string_view owner,
                                           std::string_view region)
{
    Statement select(db, kCountActive);
    select.bind(owner, region);
    select.step();
    return select.row().integer();
}

void update_conversion_task(Database& db, const ConversionTaskRow& row)
{
    Statement(db,
              "UPDATE conversion_task SET state = ?, status_message = ?, volume_id = ?,"
              " parts_found = ?, bytes_converted = ? WHERE id = ?")
        .execute(row.state, row.status_message, row.volume_id, row.parts_found, row.bytes_converted,
                 row.id);
}

void delete_conversion_task(Database& db, const std::string& id)
{
    Statement(db, "DELETE FROM conversion_task WHERE id = ?").execute(id);
}

}  // namespace amilab
