#pragma once

#include <optional>
#include <string>
#include <vector>

#include "storage/blocks/layer_id.h"
#include "storage/metadata/sql/database.h"

namespace amilab {

/// All that refers to layers besides layers: tables that come later count by themselves.
struct LayerReference {
    std::string table{};
    std::string column{};
};
std::vector<LayerReference> references_to_layers(Database& db);

/// A sealed layer that nothing needs but the one layer above it.
struct MergePair {
    LayerId parent{};
    LayerId child{};
    bool is_child_sealed = false;
    /// Of the volume that writes the child, when that is what it is.
    std::optional<std::int64_t> volume_size_gib = {};
};

/// Nothing unless the layer is the parent of such a pair, and the child is sealed or a volume's.
std::optional<MergePair> select_merge_pair(Database& db, LayerId parent);
/// All layers that may be parents of such pairs; looks at all layers.
std::vector<LayerId> select_layers_to_merge(Database& db);
/// Where the layer's absent blocks are found.
std::optional<LayerId> select_layer_parent(Database& db, LayerId layer);

/// What the child says is all that counts: the parent's rows go, and it is noted as removed.
void merge_rows_into_child(Database& db, const MergePair& pair);
/// The parent stands for what the child stood for, whatever refers to it: layers, snapshots and all
/// other tables with a foreign key. The child's row goes, and it is noted as removed.
void merge_rows_into_parent(Database& db, const MergePair& pair);

/// Sealed layers, lowest first, of which some may be to get one.
std::vector<LayerId> select_layers_without_index(Database& db);
/// The chain of a sealed layer when that and the 15 below it have no resolved index, and it is to
/// get one; else empty.
std::vector<LayerId> select_chain_to_index(Database& db, LayerId layer);
void mark_layer_indexed(Database& db, LayerId layer, bool is_indexed);
bool is_layer_indexed(Database& db, LayerId layer);

}  // namespace amilab
