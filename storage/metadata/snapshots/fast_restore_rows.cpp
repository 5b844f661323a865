#include "storage/metadata/snapshots/fast_restore_rows.h"

#include <array>

#include <fmt/format.h>

#include "storage/metadata/sql/statement.h"

namespace amilab {

namespace {

constexpr std::string_view kSelect =
    "SELECT f.owner, f.region, f.snapshot_id, f.zone, f.enabling_ms, f.optimizing_ms, f.enabled_ms,"
    " f.disabling_ms, f.disabled_ms, COALESCE(z.zone_id, '') FROM fast_restore f"
    " LEFT JOIN catalogue.availability_zone z ON z.name = f.zone ";

FastRestoreRow read_fast_restore(Statement::Row row)
{
    return {.owner = row.text(),
            .region = row.text(),
            .snapshot_id = row.id<SnapshotId>(),
            .zone = row.text(),
            .enabling_ms = row.integer(),
            .optimizing_ms = row.integer(),
            .enabled_ms = row.integer(),
            .disabling_ms = row.optional_integer(),
            .disabled_ms = row.optional_integer(),
            .zone_id = row.text()};
}

std::vector<FastRestoreRow> collect(Statement& select)
{
    std::vector<FastRestoreRow> rows;
    while (select.step()) {
        rows.push_back(read_fast_restore(select.row()));
    }
    return rows;
}

/// fast_restore_state() in SQL.
std::string sql_state(TimeMs now_ms)
{
    return fmt::format(
        "CASE WHEN f.disabled_ms <= {0} THEN 'disabled' WHEN f.disabling_ms <= {0} THEN 'disabling'"
        " WHEN f.enabled_ms <= {0} THEN 'enabled' WHEN f.optimizing_ms <= {0} THEN 'optimizing'"
        " ELSE 'enabling' END",
        now_ms);
}

}  // namespace

std::string_view fast_restore_state(const FastRestoreRow& row, TimeMs now_ms)
{
    if (row.disabled_ms && *row.disabled_ms <= now_ms) {
        return "disabled";
    }
    if (row.disabling_ms && *row.disabling_ms <= now_ms) {
        return "disabling";
    }
    if (row.enabled_ms <= now_ms) {
        return "enabled";
    }
    return row.optimizing_ms <= now_ms ? "optimizing" : "enabling";
}

std::optional<FastRestoreRow> select_fast_restore(Database& db, std::string_view owner,
                                                  std::string_view region, const SnapshotId& id,
                                                  std::string_view zone)
{
    Statement select(db, fmt::format("{}WHERE f.owner = ?1 AND f.region = ?2"
                                     " AND f.snapshot_id = ?3 AND f.zone = ?4",
                                     kSelect));
    select.bind(owner, region, id, zone);
    return select.step() ? std::optional(read_fast_restore(select.row())) : std::nullopt;
}

void put_fast_restore(Database& db, const FastRestoreRow& row)
{
    Statement(db,
              "INSERT OR REPLACE INTO fast_restore (owner, region, snapshot_id, zone, enabling_ms,"
              " optimizing_ms, enabled_ms, disabling_ms, disabled_ms)"
              " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)")
        .execute(row.owner, row.region, row.snapshot_id, row.zone, row.enabling_ms,
                 row.optimizing_ms, row.enabled_ms, row.disabling_ms, row.disabled_ms);
}

void delete_fast_restores(Database& db, const SnapshotId& id)
{
    Statement(db, "DELETE FROM fast_restore WHERE snapshot_id = ?1").execute(id);
}

std::int64_t count_fast_restored_snapshots(Database& db, std::string_view owner,
                                           std::string_view region)
{
    Statement select(db,
                     "SELECT COUNT(DISTINCT snapshot_id) FROM fast_restore"
                     " WHERE owner = ?1 AND region = ?2 AND disabling_ms IS NULL");
    select.bind(owner, region);
    select.step();
    return select.row().integer();
}

std::vector<FastRestoreRow> select_fast_restores_of(Database& db, const SnapshotId& id)
{
    Statement select(db,
                     fmt::format("{}WHERE f.snapshot_id = ?1 AND f.disabling_ms IS NULL", kSelect));
    select.bind(id);
    return collect(select);
}

std::vector<FastRestoreRow> select_fast_restores(Database& db, const FastRestoreQuery& wanted)
{
    Query query(kSelect);
    query.sql("WHERE f.owner = ").value(wanted.owner);
    query.sql(" AND f.region = ").value(wanted.region);
    const auto state = sql_state(wanted.now_ms);
    const std::array columns = {
        FilterColumn{"availability-zone", "f.zone"},
        FilterColumn{"availability-zone-id", "z.zone_id"},
        FilterColumn{"owner-id", "f.owner"},
        FilterColumn{"snapshot-id", "f.snapshot_id"},
        FilterColumn{"state", state},
    };
    append_filters(query, wanted.filters, columns, "f.snapshot_id", wanted.owner);
    if (!wanted.after.empty()) {
        const auto slash = wanted.after.find('/');
        query.sql(" AND (f.snapshot_id, f.zone) > (").value(wanted.after.substr(0, slash));
        query.sql(", ").value(slash == wanted.after.npos ? "" : wanted.after.substr(slash + 1));
        query.sql(")");
    }
    query.sql(" ORDER BY f.snapshot_id, f.zone LIMIT ").value(wanted.limit);
    auto select = query.on(db);
    return collect(select);
}

std::string fast_restore_order_key(const FastRestoreRow& row)
{
    return fmt::format("{}/{}", row.snapshot_id.text(), row.zone);
}

}  // namespace amilab
