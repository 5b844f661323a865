#include "storage/upkeep/snapshot_sizes.h"

#include <utility>

#include "storage/base/owned_work.h"
#include "storage/base/storage_error.h"
#include "storage/base/units.h"
#include "storage/blocks/block_store.h"
#include "storage/blocks/written_bytes.h"
#include "storage/metadata/layers/layer_rows.h"
#include "storage/metadata/sql/connections.h"
#include "storage/metadata/sql/transaction.h"

namespace amilab {

namespace {

bool is_empty(const Snapshot& snapshot)
{
    const auto first = snapshot.extents(0, snapshot.size()).next();
    return first && first->kind == Extent::Kind::kHole && first->length == snapshot.size();
}

/// From what the snapshot below holds, where that has been counted, and what was written since;
/// else from all maps.
std::optional<std::int64_t> count(BlockStore& blocks, Database& db, const UncountedSnapshot& one)
{
    try {
        const auto size_bytes = static_cast<std::uint64_t>(one.volume_size_gib) * kGiB;
        const auto below_bytes = select_full_size_below(db, one.layer_id);
        const auto top = blocks.open_snapshot({one.layer_id}, size_bytes);
        if (below_bytes && is_empty(*top)) {
            return below_bytes;
        }
        auto chain = select_layer_chain(db, one.layer_id);
        const auto snapshot = blocks.open_snapshot(chain, size_bytes);
        if (!below_bytes) {
            return static_cast<std::int64_t>(
                written_bytes(snapshot->extents(0, size_bytes), kEbsBlockBytes));
        }
        chain.erase(chain.begin());
        const auto below = blocks.open_snapshot(chain, size_bytes);
        return *below_bytes + bytes_written_above(*below, *top, *snapshot, kEbsBlockBytes);
    } catch (const StorageError&) {
        // Damaged, or gone since: whoever reads it is told.
        return std::nullopt;
    }
}

}  // namespace

std::optional<std::int64_t> full_snapshot_size(BlockStore& blocks, Database& db,
                                               const SnapshotRow& row)
{
    if (row.full_size_bytes || !row.layer_id) {
        return row.full_size_bytes;
    }
    return count(blocks, db,
                 {.id = row.id, .layer_id = *row.layer_id, .volume_size_gib = row.volume_size_gib});
}

void count_snapshots_later(OwnedWork& work, Connections& connections, BlockStore& blocks,
                           std::vector<SnapshotId> ids)
{
    work.post_idle([&connections, &blocks, ids = std::move(ids)] {
        std::vector<std::pair<SnapshotId, std::int64_t>> sizes;
        {
            auto reader = connections.reader();
            for (const auto& id : ids) {
                const auto one = select_uncounted_snapshot(reader.db(), id);
                const auto size = one ? count(blocks, reader.db(), *one) : std::nullopt;
                if (size) {
                    sizes.emplace_back(id, *size);
                }
            }
        }
        auto writer = connections.writer();
        Transaction transaction(writer.db());
        for (const auto& [id, size] : sizes) {
            set_snapshot_full_size(writer.db(), id, size);
        }
        transaction.commit();
    });
}

}  // namespace amilab
