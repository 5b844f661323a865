#include "storage/metadata/layers/saved_layer_rows.h"

#include "storage/metadata/sql/columns.h"
#include "storage/metadata/sql/statement.h"

namespace amilab {

namespace {

constexpr auto kWritableDiskColumns = columns<WritableDiskRow>(
    "disk", "d", text<&WritableDiskRow::id>("id"), integer<&WritableDiskRow::layer>("layer_id"),
    flag<&WritableDiskRow::is_volume>("is_volume"));

}  // namespace

std::vector<WritableDiskRow> select_writable_disks(Database& db)
{
    return select_rows<kWritableDiskColumns>(
        db,
        "FROM (SELECT v.id, v.layer_id, 1 AS is_volume FROM volume v"
        "  JOIN layer l ON l.id = v.layer_id AND l.sealed = 0"
        "  UNION ALL"
        "  SELECT s.id, s.layer_id, 0 FROM main.snapshot s"
        "  JOIN layer l ON l.id = s.layer_id AND l.sealed = 0) d");
}

void set_top_layer(Database& db, const WritableDiskRow& disk, LayerId top)
{
    Statement(db, disk.is_volume ? "UPDATE volume SET layer_id = ? WHERE id = ?"
                                 : "UPDATE main.snapshot SET layer_id = ? WHERE id = ?")
        .execute(top, disk.id);
}

std::optional<LayerId> select_layer_behind(Database& db, LayerId layer)
{
    Statement select(db, "SELECT id FROM layer WHERE id > ? ORDER BY id LIMIT 1");
    select.bind(layer);
    const auto found = select.values<LayerId>();
    return found.empty() ? std::nullopt : std::optional(found.front());
}

void adopt_saved_rows(Database& db, std::string_view boot_id)
{
    Statement(db,
              "UPDATE layer SET synced = sealed, made_boot_id = NULL, indexed = 0,"
              " segments = NULL, blocks = NULL, map_checksum = NULL")
        .execute();
    Statement(db, "UPDATE direct_snapshot SET boot_id = ?").execute(boot_id);
    Statement(db, "UPDATE s3_blob SET boot_id = NULL WHERE boot_id IS NOT NULL").execute();
    Statement(db, "DELETE FROM removed_layer").execute();
    Statement(db, "DELETE FROM s3_removed_blob").execute();
}

}  // namespace amilab
