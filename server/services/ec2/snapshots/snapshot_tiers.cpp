#include "server/services/ec2/snapshots/snapshot_tiers.h"

#include "server/calls/layers.h"
#include "server/services/ec2/common/describe.h"
#include "server/services/ec2/common/errors.h"
#include "server/services/ec2/common/resource_tags.h"
#include "server/services/ec2/snapshots/errors.h"
#include "server/services/ec2/snapshots/fast_restores.h"
#include "server/services/ec2/snapshots/snapshots.h"
#include "server/wire/ec2/schema.h"
#include "server/wire/ec2/snapshots/snapshot_tiers.h"
#include "storage/base/units.h"
#include "storage/metadata/snapshots/snapshot_permission_rows.h"
#include "storage/metadata/snapshots/snapshot_tier_rows.h"

namespace amilab::ec2 {

namespace {

/// Where the snapshot is now, when it has ever been moved.
struct Tier {
    SnapshotTierRow row;
    SnapshotTierState state;
};

std::optional<Tier> find_tier(Session& session, const SnapshotId& id)
{
    auto row = select_snapshot_tier(session.db(), id);
    if (!row) {
        return std::nullopt;
    }
    auto state = snapshot_tier_state(*row, session.now_ms());
    return Tier{std::move(*row), std::move(state)};
}

/// Source: "Archive an Amazon EBS snapshot": a completed one of one's own, whose images are all
/// disabled (documented); the codes are assumed.
void check_archivable(Session& session, const SnapshotRow& snapshot)
{
    if (snapshot.state != "completed") {
        throw incorrect_state(snapshot.id.text(), snapshot.state);
    }
    const auto tier = find_tier(session, snapshot.id);
    if (tier && tier->state.is_in_progress) {
        throw tiering_in_progress(snapshot.id, tier->state.status);
    }
    if (tier && tier->state.is_archived) {
        throw snapshot_is_archived(snapshot.id);
    }
    if (tier && tier->state.is_temporary) {
        throw incorrect_state(snapshot.id.text(), "temporarily restored");
    }
    if (const auto image = select_enabled_image_using_snapshot(session.db(), snapshot.id)) {
        throw image_keeps_snapshot(snapshot.id, *image);
    }
}

bool check_restore(const RestoreSnapshotTierRequest& request)
{
    const bool is_permanent = request.permanent_restore.value_or(false);
    if (is_permanent && request.temporary_restore_days) {
        throw parameters_not_together("PermanentRestore", "TemporaryRestoreDays");
    }
    if (!is_permanent && !request.temporary_restore_days) {
        throw missing_parameter("TemporaryRestoreDays or PermanentRestore");
    }
    return is_permanent;
}

SnapshotTierStatus to_answer(Session& session, const TieredSnapshot& snapshot)
{
    SnapshotTierStatus answer;
    answer.snapshot_id = snapshot.id.text();
    answer.owner_id = session.account();
    answer.volume_id = snapshot.volume_id;
    answer.status = snapshot.state;
    answer.tags = tags_of(session, snapshot.id.text());
    answer.storage_tier = "standard";
    if (!snapshot.tier) {
        return answer;
    }
    const auto& row = *snapshot.tier;
    const auto state = snapshot_tier_state(row, session.now_ms());
    answer.storage_tier = state.is_archived ? "archive" : "standard";
    answer.last_tiering_start_time = Timestamp{row.start_ms};
    answer.last_tiering_progress = state.progress_percent;
    answer.last_tiering_operation_status = state.status;
    if (row.archived_ms <= session.now_ms()) {
        answer.archival_complete_time = Timestamp{row.archived_ms};
    }
    if (state.is_temporary) {
        answer.restore_expiry_time = Timestamp{*row.expiry_ms};
    }
    return answer;
}

}  // namespace

// Source: EC2 API Reference, ModifySnapshotTier (documented).
ModifySnapshotTierResponse modify_snapshot_tier(Session& session,
                                                const ModifySnapshotTierRequest& request)
{
    const auto id = parse_id<SnapshotId>(request.snapshot_id);
    stop_if_dry_run(request);

    check_archivable(session, require_own_snapshot(session, id));
    const auto due_ms = session.due_ms(kSnapshotArchiving);
    put_snapshot_tier(session.db(), {.snapshot_id = id,
                                     .operation = "archival",
                                     .start_ms = session.now_ms(),
                                     .due_ms = due_ms,
                                     .archived_ms = due_ms,
                                     .expiry_ms = {}});
    session.schedule_at(due_ms, kSnapshotArchived, id.text());
    return {.snapshot_id = id.text(), .tiering_start_time = session.now()};
}

// Source: EC2 API Reference, RestoreSnapshotTier (documented): also changes how long, or whether
// for good, a snapshot is restored that has been restored for a time.
RestoreSnapshotTierResponse restore_snapshot_tier(Session& session,
                                                  const RestoreSnapshotTierRequest& request)
{
    const auto id = parse_id<SnapshotId>(request.snapshot_id);
    const bool is_permanent = check_restore(request);
    stop_if_dry_run(request);

    require_own_snapshot(session, id);
    const auto tier = find_tier(session, id);
    if (tier && tier->state.is_in_progress) {
        throw tiering_in_progress(id, tier->state.status);
    }
    if (!tier || !(tier->state.is_archived || tier->state.is_temporary)) {
        throw snapshot_not_archived(id);
    }
    const auto due_ms =
        tier->state.is_archived ? session.due_ms(kSnapshotRestoring) : session.now_ms();
    SnapshotTierRow row{.snapshot_id = id,
                        .operation = is_permanent ? "permanent-restore" : "temporary-restore",
                        .start_ms = session.now_ms(),
                        .due_ms = due_ms,
                        .archived_ms = tier->row.archived_ms,
                        .expiry_ms = {}};
    if (!is_permanent) {
        row.expiry_ms = due_ms + *request.temporary_restore_days * kDayMs;
        session.schedule_at(*row.expiry_ms, kSnapshotArchived, id.text());
    }
    put_snapshot_tier(session.db(), row);
    return {.is_permanent_restore = is_permanent,
            .restore_duration = request.temporary_restore_days,
            .restore_start_time = session.now(),
            .snapshot_id = id.text()};
}

// Source: EC2 API Reference, DescribeSnapshotTierStatus (documented); snapshots that have never
// been archived are listed too (assumed).
DescribeSnapshotTierStatusResponse describe_snapshot_tier_status(
    Session& session, const DescribeSnapshotTierStatusRequest& request)
{
    const auto filters = parse_filters(kDescribeSnapshotTierStatus, request.filters);
    const auto page = parse_page(session, request.max_results, request.next_token);
    stop_if_dry_run(request);

    auto rows = select_tiered_snapshots(session.db(), {.owner = session.account(),
                                                       .region = session.region(),
                                                       .filters = filters,
                                                       .now_ms = session.now_ms(),
                                                       .after = page.after,
                                                       .limit = page.sql_limit()});
    DescribeSnapshotTierStatusResponse response;
    response.next_token =
        cut_page(page, rows, [](const TieredSnapshot& row) { return row.id.text(); });
    for (const auto& row : rows) {
        response.snapshot_tier_statuses.push_back(to_answer(session, row));
    }
    return response;
}

void snapshot_moved_to_archive(Session& session, const SnapshotId& id)
{
    const auto tier = find_tier(session, id);
    if (tier && tier->state.is_archived) {
        // Source: fast restores and sharing end when a snapshot is archived (documented).
        disable_fast_restores(session, id);
        delete_all_create_volume_permissions(session.db(), id);
        end_exports(session, id.text());
    }
}

namespace {

constexpr Operation kOperations[] = {
    write<modify_snapshot_tier>(kModifySnapshotTier),
    write<restore_snapshot_tier>(kRestoreSnapshotTier),
    read<describe_snapshot_tier_status>(kDescribeSnapshotTierStatus),
};

constexpr DueRow kDue[] = {
    when<snapshot_moved_to_archive>(kSnapshotArchived),
};

constexpr Delay kDelays[] = {kSnapshotArchiving, kSnapshotRestoring};

}  // namespace

constinit const Family kSnapshotTiers{.operations = kOperations, .due = kDue, .delays = kDelays};

}  // namespace amilab::ec2
