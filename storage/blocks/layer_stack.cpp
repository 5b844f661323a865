#include "storage/blocks/layer_stack.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <map>
#include <optional>
#include <utility>

#include "storage/base/mutex.h"
#include "storage/base/storage_error.h"
#include "storage/blocks/block_range.h"
#include "storage/blocks/layer_index.h"

namespace amilab {
namespace {

constexpr std::uint64_t kOwnersPerPage = Page::kWords;

/// Enters what one layer's map page says of blocks that no higher layer has.
/// Returns how many it has decided.
std::size_t take_states(const Page& page, std::size_t layer, std::uint64_t first_in_page,
                        std::span<Owner> owners)
{
    std::size_t decided = 0;
    std::size_t index = 0;
    while (index < owners.size()) {
        const auto block = first_in_page + index;
        if (block % kBlocksPerMapWord == 0 && page.word(block / kBlocksPerMapWord) == 0) {
            index += kBlocksPerMapWord;  // a whole word of absent blocks
            continue;
        }
        if (!owners[index].is_known()) {
            const auto state = state_in(page, block);
            if (state != BlockState::kAbsent) {
                owners[index] = Owner::of(layer, state);
                ++decided;
            }
        }
        ++index;
    }
    return decided;
}

}  // namespace

struct LayerStack::BoundIndex {
    /// Where a layer of the index's table stands; one that has been merged is in one of its
    /// neighbours.
    struct Place {
        std::uint32_t layer = 0;  // or the nearest above
        bool is_exact = false;
        std::optional<std::uint32_t> below;
    };

    std::shared_ptr<LayerIndex> index;
    std::vector<Place> places;
};

struct LayerStack::Shared {
    /// Of the newest of these stacks.
    std::atomic<std::size_t> layers{0};

