#include "storage/metadata/layers/layer_report_rows.h"

#include <fmt/format.h>

#include "storage/metadata/layers/layer_merge_rows.h"
#include "storage/metadata/sql/statement.h"

namespace amilab {

namespace {

LayerId layer_id(std::int64_t value)
{
    return static_cast<LayerId>(value);
}

void collect_disks(Statement& select, bool is_volume, std::vector<DiskRow>& disks)
{
    select.bind();
    while (select.step()) {
        auto row = select.row();
        DiskRow disk;
        disk.id = row.text();
        disk.region = row.text();
        disk.owner = row.text();
        disk.state = row.text();
        disk.layer = layer_id(row.integer());
        disk.size_gib = row.integer();
        disk.is_volume = is_volume;
        disks.push_back(std::move(disk));
    }
}

}  // namespace

std::vector<LayerRow> select_layers(Database& db)
{
    Statement select(db,
                     "SELECT id, parent_id, sealed, synced, COALESCE(boot_id, '') FROM layer"
                     " ORDER BY id");
    select.bind();
    std::vector<LayerRow> layers;
    while (select.step()) {
        auto row = select.row();
        LayerRow layer;
        layer.id = layer_id(row.integer());
        if (const auto parent = row.optional_integer()) {
            layer.parent = layer_id(*parent);
        }
        layer.is_sealed = row.boolean();
        layer.is_synced = row.boolean();
        layer.boot_id = row.text();
        layers.push_back(std::move(layer));
    }
    return layers;
}

std::vector<DiskRow> select_disks(Database& db)
{
    std::vector<DiskRow> disks;
    Statement volumes(db,
                      "SELECT id, region, owner, state, layer_id, size_gib FROM volume"
                      " WHERE layer_id IS NOT NULL ORDER BY id");
    collect_disks(volumes, true, disks);
    Statement snapshots(db,
                        "SELECT id, region, owner, state, layer_id, volume_size_gib"
                        " FROM main.snapshot WHERE layer_id IS NOT NULL ORDER BY id");
    collect_disks(snapshots, false, disks);
    return disks;
}

std::vector<std::string> select_lost_uploads(Database& db, std::string_view boot_id)
{
    Statement select(db,
                     "SELECT snapshot_id FROM direct_snapshot WHERE open = 1 AND boot_id <> ?1"
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
        while (select.step()) {
            layers.push_back(layer_id(select.row().integer()));
        }
    }
    return layers;
}

std::vector<std::string> check_database(Database& db)
{
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
