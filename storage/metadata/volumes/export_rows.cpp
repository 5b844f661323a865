#include "storage/metadata/volumes/export_rows.h"

#include <fmt/format.h>

#include "storage/metadata/layers/layer_rows.h"
#include "storage/metadata/snapshots/snapshot_tier_rows.h"
#include "storage/metadata/sql/columns.h"

namespace amilab {

namespace {

/// Of the union below.
constexpr auto kExportColumns = columns<ExportRow>(
    "export", "e", text("id", &ExportRow::id), flag("is_read_only", &ExportRow::is_read_only),
    text("state", &ExportRow::state), integer("size_gib", &ExportRow::size_gib),
    integer("top", &ExportRow::top));

/// The top is there while the bytes can be read.
const std::string& volume_or_snapshot()
{
    static const auto sql = fmt::format(
        "FROM (SELECT v.id, 0 AS is_read_only, v.state, v.size_gib,"
        "  iif(v.state IN ('available', 'in-use'), v.layer_id, NULL) AS top"
        " FROM volume v WHERE v.id = ?"
        " UNION ALL"
        " SELECT s.id, 1, iif({0} = 'archive', 'archived', s.state), s.volume_size_gib,"
        "  iif(s.state = 'completed' AND {0} <> 'archive', s.layer_id, NULL)"
        " FROM snapshot s WHERE s.id = ? AND s.recycled = 0) e",
        sql_storage_tier("s.id", "$now"));
    return sql;
}

}  // namespace

std::optional<ExportRow> select_export(Database& db, std::string_view id, TimeMs now_ms)
{
    auto found = select_row_at<kExportColumns>(db, now_ms, volume_or_snapshot(), id, id);
    if (found && found->top) {
        found->chain = select_layer_chain(db, *found->top);
    }
    return found;
}

std::vector<std::string> select_export_ids(Database& db, std::string_view after, TimeMs now_ms,
                                           std::int64_t limit)
{
    static const auto sql = fmt::format(
        "SELECT id FROM (SELECT s.id FROM snapshot s WHERE s.id > ?"
        "  AND s.state = 'completed' AND s.recycled = 0 AND s.layer_id IS NOT NULL"
        "  AND {} = 'standard' ORDER BY s.id LIMIT ?)"
        " UNION ALL"
        " SELECT id FROM (SELECT v.id FROM volume v WHERE v.id > ?"
        "  AND v.state IN ('available', 'in-use') ORDER BY v.id LIMIT ?)"
        " LIMIT ?",
        sql_storage_tier("s.id", "$now"));
    Query query;
    query.at(now_ms).part(sql, after, limit, after, limit, limit);
    return query.on(db).texts();
}

}  // namespace amilab
