#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/base/clock.h"
#include "storage/blocks/layer_id.h"
#include "storage/blocks/layer_record.h"
#include "storage/metadata/sql/database.h"
#include "storage/metadata/sql/sql_text.h"

namespace amilab {

/// Begins a statement that asks for `above`: the layer that is its first value, and all that reads
/// from it.
inline constexpr auto kWithLayersAbove =
    sql("WITH RECURSIVE above (id) AS (VALUES (?1)"
        " UNION SELECT layer.id FROM above JOIN layer ON layer.parent_id = above.id) ");

/// A new, empty, writable layer over `parent`; the id is the block store's, `boot_id` the machine's
/// boot, when that is known.
void insert_layer(Database& db, LayerId id, std::optional<LayerId> parent, TimeMs now_ms,
                  const std::optional<std::string>& boot_id = {});
/// 0 without any.
LayerId select_highest_layer(Database& db);

/// The layer and all below it, the topmost first.
std::vector<LayerId> select_layer_chain(Database& db, LayerId top);

/// `boot_id`: the machine's boot that holds what is not on the disk yet.
void mark_layer_sealed(Database& db, LayerId layer, std::string_view boot_id);
/// As mark_layer_sealed() and mark_layer_synced(), of a layer that power loss can take nothing of.
void mark_layer_sealed_and_synced(Database& db, LayerId layer, std::string_view boot_id,
                                  const LayerRecord& record);
/// Whether all below the layer is known to be on the disk.
bool is_synced_below(Database& db, LayerId layer);
/// `record`: what the layer has, which the next start expects.
void mark_layer_synced(Database& db, LayerId layer, const LayerRecord& record);
/// Snapshots whose layer another boot sealed and never synced are in error: power was lost. Returns
/// how many there were.
std::int64_t mark_lost_snapshots(Database& db, std::string_view boot_id);
/// Snapshots that read from a layer whose files are lost are in error. Returns those that were not.
std::vector<std::string> mark_snapshots_above_lost(Database& db, LayerId layer);
/// The layer and those below it that are not known to be on the disk, the lowest first. What is on
/// the disk has nothing below that is not.
std::vector<LayerId> select_unsynced_chain(Database& db, LayerId layer);
/// Sealed layers that are not known to be on the disk.
std::vector<LayerId> select_unsynced_layers(Database& db);

/// Deletes the rows of `layer`, and of those below it, that nothing refers to any more: no volume,
/// no snapshot, no layer above. They are noted as removed; returns them. Their files go when the
/// deletion is durable: see forget_removed_layers.
struct ReleasedLayers {
    std::vector<LayerId> removed{};
    /// The first that something still needs; perhaps one layer only, so that they can be merged.
    std::optional<LayerId> kept{};
};
ReleasedLayers release_layer(Database& db, LayerId layer);
/// Layers whose rows are gone and whose files may still be there.
std::vector<LayerId> select_removed_layers(Database& db);
/// Called when their files are gone.
void forget_removed_layers(Database& db, const std::vector<LayerId>& layers);

bool layer_exists(Database& db, LayerId layer);

}  // namespace amilab
