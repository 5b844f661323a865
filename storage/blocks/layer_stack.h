#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "storage/blocks/layer.h"
#include "storage/blocks/page_cache.h"

namespace amilab {

/// Who decides what a block of a stack reads as, in 32 bits. Layers count from the bottom, so that
/// a new layer on top changes nothing for the blocks below.
class Owner {
public:
    /// Not looked up yet.
    Owner() = default;
    /// No layer has the block; it reads as zeros.
    static Owner nobody() { return Owner(1); }
    static Owner of(std::size_t layer, BlockState state)
    {
        return Owner(static_cast<std::uint32_t>(layer * 2) + (state == BlockState::kZero ? 3 : 2));
    }
    /// Not known any more: only who holds the block may look it up again.
    static Owner forgotten() { return Owner(kForgotten); }
    static Owner from_word(std::uint32_t word) { return Owner(word); }

    bool is_known() const { return word_ != 0 && word_ != kForgotten; }
    bool is_nobody() const { return word_ == 1; }
    bool is_data() const { return word_ >= 2 && word_ % 2 == 0; }
    bool reads_as_zeros() const { return !is_data(); }
    bool is_data_of(std::size_t index) const { return is_data() && layer() == index; }
    std::size_t layer() const { return (word_ - 2) / 2; }
    std::uint32_t word() const { return word_; }
    bool operator==(const Owner&) const = default;

private:
    static constexpr std::uint32_t kForgotten = UINT32_MAX;

    explicit Owner(std::uint32_t word) : word_(word) {}

    std::uint32_t word_ = 0;
};

/// Layers over each other; a block belongs to the highest that has it. Remembers owners in the page
/// cache. Does not change: a volume that gets a new top gets a new stack with the same memory.
/// Callers see to it that nobody writes a block that another looks up or reads. Beyond that safe
/// from any thread. Throws StorageError.
class LayerStack {
public:
    LayerStack(PageCache& pages, std::vector<std::shared_ptr<Layer>> bottom_first);

    /// This stack with an empty layer on top.
    std::shared_ptr<const LayerStack> with_top(std::shared_ptr<Layer> top) const;

    /// Changes when places of layers do.
    std::uint64_t lineage() const { return cache_owner_; }
    std::size_t top_index() const { return layers_.size() - 1; }
    Layer& top() const { return *layers_.back(); }
    Layer& layer(std::size_t index) const { return *layers_[index]; }

    /// The owners of blocks from `first_block` on, from memory or from the maps and indexes.
    /// Remembers those of the blocks around them too: what costs is asking each layer.
    void find_owners(std::uint64_t first_block, std::span<Owner> out) const;
    enum class Indexes { kAsked, kIgnored };
    /// find_owners() without memory, for walks over much: the maps from the top down to the first
    /// layer that has a resolved index, and that.
    void scan(std::uint64_t first_block, std::span<Owner> out,
              Indexes indexes = Indexes::kAsked) const;
    /// Remembers that the top has decided blocks.
    void set_top_owner(std::uint64_t first_block, std::uint64_t count, BlockState state) const;

    /// Forgets what was remembered of blocks, after a change that failed half-way.
    void forget_owners(std::uint64_t first_block, std::uint64_t count) const;

    /// For walks over much: the owners of the next blocks, at most `limit` and one map page, or
    /// none in `out` where nobody has any. Returns how many blocks that was.
    std::uint64_t look_ahead(std::uint64_t block, std::uint64_t limit,
                             std::vector<Owner>& out) const;

    /// Whether any layer has any file for a segment.
    bool has_segment(std::uint32_t number) const;

    /// Whether a layer's map, or the first index from the top, has anything in a page of a map.
    bool may_have_owners(std::uint64_t map_page) const;

    /// This stack without a layer below the top; remembers nothing. Null: it has no such layer.
    std::shared_ptr<const LayerStack> without(LayerId layer) const;

    /// Fills `out`, whose blocks have these owners.
    void read(std::uint64_t offset, std::span<std::byte> out, std::span<const Owner> owners) const;

    /// Makes a partial block of a layer whole.
    void complete(std::size_t layer, std::uint64_t block) const;
    /// Makes all blocks of a layer whole that nobody writes to.
    void complete_all(std::size_t layer) const;

private:
    /// An index and where the layers that it names stand in this stack.
    struct BoundIndex;
    /// What a stack and those with further tops share.
    struct Shared;

    LayerStack(PageCache& pages, std::uint64_t cache_owner,
               std::vector<std::shared_ptr<Layer>> bottom_first, std::shared_ptr<Shared> shared);

    void find_in_page(std::uint64_t first_block, std::span<Owner> out) const;
    void remember_page(Page& page, std::uint64_t first_block) const;
    void set_owners(std::uint64_t first_block, std::uint64_t count, Owner owner) const;
    bool has_map_page(std::uint64_t number) const;
    bool has_owners(LayerIndex& index, std::uint64_t page) const;

    /// Which of the owners that are open are known now, of the first so many layers.
    std::size_t ask_layers(std::uint64_t first_block, std::span<Owner> owners, std::size_t open,
                           Indexes indexes, std::size_t layers) const;
    /// The owner of a block among the layers below one.
    Owner owner_below(std::size_t layer, std::uint64_t block) const;
    void read_layer(std::size_t layer, std::uint64_t offset, std::span<std::byte> out) const;
    /// Reads within a partial block.
    void read_partial(std::size_t layer, Units units, std::uint64_t offset,
                      std::span<std::byte> out) const;
    std::size_t ask_index(std::size_t layer, std::uint64_t first_block,
                          std::span<Owner> owners) const;
    /// Null: there is none, or none that can be used.
    std::shared_ptr<const BoundIndex> bound_index(std::size_t layer, std::uint32_t segment) const;
    Owner resolve(const BoundIndex& bound, std::uint64_t block, Owner found) const;

    PageCache& pages_;
    std::uint64_t cache_owner_;
    std::vector<std::shared_ptr<Layer>> layers_;
    std::shared_ptr<Shared> shared_;
};

}  // namespace amilab
