#include "storage/metadata/snapshots/snapshot_tier_rows.h"

namespace amilab {

std::optional<SnapshotTierRow> select_snapshot_tier(Database& db, const SnapshotId& id,
                                                    TimeMs now_ms)
{
    return select_row_at<kSnapshotTierColumns>(db, now_ms,
                                               "FROM snapshot_tier t WHERE t.snapshot_id = ?", id);
}

bool is_archived(Database& db, const SnapshotId& id, TimeMs now_ms)
{
    const auto move = select_snapshot_tier(db, id, now_ms);
    return move && move->tier == StorageTier::kArchive;
}

void put_snapshot_tier(Database& db, const SnapshotTierRow& row)
{
    put_row<kSnapshotTierColumns>(db, row);
}

}  // namespace amilab
