#include "storage/upkeep/snapshot_sizes.h"

#include <map>
#include <utility>
#include <vector>

#include "storage/base/storage_error.h"
#include "storage/base/units.h"
#include "storage/blocks/block_store.h"
#include "storage/blocks/written_bytes.h"
#include "storage/metadata/layers/layer_merge_rows.h"
#include "storage/metadata/layers/layer_rows.h"
#include "storage/metadata/sql/connections.h"
#include "storage/metadata/sql/transaction.h"

namespace amilab {

namespace {

/// What snapshots hold that were counted a moment ago, and whose rows do not say so yet.
using CountedLayers = std::map<LayerId, std::int64_t>;

std::optional<std::int64_t> size_below(Database& db, LayerId layer, const CountedLayers& counted)
{
    if (const auto kept = select_full_size_below(db, layer)) {
        return kept;
    }
    const auto parent = counted.empty() ? std::nullopt : select_layer_parent(db, layer);
    const auto found = parent ? counted.find(*parent) : counted.end();
    return found == counted.end() ? std::nullopt : std::optional(found->second);
}

struct Count {
    std::optional<std::int64_t> bytes{};
    bool looked_at_maps = true;
};

/// From what the snapshot below holds, where that has been counted, and what was written since;
/// else from all maps.
Count count(BlockStore& blocks, Database& db, const UncountedSnapshot& one,
            const CountedLayers& counted)
{
    try {
        const auto size_bytes = static_cast<std::uint64_t>(one.volume_size_gib) * kGiB;
        const auto below_bytes = size_below(db, one.layer_id, counted);
        if (below_bytes && blocks.is_empty_layer(one.layer_id)) {
            return {.bytes = below_bytes, .looked_at_maps = false};
        }
        auto chain = select_layer_chain(db, one.layer_id);
        const auto snapshot = blocks.open_snapshot(chain, size_bytes);
        if (!below_bytes || chain.size() == 1) {
            const auto bytes = written_bytes(snapshot->extents(0, size_bytes), kEbsBlockBytes);
            return {.bytes = static_cast<std::int64_t>(bytes)};
        }
        const auto top = blocks.open_snapshot({one.layer_id}, size_bytes);
        chain.erase(chain.begin());
        const auto below = blocks.open_snapshot(chain, size_bytes);
        return {.bytes =
                    *below_bytes + bytes_written_above(*below, *top, *snapshot, kEbsBlockBytes)};
    } catch (const StorageError&) {
        // Damaged, or gone since: whoever reads it is told.
        return {};
    }
}

}  // namespace

std::optional<std::int64_t> full_snapshot_size(BlockStore& blocks, Database& db,
                                               const SnapshotRow& row)
{
    if (row.full_size_bytes || !row.layer_id) {
        return row.full_size_bytes;
    }
    const UncountedSnapshot one{
        .id = row.id, .layer_id = *row.layer_id, .volume_size_gib = row.volume_size_gib};
    return count(blocks, db, one, {}).bytes;
}

std::size_t count_some_snapshots(Connections& connections, BlockStore& blocks,
                                 std::span<const SnapshotId> ids)
{
    std::size_t done = 0;
    std::vector<std::pair<SnapshotId, std::int64_t>> sizes;
    {
        CountedLayers counted;
        auto reader = connections.reader();
        bool looked_at_maps = false;
        for (; done < ids.size() && !looked_at_maps; ++done) {
            const auto one = select_uncounted_snapshot(reader.db(), ids[done]);
            const auto found = one ? count(blocks, reader.db(), *one, counted) : Count{{}, false};
            looked_at_maps = found.looked_at_maps;
            if (found.bytes) {
                counted[one->layer_id] = *found.bytes;
                sizes.emplace_back(ids[done], *found.bytes);
            }
        }
    }
    if (sizes.empty()) {
        return done;
    }
    auto writer = connections.writer();
    Transaction transaction(writer.db());
    for (const auto& [id, size] : sizes) {
        set_snapshot_full_size(writer.db(), id, size);
    }
    transaction.commit();
    return done;
}

}  // namespace amilab
