#include "server/services/ec2/volumes/volume_sources.h"

#include "server/services/ec2/common/errors.h"
#include "server/services/ec2/common/ids.h"
#include "storage/metadata/snapshots/fast_restore_rows.h"
#include "storage/metadata/snapshots/snapshot_tier_rows.h"

namespace amilab::ec2 {

SnapshotRow require_usable_snapshot(Session& session, std::string_view id_text)
{
    const auto id = parse_id<SnapshotId>(id_text);
    auto snapshot = select_visible_snapshot(session.db(), session.account(), session.region(), id);
    if (!snapshot) {
        throw not_found(id);
    }
    require_completed(*snapshot);
    require_not_archived(session, id);
    return *snapshot;
}

void require_completed(const SnapshotRow& snapshot)
{
    if (snapshot.state != SnapshotState::kCompleted) {
        throw snapshot_in_invalid_state(text_of(snapshot.state));
    }
}

void require_not_archived(Session& session, const SnapshotId& id)
{
    if (is_archived(session.db(), id, session.now_ms())) {
        throw snapshot_is_archived(id);
    }
}

bool is_restored_fast(Session& session, const std::optional<SnapshotRow>& snapshot,
                      std::string_view zone, const std::optional<std::int64_t>& initialization_rate)
{
    if (!snapshot || initialization_rate) {
        return false;
    }
    const auto row = select_fast_restore(session.db(), session.account(), session.region(),
                                         snapshot->id, zone, session.now_ms());
    return row && row->state == FastRestoreState::kEnabled;
}

}  // namespace amilab::ec2
