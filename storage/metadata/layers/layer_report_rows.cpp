#include "storage/metadata/layers/layer_report_rows.h"

#include <cerrno>
#include <iterator>

#include <fmt/format.h>

#include "storage/base/storage_error.h"
#include "storage/metadata/layers/layer_merge_rows.h"
#include "storage/metadata/layers/layer_rows.h"
#include "storage/metadata/sql/columns.h"

namespace amilab {

namespace {

constexpr auto kLayerColumns =
    columns<LayerRow>("layer", "l", integer<&LayerRow::id>("id"),
                      integer<&LayerRow::parent>("parent_id"), flag<&LayerRow::is_sealed>("sealed"),
                      flag<&LayerRow::is_synced>("synced"), text<&LayerRow::boot_id>("boot_id"));

constexpr auto kDiskColumns =
    columns<DiskRow>("disk", "d", text<&DiskRow::id>("id"), text<&DiskRow::region>("region"),
                     text<&DiskRow::owner>("owner"), text<&DiskRow::state>("state"),
                     integer<&DiskRow::layer>("layer_id"), integer<&DiskRow::size_gib>("size_gib"),
                     flag<&DiskRow::is_volume>("is_volume"));

/// `condition` goes on behind a WHERE.
template <class... Values>
std::vector<DiskRow> select_disks_where(Database& db, const std::string& condition,
                                        const Values&... values)
{
    const auto tail = " WHERE d.layer_id IS NOT NULL" + condition + " ORDER BY d.id";
    auto disks = select_rows<kDiskColumns>(
        db,
        "FROM (SELECT id, region, owner, state, layer_id, size_gib, 1 AS is_volume FROM volume) d" +
            tail,
        values...);
    auto snapshots = select_rows<kDiskColumns>(
        db,
        "FROM (SELECT id, region, owner, state, layer_id, volume_size_gib AS size_gib,"
        "  0 AS is_volume FROM main.snapshot) d" +
            tail,
        values...);
    disks.insert(disks.end(), std::make_move_iterator(snapshots.begin()),
                 std::make_move_iterator(snapshots.end()));
    return disks;
}

}  // namespace

std::vector<std::string> select_disks_above(Database& db, LayerId layer)
{
    static constexpr auto kSelect =
        kWithLayersAbove +
        "SELECT id FROM main.snapshot WHERE layer_id IN (SELECT id FROM above)"
        " UNION ALL SELECT id FROM volume WHERE layer_id IN (SELECT id FROM above) ORDER BY id";
    Statement select(db, kSelect);
    select.bind(layer);
    return select.texts();
}

std::vector<LayerRow> select_layers(Database& db)
{
    return select_rows<kLayerColumns>(db, "FROM layer l ORDER BY l.id");
}

std::vector<DiskRow> select_disks(Database& db)
{
    return select_disks_where(db, "");
}

std::vector<DiskRow> select_disks_of(Database& db, std::string_view account)
{
    return select_disks_where(
        db, " AND d.owner = ? AND d.region IN (SELECT name FROM catalogue.region)", account);
}

std::vector<LayerId> select_layers_held_by(Database& db, std::string_view account)
{
    Statement select(db,
                     "WITH RECURSIVE region_name (name) AS (SELECT name FROM catalogue.region),"
                     " held (id, parent_id) AS ("
                     "  SELECT l.id, l.parent_id FROM volume v JOIN layer l ON l.id = v.layer_id"
                     "    WHERE v.owner = ?1 AND v.region IN (SELECT name FROM region_name)"
                     "  UNION"
                     "  SELECT l.id, l.parent_id FROM main.snapshot s"
                     "    JOIN layer l ON l.id = s.layer_id"
                     "    WHERE s.owner = ?1 AND s.region IN (SELECT name FROM region_name)"
                     "  UNION"
                     "  SELECT l.id, l.parent_id FROM held JOIN layer l ON l.id = held.parent_id"
                     "    WHERE NOT EXISTS (SELECT 1 FROM volume v"
                     "      WHERE v.layer_id = l.id AND v.owner <> ?1)"
                     "    AND NOT EXISTS (SELECT 1 FROM main.snapshot s"
                     "      WHERE s.layer_id = l.id AND s.owner <> ?1))"
                     " SELECT id FROM held");
    select.bind(account);
    return select.values<LayerId>();
}

std::vector<std::string> select_lost_uploads(Database& db, std::string_view boot_id)
{
    Statement select(db,
                     "SELECT snapshot_id FROM direct_snapshot WHERE open = 1 AND boot_id <> ?"
                     " ORDER BY snapshot_id");
    select.bind(boot_id);
    return select.texts();
}

std::vector<LayerId> select_referred_layers(Database& db)
{
    std::vector<LayerId> layers;
    for (const auto& reference : references_to_layers(db)) {
        Statement select(db, fmt::format("SELECT {0} FROM {1} WHERE {0} IS NOT NULL",
                                         reference.column, reference.table));
        select.bind();
        const auto referred = select.values<LayerId>();
        layers.insert(layers.end(), referred.begin(), referred.end());
    }
    return layers;
}

std::vector<std::string> check_database(Database& db)
{
    Statement tables(db, "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'layer'");
    tables.bind();
    if (!tables.step()) {
        // A file that was emptied is a database to SQLite.
        throw StorageError(EBADMSG, "check", db.path(), "it has no table of layers");
    }
    std::vector<std::string> problems;
    Statement integrity(db, "PRAGMA main.integrity_check(20)");
    integrity.bind();
    while (integrity.step()) {
        auto text = integrity.row().text();
        if (text != "ok") {
            problems.push_back(std::move(text));
        }
    }
    Statement keys(db, "SELECT \"table\", \"parent\" FROM pragma_foreign_key_check");
    keys.bind();
    while (keys.step()) {
        auto row = keys.row();
        const auto table = row.text();
        problems.push_back(
            fmt::format("a row of {} names one of {} that is not there", table, row.text()));
    }
    return problems;
}

}  // namespace amilab
