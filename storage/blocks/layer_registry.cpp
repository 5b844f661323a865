#include "storage/blocks/layer_registry.h"

#include <algorithm>
#include <cerrno>
#include <span>

#include "storage/storage_error.h"

namespace amilab {
namespace {

void require_chain(const std::vector<LayerId>& chain, const std::string& directory)
{
    std::unordered_set<LayerId> seen;
    const bool distinct = std::all_of(chain.begin(), chain.end(), [&](LayerId id) {
        return id != LayerId{0} && seen.insert(id).second;
    });
    if (chain.empty() || !distinct) {
        throw StorageError(EINVAL, "open layers in", directory,
                           "a chain is empty, or has a layer twice");
    }
}

/// Drops what nobody has open any more, now and then.
template <class Map>
void prune(Map& map, std::size_t& prune_at)
{
    if (map.size() >= prune_at) {
        std::erase_if(map, [](const auto& entry) { return entry.second.expired(); });
        prune_at = std::max<std::size_t>(1024, map.size() * 2);
    }
}

}  // namespace

std::vector<std::shared_ptr<Layer>> LayerRegistry::open_sealed(
    const std::vector<LayerId>& top_first)
{
    require_chain(top_first, files_.directory());
    const std::lock_guard lock(mutex_);
    return open_parents(top_first);
}

std::shared_ptr<Volume> LayerRegistry::open_volume(
    const std::vector<LayerId>& top_first,
    const std::function<std::shared_ptr<Volume>(std::vector<std::shared_ptr<Layer>>)>& make)
{
    require_chain(top_first, files_.directory());
    const auto top = top_first.front();
    const std::lock_guard lock(mutex_);
    if (const auto found = volumes_.find(top); found != volumes_.end()) {
        if (auto volume = found->second.lock()) {
            return volume;
        }
        volumes_.erase(found);
    }
    if (sealed_.contains(top)) {
        throw StorageError(ESTALE, "open", files_.path_of({top, 0, FileKind::kData}),
                           "the layer has been sealed");
    }
    auto layers = open_parents(std::span(top_first).subspan(1));
    layers.push_back(open_layer(top, Layer::Role::kWritable));
    auto volume = make(std::move(layers));
    prune(volumes_, prune_volumes_at_);
    volumes_[top] = volume;
    return volume;
}

std::shared_ptr<Layer> LayerRegistry::reserve_top(LayerId next_top,
                                                  const std::shared_ptr<Volume>& volume)
{
    const std::lock_guard lock(mutex_);
    const auto found = layers_.find(next_top);
    if (next_top == LayerId{0} || sealed_.contains(next_top) ||
        (found != layers_.end() && !found->second.expired())) {
        throw StorageError(EBUSY, "open", files_.path_of({next_top, 0, FileKind::kData}),
                           "a new top must be a new layer");
    }
    auto layer = open_layer(next_top, Layer::Role::kWritable);
    volumes_[next_top] = volume;
    return layer;
}

void LayerRegistry::give_up_top(LayerId next_top)
{
    const std::lock_guard lock(mutex_);
    volumes_.erase(next_top);
}

void LayerRegistry::note_sealed(LayerId layer)
{
    const std::lock_guard lock(mutex_);
    sealed_.insert(layer);
}

std::shared_ptr<Layer> LayerRegistry::find(LayerId layer)
{
    const std::lock_guard lock(mutex_);
    const auto found = layers_.find(layer);
    return found == layers_.end() ? nullptr : found->second.lock();
}

std::shared_ptr<Layer> LayerRegistry::open_to_sync(LayerId layer)
{
    if (auto found = find(layer)) {
        return found;
    }
    const std::lock_guard lock(mutex_);
    return open_layer(layer, Layer::Role::kSealed);
}

void LayerRegistry::forget(LayerId layer)
{
    const std::lock_guard lock(mutex_);
    sealed_.erase(layer);
    volumes_.erase(layer);
}

std::vector<std::shared_ptr<Layer>> LayerRegistry::open_parents(std::span<const LayerId> top_first)
{
    std::vector<std::shared_ptr<Layer>> layers;
    layers.reserve(top_first.size() + 2);
    for (auto id = top_first.rbegin(); id != top_first.rend(); ++id) {
        layers.push_back(open_layer(*id, Layer::Role::kSealed));
    }
    return layers;
}

std::shared_ptr<Layer> LayerRegistry::open_layer(LayerId id, Layer::Role role)
{
    prune(layers_, prune_layers_at_);
    auto& known = layers_[id];
    auto layer = known.lock();
    if (!layer) {
        layer = std::make_shared<Layer>(files_, id, role);
        known = layer;
    } else if (!layer->may_be_opened_as(role)) {
        throw StorageError(EBUSY, "open", files_.path_of({id, 0, FileKind::kData}),
                           role == Layer::Role::kWritable ? "the layer is sealed and in use"
                                                          : "the layer is being written");
    }
    return layer;
}

}  // namespace amilab
