#include "server/calls/new_snapshot.h"

#include <algorithm>
#include <utility>

#include "server/calls/resource_tags.h"
#include "server/calls/snapshot_life.h"
#include "storage/blocks/block_store.h"
#include "storage/metadata/snapshots/snapshot_rows.h"
#include "storage/metadata/tags/product_code_rows.h"
#include "storage/state/generation.h"
#include "storage/state/stores.h"
#include "storage/upkeep/upkeep.h"

namespace amilab {

namespace {

SnapshotRow to_row(const Session& session, NewSnapshot&& wanted)
{
    const bool is_completed = wanted.start == SnapshotStart::kCompleted;
    SnapshotRow row{.id = std::move(wanted.id),
                    .region = session.region(),
                    .owner = std::move(wanted.owner).value_or(session.account()),
                    .layer_id = wanted.layer_id,
                    .volume_id = std::move(wanted.volume_id),
                    .volume_size_gib = wanted.volume_size_gib,
                    .description = std::move(wanted.description),
                    .state = is_completed ? SnapshotState::kCompleted : SnapshotState::kPending,
                    .start_time_ms = session.now_ms(),
                    .encrypted = wanted.encryption.encrypted,
                    .kms_key_id = std::move(wanted.encryption.kms_key_id),
                    .data_key_id = std::move(wanted.encryption.data_key_id),
                    .transfer_type = wanted.transfer_type,
                    .completion_duration_minutes = wanted.completion_duration_minutes,
                    .status_message = std::move(wanted.status_message),
                    .full_size_bytes = wanted.full_size_bytes};
    if (wanted.start == SnapshotStart::kPending) {
        row.due_time_ms = wanted.due_ms.value_or(session.due_ms(kSnapshotPending));
    }
    if (is_completed) {
        row.completion_time_ms = session.now_ms();
    }
    return row;
}

/// What the snapshot below holds, where nothing was written since: there is nothing to count.
std::optional<std::int64_t> known_size(Session& session, LayerId layer)
{
    return session.blocks().was_never_written(layer) ? select_full_size_below(session.db(), layer)
                                                     : std::nullopt;
}

/// As snapshot_completed() would have it at the end of this transaction: a row of which nobody sees
/// that it was pending need not be written twice.
SnapshotRow completed_at_once(SnapshotRow row, TimeMs now_ms)
{
    row.state = row.status_message ? SnapshotState::kError : SnapshotState::kCompleted;
    if (!row.status_message) {
        row.completion_time_ms = std::min(*row.due_time_ms, now_ms);
    }
    return row;
}

}  // namespace

SnapshotRow new_snapshot(Session& session, NewSnapshot wanted)
{
    const bool is_open = wanted.start == SnapshotStart::kOpen;
    const auto tags = std::move(wanted.tags);
    const auto product_codes_of = std::move(wanted.product_codes_of);
    auto row = to_row(session, std::move(wanted));
    if (row.layer_id && !row.full_size_bytes && !is_open) {
        row.full_size_bytes = known_size(session, *row.layer_id);
    }
    const bool is_due = row.due_time_ms && *row.due_time_ms <= session.now_ms();
    insert_snapshot(session.db(), is_due ? completed_at_once(row, session.now_ms()) : row);
    if (!product_codes_of.empty()) {
        copy_product_codes(session.db(), product_codes_of, row.id.text());
    }
    store_tags(session, row.id, tags);
    if (row.due_time_ms && !is_due) {
        session.schedule_at(*row.due_time_ms, kSnapshotCompleted, row.id.text());
    }
    if (row.layer_id && !row.full_size_bytes && !is_open) {
        session.after_commit([id = row.id](Generation& generation) {
            generation.stores().upkeep().count_snapshots_later({id});
        });
    }
    return row;
}

}  // namespace amilab