    Mutex mutex{LockLevel::kBoundIndexes};
    /// By the layer's place and the segment, with the index that was bound.
    std::map<std::pair<std::size_t, std::uint32_t>, std::shared_ptr<const BoundIndex>> found
        GUARDED_BY(mutex);
};

LayerStack::LayerStack(PageCache& pages, std::vector<std::shared_ptr<Layer>> bottom_first)
    : LayerStack(pages, pages.new_owner(), std::move(bottom_first), std::make_shared<Shared>())
{
}

LayerStack::LayerStack(PageCache& pages, std::uint64_t cache_owner,
                       std::vector<std::shared_ptr<Layer>> bottom_first,
                       std::shared_ptr<Shared> shared)
    : pages_(pages),
      cache_owner_(cache_owner),
      layers_(std::move(bottom_first)),
      shared_(std::move(shared))
{
    shared_->layers = layers_.size();
}

std::shared_ptr<const LayerStack> LayerStack::with_top(std::shared_ptr<Layer> top) const
{
    auto layers = layers_;
    layers.push_back(std::move(top));
    return std::shared_ptr<const LayerStack>(
        new LayerStack(pages_, cache_owner_, std::move(layers), shared_));
}

std::shared_ptr<const LayerStack> LayerStack::without(LayerId layer) const
{
    auto layers = layers_;
    const auto found = std::find_if(layers.begin(), layers.end() - 1,
                                    [&](const auto& one) { return one->id() == layer; });
    if (found == layers.end() - 1) {
        return nullptr;
    }
    layers.erase(found);
    return std::make_shared<const LayerStack>(pages_, std::move(layers));
}

void LayerStack::find_owners(std::uint64_t first_block, std::span<Owner> out) const
{
    while (!out.empty()) {
        const auto part =
            std::min<std::uint64_t>(out.size(), kOwnersPerPage - first_block % kOwnersPerPage);
        find_in_page(first_block, out.first(part));
        first_block += part;
        out = out.subspan(part);
    }
}

void LayerStack::find_in_page(std::uint64_t first_block, std::span<Owner> out) const
{
    const auto page = pages_.find_or_make(cache_owner_, first_block / kOwnersPerPage);
    const auto inside = first_block % kOwnersPerPage;
    const auto take_known = [&] {
        bool all_known = true;
        for (std::size_t index = 0; index < out.size(); ++index) {
            out[index] = Owner::from_word(page->word(inside + index));
            all_known = all_known && out[index].is_known();
        }
        return all_known;
    };
    if (take_known()) {
        return;
    }
    try {
        remember_page(*page, first_block - inside);
        if (take_known()) {
            return;
        }
    } catch (const StorageError&) {
        // A damaged layer below may have nothing to do with the blocks that are asked for.
    }
    std::fill(out.begin(), out.end(), Owner());
    scan(first_block, out);
    for (std::size_t index = 0; index < out.size(); ++index) {
        page->set_word(inside + index, out[index].word());
    }
}

void LayerStack::remember_page(Page& page, std::uint64_t first_block) const
{
    std::array<Owner, kOwnersPerPage> owners;
    scan(first_block, owners);
    // The caller holds only some of the blocks. Who writes others sets their words afterwards, in
    // this page or, when it has been dropped, in the next; but nothing may be filled in from here
    // once there is a new top, whose writers may have set theirs in a page before this one.
    if (shared_->layers != layers_.size()) {
        return;
    }
    for (std::size_t index = 0; index < owners.size(); ++index) {
        page.fill_word(index, owners[index].word());
    }
}

void LayerStack::scan(std::uint64_t first_block, std::span<Owner> out, Indexes indexes) const
{
    while (!out.empty()) {
        const auto inside = first_block % kBlocksPerMapPage;
        const auto part = std::min<std::uint64_t>(out.size(), kBlocksPerMapPage - inside);
        const auto owners = out.first(part);
        auto open = static_cast<std::size_t>(
            std::count_if(owners.begin(), owners.end(), [](Owner o) { return !o.is_known(); }));
        ask_layers(first_block, owners, open, indexes, layers_.size());
        for (auto& owner : owners) {
            owner = owner.is_known() ? owner : Owner::nobody();
        }
        first_block += part;
        out = out.subspan(part);
    }
}

std::size_t LayerStack::ask_layers(std::uint64_t first_block, std::span<Owner> owners,
                                   std::size_t open, Indexes indexes, std::size_t layers) const
{
    const auto inside = first_block % kBlocksPerMapPage;
    for (auto index = layers; index > 0 && open > 0; --index) {
        auto& layer = *layers_[index - 1];
        // An index says all that the chain up to its layer knows.
        if (layer.is_sealed() && indexes == Indexes::kAsked) {
            open -= ask_index(index - 1, first_block, owners);
        }
        if (open == 0) {
            break;
        }
        const auto page = layer.map_page(first_block / kBlocksPerMapPage);
        if (page && page != pages_.zero_page()) {
            open -= take_states(*page, index - 1, inside, owners);
        }
    }
    return open;
}

std::size_t LayerStack::ask_index(std::size_t layer, std::uint64_t first_block,
                                  std::span<Owner> owners) const
{
    const auto segment = static_cast<std::uint32_t>(first_block / kBlocksPerSegment);
    const auto bound = bound_index(layer, segment);
    if (!bound) {
        return 0;
    }
    std::size_t decided = 0;
    try {
        std::shared_ptr<const Page> page;
        for (std::size_t index = 0; index < owners.size(); ++index) {
            const auto inside = (first_block + index) % kBlocksPerSegment;
            if (!page || inside % kOwnersPerPage == 0) {
                page = bound->index->has_segment(segment)
                           ? bound->index->page(inside / kOwnersPerPage)
                           : pages_.zero_page();
            }
            if (!owners[index].is_known()) {
                const auto word = page->word(inside % kOwnersPerPage);
                owners[index] = word == 0
                                    ? Owner::nobody()
                                    : resolve(*bound, first_block + index, Owner::from_word(word));
                decided += owners[index].is_known() ? 1 : 0;
            }
        }
    } catch (const StorageError& error) {
        if (error.error_number == ESTALE) {
            layers_[layer]->forget_index();
        } else if (error.is_damage()) {
            layers_[layer]->ignore_index();
        } else {
            throw;
        }
    }
    return decided;
}

std::shared_ptr<const LayerStack::BoundIndex> LayerStack::bound_index(std::size_t layer,
                                                                      std::uint32_t segment) const
{
    auto index = layers_[layer]->index(0);
    if (index && index->has_segment(segment) && segment != 0) {
        index = layers_[layer]->index(segment);
    }
    if (!index) {
        return nullptr;
    }
    const Lock lock(shared_->mutex);
    auto& known = shared_->found[{layer, segment}];
    if (known && known->index == index) {
        return known->places.empty() ? nullptr : known;
    }
    auto bound = std::make_shared<BoundIndex>();
    bound->index = std::move(index);
    std::uint32_t next = 0;  // the lowest layer of the stack that the table has not named yet
    for (const auto id : bound->index->layers()) {
        BoundIndex::Place place;
        place.layer = next;
        place.is_exact = next <= layer && layers_[next]->id() == id;
        if (next > 0) {
            place.below = next - 1;
        }
        next += place.is_exact ? 1 : 0;
        bound->places.push_back(place);
    }
    if (next != layer + 1) {
        bound->places.clear();  // of another chain
    }
    known = bound;
    return bound->places.empty() ? nullptr : known;
}

Owner LayerStack::resolve(const BoundIndex& bound, std::uint64_t block, Owner found) const
{
    const auto& place = bound.places[found.layer()];
    if (place.is_exact) {
        return Owner::of(place.layer, found.is_data() ? BlockState::kData : BlockState::kZero);
    }
    // Merged: whoever has taken its blocks stands next to where it stood, and if the one above has
    // the block, it is that one, for no layer above had it before.
    const auto above = layers_[place.layer]->state(block);
    if (above != BlockState::kAbsent) {
        return Owner::of(place.layer, above);
    }
    const auto below = place.below ? layers_[*place.below]->state(block) : BlockState::kAbsent;
    return below == BlockState::kAbsent ? Owner() : Owner::of(*place.below, below);
}

void LayerStack::set_top_owner(std::uint64_t first_block, std::uint64_t count,
                               BlockState state) const
{
    set_owners(first_block, count, Owner::of(top_index(), state));
}

void LayerStack::forget_owners(std::uint64_t first_block, std::uint64_t count) const
{
    set_owners(first_block, count, Owner::forgotten());
}

void LayerStack::set_owners(std::uint64_t first_block, std::uint64_t count, Owner owner) const
{
    std::shared_ptr<Page> page;
    for (auto block = first_block; block < first_block + count; ++block) {
        if (!page || block % kOwnersPerPage == 0) {
            page = pages_.find_or_make(cache_owner_, block / kOwnersPerPage);
        }
        page->set_word(block % kOwnersPerPage, owner.word());
    }
}

std::uint64_t LayerStack::look_ahead(std::uint64_t block, std::uint64_t limit,
                                     std::vector<Owner>& out) const
{
    out.clear();
    if (!has_segment(static_cast<std::uint32_t>(block / kBlocksPerSegment))) {
        return std::min(limit, kBlocksPerSegment - block % kBlocksPerSegment);
    }
    const auto count = std::min(limit, kBlocksPerMapPage - block % kBlocksPerMapPage);
    if (has_map_page(block / kBlocksPerMapPage)) {
        out.resize(count);
        scan(block, out);
    }
    return count;
}

bool LayerStack::has_map_page(std::uint64_t number) const
{
    const auto segment = static_cast<std::uint32_t>(number / kMapPagesPerSegment);
    constexpr auto kPages = kBlocksPerMapPage / kOwnersPerPage;
    for (auto index = layers_.size(); index > 0; --index) {
        auto& layer = *layers_[index - 1];
        const auto bound = layer.is_sealed() ? bound_index(index - 1, segment) : nullptr;
        if (bound) {
            const auto first = number % kMapPagesPerSegment * kPages;
            bool has_any = false;
            for (auto page = first; bound->index->has_segment(segment) && page < first + kPages;
                 ++page) {
                has_any = has_any || has_owners(*bound->index, page);
            }
            return has_any;
        }
        const auto page = layer.map_page(number);
        if (page && page != pages_.zero_page()) {
            return true;
        }
    }
    return false;
}

bool LayerStack::may_have_owners(std::uint64_t map_page) const
{
    const auto has_page = [&](const auto& layer) {
        const auto page = layer->map_page(map_page);
        return page && page != pages_.zero_page();
    };
    return std::any_of(layers_.begin(), layers_.end(), has_page) || has_map_page(map_page);
}

bool LayerStack::has_owners(LayerIndex& index, std::uint64_t page) const
{
    try {
        return index.page(page) != pages_.zero_page();
    } catch (const StorageError& error) {
        if (!error.is_damage() && error.error_number != ESTALE) {
            throw;
        }
        return true;  // scan() finds out from the maps
    }
}

bool LayerStack::has_segment(std::uint32_t number) const
{
    for (auto index = layers_.size(); index > 0; --index) {
        auto& layer = *layers_[index - 1];
        if (layer.has_segment(number)) {
            return true;
        }
        if (layer.is_sealed()) {
            if (const auto bound = bound_index(index - 1, number)) {
                return bound->index->has_segment(number);
            }
        }
    }
    return false;
}

void LayerStack::read(std::uint64_t offset, std::span<std::byte> out,
                      std::span<const Owner> owners) const
{
    const auto first_block = offset / kBlockSize;
    while (!out.empty()) {
        const auto block = offset / kBlockSize;
        const auto owner = owners[block - first_block];
        auto end_block = block + 1;
        while (end_block - first_block < owners.size() &&
               owners[end_block - first_block] == owner) {
            ++end_block;
        }
        const auto part = std::min<std::uint64_t>(out.size(), end_block * kBlockSize - offset);
        if (owner.is_data()) {
            read_layer(owner.layer(), offset, out.first(part));
        } else {
            std::fill_n(out.begin(), part, std::byte{0});
        }
        offset += part;
        out = out.subspan(part);
    }
}

void LayerStack::read_layer(std::size_t layer, std::uint64_t offset, std::span<std::byte> out) const
{
    auto& of = *layers_[layer];
    const auto blocks = BlockRange::around(offset, out.size());
    if (!of.has_partial(blocks.first, blocks.count)) {
        return of.read(offset, out);
    }
    while (!out.empty()) {
        const auto part = std::min<std::uint64_t>(out.size(), kBlockSize - offset % kBlockSize);
        if (const auto units = of.units(offset / kBlockSize)) {
            read_partial(layer, units, offset, out.first(part));
        } else {
            of.read(offset, out.first(part));
        }
        offset += part;
        out = out.subspan(part);
    }
}

void LayerStack::read_partial(std::size_t layer, Units units, std::uint64_t offset,
                              std::span<std::byte> out) const
{
    const auto below = owner_below(layer, offset / kBlockSize);
    read(offset, out, std::span(&below, 1));
    const auto first = offset % kBlockSize;
    const auto last = first + out.size();
    for_each_run(units, [&](std::uint64_t begin, std::uint64_t end) {
        const auto from = std::max(begin, first);
        const auto to = std::min(end, last);
        if (from < to) {
            layers_[layer]->read(offset - first + from, out.subspan(from - first, to - from));
        }
    });
}

Owner LayerStack::owner_below(std::size_t layer, std::uint64_t block) const
{
    Owner owner;
    ask_layers(block, std::span(&owner, 1), 1, Indexes::kAsked, layer);
    return owner.is_known() ? owner : Owner::nobody();
}

void LayerStack::complete(std::size_t layer, std::uint64_t block) const
{
    layers_[layer]->complete(block, [&](std::span<std::byte> bytes) {
        const auto below = owner_below(layer, block);
        read(block * kBlockSize, bytes, std::span(&below, 1));
    });
}

void LayerStack::complete_all(std::size_t layer) const
{
    for (const auto block : layers_[layer]->partial_blocks()) {
        complete(layer, block);
    }
}

}  // namespace amilab
