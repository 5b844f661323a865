#include "storage/metadata/images/fast_launch_rows.h"

#include <array>

#include "storage/metadata/sql/statement.h"

namespace amilab {

namespace {

constexpr std::string_view kSelect =
    "SELECT f.image_id, f.owner, f.region, f.target_resource_count, f.max_parallel_launches,"
    " f.state, f.state_reason, f.state_time_ms FROM fast_launch AS f ";

FastLaunchRow read_fast_launch(Statement::Row row)
{
    return {.image_id = row.id<ImageId>(),
            .owner = row.text(),
            .region = row.text(),
            .target_resource_count = row.integer(),
            .max_parallel_launches = row.integer(),
            .state = row.text(),
            .state_reason = row.text(),
            .state_time_ms = row.integer()};
}

}  // namespace

void upsert_fast_launch(Database& db, const FastLaunchRow& row)
{
    Statement(db,
              "INSERT INTO fast_launch (image_id, owner, region, target_resource_count,"
              " max_parallel_launches, state, state_reason, state_time_ms)"
              " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"
              " ON CONFLICT (image_id, owner) DO UPDATE SET"
              " target_resource_count = excluded.target_resource_count,"
              " max_parallel_launches = excluded.max_parallel_launches, state = excluded.state,"
              " state_reason = excluded.state_reason, state_time_ms = excluded.state_time_ms")
        .execute(row.image_id, row.owner, row.region, row.target_resource_count,
                 row.max_parallel_launches, row.state, row.state_reason, row.state_time_ms);
}

std::optional<FastLaunchRow> select_fast_launch(Database& db, std::string_view owner,
                                                const ImageId& image)
{
    static const std::string sql = std::string(kSelect) + "WHERE f.image_id = ?1 AND f.owner = ?2";
    Statement select(db, sql);
    select.bind(image, owner);
    if (!select.step()) {
        return std::nullopt;
    }
    return read_fast_launch(select.row());
}

void delete_fast_launch(Database& db, std::string_view owner, const ImageId& image)
{
    Statement(db, "DELETE FROM fast_launch WHERE image_id = ?1 AND owner = ?2")
        .execute(image, owner);
}

void delete_fast_launches_of(Database& db, const ImageId& image)
{
    Statement(db, "DELETE FROM fast_launch WHERE image_id = ?1").execute(image);
}

std::vector<FastLaunchRow> select_fast_launches(Database& db, const FastLaunchQuery& wanted)
{
    constexpr std::array columns = {
        FilterColumn{"owner-id", "f.owner"},
        FilterColumn{"resource-type", "'snapshot'"},
        FilterColumn{"state", "f.state"},
    };
    Query query(kSelect);
    query.sql("WHERE f.region = ").value(wanted.region).sql(" AND f.owner = ").value(wanted.owner);
    if (!wanted.image_ids.empty()) {
        query.sql(" AND f.image_id IN ").list(wanted.image_ids);
    }
    append_filters(query, wanted.filters, columns, "f.image_id", wanted.owner);
    if (!wanted.after.empty()) {
        query.sql(" AND f.image_id > ").value(wanted.after);
    }
    query.sql(" ORDER BY f.image_id LIMIT ").value(wanted.limit);
    auto select = query.on(db);
    std::vector<FastLaunchRow> rows;
    while (select.step()) {
        rows.push_back(read_fast_launch(select.row()));
    }
    return rows;
}

}  // namespace amilab
