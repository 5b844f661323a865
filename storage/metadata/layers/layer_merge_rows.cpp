#include "storage/metadata/layers/layer_merge_rows.h"

#include <fmt/format.h>

#include "storage/metadata/layers/layer_rows.h"
#include "storage/metadata/sql/columns.h"

namespace amilab {

namespace {

/// Every 16th layer gets an index, so that a look-up asks at most so many maps.
constexpr std::int64_t kLayersPerIndex = 16;

constexpr auto kPairColumns = columns<MergePair>(
    "layer", "child", integer<&MergePair::parent>("parent").as("parent.id"),
    integer<&MergePair::child>("id"), flag<&MergePair::is_child_sealed>("sealed"),
    integer<&MergePair::volume_size_gib>("volume_size_gib").as("volume.size_gib"));

constexpr auto kReferenceColumns =
    columns<LayerReference>("sqlite_schema", "m", text<&LayerReference::table>("name"),
                            text<&LayerReference::column>("column").as("f.\"from\""));

bool is_referred_to(Database& db, LayerId layer)
{
    for (const auto& reference : references_to_layers(db)) {
        Statement select(db, fmt::format("SELECT 1 FROM {} WHERE {} = ? LIMIT 1", reference.table,
                                         reference.column));
        select.bind(layer);
        if (select.step()) {
            return true;
        }
    }
    return false;
}

void note_removed(Database& db, LayerId layer)
{
    Statement(db, "DELETE FROM layer WHERE id = ?").execute(layer);
    Statement(db, "INSERT INTO removed_layer (id) VALUES (?)").execute(layer);
}

}  // namespace

std::vector<LayerReference> references_to_layers(Database& db)
{
    return select_rows<kReferenceColumns>(
        db,
        "FROM sqlite_schema m, pragma_foreign_key_list(m.name) f"
        " WHERE m.type = 'table' AND f.\"table\" = 'layer' AND m.name <> 'layer'");
}

std::optional<MergePair> select_merge_pair(Database& db, LayerId parent)
{
    const auto pairs = select_rows<kPairColumns>(
        db,
        "FROM layer parent JOIN layer child ON child.parent_id = parent.id"
        " LEFT JOIN volume ON volume.layer_id = child.id"
        " WHERE parent.id = ? AND parent.sealed = 1"
        // As every other reference, which costs a walk through the schema; this is the usual one.
        " AND NOT EXISTS (SELECT 1 FROM snapshot WHERE layer_id = parent.id) LIMIT 2",
        parent);
    if (pairs.size() != 1) {
        return std::nullopt;  // nothing needs it, or two children do, or a snapshot
    }
    const auto& pair = pairs.front();
    const bool can_take = pair.is_child_sealed || pair.volume_size_gib;
    return can_take && !is_referred_to(db, parent) ? std::optional(pair) : std::nullopt;
}

std::vector<LayerId> select_layers_to_merge(Database& db)
{
    Statement select(db,
                     "SELECT id FROM layer AS parent WHERE sealed = 1"
                     " AND NOT EXISTS (SELECT 1 FROM snapshot WHERE layer_id = parent.id)"
                     " AND (SELECT COUNT(*) FROM layer WHERE parent_id = parent.id) = 1"
                     " ORDER BY id");
    select.bind();
    return select.values<LayerId>();
}

std::vector<LayerId> select_layers_without_index(Database& db)
{
    Statement select(db, "SELECT id FROM layer WHERE sealed = 1 AND indexed = 0 ORDER BY id");
    select.bind();
    return select.values<LayerId>();
}

std::optional<LayerId> select_layer_parent(Database& db, LayerId layer)
{
    Statement select(db, "SELECT parent_id FROM layer WHERE id = ?");
    select.bind(layer);
    const auto parents = select.values<std::optional<LayerId>>();
    return parents.empty() ? std::nullopt : parents.front();
}

void merge_rows_into_child(Database& db, const MergePair& pair)
{
    Statement(db,
              "UPDATE layer SET parent_id = (SELECT parent_id FROM layer WHERE id = ?)"
              " WHERE id = ?")
        .execute(pair.parent, pair.child);
    note_removed(db, pair.parent);
}

void merge_rows_into_parent(Database& db, const MergePair& pair)
{
    Statement(db, "UPDATE layer SET parent_id = ? WHERE parent_id = ?")
        .execute(pair.parent, pair.child);
    for (const auto& reference : references_to_layers(db)) {
        Statement(db, fmt::format("UPDATE {} SET {} = ? WHERE {} = ?", reference.table,
                                  reference.column, reference.column))
            .execute(pair.parent, pair.child);
    }
    note_removed(db, pair.child);
}

std::vector<LayerId> select_chain_to_index(Database& db, LayerId layer)
{
    Statement select(db,
                     "WITH RECURSIVE chain (id, parent_id, depth) AS ("
                     "  SELECT id, parent_id, 1 FROM layer"
                     "    WHERE id = ? AND sealed = 1 AND indexed = 0"
                     "  UNION ALL"
                     "  SELECT layer.id, layer.parent_id, chain.depth + 1"
                     "    FROM chain JOIN layer ON layer.id = chain.parent_id"
                     "    WHERE layer.indexed = 0 AND chain.depth < ?)"
                     " SELECT COUNT(*) FROM chain");
    select.bind(layer, kLayersPerIndex);
    select.step();
    return select.row().integer() < kLayersPerIndex ? std::vector<LayerId>()
                                                    : select_layer_chain(db, layer);
}

void mark_layer_indexed(Database& db, LayerId layer, bool is_indexed)
{
    Statement(db, "UPDATE layer SET indexed = ? WHERE id = ?").execute(is_indexed, layer);
}

bool is_layer_indexed(Database& db, LayerId layer)
{
    Statement select(db, "SELECT 1 FROM layer WHERE id = ? AND indexed = 1");
    select.bind(layer);
    return select.step();
}

}  // namespace amilab
