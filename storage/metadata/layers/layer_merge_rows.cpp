#include "storage/metadata/layers/layer_merge_rows.h"

#include <string>
#include <utility>

#include <fmt/format.h>

#include "storage/metadata/layers/layer_rows.h"
#include "storage/metadata/sql/statement.h"

namespace amilab {

namespace {

/// Every 16th layer gets an index, so that a look-up asks at most so many maps.
constexpr std::int64_t kLayersPerIndex = 16;

std::int64_t number(LayerId id)
{
    return static_cast<std::int64_t>(to_number(id));
}

std::vector<LayerId> collect(Statement& select)
{
    select.bind();
    std::vector<LayerId> layers;
    while (select.step()) {
        layers.push_back(LayerId{static_cast<std::uint64_t>(select.row().integer())});
    }
    return layers;
}

bool is_referred_to(Database& db, LayerId layer)
{
    for (const auto& reference : references_to_layers(db)) {
        Statement select(db, fmt::format("SELECT 1 FROM {} WHERE {} = ?1 LIMIT 1", reference.table,
                                         reference.column));
        select.bind(number(layer));
        if (select.step()) {
            return true;
        }
    }
    return false;
}

void note_removed(Database& db, LayerId layer)
{
    Statement(db, "DELETE FROM layer WHERE id = ?1").execute(number(layer));
    Statement(db, "INSERT INTO removed_layer (id) VALUES (?1)").execute(number(layer));
}

}  // namespace

std::vector<LayerReference> references_to_layers(Database& db)
{
    Statement select(db,
                     "SELECT m.name, f.\"from\" FROM sqlite_schema AS m,"
                     " pragma_foreign_key_list(m.name) AS f"
                     " WHERE m.type = 'table' AND f.\"table\" = 'layer' AND m.name <> 'layer'");
    select.bind();
    std::vector<LayerReference> references;
    while (select.step()) {
        auto row = select.row();
        auto table = row.text();
        references.push_back({std::move(table), row.text()});
    }
    return references;
}

std::optional<MergePair> select_merge_pair(Database& db, LayerId parent)
{
    std::optional<MergePair> pair;
    {
        Statement select(db,
                         "SELECT child.id, child.sealed, volume.size_gib"
                         " FROM layer AS parent JOIN layer AS child ON child.parent_id = parent.id"
                         " LEFT JOIN volume ON volume.layer_id = child.id"
                         " WHERE parent.id = ?1 AND parent.sealed = 1 LIMIT 2");
        select.bind(number(parent));
        if (!select.step()) {
            return std::nullopt;
        }
        auto row = select.row();
        pair = {.parent = parent, .child = LayerId{static_cast<std::uint64_t>(row.integer())}};
        pair->is_child_sealed = row.boolean();
        pair->volume_size_gib = row.optional_integer();
        if (select.step()) {
            return std::nullopt;  // two children need it
        }
    }
    const bool can_take = pair->is_child_sealed || pair->volume_size_gib;
    return can_take && !is_referred_to(db, parent) ? pair : std::nullopt;
}

std::vector<LayerId> select_layers_to_merge(Database& db)
{
    Statement select(db,
                     "SELECT id FROM layer AS parent WHERE sealed = 1"
                     " AND NOT EXISTS (SELECT 1 FROM snapshot WHERE layer_id = parent.id)"
                     " AND (SELECT COUNT(*) FROM layer WHERE parent_id = parent.id) = 1"
                     " ORDER BY id");
    return collect(select);
}

std::vector<LayerId> select_layers_without_index(Database& db)
{
    Statement select(db, "SELECT id FROM layer WHERE sealed = 1 AND indexed = 0 ORDER BY id");
    return collect(select);
}

std::optional<LayerId> select_layer_parent(Database& db, LayerId layer)
{
    Statement select(db, "SELECT parent_id FROM layer WHERE id = ?1");
    select.bind(number(layer));
    if (!select.step()) {
        return std::nullopt;
    }
    const auto parent = select.row().optional_integer();
    return parent ? std::optional(LayerId{static_cast<std::uint64_t>(*parent)}) : std::nullopt;
}

void merge_rows_into_child(Database& db, const MergePair& pair)
{
    Statement(db,
              "UPDATE layer SET parent_id = (SELECT parent_id FROM layer WHERE id = ?1)"
              " WHERE id = ?2")
        .execute(number(pair.parent), number(pair.child));
    note_removed(db, pair.parent);
}

void merge_rows_into_parent(Database& db, const MergePair& pair)
{
    Statement(db, "UPDATE layer SET parent_id = ?1 WHERE parent_id = ?2")
        .execute(number(pair.parent), number(pair.child));
    for (const auto& reference : references_to_layers(db)) {
        Statement(db, fmt::format("UPDATE {} SET {} = ?1 WHERE {} = ?2", reference.table,
                                  reference.column, reference.column))
            .execute(number(pair.parent), number(pair.child));
    }
    note_removed(db, pair.child);
}

std::vector<LayerId> select_chain_to_index(Database& db, LayerId layer)
{
    Statement select(db,
                     "WITH RECURSIVE chain (id, parent_id, depth) AS ("
                     "  SELECT id, parent_id, 1 FROM layer"
                     "    WHERE id = ?1 AND sealed = 1 AND indexed = 0"
                     "  UNION ALL"
                     "  SELECT layer.id, layer.parent_id, chain.depth + 1"
                     "    FROM chain JOIN layer ON layer.id = chain.parent_id"
                     "    WHERE layer.indexed = 0 AND chain.depth < ?2)"
                     " SELECT COUNT(*) FROM chain");
    select.bind(number(layer), kLayersPerIndex);
    select.step();
    return select.row().integer() < kLayersPerIndex ? std::vector<LayerId>()
                                                    : select_layer_chain(db, layer);
}

void mark_layer_indexed(Database& db, LayerId layer, bool is_indexed)
{
    Statement(db, "UPDATE layer SET indexed = ?2 WHERE id = ?1").execute(number(layer), is_indexed);
}

bool is_layer_indexed(Database& db, LayerId layer)
{
    Statement select(db, "SELECT 1 FROM layer WHERE id = ?1 AND indexed = 1");
    select.bind(number(layer));
    return select.step();
}

}  // namespace amilab
