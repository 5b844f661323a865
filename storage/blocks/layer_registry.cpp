#include "storage/blocks/layer_registry.h"

#include <algorithm>
#include <cerrno>
#include <span>

#include "storage/base/storage_error.h"

namespace amilab {
namespace {

void require_chain(const std::vector<LayerId>& chain, const std::string& directory)
{
    // A layer is made after those below it, so that this is nearly always all there is to look at.
    const bool is_falling =
        std::adjacent_find(chain.begin(), chain.end(), std::less_equal<LayerId>()) == chain.end();
    std::unordered_set<LayerId> seen;
    const bool distinct = is_falling || std::all_of(chain.begin(), chain.end(), [&](LayerId id) {
                              return seen.insert(id).second;
                          });
    const bool has_none = std::find(chain.begin(), chain.end(), LayerId{0}) != chain.end();
    if (chain.empty() || has_none || !distinct) {
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
    const Lock lock(mutex_);
    return open_unmerged(top_first);
}

std::vector<std::shared_ptr<Layer>> LayerRegistry::hold_sealed(
    const std::vector<LayerId>& top_first)
{
    const Lock lock(mutex_);
    auto layers = open_unmerged(top_first);
    ++held_[top_first.front()];
    return layers;
}

void LayerRegistry::let_go(LayerId top)
{
    const Lock lock(mutex_);
    const auto held = held_.find(top);
    if (--held->second == 0) {
        held_.erase(held);
    }
}

bool LayerRegistry::is_held(LayerId top)
{
    const Lock lock(mutex_);
    return held_.contains(top);
}

void LayerRegistry::close_as_snapshot(LayerId top)
{
    const Lock lock(mutex_);
    if (held_.contains(top)) {
        throw StorageError(EBUSY, "merge into", files_.path_of({top, 0, FileKind::kData}),
                           "the layer is being read as a snapshot");
    }
    merged_into_.insert(top);
}

void LayerRegistry::open_as_snapshot(LayerId top)
{
    const Lock lock(mutex_);
    merged_into_.erase(top);
}

std::shared_ptr<Volume> LayerRegistry::find_volume(LayerId top)
{
    const Lock lock(mutex_);
    const auto found = volumes_.find(top);
    return found == volumes_.end() ? nullptr : found->second.lock();
}

std::vector<std::shared_ptr<Volume>> LayerRegistry::open_volumes()
{
    std::vector<std::shared_ptr<Volume>> open;
    const Lock lock(mutex_);
    for (const auto& [top, known] : volumes_) {
        auto volume = known.lock();
        // A volume is known by each layer that has been its top.
        if (volume && std::find(open.begin(), open.end(), volume) == open.end()) {
            open.push_back(std::move(volume));
        }
    }
    return open;
}

std::shared_ptr<Layer> LayerRegistry::freeze(LayerId top, LayerId next_top, std::uint64_t place)
{
    lock_order::before_taking(LockLevel::kGate, place);
    auto layer = freeze_now(top, next_top);
    lock_order::taken(layer.get(), LockLevel::kGate, place);
    return layer;
}

std::shared_ptr<Layer> LayerRegistry::freeze_now(LayerId top, LayerId next_top)
{
    const Lock lock(mutex_);
    require_not_sealed(top);
    if (const auto volume = volumes_.find(top);
        volume != volumes_.end() && !volume->second.expired()) {
        throw StorageError(EAGAIN, "seal", files_.path_of({top, 0, FileKind::kData}),
                           "its volume is open");
    }
    const auto next = layers_.find(next_top);
    const bool is_next_open = next != layers_.end() && !next->second.expired();
    if (top == LayerId{0} || next_top == LayerId{0} || frozen_.contains(top) ||
        frozen_.contains(next_top) || is_next_open) {
        throw StorageError(EBUSY, "seal", files_.path_of({top, 0, FileKind::kData}),
                           "the layer, or the one that is to be above it, is in use");
    }
    // A volume that is just being closed may have the layer still; nobody writes through it.
    auto layer = open_layer(top, Layer::Role::kWritable);
    layer->set_role(Layer::Role::kFrozen);
    frozen_.insert(top);
    return layer;
}

void LayerRegistry::thaw(std::shared_ptr<Layer>& frozen)
{
    lock_order::let_go(frozen.get(), LockLevel::kGate);
    {
        const Lock lock(mutex_);
        if (!frozen->is_sealed()) {
            frozen->set_role(Layer::Role::kWritable);
        }
        frozen_.erase(frozen->id());
    }
    thawed_.notify_all();
    frozen.reset();
}

void LayerRegistry::require_not_sealed(LayerId top)
{
    if (sealed_.contains(top)) {
        throw StorageError(ESTALE, "open", files_.path_of({top, 0, FileKind::kData}),
                           "the layer has been sealed");
    }
}

std::shared_ptr<Volume> LayerRegistry::open_volume(
    const std::vector<LayerId>& top_first,
    const std::function<std::shared_ptr<Volume>(std::vector<std::shared_ptr<Layer>>)>& make)
{
    const auto top = top_first.empty() ? LayerId{0} : top_first.front();
    const Lock lock(mutex_);
    while (frozen_.contains(top)) {
        thawed_.wait(mutex_);
    }
    if (const auto found = volumes_.find(top); found != volumes_.end()) {
        if (auto volume = found->second.lock()) {
            return volume;
        }
        volumes_.erase(found);
    }
    require_chain(top_first, files_.directory());
    require_not_sealed(top);
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
    const Lock lock(mutex_);
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
    const Lock lock(mutex_);
    volumes_.erase(next_top);
}

void LayerRegistry::note_sealed(LayerId layer)
{
    const Lock lock(mutex_);
    sealed_.insert(layer);
}

std::shared_ptr<Layer> LayerRegistry::find(LayerId layer)
{
    const Lock lock(mutex_);
    const auto found = layers_.find(layer);
    return found == layers_.end() ? nullptr : found->second.lock();
}

std::shared_ptr<Layer> LayerRegistry::open_to_sync(LayerId layer)
{
    if (auto found = find(layer)) {
        return found;
    }
    const Lock lock(mutex_);
    return open_layer(layer, Layer::Role::kSealed);
}

void LayerRegistry::forget(LayerId layer)
{
    const Lock lock(mutex_);
    sealed_.erase(layer);
    volumes_.erase(layer);
    expectations_.erase(layer);
}

void LayerRegistry::forget_expectation(LayerId layer)
{
    const Lock lock(mutex_);
    expectations_.erase(layer);
}

std::vector<LayerId> LayerRegistry::recorded_layers()
{
    std::vector<LayerId> layers;
    const Lock lock(mutex_);
    for (const auto& [layer, expected] : expectations_) {
        if (expected.record) {
            layers.push_back(layer);
        }
    }
    std::sort(layers.begin(), layers.end());
    return layers;
}

std::vector<std::pair<LayerId, std::string>> LayerRegistry::missing_files()
{
    std::vector<std::pair<LayerId, std::string>> missing;
    const Lock lock(mutex_);
    for (const auto& [layer, expected] : expectations_) {
        const auto segments = expected.record ? expected.record->segments : 0;
        for (std::uint32_t number = 0; segments >> number != 0 && number < kMaxSegments; ++number) {
            for (const auto kind : {FileKind::kMap, FileKind::kData}) {
                const FileKey key{layer, number, kind};
                if ((segments >> number & 1U) != 0 && !files_.was_there(key)) {
                    missing.emplace_back(layer, files_.path_of(key));
                }
            }
        }
    }
    std::sort(missing.begin(), missing.end());
    return missing;
}

std::vector<std::shared_ptr<Layer>> LayerRegistry::open_unmerged(
    const std::vector<LayerId>& top_first)
{
    require_chain(top_first, files_.directory());
    if (merged_into_.contains(top_first.front())) {
        throw StorageError(ESTALE, "open", files_.path_of({top_first.front(), 0, FileKind::kData}),
                           "the layer is being merged");
    }
    return open_parents(top_first);
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
        files_.forget_bytes(id);  // before anybody can change them
        const auto expected = expectations_.find(id);
        layer = std::make_shared<Layer>(
            files_, id, role,
            expected == expectations_.end() ? LayerExpectation() : expected->second);
        known = layer;
    } else if (!layer->may_be_opened_as(role)) {
        throw StorageError(EBUSY, "open", files_.path_of({id, 0, FileKind::kData}),
                           role == Layer::Role::kWritable ? "the layer is sealed and in use"
                                                          : "the layer is being written");
    }
    return layer;
}

}  // namespace amilab
