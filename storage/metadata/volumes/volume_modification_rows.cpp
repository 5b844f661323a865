#include "storage/metadata/volumes/volume_modification_rows.h"

#include <algorithm>

#include "storage/metadata/sql/statement.h"

namespace amilab {

namespace {

std::int64_t next_number(Database& db, const VolumeId& volume)
{
    Statement select(
        db, "SELECT COALESCE(MAX(number), 0) + 1 FROM volume_modification WHERE volume_id = ?");
    select.bind(volume);
    select.step();
    return select.row().integer();
}

}  // namespace

void insert_volume_modification(Database& db, VolumeModificationRow row, TimeMs forget_before_ms)
{
    Statement(db, "DELETE FROM volume_modification WHERE volume_id = ? AND start_time_ms < ?")
        .execute(row.volume_id, forget_before_ms);
    Statement(db, "UPDATE volume_modification SET is_latest = 0 WHERE volume_id = ?")
        .execute(row.volume_id);
    row.number = next_number(db, row.volume_id);
    insert_row<kVolumeModificationColumns>(db, row);
}

std::optional<VolumeModificationRow> select_volume_modification(Database& db,
                                                                const VolumeId& volume)
{
    return select_row<kVolumeModificationColumns>(
        db, "FROM volume_modification m WHERE m.volume_id = ? AND m.is_latest = 1", volume);
}

std::vector<TimeMs> select_modification_starts(Database& db, const VolumeId& volume, TimeMs from_ms)
{
    Statement select(db,
                     "SELECT start_time_ms FROM volume_modification"
                     " WHERE volume_id = ? AND start_time_ms > ? ORDER BY start_time_ms");
    select.bind(volume, from_ms);
    return select.values<TimeMs>();
}

void update_volume_modification(Database& db, const VolumeModificationRow& row)
{
    Statement(db,
              "UPDATE volume_modification SET state = ?, optimizing_time_ms = ?, due_time_ms = ?,"
              " end_time_ms = ? WHERE volume_id = ? AND is_latest = 1")
        .execute(row.state, row.optimizing_time_ms, row.due_time_ms, row.end_time_ms,
                 row.volume_id);
}

std::int64_t modification_progress_percent(const VolumeModificationRow& row, TimeMs now_ms)
{
    constexpr std::int64_t kWhole = 100;
    if (row.state == VolumeModificationState::kCompleted) {
        return kWhole;
    }
    if (row.state != VolumeModificationState::kOptimizing || !row.optimizing_time_ms ||
        !row.due_time_ms || *row.due_time_ms <= *row.optimizing_time_ms) {
        return 0;
    }
    const auto percent =
        (now_ms - *row.optimizing_time_ms) * kWhole / (*row.due_time_ms - *row.optimizing_time_ms);
    return std::clamp<std::int64_t>(percent, 0, kWhole - 1);
}

}  // namespace amilab
