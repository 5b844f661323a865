#pragma once

#include <cstdint>
#include <memory>

#include "storage/blocks/layer.h"
#include "storage/blocks/volume.h"

namespace amilab {

class LayerRegistry;

/// Makes one layer of two neighbours of a chain that nothing else needs apart, in small steps;
/// every reader of either reads the same bytes at each step. Begun again after any end it goes on
/// where it was or does the same once more. One thread. Throws StorageError; the merge may then be
/// dropped.
class LayerMerge {
public:
    enum class Direction {
        /// The child gets what only the parent has, and takes over: the parent's rows go.
        kIntoChild,
        /// The parent gets all that the child has, and takes over: the child's rows go. Nobody may
        /// want the parent's own bytes any more.
        kIntoParent,
    };

    /// For BlockStore::merge_sealed.
    LayerMerge(std::shared_ptr<LayerRegistry> registry, std::shared_ptr<Layer> parent,
               std::shared_ptr<Layer> child, Direction direction);
    /// For BlockStore::merge_into_volume.
    LayerMerge(std::shared_ptr<LayerRegistry> registry, std::shared_ptr<Layer> parent,
               std::shared_ptr<Volume> child);
    ~LayerMerge();
    LayerMerge(const LayerMerge&) = delete;
    LayerMerge& operator=(const LayerMerge&) = delete;

    Direction direction() const { return direction_; }
    LayerId gone() const;

    /// Copies at most `blocks`. False: all is copied, and survives power loss. ESTALE: the volume
    /// has another top by now.
    bool step(std::uint64_t blocks);
    /// The parent may be opened as a snapshot again, as what the child was: for when all is copied,
    /// before a row names it so. Else the destructor does it.
    void open_parent();

private:
    bool find_next();
    void copy(std::uint64_t block);
    void finish();

    std::shared_ptr<LayerRegistry> registry_;
    std::shared_ptr<Layer> parent_;
    std::shared_ptr<Layer> child_;
    std::shared_ptr<Volume> volume_;
    LayerId child_id_;
    Direction direction_;
    std::uint64_t next_block_ = 0;
    bool is_done_ = false;
};

}  // namespace amilab
