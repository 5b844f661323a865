#include "server/services/ec2/snapshots/snapshot_tiers.h"

#include "server/calls/layers.h"
#include "server/services/ec2/common/describe_spec.h"
#include "server/services/ec2/common/errors.h"
#include "server/services/ec2/common/resource_tags.h"
#include "server/services/ec2/snapshots/errors.h"
#include "server/services/ec2/snapshots/fast_restores.h"
#include "server/services/ec2/snapshots/snapshots.h"
#include "server/services/ec2/volumes/volume_sources.h"
#include "server/wire/ec2/schema.h"
#include "server/wire/ec2/snapshots/snapshot_tiers.h"
#include "storage/base/units.h"
#include "storage/metadata/snapshots/snapshot_permission_rows.h"
#include "storage/metadata/snapshots/snapshot_tier_rows.h"

namespace amilab::ec2 {

namespace {

std::optional<SnapshotTierRow> find_tier(Session& session, const SnapshotId& id)
{
    return select_snapshot_tier(session.db(), id, session.now_ms());
}

bool is_in_archive(const std::optional<SnapshotTierRow>& last)
{
    return last && last->tier == StorageTier::kArchive;
}

/// Source: "Archive an Amazon EBS snapshot": a completed one of one's own, whose images are all
/// disabled (documented); the codes are assumed.
void check_archivable(Session& session, const SnapshotRow& snapshot)
{
    require_completed(snapshot);
    const auto last = find_tier(session, snapshot.id);
    if (last && last->is_in_progress) {
        throw tiering_in_progress(snapshot.id, last->status);
    }
    if (is_in_archive(last)) {
        throw snapshot_is_archived(snapshot.id);
    }
    if (last && last->restore_expiry_ms) {
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

SnapshotTierStatus to_answer(const PageTags& tags, const TieredSnapshotRow& row)
{
    return {.archival_complete_time = time_of(row.archived_ms),
            .last_tiering_operation_status = row.tiering_status,
            .last_tiering_progress = row.tiering_percent,
            .last_tiering_start_time = time_of(row.tiering_start_ms),
            .owner_id = row.owner,
            .restore_expiry_time = time_of(row.restore_expiry_ms),
            .snapshot_id = row.id.text(),
            .status = std::string(text_of(row.state)),
            .storage_tier = std::string(text_of(row.tier)),
            .tags = tags.of(row.id.text()),
            .volume_id = row.volume_id};
}

std::vector<SnapshotTierStatus> to_answers(Session& session, std::vector<TieredSnapshotRow>&& rows)
{
    const PageTags tags(session, ids_of(rows));
    std::vector<SnapshotTierStatus> answers;
    for (const auto& row : rows) {
        answers.push_back(to_answer(tags, row));
    }
    return answers;
}

constexpr DescribeSpec kDescribe{
    .schema = kDescribeSnapshotTierStatus,
    .select = &select_page<kTieredSnapshotList>,
    .answers = &to_answers,
    .into = &DescribeSnapshotTierStatusResponse::snapshot_tier_statuses};

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
                                     .operation = TieringOperation::kArchival,
                                     .start_ms = session.now_ms(),
                                     .due_ms = due_ms,
                                     .archived_ms = due_ms});
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
    const auto last = find_tier(session, id);
    if (last && last->is_in_progress) {
        throw tiering_in_progress(id, last->status);
    }
    const bool was_archived = is_in_archive(last);
    if (!was_archived && !(last && last->restore_expiry_ms)) {
        throw snapshot_not_archived(id);
    }
    const auto due_ms = was_archived ? session.due_ms(kSnapshotRestoring) : session.now_ms();
    SnapshotTierRow row{.snapshot_id = id,
                        .operation = is_permanent ? TieringOperation::kPermanentRestore
                                                  : TieringOperation::kTemporaryRestore,
                        .start_ms = session.now_ms(),
                        .due_ms = due_ms,
                        .archived_ms = last->archived_ms};
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
    return describe<kDescribe>(session, request);
}

void snapshot_moved_to_archive(Session& session, const SnapshotId& id)
{
    if (is_archived(session.db(), id, session.now_ms())) {
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
