#include "storage/metadata/instances/instance_event_window_rows.h"

#include "storage/metadata/sql/statement.h"

namespace amilab {

void set_event_window(Database& db, const EventWindowRow& row)
{
    Statement(db, "UPDATE instance_event_window SET name = ?, cron_expression = ? WHERE id = ?")
        .execute(row.name, row.cron_expression, row.id);
}

void delete_event_window_ranges(Database& db, const EventWindowId& id)
{
    Statement(db, "DELETE FROM instance_event_window_range WHERE window_id = ?").execute(id);
}

void delete_event_window_instance(Database& db, const EventWindowId& id,
                                  const std::string& instance)
{
    Statement(db,
              "DELETE FROM instance_event_window_instance WHERE window_id = ? AND instance_id = ?")
        .execute(id, instance);
}

void delete_event_window_host(Database& db, const EventWindowId& id, const std::string& host)
{
    Statement(db, "DELETE FROM instance_event_window_host WHERE window_id = ? AND host_id = ?")
        .execute(id, host);
}

void delete_event_window_tag(Database& db, const EventWindowId& id, const std::string& key,
                             const std::string& value)
{
    Statement(db,
              "DELETE FROM instance_event_window_tag"
              " WHERE window_id = ? AND key = ? AND value = ?")
        .execute(id, key, value);
}

}  // namespace amilab
