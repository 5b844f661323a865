#include "storage/state/space.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "storage/base/units.h"
#include "storage/blocks/block_store.h"
#include "storage/metadata/settings/account_content_rows.h"
#include "storage/state/generation.h"

namespace amilab {

namespace {

struct Node {
    std::optional<LayerId> parent;
    std::size_t children = 0;
    std::size_t disks = 0;
    std::uint64_t bytes = 0;
    /// With what lies below it; of sum_chains().
    std::uint64_t chain_bytes = 0;
    bool is_summed = false;

    bool is_shared() const { return children + disks > 1; }
};
using Nodes = std::map<LayerId, Node>;

/// Of each layer the bytes of it and of all below it. One look at each layer, however long the
/// chains and however many stand on them.
void sum_chains(Nodes& nodes)
{
    std::vector<Node*> pending;
    for (auto& [id, first] : nodes) {
        auto* node = &first;
        while (!node->is_summed) {
            node->is_summed = true;
            pending.push_back(node);
            if (!node->parent) {
                break;
            }
            node = &nodes.at(*node->parent);
        }
        while (!pending.empty()) {
            auto& above = *pending.back();
            pending.pop_back();
            const auto below = above.parent ? nodes.at(*above.parent).chain_bytes : 0;
            above.chain_bytes = above.bytes + below;
        }
    }
}

/// What lies below something shared is shared: what is not, no other disk's walk passes.
DiskSpace measure(const Nodes& nodes, DiskRow disk)
{
    DiskSpace space;
    space.logical_bytes = static_cast<std::uint64_t>(disk.size_gib) * kGiB;
    std::optional<LayerId> next = disk.layer;
    while (next) {
        const auto& node = nodes.at(*next);
        if (node.is_shared()) {
            space.shared_bytes = node.chain_bytes;
            break;
        }
        space.own_bytes += node.bytes;
        next = node.parent;
    }
    space.disk = std::move(disk);
    return space;
}

/// All that the disks' chains have.
std::set<LayerId> needed_layers(const Nodes& nodes, const std::vector<const DiskSpace*>& disks)
{
    std::set<LayerId> needed;
    for (const auto* disk : disks) {
        std::optional<LayerId> next = disk->disk.layer;
        while (next && needed.insert(*next).second) {
            next = nodes.at(*next).parent;
        }
    }
    return needed;
}

AccountSpace measure_account(Database& db, const Nodes& nodes,
                             const std::vector<const DiskSpace*>& disks, std::string account)
{
    AccountSpace space;
    space.disks = static_cast<std::int64_t>(disks.size());
    for (const auto* disk : disks) {
        space.logical_bytes += disk->logical_bytes;
    }
    for (const auto layer : select_layers_held_by(db, account)) {
        space.held_bytes += nodes.at(layer).bytes;
    }
    for (const auto layer : needed_layers(nodes, disks)) {
        space.shared_bytes += nodes.at(layer).bytes;
    }
    space.shared_bytes -= space.held_bytes;  // all that is held is needed
    space.account = std::move(account);
    return space;
}

std::vector<AccountSpace> measure_accounts(Database& db, const Nodes& nodes,
                                           const std::vector<DiskSpace>& disks)
{
    std::map<std::string, std::vector<const DiskSpace*>, std::less<>> by_owner;
    for (const auto& disk : disks) {
        by_owner[disk.disk.owner].push_back(&disk);
    }
    std::vector<AccountSpace> accounts;
    for (const auto& [account, rows] : count_account_rows(db)) {
        accounts.push_back(measure_account(db, nodes, by_owner[account], account));
        accounts.back().rows = rows;
    }
    return accounts;
}

}  // namespace

Space measure_space(Generation& generation)
{
    auto lease = generation.reader();
    Nodes nodes;
    Space space;
    const auto sizes = generation.blocks().allocated_bytes_of_all();
    for (const auto& row : select_layers(lease.db())) {
        auto& node = nodes[row.id];
        node.parent = row.parent;
        const auto size = sizes.find(row.id);
        node.bytes = size != sizes.end() ? size->second : 0;
        space.allocated_bytes += node.bytes;
        if (row.parent) {
            ++nodes[*row.parent].children;
        }
    }
    for (const auto layer : select_referred_layers(lease.db())) {
        ++nodes[layer].disks;
    }
    sum_chains(nodes);
    for (auto& disk : select_disks(lease.db())) {
        space.disks.push_back(measure(nodes, std::move(disk)));
    }
    space.accounts = measure_accounts(lease.db(), nodes, space.disks);
    return space;
}

std::uint64_t measure_held_bytes(Generation& generation, std::string_view account)
{
    auto lease = generation.reader();
    std::int64_t largest_gib = 0;
    for (const auto& disk : select_disks_of(lease.db(), account)) {
        largest_gib = std::max(largest_gib, disk.size_gib);
    }
    const auto size_bytes = static_cast<std::uint64_t>(largest_gib) * kGiB;
    std::uint64_t bytes = 0;
    for (const auto layer : select_layers_held_by(lease.db(), account)) {
        bytes += generation.blocks().allocated_bytes(layer, size_bytes);
    }
    return bytes;
}

}  // namespace amilab
