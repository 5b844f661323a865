#include "storage/metadata/volumes/export_rows.h"

#include <fmt/format.h>

#include "storage/metadata/layers/layer_rows.h"
#include "storage/metadata/snapshots/snapshot_tier_rows.h"
#include "storage/metadata/sql/statement.h"

namespace amilab {

std::optional<ExportRow> select_export(Database& db, std::string_view id, TimeMs now_ms)
{
    Statement select(
        db, fmt::format("SELECT id, 0, state, size_gib, layer_id,"
                        " state IN ('available', 'in-use') FROM volume WHERE id = ?1"
                        " UNION ALL"
                        " SELECT id, 1, iif(is_archived, 'archived', state), volume_size_gib,"
                        " layer_id, state = 'completed' AND NOT is_archived"
                        "  FROM (SELECT *, {} = 'archive' AS is_archived FROM snapshot AS s"
                        "   WHERE id = ?1 AND recycled = 0)",
                        sql_storage_tier("s.id", "?2")));
    select.bind(id, now_ms);
    if (!select.step()) {
        return std::nullopt;
    }
    auto row = select.row();
    ExportRow found;
    found.id = row.text();
    found.is_read_only = row.boolean();
    found.state = row.text();
    found.size_gib = row.integer();
    const auto layer = row.optional_integer();
    if (row.boolean() && layer) {
        found.chain = select_layer_chain(db, static_cast<LayerId>(*layer));
    }
    return found;
}

std::vector<std::string> select_export_ids(Database& db, std::string_view after, TimeMs now_ms,
                                           std::int64_t limit)
{
    Statement select(
        db, fmt::format("SELECT id FROM (SELECT id FROM snapshot AS s WHERE id > ?1"
                        "  AND state = 'completed' AND recycled = 0 AND layer_id IS NOT NULL"
                        "  AND {} = 'standard' ORDER BY id LIMIT ?2)"
                        " UNION ALL"
                        " SELECT id FROM (SELECT id FROM volume WHERE id > ?1"
                        "  AND state IN ('available', 'in-use') ORDER BY id LIMIT ?2)"
                        " LIMIT ?2",
                        sql_storage_tier("s.id", "?3")));
    select.bind(after, limit, now_ms);
    return select.texts();
}

}  // namespace amilab
