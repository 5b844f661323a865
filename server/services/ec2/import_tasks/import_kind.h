#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "server/calls/background_work.h"
#include "server/calls/family.h"
#include "server/calls/owner_caller.h"
#include "server/calls/session.h"
#include "server/services/ec2/import_tasks/errors.h"
#include "server/services/ec2/import_tasks/import_sources.h"
#include "server/services/ec2/import_tasks/import_work.h"
#include "server/services/ec2/import_tasks/imports_under_way.h"
#include "storage/metadata/import_tasks/import_task_rows.h"
#include "storage/state/generation.h"

/// What befalls import tasks, those of snapshots and those of images. `kColumns` are those of a
/// kind's rows, `kKind` is its ImportKind.
namespace amilab::ec2 {

/// What sets a kind apart.
template <class Row>
struct ImportKind {
    /// The transition that begins a task's work, or takes what has become of it.
    Due works;
    /// Whether what is on the disks is looked at.
    bool looks_at_disks = false;
    /// How many disks an OVA may hold; 0: none is read.
    std::size_t most_disks = 0;
    /// The disks of a task, in their order.
    std::vector<WantedDisk> (*disks_of)(Session& session, const Row& row);
    /// Makes of what was imported what the task is for, or has it fail.
    void (*complete)(Session& session, Row& row, const std::vector<ImportedDisk>& disks);
};

template <const auto& kColumns>
bool is_active_import(Session& session, const decltype(RowOf<kColumns>::id)& id)
{
    const auto row = select_import_task<kColumns>(session.db(), id);
    return row && row->state == ImportTaskState::kActive;
}

/// What is imported by a task that is active, and nothing of one that is not. In a session of its
/// owner. Throws ApiError: see import_failed().
template <const auto& kColumns, const auto& kKind>
std::vector<DiskSource> open_active(Session& session, const decltype(RowOf<kColumns>::id)& id)
{
    const auto row = select_import_task<kColumns>(session.db(), id);
    if (!row || row->state != ImportTaskState::kActive) {
        return {};
    }
    auto found = open_disks_again(session, kKind.disks_of(session, *row));
    if (!found.failure.empty()) {
        throw import_failed(found.failure);
    }
    return std::move(found.sources);
}

template <const auto& kColumns, const auto& kKind>
std::shared_ptr<ImportWork> make_import_work(const RowOf<kColumns>& row)
{
    ImportOrder order;
    order.task_id = row.id.text();
    order.account = row.owner;
    order.is_active = [id = row.id](Session& session) {
        return is_active_import<kColumns>(session, id);
    };
    order.open = [id = row.id](Session& session) {
        return open_active<kColumns, kKind>(session, id);
    };
    order.due = kKind.works;
    order.due_ms = row.due_time_ms;
    order.looks_at_disks = kKind.looks_at_disks;
    order.most_disks = kKind.most_disks;
    return std::make_shared<ImportWork>(std::move(order));
}

/// Begins a task that its call has stored. Without an object to read, the task fails when it is
/// due, and what is returned is empty.
template <const auto& kColumns, const auto& kKind>
FirstPieces begin_import(Session& session, const RowOf<kColumns>& row, bool has_objects)
{
    if (!has_objects) {
        session.schedule_at(row.due_time_ms, kKind.works, row.id.text());
        return {};
    }
    return begin_work_in_call(session, kKind.works, row.id.text(),
                              owner_caller(row.owner, row.region),
                              make_import_work<kColumns, kKind>(row));
}

/// In a process that begins, nobody works on what another one left.
template <const auto& kColumns, const auto& kKind>
void begin_import_again(Session& session, const RowOf<kColumns>& row)
{
    session.cancel_transitions(row.id.text());  // what is due then has no outcome to take
    begin_background_work(session, kKind.works, row.id.text(), owner_caller(row.owner, row.region),
                          make_import_work<kColumns, kKind>(row));
}

/// A task has failed, and says why.
template <const auto& kColumns>
void fail_import(Session& session, const decltype(RowOf<kColumns>::id)& id, const std::string& why)
{
    set_import_task_state<kColumns>(session.db(), id, ImportTaskState::kDeleted, why);
    session.cancel_transitions(id.text());
    end_work(session, id.text());
}

/// What the kind's transition does: takes what has become of a task's bytes, or begins the work.
template <const auto& kColumns, const auto& kKind>
void import_works(Session& session, const decltype(RowOf<kColumns>::id)& id)
{
    auto row = select_import_task<kColumns>(session.db(), id);
    if (!row || row->state != ImportTaskState::kActive) {
        return end_work(session, id.text());  // its account may be gone
    }
    const auto outcome =
        session.generation().companions().get<ImportsUnderWay>().outcome(id.text());
    if (outcome && !outcome->failure.empty()) {
        return fail_import<kColumns>(session, id, outcome->failure);
    }
    FoundDisks found;
    as_owner(session, row->owner, row->region, [&](Session& theirs) {
        found = open_disks_again(theirs, kKind.disks_of(theirs, *row));
    });
    if (!found.failure.empty()) {
        return fail_import<kColumns>(session, id, found.failure);
    }
    if (!outcome) {
        return begin_import_again<kColumns, kKind>(session, *row);
    }
    kKind.complete(session, *row, outcome->disks);
}

/// What becomes of a task that was cancelled.
template <const auto& kColumns>
void import_deleted(Session& session, const decltype(RowOf<kColumns>::id)& id)
{
    const auto row = select_import_task<kColumns>(session.db(), id);
    if (row && row->state == ImportTaskState::kDeleting) {
        set_member<kColumns, &RowOf<kColumns>::state>(session.db(), id, ImportTaskState::kDeleted);
    }
}

}  // namespace amilab::ec2
