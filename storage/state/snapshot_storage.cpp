#include "storage/state/snapshot_storage.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <utility>

#include "storage/base/storage_error.h"
#include "storage/base/units.h"
#include "storage/blocks/block_store.h"
#include "storage/metadata/costs/billed_rows.h"
#include "storage/state/generation.h"
#include "storage/state/stores.h"
#include "storage/upkeep/snapshot_sizes.h"

namespace amilab {

namespace {

/// Numbers of blocks, as runs from a first to before a last, in order and apart from each other.
class BlockSet {
public:
    /// Behind all that it has, or overlapping the last run.
    void append(std::uint64_t first, std::uint64_t stop)
    {
        if (!runs_.empty() && first <= runs_.back().second) {
            runs_.back().second = std::max(runs_.back().second, stop);
        } else {
            runs_.emplace_back(first, stop);
        }
    }

    std::uint64_t count() const
    {
        std::uint64_t blocks = 0;
        for (const auto& [first, stop] : runs_) {
            blocks += stop - first;
        }
        return blocks;
    }

    BlockSet united(const BlockSet& other) const
    {
        auto all = runs_;
        all.insert(all.end(), other.runs_.begin(), other.runs_.end());
        std::sort(all.begin(), all.end());
        BlockSet united;
        for (const auto& [first, stop] : all) {
            united.append(first, stop);
        }
        return united;
    }

    BlockSet common(const BlockSet& other) const
    {
        BlockSet common;
        auto mine = runs_.begin();
        auto others = other.runs_.begin();
        while (mine != runs_.end() && others != other.runs_.end()) {
            const auto first = std::max(mine->first, others->first);
            const auto stop = std::min(mine->second, others->second);
            if (first < stop) {
                common.append(first, stop);
            }
            (mine->second < others->second ? mine : others)++;
        }
        return common;
    }

    std::uint64_t count_without(const BlockSet& other) const
    {
        return count() - common(other).count();
    }

private:
    std::vector<std::pair<std::uint64_t, std::uint64_t>> runs_;
};

/// What a layer has of blocks of EBS.
struct LayerBlocks {
    /// Blocks with bytes.
    BlockSet data;
    /// Blocks that hide what lies below, zeros among them.
    BlockSet hides;
};

LayerBlocks read_blocks(BlockStore& blocks, LayerId layer, std::uint64_t size_bytes)
{
    LayerBlocks read;
    const auto alone = blocks.open_snapshot({layer}, size_bytes);
    auto extents = alone->extents(0, size_bytes);
    while (const auto extent = extents.next()) {
        if (extent->kind == Extent::Kind::kHole) {
            continue;
        }
        const auto first = extent->offset / kEbsBlockBytes;
        const auto stop = (extent->offset + extent->length + kEbsBlockBytes - 1) / kEbsBlockBytes;
        read.hides.append(first, stop);
        if (extent->kind == Extent::Kind::kData) {
            read.data.append(first, stop);
        }
    }
    return read;
}

/// Layers that snapshots read from, as a tree.
struct Node {
    std::optional<LayerId> parent;
    std::vector<LayerId> children;
    /// Which snapshots have it for their top.
    std::vector<std::size_t> tops;
    /// Whose snapshots read from it; none: those of several lots.
    std::optional<std::size_t> lot;
    std::uint64_t data_bytes = 0;
    bool is_paid = false;
};

class Measurement {
public:
    Measurement(Generation& generation, const std::vector<StoredSnapshot>& snapshots)
        : blocks_(generation.stores().blocks()), reader_(generation.reader()), snapshots_(snapshots)
    {
        for (const auto& one : snapshots) {
            size_bytes_ = std::max(size_bytes_, static_cast<std::uint64_t>(one.size_gib) * kGiB);
            lots_ = std::max(lots_, one.lot + 1);
        }
        result_.snapshots.resize(snapshots.size());
        result_.lots.resize(lots_);
    }

    SnapshotStorage run()
    {
        for (std::size_t number = 0; number < snapshots_.size(); ++number) {
            add(number);
        }
        for (auto& [layer, node] : nodes_) {
            try {
                node.data_bytes = count_data(layer, node) * kEbsBlockBytes;
            } catch (const StorageError&) {
                forget_above(layer);  // damaged: whoever reads it is told
            }
        }
        pay();
        for (std::size_t number = 0; number < snapshots_.size(); ++number) {
            if (auto& bytes = result_.snapshots[number]) {
                bytes->gives_back = given_back(snapshots_[number].layer);
            }
        }
        sum_lots();
        return std::move(result_);
    }

private:
    /// The snapshot's chain, down to what is there already.
    void add(std::size_t number)
    {
        const auto top = snapshots_[number].layer;
        std::optional<LayerId> above;
        std::optional<LayerId> next = top;
        while (next) {
            const auto [found, is_new] = nodes_.try_emplace(*next);
            if (is_new) {
                const auto place = select_layer_place(reader_.db(), *next);
                if (!place || !place->is_sealed) {
                    nodes_.erase(found);
                    return;
                }
                found->second.parent = place->parent;
            }
            if (above) {
                found->second.children.push_back(*above);
            }
            if (!is_new) {
                break;
            }
            above = next;
            next = found->second.parent;
        }
        nodes_.at(top).tops.push_back(number);
        result_.snapshots[number].emplace();
    }

