#include "storage/metadata/recycle_bin/recycle_bin_rows.h"

#include "storage/metadata/images/image_rows.h"
#include "storage/metadata/sql/statement.h"

namespace amilab {

namespace {

RecycledRow read_recycled(Statement::Row row)
{
    return {.resource_id = row.text(),
            .resource_type = row.text(),
            .region = row.text(),
            .owner = row.text(),
            .state = row.text(),
            .enter_time_ms = row.integer(),
            .exit_time_ms = row.integer()};
}

}  // namespace

void insert_recycled(Database& db, const RecycledRow& row)
{
    Statement(db,
              "INSERT INTO recycled (resource_id, resource_type, region, owner, state,"
              " enter_time_ms, exit_time_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")
        .execute(row.resource_id, row.resource_type, row.region, row.owner, row.state,
                 row.enter_time_ms, row.exit_time_ms);
}

std::optional<RecycledRow> select_recycled(Database& db, std::string_view owner,
                                           std::string_view region, std::string_view resource_id)
{
    Statement select(db,
                     "SELECT resource_id, resource_type, region, owner, state, enter_time_ms,"
                     " exit_time_ms FROM recycled"
                     " WHERE resource_id = ?1 AND owner = ?2 AND region = ?3");
    select.bind(resource_id, owner, region);
    if (!select.step()) {
        return std::nullopt;
    }
    return read_recycled(select.row());
}

void delete_recycled(Database& db, std::string_view resource_id)
{
    Statement(db, "DELETE FROM recycled WHERE resource_id = ?1").execute(resource_id);
}

std::optional<RecycledRow> take_expired(Database& db, std::string_view resource_id, TimeMs now_ms)
{
    Statement remove(db,
                     "DELETE FROM recycled WHERE resource_id = ?1 AND exit_time_ms <= ?2"
                     " RETURNING resource_id,"
                     " resource_type, region, owner, state, enter_time_ms, exit_time_ms");
    remove.bind(resource_id, now_ms);
    std::optional<RecycledRow> taken;
    while (remove.step()) {
        taken = read_recycled(remove.row());
    }
    return taken;
}

std::vector<RecycledRow> select_recycled_page(Database& db, const RecycledQuery& wanted)
{
    Query query(
        "SELECT resource_id, resource_type, region, owner, state, enter_time_ms, exit_time_ms"
        " FROM recycled WHERE region = ");
    query.value(wanted.region).sql(" AND owner = ").value(wanted.owner);
    query.sql(" AND resource_type = ").value(wanted.resource_type);
    if (!wanted.ids.empty()) {
        query.sql(" AND resource_id IN ").list(wanted.ids);
    }
    if (!wanted.after.empty()) {
        query.sql(" AND resource_id > ").value(wanted.after);
    }
    query.sql(" ORDER BY resource_id LIMIT ").value(wanted.limit);
    auto select = query.on(db);
    std::vector<RecycledRow> rows;
    while (select.step()) {
        rows.push_back(read_recycled(select.row()));
    }
    return rows;
}

void set_launch_permissions_aside(Database& db, const ImageId& id)
{
    Statement(db,
              "INSERT INTO recycled_launch_permission (image_id, kind, value)"
              " SELECT image_id, kind, value FROM launch_permission WHERE image_id = ?1")
        .execute(id);
    delete_all_launch_permissions(db, id);
}

void restore_launch_permissions(Database& db, const ImageId& id)
{
    std::vector<LaunchPermissionRow> kept;
    {
        Statement select(db,
                         "SELECT kind, value FROM recycled_launch_permission WHERE image_id = ?1");
        select.bind(id);
        while (select.step()) {
            auto row = select.row();
            auto kind = row.text();
            kept.push_back({std::move(kind), row.text()});
        }
    }
    for (const auto& permission : kept) {
        insert_launch_permission(db, id, permission);
    }
}

}  // namespace amilab
