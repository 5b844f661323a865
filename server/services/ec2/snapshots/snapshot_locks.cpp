#include "server/services/ec2/snapshots/snapshot_locks.h"

#include "server/services/ec2/common/describe_spec.h"
#include "server/services/ec2/common/errors.h"
#include "server/services/ec2/snapshots/errors.h"
#include "server/services/ec2/snapshots/snapshots.h"
#include "server/wire/ec2/schema.h"
#include "server/wire/ec2/snapshots/snapshot_locks.h"
#include "storage/base/units.h"
#include "storage/metadata/snapshots/snapshot_lock_rows.h"
#include "storage/metadata/snapshots/snapshot_search.h"

namespace amilab::ec2 {

namespace {

/// Source: one of duration and date, no cooling-off period in governance mode (documented); the
/// codes are assumed, and so is that a date has to be in the future.
void check_request(const Session& session, const LockSnapshotRequest& request)
{
    if (request.lock_mode == SnapshotLockMode::kGovernance && request.cool_off_period) {
        throw invalid_parameter_combination(
            "The parameter CoolOffPeriod cannot be used with the lock mode governance.");
    }
    if (request.lock_duration && request.expiration_date) {
        throw parameters_not_together("LockDuration", "ExpirationDate");
    }
    if (!request.lock_duration && !request.expiration_date) {
        throw missing_parameter("LockDuration or ExpirationDate");
    }
    if (request.expiration_date && request.expiration_date->ms <= session.now_ms()) {
        throw invalid_value(wire::format_timestamp(*request.expiration_date), "ExpirationDate",
                            "It must be in the future.");
    }
}

/// The lock as the request wants it, over the one that there is.
SnapshotLockRow make_lock(const Session& session, const LockSnapshotRequest& request,
                          const SnapshotRow& snapshot, const std::optional<SnapshotLockRow>& held)
{
    const auto now_ms = session.now_ms();
    SnapshotLockRow lock{.snapshot_id = snapshot.id,
                         .mode = to_word<SnapshotLockMode>(request.lock_mode),
                         .created_ms = held ? held->created_ms : now_ms,
                         .cool_off_hours = request.cool_off_period,
                         .duration_days = request.lock_duration};
    if (lock.cool_off_hours) {
        lock.cool_off_expires_ms = now_ms + *lock.cool_off_hours * kHourMs;
    }
    // Source: the duration of a pending snapshot's lock starts when it is completed (documented).
    if (snapshot.state == SnapshotState::kCompleted) {
        lock.duration_start_ms = held ? held->duration_start_ms : now_ms;
    }
    if (request.expiration_date) {
        lock.expires_ms = request.expiration_date->ms;
    } else if (lock.duration_start_ms) {
        lock.expires_ms = *lock.duration_start_ms + *lock.duration_days * kDayMs;
    }
    return lock;
}

/// Source: in compliance mode, after the cooling-off period, a lock can only be prolonged
/// (documented); the codes are assumed.
void check_change(const SnapshotLockRow& held, const SnapshotLockRow& wanted)
{
    if (held.state != SnapshotLockState::kCompliance) {
        return;
    }
    const auto& id = held.snapshot_id;
    if (wanted.mode != SnapshotLockMode::kCompliance) {
        throw lock_not_changeable(id, "the lock mode can't be changed.");
    }
    if (wanted.cool_off_hours) {
        throw lock_not_changeable(id, "a cooling-off period can't be specified.");
    }
    const bool is_shorter = held.expires_ms && wanted.expires_ms
                                ? *wanted.expires_ms < *held.expires_ms
                                : wanted.duration_days.value_or(0) < held.duration_days.value_or(0);
    if (is_shorter) {
        throw lock_not_changeable(id, "the lock duration can only be increased.");
    }
}

/// The lock that holds; one that has expired counts no more.
std::optional<SnapshotLockRow> find_lock(Session& session, const SnapshotId& id)
{
    auto lock = select_snapshot_lock(session.db(), id, session.now_ms());
    if (lock && lock->state == SnapshotLockState::kExpired) {
        return std::nullopt;
    }
    return lock;
}

/// What LockSnapshot and DescribeLockedSnapshots both tell.
template <class Answer>
Answer to_answer(const SnapshotLockRow& row)
{
    Answer answer;
    answer.cool_off_period = row.cool_off_hours;
    answer.cool_off_period_expires_on = time_of(row.cool_off_expires_ms);
    answer.lock_created_on = Timestamp{row.created_ms};
    answer.lock_duration = row.duration_days;
    answer.lock_duration_start_time = time_of(row.duration_start_ms);
    answer.lock_expires_on = time_of(row.expires_ms);
    answer.lock_state = text_of(row.state);
    answer.snapshot_id = row.snapshot_id.text();
    return answer;
}

std::vector<LockedSnapshotsInfo> to_answers(Session& session, std::vector<SnapshotLockRow>&& rows)
{
    std::vector<LockedSnapshotsInfo> answers;
    for (const auto& row : rows) {
        answers.push_back(to_answer<LockedSnapshotsInfo>(row));
        answers.back().owner_id = session.account();
    }
    return answers;
}

// Source: one unknown id fails the call (assumed).
constexpr DescribeSpec kDescribe{
    .schema = kDescribeLockedSnapshots,
    .ids = {.member = &DescribeLockedSnapshotsRequest::snapshot_ids,
            .check = &check_ids<SnapshotId>,
            .not_with_page = "SnapshotIds",
            .require = &require_listed<kOwnSnapshotList, SnapshotId, not_found>},
    .select = &select_page<kSnapshotLockList>,
    .key = &key_by<&SnapshotLockRow::snapshot_id>,
    .answers = &to_answers,
    .into = &DescribeLockedSnapshotsResponse::snapshots};

}  // namespace

// Source: EC2 API Reference, LockSnapshot (documented): pending and completed snapshots of one's
// own; a change keeps the time of the first lock (assumed).
LockSnapshotResponse lock_snapshot(Session& session, const LockSnapshotRequest& request)
{
    const auto id = parse_id<SnapshotId>(request.snapshot_id);
    check_request(session, request);
    stop_if_dry_run(request);

    const auto snapshot = require_own_snapshot(session, id);
    if (snapshot.state != SnapshotState::kPending && snapshot.state != SnapshotState::kCompleted) {
        throw snapshot_in_invalid_state(text_of(snapshot.state));
    }
    const auto held = find_lock(session, id);
    const auto lock = make_lock(session, request, snapshot, held);
    if (held) {
        check_change(*held, lock);
    }
    put_snapshot_lock(session.db(), lock);
    return to_answer<LockSnapshotResponse>(
        *select_snapshot_lock(session.db(), id, session.now_ms()));
}

// Source: EC2 API Reference, UnlockSnapshot (documented); that a snapshot without a lock is refused
// is assumed.
UnlockSnapshotResponse unlock_snapshot(Session& session, const UnlockSnapshotRequest& request)
{
    const auto id = parse_id<SnapshotId>(request.snapshot_id);
    stop_if_dry_run(request);

    require_own_snapshot(session, id);
    const auto lock = find_lock(session, id);
    if (!lock) {
        throw snapshot_not_locked(id);
    }
    if (lock->state == SnapshotLockState::kCompliance) {
        throw lock_not_changeable(id, "it can't be unlocked.");
    }
    delete_snapshot_lock(session.db(), id);
    return {.snapshot_id = id.text()};
}

// Source: EC2 API Reference, DescribeLockedSnapshots (documented): locks that have expired are
// shown too.
DescribeLockedSnapshotsResponse describe_locked_snapshots(
    Session& session, const DescribeLockedSnapshotsRequest& request)
{
    return describe<kDescribe>(session, request);
}

bool is_locked(Session& session, const SnapshotId& id)
{
    return find_lock(session, id).has_value();
}

namespace {

constexpr Operation kOperations[] = {
    write<lock_snapshot>(kLockSnapshot),
    write<unlock_snapshot>(kUnlockSnapshot),
    read<describe_locked_snapshots>(kDescribeLockedSnapshots),
};

}  // namespace

constinit const Family kSnapshotLocks{.operations = kOperations};

}  // namespace amilab::ec2
