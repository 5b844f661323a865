#include "storage/metadata/volumes/volume_modification_rows.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "storage/metadata/sql/statement.h"

namespace amilab {

namespace {

constexpr std::string_view kColumns =
    "m.volume_id, m.region, m.owner, m.state, m.original_size_gib, m.original_volume_type,"
    " m.original_iops, m.original_throughput, m.original_multi_attach, m.target_size_gib,"
    " m.target_volume_type, m.target_iops, m.target_throughput, m.target_multi_attach,"
    " m.start_time_ms, m.optimizing_time_ms, m.due_time_ms, m.end_time_ms";

VolumeSettings read_settings(Statement::Row& row)
{
    return {
        .size_gib = row.integer(),
        .volume_type = row.text(),
        .iops = row.optional_integer(),
        .throughput = row.optional_integer(),
        .multi_attach = row.boolean(),
    };
}

VolumeModificationRow read_modification(Statement::Row row)
{
    return {
        .volume_id = row.id<VolumeId>(),
        .region = row.text(),
        .owner = row.text(),
        .state = row.text(),
        .original = read_settings(row),
        .target = read_settings(row),
        .start_time_ms = row.integer(),
        .optimizing_time_ms = row.optional_integer(),
        .due_time_ms = row.optional_integer(),
        .end_time_ms = row.optional_integer(),
    };
}

void append_filters_of(Query& query, const VolumeModificationQuery& wanted)
{
    const auto original_multi_attach = sql_true_false("m.original_multi_attach");
    const auto target_multi_attach = sql_true_false("m.target_multi_attach");
    const auto start_time = sql_time("m.start_time_ms");
    const std::array columns = {
        FilterColumn{"modification-state", "m.state"},
        FilterColumn{"original-iops", "CAST(m.original_iops AS TEXT)"},
        FilterColumn{"original-size", "CAST(m.original_size_gib AS TEXT)"},
        FilterColumn{"original-volume-type", "m.original_volume_type"},
        FilterColumn{"originalMultiAttachEnabled", original_multi_attach},
        FilterColumn{"start-time", start_time},
        FilterColumn{"target-iops", "CAST(m.target_iops AS TEXT)"},
        FilterColumn{"target-size", "CAST(m.target_size_gib AS TEXT)"},
        FilterColumn{"target-volume-type", "m.target_volume_type"},
        FilterColumn{"targetMultiAttachEnabled", target_multi_attach},
        FilterColumn{"volume-id", "m.volume_id"},
    };
    append_filters(query, wanted.filters, columns, "m.volume_id", wanted.owner);
}

}  // namespace

void insert_volume_modification(Database& db, const VolumeModificationRow& row,
                                TimeMs forget_before_ms)
{
    Statement(db, "DELETE FROM volume_modification WHERE volume_id = ?1 AND start_time_ms < ?2")
        .execute(row.volume_id, forget_before_ms);
    Statement(db, "UPDATE volume_modification SET is_latest = 0 WHERE volume_id = ?1")
        .execute(row.volume_id);
    Statement(db,
              "INSERT INTO volume_modification (volume_id, number, region, owner, is_latest, state,"
              " original_size_gib, original_volume_type, original_iops, original_throughput,"
              " original_multi_attach, target_size_gib, target_volume_type, target_iops,"
              " target_throughput, target_multi_attach, start_time_ms)"
              " VALUES (?1, (SELECT COALESCE(MAX(number), 0) + 1 FROM volume_modification"
              " WHERE volume_id = ?1), ?2, ?3, 1, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14,"
              " ?15)")
        .execute(row.volume_id, row.region, row.owner, row.state, row.original.size_gib,
                 row.original.volume_type, row.original.iops, row.original.throughput,
                 row.original.multi_attach, row.target.size_gib, row.target.volume_type,
                 row.target.iops, row.target.throughput, row.target.multi_attach,
                 row.start_time_ms);
}

std::optional<VolumeModificationRow> select_volume_modification(Database& db,
                                                                const VolumeId& volume)
{
    Statement select(db, fmt::format("SELECT {} FROM volume_modification m"
                                     " WHERE m.volume_id = ?1 AND m.is_latest = 1",
                                     kColumns));
    select.bind(volume);
    if (!select.step()) {
        return std::nullopt;
    }
    return read_modification(select.row());
}

std::vector<TimeMs> select_modification_starts(Database& db, const VolumeId& volume, TimeMs from_ms)
{
    Statement select(db,
                     "SELECT start_time_ms FROM volume_modification"
                     " WHERE volume_id = ?1 AND start_time_ms > ?2 ORDER BY start_time_ms");
    select.bind(volume, from_ms);
    std::vector<TimeMs> starts;
    while (select.step()) {
        starts.push_back(select.row().integer());
    }
    return starts;
}

void update_volume_modification(Database& db, const VolumeModificationRow& row)
{
    Statement(
        db,
        "UPDATE volume_modification SET state = ?2, optimizing_time_ms = ?3, due_time_ms = ?4,"
        " end_time_ms = ?5 WHERE volume_id = ?1 AND is_latest = 1")
        .execute(row.volume_id, row.state, row.optimizing_time_ms, row.due_time_ms,
                 row.end_time_ms);
}

std::int64_t modification_progress_percent(const VolumeModificationRow& row, TimeMs now_ms)
{
    constexpr std::int64_t kWhole = 100;
    if (row.state == "completed") {
        return kWhole;
    }
    if (row.state != "optimizing" || !row.optimizing_time_ms || !row.due_time_ms ||
        *row.due_time_ms <= *row.optimizing_time_ms) {
        return 0;
    }
    const auto percent =
        (now_ms - *row.optimizing_time_ms) * kWhole / (*row.due_time_ms - *row.optimizing_time_ms);
    return std::clamp<std::int64_t>(percent, 0, kWhole - 1);
}

std::vector<VolumeModificationRow> select_volume_modifications(
    Database& db, const VolumeModificationQuery& wanted)
{
    Query query("SELECT ");
    query.sql(kColumns).sql(" FROM volume_modification m WHERE m.is_latest = 1 AND m.region = ");
    query.value(wanted.region).sql(" AND m.owner = ").value(wanted.owner);
    if (!wanted.ids.empty()) {
        query.sql(" AND m.volume_id IN ").list(texts_of(wanted.ids));
    }
    append_filters_of(query, wanted);
    if (!wanted.after.empty()) {
        query.sql(" AND m.volume_id > ").value(wanted.after);
    }
    query.sql(" ORDER BY m.volume_id LIMIT ").value(wanted.limit);
    auto select = query.on(db);
    std::vector<VolumeModificationRow> rows;
    while (select.step()) {
        rows.push_back(read_modification(select.row()));
    }
    return rows;
}

}  // namespace amilab
