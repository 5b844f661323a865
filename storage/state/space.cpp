#include "storage/state/space.h"

#include <map>
#include <utility>

#include "storage/base/units.h"
#include "storage/blocks/block_store.h"
#include "storage/state/generation.h"

namespace amilab {

namespace {

struct Node {
    std::optional<LayerId> parent;
    std::size_t children = 0;
    std::size_t disks = 0;
    std::uint64_t bytes = 0;

    bool is_shared() const { return children + disks > 1; }
};
using Nodes = std::map<LayerId, Node>;

DiskSpace measure(const Nodes& nodes, DiskRow disk)
{
    DiskSpace space;
    space.logical_bytes = static_cast<std::uint64_t>(disk.size_gib) * kGiB;
    bool is_shared = false;
    std::optional<LayerId> next = disk.layer;
    while (next) {
        const auto& node = nodes.at(*next);
        // What lies below something shared is shared.
        is_shared = is_shared || node.is_shared();
        (is_shared ? space.shared_bytes : space.own_bytes) += node.bytes;
        next = node.parent;
    }
    space.disk = std::move(disk);
    return space;
}

}  // namespace

Space measure_space(Generation& generation)
{
    auto lease = generation.reader();
    Nodes nodes;
    Space space;
    for (const auto& row : select_layers(lease.db())) {
        auto& node = nodes[row.id];
        node.parent = row.parent;
        node.bytes = generation.blocks().allocated_bytes(row.id);
        space.allocated_bytes += node.bytes;
        if (row.parent) {
            ++nodes[*row.parent].children;
        }
    }
    for (const auto layer : select_referred_layers(lease.db())) {
        ++nodes[layer].disks;
    }
    for (auto& disk : select_disks(lease.db())) {
        space.disks.push_back(measure(nodes, std::move(disk)));
    }
    return space;
}

}  // namespace amilab
