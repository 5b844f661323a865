#include "storage/blocks/layer_stack.h"

#include <algorithm>
#include <utility>

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

LayerStack::LayerStack(PageCache& pages, std::vector<std::shared_ptr<Layer>> bottom_first)
    : LayerStack(pages, pages.new_owner(), std::move(bottom_first))
{
}

LayerStack::LayerStack(PageCache& pages, std::uint64_t cache_owner,
                       std::vector<std::shared_ptr<Layer>> bottom_first)
    : pages_(pages), cache_owner_(cache_owner), layers_(std::move(bottom_first))
{
}

std::shared_ptr<const LayerStack> LayerStack::with_top(std::shared_ptr<Layer> top) const
{
    auto layers = layers_;
    layers.push_back(std::move(top));
    return std::shared_ptr<const LayerStack>(
        new LayerStack(pages_, cache_owner_, std::move(layers)));
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
    bool all_known = true;
    for (std::size_t index = 0; index < out.size(); ++index) {
        out[index] = Owner::from_word(page->word(inside + index));
        all_known = all_known && out[index].is_known();
    }
    if (all_known) {
        return;
    }
    scan(first_block, out);
    for (std::size_t index = 0; index < out.size(); ++index) {
        page->set_word(inside + index, out[index].word());
    }
}

void LayerStack::scan(std::uint64_t first_block, std::span<Owner> out) const
{
    while (!out.empty()) {
        const auto inside = first_block % kBlocksPerMapPage;
        const auto part = std::min<std::uint64_t>(out.size(), kBlocksPerMapPage - inside);
        const auto owners = out.first(part);
        auto open = static_cast<std::size_t>(
            std::count_if(owners.begin(), owners.end(), [](Owner o) { return !o.is_known(); }));
        for (auto index = layers_.size(); index > 0 && open > 0; --index) {
            const auto page = layers_[index - 1]->map_page(first_block / kBlocksPerMapPage);
            if (page && page != pages_.zero_page()) {
                open -= take_states(*page, index - 1, inside, owners);
            }
        }
        for (auto& owner : owners) {
            owner = owner.is_known() ? owner : Owner::nobody();
        }
        first_block += part;
        out = out.subspan(part);
    }
}

void LayerStack::set_top_owner(std::uint64_t first_block, std::uint64_t count,
                               BlockState state) const
{
    set_owners(first_block, count, Owner::of(top_index(), state));
}

void LayerStack::forget_owners(std::uint64_t first_block, std::uint64_t count) const
{
    set_owners(first_block, count, Owner());
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
    return std::any_of(layers_.begin(), layers_.end(), [&](const auto& layer) {
        const auto page = layer->map_page(number);
        return page && page != pages_.zero_page();
    });
}

bool LayerStack::has_segment(std::uint32_t number) const
{
    return std::any_of(layers_.begin(), layers_.end(),
                       [&](const auto& layer) { return layer->has_segment(number); });
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
            layers_[owner.layer()]->read(offset, out.first(part));
        } else {
            std::fill_n(out.begin(), part, std::byte{0});
        }
        offset += part;
        out = out.subspan(part);
    }
}

}  // namespace amilab
