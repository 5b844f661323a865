#include "storage/metadata/layers/layer_report_rows.h"

#include <algorithm>
#include <cerrno>
#include <iterator>
#include <map>
#include <unordered_set>

#include <fmt/format.h>

#include "storage/base/storage_error.h"
#include "storage/metadata/layers/layer_merge_rows.h"
#include "storage/metadata/layers/layer_rows.h"
#include "storage/metadata/sql/columns.h"
#include "storage/metadata/sql/listing.h"
#include "storage/metadata/sql/migrations.h"
#include "storage/metadata/sql/sql_text.h"

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

constexpr auto kVolumes =
    sql("SELECT id, region, owner, state, layer_id, size_gib, 1 AS is_volume FROM volume"
        " WHERE layer_id IS NOT NULL");
constexpr auto kSnapshots =
    sql("SELECT id, region, owner, state, layer_id, volume_size_gib AS size_gib, 0 AS is_volume"
        " FROM main.snapshot WHERE layer_id IS NOT NULL");
constexpr auto kDiskFrom = "(" + kVolumes + " UNION ALL " + kSnapshots + ") d";
/// Everybody's, of all regions.
constexpr Listing<DiskRow> kDiskList{
    .from = kDiskFrom, .key = "d.id", .owner = "-", .region = "-", .columns = kDiskColumns};

/// `condition` goes on behind the rows of volumes and of snapshots.
template <class... Values>
std::vector<DiskRow> select_disks_where(Database& db, const std::string& condition,
                                        const Values&... values)
{
    const auto tail = ") d" + condition + " ORDER BY d.id";
    auto disks = select_rows<kDiskColumns>(db, "FROM (" + std::string(kVolumes) + tail, values...);
    auto snapshots =
        select_rows<kDiskColumns>(db, "FROM (" + std::string(kSnapshots) + tail, values...);
    disks.insert(disks.end(), std::make_move_iterator(snapshots.begin()),
                 std::make_move_iterator(snapshots.end()));
    return disks;
}

/// Ends with a layer's id.
std::string layer_use_sql(Database& db)
{
    std::string uses = "SELECT 1 FROM layer c WHERE c.parent_id = l.id";
    for (const auto& reference : references_to_layers(db)) {
        uses += fmt::format(" UNION ALL SELECT 1 FROM {0} WHERE {0}.{1} = l.id", reference.table,
                            reference.column);
    }
    return fmt::format(
        "SELECT l.parent_id, (SELECT COUNT(*) FROM ({} LIMIT 2)) FROM layer l WHERE l.id = ?",
        uses);
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
        db, " WHERE d.owner = ? AND d.region IN (SELECT name FROM catalogue.region)", account);
}

std::vector<DiskRow> select_disk_page(Database& db, const DiskPage& page)
{
    if (!page.account) {
        return select_page<kDiskList>(db, {.after = page.after, .limit = page.most});
    }
    // By the indexes of owners: an account costs what it has, not what all have.
    auto disks = select_disks_of(db, *page.account);
    std::erase_if(disks, [&](const auto& disk) { return disk.id <= page.after; });
    std::ranges::sort(disks, {}, &DiskRow::id);
    disks.resize(std::min(disks.size(), static_cast<std::size_t>(page.most)));
    return disks;
}

std::vector<LayerUse> select_layers_below(Database& db, const std::vector<LayerId>& tops)
{
    const auto sql = layer_use_sql(db);
    std::vector<LayerUse> layers;
    std::unordered_set<LayerId> seen;
    for (std::optional<LayerId> next : tops) {
        while (next && seen.insert(*next).second) {
            Statement select(db, sql);
            select.bind(*next);
            if (!select.step()) {
                break;
            }
            auto row = select.row();
            auto& layer = layers.emplace_back(LayerUse{.id = *next});
            row.read(layer.parent);
            row.read(layer.uses);
            next = layer.parent;
        }
    }
    return layers;
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

namespace {

/// How tables, indexes and the rest were made, by what they are and their names.
using Schema = std::map<std::string, std::string>;

Schema schema_of(Database& db)
{
    Schema schema;
    Statement select(db, "SELECT type || ' ' || name, ifnull(sql, '') FROM main.sqlite_schema");
    select.bind();
    while (select.step()) {
        auto row = select.row();
        auto name = row.text();
        schema.emplace(std::move(name), row.text());
    }
    return schema;
}

/// How this program makes them.
const Schema& newest_schema()
{
    static const auto schema = [] {
        Database db(":memory:", Database::Mode::kReadWrite);
        migrate(db);
        return schema_of(db);
    }();
    return schema;
}

/// The integrity check of SQLite takes the texts of the schema for granted: a bit that flips there
/// may make a reference to nothing of one to a table. An older database is not looked at.
std::vector<std::string> check_schema(Database& db)
{
    Statement version(db, "PRAGMA main.user_version");
    version.bind();
    version.step();
    std::vector<std::string> problems;
    if (version.row().integer() != schema_version()) {
        return problems;
    }
    auto found = schema_of(db);
    for (const auto& [name, text] : newest_schema()) {
        const auto one = found.extract(name);
        if (one.empty() || one.mapped() != text) {
            problems.push_back(
                fmt::format("{} is {}", name, one.empty() ? "missing" : "not as it is made"));
        }
    }
    for (const auto& [name, text] : found) {
        problems.push_back(fmt::format("{} is nothing that is made", name));
    }
    return problems;
}

}  // namespace

std::vector<std::string> check_database(Database& db, IndexCheck indexes)
{
    Statement tables(db, "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'layer'");
    tables.bind();
    if (!tables.step()) {
        // A file that was emptied is a database to SQLite.
        throw StorageError(EBADMSG, "check", db.path(), "it has no table of layers");
    }
    auto problems = check_schema(db);
    Statement integrity(db, indexes == IndexCheck::kWhole ? "PRAGMA main.integrity_check(20)"
                                                          : "PRAGMA main.quick_check(20)");
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