    /// The layer's blocks that something may read. Of what is no snapshot's top that is what not
    /// all of its children hide: it is on its way to being merged.
    std::uint64_t count_data(LayerId layer, const Node& node)
    {
        std::optional<BlockSet> hidden;
        for (const auto child : node.tops.empty() ? node.children : std::vector<LayerId>()) {
            const auto& by_child = read(child).hides;
            hidden = hidden ? hidden->common(by_child) : by_child;
        }
        return read(layer).data.count_without(hidden.value_or(BlockSet()));
    }

    void forget_above(LayerId layer)
    {
        std::vector<LayerId> pending = {layer};
        while (!pending.empty()) {
            const auto& node = nodes_.at(pending.back());
            pending.pop_back();
            for (const auto number : node.tops) {
                result_.snapshots[number].reset();
            }
            pending.insert(pending.end(), node.children.begin(), node.children.end());
        }
    }

    /// Kept until the next one is asked for.
    const LayerBlocks& read(LayerId layer)
    {
        if (!last_ || last_->first != layer) {
            last_.emplace(layer, read_blocks(blocks_, layer, size_bytes_));
        }
        return last_->second;
    }

    /// The first of those that read from a layer pays for it.
    void pay()
    {
        std::vector<std::size_t> order(snapshots_.size());
        std::iota(order.begin(), order.end(), std::size_t{0});
        std::stable_sort(order.begin(), order.end(), [&](std::size_t one, std::size_t other) {
            return snapshots_[one].start_time_ms < snapshots_[other].start_time_ms;
        });
        for (const auto number : order) {
            std::optional<LayerId> next = snapshots_[number].layer;
            while (result_.snapshots[number] && next && !nodes_.at(*next).is_paid) {
                auto& node = nodes_.at(*next);
                node.is_paid = true;
                result_.snapshots[number]->stored += node.data_bytes;
                next = node.parent;
            }
        }
    }

    /// What a child, and all that lies between it and the next snapshots, hides of what is below.
    BlockSet hidden_by(LayerId child)
    {
        auto hidden = read(child).hides;
        const auto* node = &nodes_.at(child);
        while (node->tops.empty() && node->children.size() == 1) {
            const auto next = node->children.front();
            hidden = hidden.united(read(next).hides);
            node = &nodes_.at(next);
        }
        return hidden;
    }

    std::uint64_t given_back(LayerId top)
    {
        const auto& node = nodes_.at(top);
        if (node.tops.size() > 1) {
            return 0;
        }
        // Of the blocks that it reads those go that each child hides; without children all of them.
        std::optional<BlockSet> hidden;
        for (const auto child : node.children) {
            auto by_child = hidden_by(child);
            hidden = hidden ? hidden->common(by_child) : std::move(by_child);
        }
        std::uint64_t blocks = 0;
        BlockSet above;
        for (std::optional<LayerId> next = top; next; next = nodes_.at(*next).parent) {
            const auto& one = nodes_.at(*next);
            if (*next != top && (!one.tops.empty() || one.children.size() > 1)) {
                break;
            }
            const auto& its = read(*next);
            const auto goes = hidden ? its.data.common(*hidden) : its.data;
            blocks += goes.count_without(above);
            above = above.united(its.hides);
        }
        return blocks * kEbsBlockBytes;
    }

    /// Layers from the tops down: each knows its lot when all above it are known.
    void sum_lots()
    {
        std::map<LayerId, std::size_t> waits_for;
        std::vector<LayerId> ready;
        for (const auto& [layer, node] : nodes_) {
            waits_for[layer] = node.children.size();
            if (node.children.empty()) {
                ready.push_back(layer);
            }
        }
        while (!ready.empty()) {
            auto& node = nodes_.at(ready.back());
            ready.pop_back();
            node.lot = lot_of(node);
            if (node.lot) {
                result_.lots[*node.lot] += node.data_bytes;
            }
            if (node.parent && --waits_for.at(*node.parent) == 0) {
                ready.push_back(*node.parent);
            }
        }
    }

    std::optional<std::size_t> lot_of(const Node& node) const
    {
        std::optional<std::size_t> lot;
        const auto agrees = [&](std::optional<std::size_t> other) {
            const bool is_first = !lot;
            lot = is_first ? other : lot;
            return other && lot == other;
        };
        for (const auto number : node.tops) {
            if (!agrees(snapshots_[number].lot)) {
                return std::nullopt;
            }
        }
        for (const auto child : node.children) {
            if (!agrees(nodes_.at(child).lot)) {
                return std::nullopt;
            }
        }
        return lot;
    }

    BlockStore& blocks_;
    Reader reader_;
    const std::vector<StoredSnapshot>& snapshots_;
    std::uint64_t size_bytes_ = 0;
    std::size_t lots_ = 0;
    std::map<LayerId, Node> nodes_;
    std::optional<std::pair<LayerId, LayerBlocks>> last_;
    SnapshotStorage result_;
};

}  // namespace

SnapshotStorage measure_snapshot_storage(Generation& generation,
                                         const std::vector<StoredSnapshot>& snapshots)
{
    return Measurement(generation, snapshots).run();
}

}  // namespace amilab
