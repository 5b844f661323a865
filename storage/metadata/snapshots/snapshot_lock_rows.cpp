#include "storage/metadata/snapshots/snapshot_lock_rows.h"

#include <array>

#include <fmt/format.h>

#include "storage/base/units.h"
#include "storage/metadata/sql/statement.h"

namespace amilab {

namespace {

constexpr std::string_view kColumns =
    "l.snapshot_id, l.mode, l.created_ms, l.cool_off_hours, l.cool_off_expires_ms,"
    " l.duration_days, l.duration_start_ms, l.expires_ms";

SnapshotLockRow read_lock(Statement::Row row)
{
    return {.snapshot_id = row.id<SnapshotId>(),
            .mode = row.text(),
            .created_ms = row.integer(),
            .cool_off_hours = row.optional_integer(),
            .cool_off_expires_ms = row.optional_integer(),
            .duration_days = row.optional_integer(),
            .duration_start_ms = row.optional_integer(),
            .expires_ms = row.optional_integer()};
}

/// snapshot_lock_state() in SQL.
std::string sql_lock_state(TimeMs now_ms)
{
    return fmt::format(
        "CASE WHEN l.expires_ms <= {0} THEN 'expired' WHEN l.mode = 'governance' THEN l.mode"
        " WHEN l.cool_off_expires_ms > {0} THEN 'compliance-cooloff' ELSE l.mode END",
        now_ms);
}

}  // namespace

std::string_view snapshot_lock_state(const SnapshotLockRow& row, TimeMs now_ms)
{
    if (row.expires_ms && *row.expires_ms <= now_ms) {
        return "expired";
    }
    if (row.mode == "governance") {
        return "governance";
    }
    return row.cool_off_expires_ms.value_or(now_ms) > now_ms ? "compliance-cooloff" : "compliance";
}

std::optional<SnapshotLockRow> select_snapshot_lock(Database& db, const SnapshotId& id)
{
    Statement select(
        db, fmt::format("SELECT {} FROM snapshot_lock l WHERE l.snapshot_id = ?1", kColumns));
    select.bind(id);
    return select.step() ? std::optional(read_lock(select.row())) : std::nullopt;
}

void put_snapshot_lock(Database& db, const SnapshotLockRow& row)
{
    Statement(db,
              "INSERT OR REPLACE INTO snapshot_lock (snapshot_id, mode, created_ms, cool_off_hours,"
              " cool_off_expires_ms, duration_days, duration_start_ms, expires_ms)"
              " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)")
        .execute(row.snapshot_id, row.mode, row.created_ms, row.cool_off_hours,
                 row.cool_off_expires_ms, row.duration_days, row.duration_start_ms, row.expires_ms);
}

void delete_snapshot_lock(Database& db, const SnapshotId& id)
{
    Statement(db, "DELETE FROM snapshot_lock WHERE snapshot_id = ?1").execute(id);
}

void start_snapshot_lock(Database& db, const SnapshotId& id)
{
    Statement(db,
              "UPDATE snapshot_lock AS l SET duration_start_ms = s.completion_time_ms,"
              " expires_ms = COALESCE(l.expires_ms, s.completion_time_ms + l.duration_days * ?2)"
              " FROM snapshot AS s WHERE s.id = l.snapshot_id AND l.snapshot_id = ?1"
              " AND l.duration_start_ms IS NULL AND s.completion_time_ms IS NOT NULL")
        .execute(id, kDayMs);
}

std::vector<SnapshotLockRow> select_snapshot_locks(Database& db, const SnapshotLockQuery& wanted)
{
    Query query("SELECT ");
    // From the locks: there are fewer of them.
    query.sql(kColumns).sql(
        " FROM snapshot_lock l CROSS JOIN main.snapshot s ON s.id = l.snapshot_id"
        " WHERE s.recycled = 0 AND s.region = ");
    query.value(wanted.region).sql(" AND s.owner = ").value(wanted.owner);
    if (!wanted.ids.empty()) {
        query.sql(" AND l.snapshot_id IN ").list(texts_of(wanted.ids));
    }
    const auto state = sql_lock_state(wanted.now_ms);
    const std::array columns = {FilterColumn{"lock-state", state}};
    append_filters(query, wanted.filters, columns, "s.id", wanted.owner);
    if (!wanted.after.empty()) {
        query.sql(" AND l.snapshot_id > ").value(wanted.after);
    }
    query.sql(" ORDER BY l.snapshot_id LIMIT ").value(wanted.limit);
    auto select = query.on(db);
    std::vector<SnapshotLockRow> rows;
    while (select.step()) {
        rows.push_back(read_lock(select.row()));
    }
    return rows;
}

}  // namespace amilab
