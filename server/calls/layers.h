#pragma once

#include <optional>
#include <span>
#include <vector>

#include "server/calls/session.h"
#include "storage/base/units.h"
#include "storage/metadata/volumes/volume_rows.h"

/// What the families do with layers, in the order that keeps bytes safe: rows and files change
/// together or not at all. Writing calls only.
namespace amilab {

/// The layer of a new volume: empty, over the snapshot's, if there is one.
LayerId make_volume_layer(Session& session, std::optional<LayerId> snapshot_layer);

/// Gives a sealed layer that no row names its row, and has the background sync it after the commit:
/// what a task has written is no leftover any more.
void keep_sealed_layer(Session& session, LayerId layer);

/// Seals the volumes' layers at one instant and puts an empty one on each: every write that was
/// acknowledged before is below, none begun after the call's answer is. Returns the sealed layers,
/// in the order of `volumes`. All gates close together, in the order of the volumes' ids, and open
/// when the call is committed, or has failed.
std::vector<LayerId> seal_layers(Session& session, std::span<const VolumeRow> volumes);

/// To be called when the row of a volume or snapshot is gone, before its layer is dropped: who
/// serves it beside the API hears of it after the commit.
void end_exports(Session& session, std::string id);

/// To be called when a row that referred to `layer` is gone: removes what nobody needs any more,
/// the files after the commit.
void drop_layer(Session& session, LayerId layer);

}  // namespace amilab
