#include "server/ec2/layers.h"

#include <algorithm>
#include <memory>
#include <numeric>

#include "storage/metadata/layer_rows.h"

namespace amilab::ec2 {

namespace {

/// What a commit makes of one sealed volume.
struct Sealing {
    Gate gate;
    std::vector<LayerId> sealed_chain;
    std::uint64_t size_bytes;
};

Sealing close(Session& session, const VolumeRow& row)
{
    const auto size_bytes = static_cast<std::uint64_t>(row.size_gib) * kGiB;
    auto chain = select_layer_chain(session.db(), row.layer_id);
    const auto volume = session.blocks().open_volume(chain, size_bytes);
    const auto next_top = session.blocks().new_layer_id();
    return {volume->close_gate(next_top), std::move(chain), size_bytes};
}

void seal_row(Session& session, const VolumeRow& row, const Gate& gate)
{
    mark_layer_sealed(session.db(), gate.old_top(), session.blocks().boot_id());
    insert_layer(session.db(), gate.next_top(), gate.old_top(), session.now_ms());
    set_volume_layer(session.db(), row.id, gate.next_top());
}

}  // namespace

LayerId make_volume_layer(Session& session, std::optional<LayerId> snapshot_layer)
{
    const auto layer = session.blocks().new_layer_id();
    insert_layer(session.db(), layer, snapshot_layer, session.now_ms());
    return layer;
}

std::vector<LayerId> seal_layers(Session& session, std::span<const VolumeRow> volumes)
{
    session.about_to_wait();  // for writes under way
    std::vector<std::size_t> order(volumes.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(),
              [&](auto left, auto right) { return volumes[left].id < volumes[right].id; });

    // The session keeps the gates: they open after the commit, or when the call has failed.
    auto sealings = std::make_shared<std::vector<Sealing>>();
    std::vector<LayerId> sealed(volumes.size());
    for (const auto index : order) {
        sealings->push_back(close(session, volumes[index]));
        sealed[index] = sealings->back().gate.old_top();
    }
    for (std::size_t i = 0; i < order.size(); ++i) {
        seal_row(session, volumes[order[i]], (*sealings)[i].gate);
    }
    session.on_commit([sealings, generation = session.generation().shared_from_this()] {
        for (auto& sealing : *sealings) {
            sealing.gate.swap_top();
        }
        for (auto& sealing : *sealings) {
            generation->sync_later(std::move(sealing.sealed_chain), sealing.size_bytes);
        }
    });
    return sealed;
}

void end_exports(Session& session, std::string id)
{
    session.on_commit([id = std::move(id), generation = session.generation().shared_from_this()] {
        generation->exports().end(id);
    });
}

void drop_layer(Session& session, LayerId layer)
{
    auto removed = release_layer(session.db(), layer);
    if (!removed.empty()) {
        session.on_commit(
            [removed = std::move(removed), generation = session.generation().shared_from_this()] {
                generation->remove_files_later(removed);
            });
    }
}

}  // namespace amilab::ec2
