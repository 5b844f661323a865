#include "storage/metadata/snapshots/snapshot_tier_rows.h"

#include <fmt/format.h>

namespace amilab {

std::string sql_storage_tier(std::string_view snapshot_id, std::string_view now_ms)
{
    constexpr std::string_view kNow = "$now";
    std::string tier(kStorageTier);
    for (auto at = tier.find(kNow); at != tier.npos; at = tier.find(kNow, at + now_ms.size())) {
        tier.replace(at, kNow.size(), now_ms);
    }
    return fmt::format(
        "COALESCE((SELECT {} FROM snapshot_tier t WHERE t.snapshot_id = {}), 'standard')", tier,
        snapshot_id);
}

std::optional<SnapshotTierRow> select_snapshot_tier(Database& db, const SnapshotId& id,
                                                    TimeMs now_ms)
{
    return select_row_at<kSnapshotTierColumns>(db, now_ms,
                                               "FROM snapshot_tier t WHERE t.snapshot_id = ?", id);
}

bool is_archived(Database& db, const SnapshotId& id, TimeMs now_ms)
{
    const auto move = select_snapshot_tier(db, id, now_ms);
    return move && move->tier == storage_tier::kArchive;
}

void put_snapshot_tier(Database& db, const SnapshotTierRow& row)
{
    put_row<kSnapshotTierColumns>(db, row);
}

}  // namespace amilab
