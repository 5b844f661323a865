#include "storage/metadata/instances/instance_event_rows.h"

#include "storage/metadata/sql/statement.h"

namespace amilab {

std::optional<InstanceEventRow> select_instance_event(Database& db, const InstanceEventId& id)
{
    return select_row<kInstanceEventColumns>(db, "FROM instance_event e WHERE e.id = ?", id);
}

std::vector<InstanceEventRow> select_all_instance_events(Database& db, std::string_view after,
                                                         std::int64_t limit)
{
    return select_rows<kInstanceEventColumns>(
        db, "FROM instance_event e WHERE e.id > ? ORDER BY e.id LIMIT ?", after, limit);
}

void set_event_start(Database& db, const InstanceEventId& id, TimeMs not_before_ms)
{
    Statement(db, "UPDATE instance_event SET not_before_ms = ? WHERE id = ?")
        .execute(not_before_ms, id);
}

void complete_instance_event(Database& db, const InstanceEventId& id)
{
    Statement(db, "UPDATE instance_event SET is_completed = 1 WHERE id = ?").execute(id);
}

std::optional<InstancePlace> select_instance_place(Database& db, const InstanceId& id)
{
    Statement select(db, "SELECT owner, region FROM instance WHERE id = ?");
    select.bind(id);
    if (!select.step()) {
        return std::nullopt;
    }
    auto row = select.row();
    auto owner = row.text();
    return InstancePlace{.owner = std::move(owner), .region = row.text()};
}

std::vector<EventTagKeyRow> select_event_tag_keys(Database& db, std::string_view owner,
                                                  std::string_view region)
{
    return select_rows<kEventTagKeyColumns>(
        db, "FROM instance_event_tag_key t WHERE t.owner = ? AND t.region = ? ORDER BY t.key",
        owner, region);
}

void delete_event_tag_key(Database& db, const EventTagKeyRow& row)
{
    Statement(db, "DELETE FROM instance_event_tag_key WHERE owner = ? AND region = ? AND key = ?")
        .execute(row.owner, row.region, row.key);
}

void delete_event_tag_keys(Database& db, std::string_view owner, std::string_view region)
{
    Statement(db, "DELETE FROM instance_event_tag_key WHERE owner = ? AND region = ?")
        .execute(owner, region);
}

}  // namespace amilab
