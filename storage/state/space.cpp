#include "storage/state/space.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "storage/base/units.h"
#include "storage/blocks/block_store.h"
#include "storage/metadata/s3/object_bytes_rows.h"
#include "storage/metadata/settings/account_content_rows.h"
#include "storage/state/generation.h"
#include "storage/state/stores.h"

namespace amilab {

namespace {

struct LayerNode {
    std::optional<LayerId> parent;
    /// How many layers, volumes and snapshots stand on it.
    std::size_t uses = 0;
    std::uint64_t bytes = 0;
    /// With what lies below it; of sum_chains().
    std::uint64_t chain_bytes = 0;
    bool is_summed = false;

    bool is_shared() const { return uses > 1; }
};
using Nodes = std::map<LayerId, LayerNode>;

/// Of each layer the bytes of it and of all below it. One look at each layer, however long the
/// chains and however many stand on them.
void sum_chains(Nodes& nodes)
{
    std::vector<LayerNode*> pending;
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

std::uint64_t bytes_of_gib(std::int64_t gib)
{
    return static_cast<std::uint64_t>(gib) * kGiB;
}

std::vector<const DiskSpace*> pointers_to(const std::vector<DiskSpace>& disks)
{
    std::vector<const DiskSpace*> pointers;
    for (const auto& disk : disks) {
        pointers.push_back(&disk);
    }
    return pointers;
}

/// What lies below something shared is shared: what is not, no other disk's walk passes.
DiskSpace measure(const Nodes& nodes, DiskRow disk)
{
    DiskSpace space;
    space.logical_bytes = bytes_of_gib(disk.size_gib);
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
    space.held_bytes += static_cast<std::uint64_t>(sum_held_bytes(db, account));
    space.account = std::move(account);
    return space;
}

std::vector<DiskSpace> measure_all(Nodes& nodes, std::vector<DiskRow>&& disks)
{
    sum_chains(nodes);
    std::vector<DiskSpace> spaces;
    spaces.reserve(disks.size());
    for (auto& disk : disks) {
        spaces.push_back(measure(nodes, std::move(disk)));
    }
    return spaces;
}

/// The layers of the disks' chains.
Nodes nodes_of(Generation& generation, Database& db, const std::vector<DiskRow>& disks)
{
    std::vector<LayerId> tops;
    for (const auto& disk : disks) {
        tops.push_back(disk.layer);
    }
    Nodes nodes;
    for (const auto& layer : select_layers_below(db, tops)) {
        auto& node = nodes[layer.id];
        node.parent = layer.parent;
        node.uses = static_cast<std::size_t>(layer.uses);
        node.bytes = generation.stores().blocks().allocated_bytes(layer.id);
    }
    return nodes;
}

std::vector<AccountSpace> measure_accounts(Database& db, const Nodes& nodes,
                                           const std::vector<DiskSpace>& disks)
{
    std::map<std::string, std::vector<const DiskSpace*>, std::less<>> by_owner;
    for (const auto& disk : disks) {
        by_owner[disk.disk.owner].push_back(&disk);
    }
    auto rows_of = count_account_rows(db);
    for (auto& account : select_blob_accounts(db)) {
        rows_of.try_emplace(std::move(account), 0);
    }
    std::vector<AccountSpace> accounts;
    for (const auto& [account, rows] : rows_of) {
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
    const auto sizes = generation.stores().blocks().allocated_bytes_of_all();
    for (const auto& row : select_layers(lease.db())) {
        auto& node = nodes[row.id];
        node.parent = row.parent;
        const auto size = sizes.find(row.id);
        node.bytes = size != sizes.end() ? size->second : 0;
        space.allocated_bytes += node.bytes;
        if (row.parent) {
            ++nodes[*row.parent].uses;
        }
    }
    for (const auto layer : select_referred_layers(lease.db())) {
        ++nodes[layer].uses;
    }
    space.allocated_bytes += static_cast<std::uint64_t>(sum_held_bytes(lease.db()));
    space.disks = measure_all(nodes, select_disks(lease.db()));
    space.accounts = measure_accounts(lease.db(), nodes, space.disks);
    return space;
}

Space measure_space(Generation& generation, const std::string& account)
{
    auto lease = generation.reader();
    auto disks = select_disks_of(lease.db(), account);
    auto nodes = nodes_of(generation, lease.db(), disks);
    Space space;
    space.disks = measure_all(nodes, std::move(disks));
    space.accounts = {measure_account(lease.db(), nodes, pointers_to(space.disks), account)};
    auto& totals = space.accounts.front();
    totals.rows = count_rows_of(lease.db(), account);
    space.allocated_bytes = totals.held_bytes + totals.shared_bytes;
    return space;
}

std::vector<DiskSpace> measure_disks(Generation& generation, const DiskPage& page)
{
    auto lease = generation.reader();
    auto disks = select_disk_page(lease.db(), page);
    auto nodes = nodes_of(generation, lease.db(), disks);
    return measure_all(nodes, std::move(disks));
}

std::uint64_t measure_held_bytes(Generation& generation, std::string_view account)
{
    auto lease = generation.reader();
    auto bytes = static_cast<std::uint64_t>(sum_held_bytes(lease.db(), account));
    for (const auto layer : select_layers_held_by(lease.db(), account)) {
        auto& blocks = generation.stores().blocks();
        bytes += blocks.allocated_bytes(layer) + blocks.unfilled_bytes(layer);
    }
    return bytes;
}

}  // namespace amilab
