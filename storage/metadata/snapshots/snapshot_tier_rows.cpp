#include "storage/metadata/snapshots/snapshot_tier_rows.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "storage/metadata/sql/statement.h"

namespace amilab {

namespace {

constexpr std::int64_t kMostUnfinishedPercent = 99;

constexpr std::string_view kColumns =
    "t.snapshot_id, t.operation, t.start_ms, t.due_ms, t.archived_ms, t.expiry_ms";

SnapshotTierRow read_tier(Statement::Row& row)
{
    return {.snapshot_id = row.id<SnapshotId>(),
            .operation = row.text(),
            .start_ms = row.integer(),
            .due_ms = row.integer(),
            .archived_ms = row.integer(),
            .expiry_ms = row.optional_integer()};
}

std::int64_t progress(const SnapshotTierRow& row, TimeMs now_ms)
{
    if (now_ms >= row.due_ms) {
        return 100;
    }
    const auto percent = (now_ms - row.start_ms) * 100 / (row.due_ms - row.start_ms);
    return std::clamp<std::int64_t>(percent, 0, kMostUnfinishedPercent);
}

std::string sql_status(TimeMs now_ms)
{
    return fmt::format(
        "CASE WHEN t.due_ms > {0} THEN t.operation || '-in-progress'"
        " WHEN t.expiry_ms <= {0} THEN 'archival-completed'"
        " ELSE t.operation || '-completed' END",
        now_ms);
}

}  // namespace

SnapshotTierState snapshot_tier_state(const SnapshotTierRow& row, TimeMs now_ms)
{
    const bool is_in_progress = now_ms < row.due_ms;
    const bool has_ended = row.expiry_ms && *row.expiry_ms <= now_ms;
    const bool is_archival = row.operation == "archival" || has_ended;
    return {.is_archived = is_archival != is_in_progress,
            .is_in_progress = is_in_progress,
            .is_temporary = row.operation == "temporary-restore" && !is_in_progress && !has_ended,
            .status = fmt::format("{}-{}", has_ended ? "archival" : row.operation,
                                  is_in_progress ? "in-progress" : "completed"),
            .progress_percent = progress(row, now_ms)};
}

std::string sql_storage_tier(std::string_view snapshot_id, std::string_view now_ms)
{
    return fmt::format(
        "COALESCE((SELECT iif((t.operation = 'archival' OR COALESCE(t.expiry_ms <= {1}, 0))"
        " <> (t.due_ms > {1}), 'archive', 'standard')"
        " FROM snapshot_tier t WHERE t.snapshot_id = {0}), 'standard')",
        snapshot_id, now_ms);
}

std::optional<SnapshotTierRow> select_snapshot_tier(Database& db, const SnapshotId& id)
{
    Statement select(
        db, fmt::format("SELECT {} FROM snapshot_tier t WHERE t.snapshot_id = ?1", kColumns));
    select.bind(id);
    if (!select.step()) {
        return std::nullopt;
    }
    auto row = select.row();
    return read_tier(row);
}

bool is_archived(Database& db, const SnapshotId& id, TimeMs now_ms)
{
    const auto tier = select_snapshot_tier(db, id);
    return tier && snapshot_tier_state(*tier, now_ms).is_archived;
}

void put_snapshot_tier(Database& db, const SnapshotTierRow& row)
{
    Statement(db,
              "INSERT OR REPLACE INTO snapshot_tier (snapshot_id, operation, start_ms, due_ms,"
              " archived_ms, expiry_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6)")
        .execute(row.snapshot_id, row.operation, row.start_ms, row.due_ms, row.archived_ms,
                 row.expiry_ms);
}

std::vector<TieredSnapshot> select_tiered_snapshots(Database& db, const SnapshotTierQuery& wanted)
{
    Query query("SELECT s.id, s.volume_id, s.state, ");
    query.sql(kColumns).sql(
        " FROM main.snapshot s LEFT JOIN snapshot_tier t ON t.snapshot_id = s.id"
        " WHERE s.recycled = 0 AND s.region = ");
    query.value(wanted.region).sql(" AND s.owner = ").value(wanted.owner);
    const auto status = sql_status(wanted.now_ms);
    const std::array columns = {
        FilterColumn{"last-tiering-operation", status},
        FilterColumn{"snapshot-id", "s.id"},
        FilterColumn{"volume-id", "s.volume_id"},
    };
    append_filters(query, wanted.filters, columns, "s.id", wanted.owner);
    if (!wanted.after.empty()) {
        query.sql(" AND s.id > ").value(wanted.after);
    }
    query.sql(" ORDER BY s.id LIMIT ").value(wanted.limit);
    auto select = query.on(db);
    std::vector<TieredSnapshot> rows;
    while (select.step()) {
        auto row = select.row();
        TieredSnapshot one{.id = row.id<SnapshotId>(),
                           .volume_id = row.text(),
                           .state = row.text(),
                           .tier = std::nullopt};
        if (auto moved = row.optional_text()) {
            one.tier = SnapshotTierRow{.snapshot_id = SnapshotId::trusted(std::move(*moved)),
                                       .operation = row.text(),
                                       .start_ms = row.integer(),
                                       .due_ms = row.integer(),
                                       .archived_ms = row.integer(),
                                       .expiry_ms = row.optional_integer()};
        }
        rows.push_back(std::move(one));
    }
    return rows;
}

}  // namespace amilab
