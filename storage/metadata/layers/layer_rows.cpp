#include "storage/metadata/layers/layer_rows.h"

#include "storage/metadata/sql/statement.h"

namespace amilab {

namespace {

std::int64_t number(LayerId id)
{
    return static_cast<std::int64_t>(to_number(id));
}
LayerId layer_id(std::int64_t value)
{
    return static_cast<LayerId>(value);
}

std::vector<LayerId> collect(Statement& select)
{
    std::vector<LayerId> layers;
    while (select.step()) {
        layers.push_back(layer_id(select.row().integer()));
    }
    return layers;
}

}  // namespace

void insert_layer(Database& db, LayerId id, std::optional<LayerId> parent, TimeMs now_ms)
{
    std::optional<std::int64_t> parent_number;
    if (parent) {
        parent_number = number(*parent);
    }
    Statement(db, "INSERT INTO layer (id, parent_id, created_ms) VALUES (?1, ?2, ?3)")
        .execute(number(id), parent_number, now_ms);
}

LayerId select_highest_layer(Database& db)
{
    Statement select(db,
                     "SELECT MAX(COALESCE((SELECT MAX(id) FROM layer), 0),"
                     " COALESCE((SELECT MAX(id) FROM removed_layer), 0))");
    select.bind();
    select.step();
    return layer_id(select.row().integer());
}

std::vector<LayerId> select_layer_chain(Database& db, LayerId top)
{
    Statement select(db,
                     "WITH RECURSIVE chain (id, parent_id, depth) AS ("
                     "  SELECT id, parent_id, 0 FROM layer WHERE id = ?1"
                     "  UNION ALL"
                     "  SELECT layer.id, layer.parent_id, chain.depth + 1"
                     "    FROM chain JOIN layer ON layer.id = chain.parent_id)"
                     " SELECT id FROM chain ORDER BY depth");
    select.bind(number(top));
    return collect(select);
}

void mark_layer_sealed(Database& db, LayerId layer, std::string_view boot_id)
{
    Statement(db, "UPDATE layer SET sealed = 1, boot_id = ?2 WHERE id = ?1")
        .execute(number(layer), boot_id);
}

std::int64_t mark_lost_snapshots(Database& db, std::string_view boot_id)
{
    Statement(db,
              "UPDATE snapshot SET state = 'error' WHERE state <> 'error' AND layer_id IN"
              " (SELECT id FROM layer WHERE sealed = 1 AND synced = 0 AND boot_id <> ?1)")
        .execute(boot_id);
    return db.changes();
}

void mark_layer_synced(Database& db, LayerId layer)
{
    Statement(db, "UPDATE layer SET synced = 1 WHERE id = ?1").execute(number(layer));
}

std::vector<LayerId> select_unsynced_chain(Database& db, LayerId layer)
{
    Statement select(db,
                     "WITH RECURSIVE chain (id, parent_id, depth) AS ("
                     "  SELECT id, parent_id, 0 FROM layer"
                     "    WHERE id = ?1 AND sealed = 1 AND synced = 0"
                     "  UNION ALL"
                     "  SELECT layer.id, layer.parent_id, chain.depth + 1"
                     "    FROM chain JOIN layer ON layer.id = chain.parent_id"
                     "    WHERE layer.synced = 0)"
                     " SELECT id FROM chain ORDER BY depth DESC");
    select.bind(number(layer));
    return collect(select);
}

std::vector<LayerId> select_unsynced_layers(Database& db)
{
    Statement select(db, "SELECT id FROM layer WHERE sealed = 1 AND synced = 0 ORDER BY id");
    select.bind();
    return collect(select);
}

ReleasedLayers release_layer(Database& db, LayerId layer)
{
    ReleasedLayers released;
    std::optional<std::int64_t> next = number(layer);
    while (next) {
        std::optional<std::int64_t> parent;
        {
            Statement remove(
                db,
                "DELETE FROM layer WHERE id = ?1"
                " AND NOT EXISTS (SELECT 1 FROM volume WHERE layer_id = ?1)"
                " AND NOT EXISTS (SELECT 1 FROM snapshot WHERE layer_id = ?1)"
                " AND NOT EXISTS (SELECT 1 FROM layer AS child WHERE child.parent_id = ?1)"
                " RETURNING parent_id");
            remove.bind(*next);
            if (!remove.step()) {
                released.kept = layer_id(*next);
                break;
            }
            parent = remove.row().optional_integer();
            while (remove.step()) {
            }
        }
        Statement(db, "INSERT INTO removed_layer (id) VALUES (?1)").execute(*next);
        released.removed.push_back(layer_id(*next));
        next = parent;
    }
    return released;
}

std::vector<LayerId> select_removed_layers(Database& db)
{
    Statement select(db, "SELECT id FROM removed_layer ORDER BY id");
    select.bind();
    return collect(select);
}

void forget_removed_layers(Database& db, const std::vector<LayerId>& layers)
{
    for (const auto layer : layers) {
        Statement(db, "DELETE FROM removed_layer WHERE id = ?1").execute(number(layer));
    }
}

bool layer_exists(Database& db, LayerId layer)
{
    Statement select(db, "SELECT 1 FROM layer WHERE id = ?1");
    select.bind(number(layer));
    return select.step();
}

}  // namespace amilab
