#pragma once

#include <optional>
#include <vector>

#include "storage/blocks/layer_id.h"
#include "storage/clock.h"
#include "storage/metadata/database.h"

namespace amilab {

/// A new, empty, writable layer over `parent`.
LayerId insert_layer(Database& db, std::optional<LayerId> parent, TimeMs now_ms);

/// The layer and all below it, the topmost first.
std::vector<LayerId> select_layer_chain(Database& db, LayerId top);

void mark_layer_sealed(Database& db, LayerId layer);
void mark_layer_synced(Database& db, LayerId layer);
/// Sealed layers that are not known to be on the disk.
std::vector<LayerId> select_unsynced_layers(Database& db);

/// Deletes the rows of `layer`, and of those below it, that nothing refers to any more: no volume,
/// no snapshot, no layer above. They are noted as removed; returns them. Their files go when the
/// deletion is durable: see forget_removed_layers.
std::vector<LayerId> release_layer(Database& db, LayerId layer);
/// Layers whose rows are gone and whose files may still be there.
std::vector<LayerId> select_removed_layers(Database& db);
/// Called when their files are gone.
void forget_removed_layers(Database& db, const std::vector<LayerId>& layers);

bool layer_exists(Database& db, LayerId layer);

}  // namespace amilab
