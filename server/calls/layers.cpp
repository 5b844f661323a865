#include "server/calls/layers.h"

#include <algorithm>
#include <memory>
#include <numeric>

#include "storage/blocks/block_store.h"
#include "storage/metadata/layers/layer_rows.h"
#include "storage/state/generation.h"
#include "storage/state/stores.h"
#include "storage/upkeep/persistence.h"
#include "storage/upkeep/upkeep.h"

namespace amilab {

namespace {

/// Whether power loss can take nothing of a layer that is being sealed: there is nothing of it, and
/// all below is on the disk.
bool needs_no_sync(Session& session, LayerId layer)
{
    return session.generation().stores().persistence().survives_power_loss() &&
           session.blocks().was_never_written(layer) && is_synced_below(session.db(), layer);
}

/// Leaves to the background what the layer still needs, after the commit.
void seal_row(Session& session, const VolumeRow& row, const Gate& gate)
{
    auto& blocks = session.blocks();
    const auto layer = gate.old_top();
    if (needs_no_sync(session, layer)) {
        mark_layer_sealed_and_synced(session.db(), layer, blocks.boot_id(),
                                     blocks.record_of(layer));
        session.after_commit(
            [layer](Generation& generation) { generation.stores().upkeep().add_synced(layer); });
    } else {
        mark_layer_sealed(session.db(), layer, blocks.boot_id());
        session.after_commit([layer](Generation& generation) {
            generation.stores().persistence().sync_later(layer);
        });
    }
    insert_layer(session.db(), gate.next_top(), gate.old_top(), session.now_ms(),
                 session.blocks().boot_id());
    set_volume_layer(session.db(), row.id, gate.next_top());
}

/// While the writer is held a merge alone may open one besides, which is waited for for a block.
bool is_any_open(Session& session, std::span<const VolumeRow> volumes)
{
    return std::ranges::any_of(volumes, [&](const auto& volume) {
        return session.blocks().find_volume(volume.layer_id) != nullptr;
    });
}

}  // namespace

LayerId make_volume_layer(Session& session, std::optional<LayerId> snapshot_layer)
{
    const auto layer = session.blocks().new_layer_id();
    insert_layer(session.db(), layer, snapshot_layer, session.now_ms(), session.blocks().boot_id());
    return layer;
}

void keep_sealed_layer(Session& session, LayerId layer)
{
    const auto& boot_id = session.blocks().boot_id();
    insert_layer(session.db(), layer, std::nullopt, session.now_ms(), boot_id);
    mark_layer_sealed(session.db(), layer, boot_id);
    session.after_commit(
        [layer](Generation& generation) { generation.stores().persistence().sync_later(layer); });
}

std::vector<LayerId> seal_layers(Session& session, std::span<const VolumeRow> volumes)
{
    if (is_any_open(session, volumes)) {
        session.about_to_wait();  // for writes under way
    }
    std::vector<std::size_t> order(volumes.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(),
              [&](auto left, auto right) { return volumes[left].id < volumes[right].id; });

    // The session keeps the gates: they open after the commit, or when the call has failed.
    auto gates = std::make_shared<std::vector<Gate>>();
    std::vector<LayerId> sealed(volumes.size());
    for (const auto index : order) {
        auto& blocks = session.blocks();
        const auto& volume = volumes[index];
        gates->push_back(blocks.close_gate(volume.layer_id, blocks.new_layer_id(),
                                           gate_place(volume.id.text())));
        sealed[index] = gates->back().old_top();
    }
    session.after_commit([gates](Generation&) {
        for (auto& gate : *gates) {
            gate.swap_top();
        }
    });
    for (std::size_t i = 0; i < order.size(); ++i) {
        seal_row(session, volumes[order[i]], (*gates)[i]);
    }
    return sealed;
}

void end_exports(Session& session, std::string id)
{
    session.after_commit(
        [id = std::move(id)](Generation& generation) { generation.exports().end(id); });
}

void drop_layer(Session& session, LayerId layer)
{
    auto layers = release_layer(session.db(), layer);
    session.after_commit([released = std::move(layers)](Generation& generation) {
        generation.stores().held_bytes().note_freed();
        if (!released.removed.empty()) {
            generation.stores().persistence().remove_files_later(released.removed);
        }
        if (released.kept) {
            generation.stores().upkeep().add(Upkeep::Kind::kMerge, *released.kept);
        }
    });
}

}  // namespace amilab
