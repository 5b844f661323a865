#include "storage/metadata/layers/layer_rows.h"

#include "storage/metadata/layers/layer_record_rows.h"
#include "storage/metadata/snapshots/snapshot_rows.h"
#include "storage/metadata/sql/statement.h"

namespace amilab {

void insert_layer(Database& db, LayerId id, std::optional<LayerId> parent, TimeMs now_ms,
                  const std::optional<std::string>& boot_id)
{
    Statement(db, "INSERT INTO layer (id, parent_id, created_ms, made_boot_id) VALUES (?, ?, ?, ?)")
        .execute(id, parent, now_ms, boot_id);
}

LayerId select_highest_layer(Database& db)
{
    Statement select(db,
                     "SELECT MAX(COALESCE((SELECT MAX(id) FROM layer), 0),"
                     " COALESCE((SELECT MAX(id) FROM removed_layer), 0))");
    select.bind();
    return select.values<LayerId>().front();
}

std::vector<LayerId> select_layer_chain(Database& db, LayerId top)
{
    Statement select(db,
                     "WITH RECURSIVE chain (id, parent_id, depth) AS ("
                     "  SELECT id, parent_id, 0 FROM layer WHERE id = ?"
                     "  UNION ALL"
                     "  SELECT layer.id, layer.parent_id, chain.depth + 1"
                     "    FROM chain JOIN layer ON layer.id = chain.parent_id)"
                     " SELECT id FROM chain ORDER BY depth");
    select.bind(top);
    return select.values<LayerId>();
}

void mark_layer_sealed(Database& db, LayerId layer, std::string_view boot_id)
{
    Statement(db, "UPDATE layer SET sealed = 1, boot_id = ? WHERE id = ?").execute(boot_id, layer);
}

void mark_layer_sealed_and_synced(Database& db, LayerId layer, std::string_view boot_id,
                                  const LayerRecord& record)
{
    Statement(db,
              "UPDATE layer SET sealed = 1, boot_id = ?, synced = 1, segments = ?, blocks = ?,"
              " map_checksum = ? WHERE id = ?")
        .execute(boot_id, record.segments, record.blocks, record.map_checksum, layer);
}

bool is_synced_below(Database& db, LayerId layer)
{
    Statement select(db,
                     "SELECT 1 FROM layer AS l WHERE l.id = ?"
                     " AND ifnull((SELECT synced FROM layer WHERE id = l.parent_id), 1) = 1");
    select.bind(layer);
    return select.step();
}

std::int64_t mark_lost_snapshots(Database& db, std::string_view boot_id)
{
    Statement(db,
              "UPDATE snapshot SET state = ?1 WHERE state <> ?1 AND layer_id IN"
              " (SELECT id FROM layer WHERE sealed = 1 AND synced = 0 AND boot_id <> ?2)")
        .execute(SnapshotState::kError, boot_id);
    return db.changes();
}

std::vector<std::string> mark_snapshots_above_lost(Database& db, LayerId layer)
{
    static constexpr auto kMark =
        kWithLayersAbove +
        "UPDATE snapshot SET state = ?2 WHERE state <> ?2 AND layer_id IN (SELECT id FROM above)"
        " RETURNING id";
    Statement mark(db, kMark);
    mark.bind(layer, SnapshotState::kError);
    return mark.texts();
}

void mark_layer_synced(Database& db, LayerId layer, const LayerRecord& record)
{
    Statement(db, "UPDATE layer SET synced = 1 WHERE id = ?").execute(layer);
    set_layer_record(db, layer, record);
}

std::vector<LayerId> select_unsynced_chain(Database& db, LayerId layer)
{
    Statement select(db,
                     "WITH RECURSIVE chain (id, parent_id, depth) AS ("
                     "  SELECT id, parent_id, 0 FROM layer"
                     "    WHERE id = ? AND sealed = 1 AND synced = 0"
                     "  UNION ALL"
                     "  SELECT layer.id, layer.parent_id, chain.depth + 1"
                     "    FROM chain JOIN layer ON layer.id = chain.parent_id"
                     "    WHERE layer.synced = 0)"
                     " SELECT id FROM chain ORDER BY depth DESC");
    select.bind(layer);
    return select.values<LayerId>();
}

std::vector<LayerId> select_unsynced_layers(Database& db)
{
    Statement select(db, "SELECT id FROM layer WHERE sealed = 1 AND synced = 0 ORDER BY id");
    select.bind();
    return select.values<LayerId>();
}

ReleasedLayers release_layer(Database& db, LayerId layer)
{
    ReleasedLayers released;
    std::optional<LayerId> next = layer;
    while (next) {
        Statement remove(
            db,
            "DELETE FROM layer WHERE id = ?"
            " AND NOT EXISTS (SELECT 1 FROM volume WHERE layer_id = layer.id)"
            " AND NOT EXISTS (SELECT 1 FROM snapshot WHERE layer_id = layer.id)"
            " AND NOT EXISTS (SELECT 1 FROM layer AS child WHERE child.parent_id = layer.id)"
            " RETURNING parent_id");
        remove.bind(*next);
        const auto parents = remove.values<std::optional<LayerId>>();
        if (parents.empty()) {
            released.kept = next;
            break;
        }
        Statement(db, "INSERT INTO removed_layer (id) VALUES (?)").execute(*next);
        released.removed.push_back(*next);
        next = parents.front();
    }
    return released;
}

std::vector<LayerId> select_removed_layers(Database& db)
{
    Statement select(db, "SELECT id FROM removed_layer ORDER BY id");
    select.bind();
    return select.values<LayerId>();
}

void forget_removed_layers(Database& db, const std::vector<LayerId>& layers)
{
    for (const auto layer : layers) {
        Statement(db, "DELETE FROM removed_layer WHERE id = ?").execute(layer);
    }
}

bool layer_exists(Database& db, LayerId layer)
{
    Statement select(db, "SELECT 1 FROM layer WHERE id = ?");
    select.bind(layer);
    return select.step();
}

}  // namespace amilab
