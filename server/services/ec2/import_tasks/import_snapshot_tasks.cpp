#include "server/services/ec2/import_tasks/import_snapshot_tasks.h"

#include <algorithm>
#include <utility>

#include "server/calls/background_work.h"
#include "server/calls/byte_session.h"
#include "server/calls/encryption.h"
#include "server/calls/errors.h"
#include "server/calls/idempotency.h"
#include "server/services/ec2/common/describe_spec.h"
#include "server/services/ec2/common/errors.h"
#include "server/services/ec2/common/own_rows.h"
#include "server/services/ec2/common/service_role.h"
#include "server/services/ec2/import_tasks/errors.h"
#include "server/services/ec2/import_tasks/import_kind.h"
#include "server/services/ec2/import_tasks/import_sources.h"
#include "server/wire/ec2/import_tasks/import_snapshot_tasks.h"
#include "server/wire/ec2/schema.h"

namespace amilab::ec2 {

namespace {

// Source: VM Import/Export quotas, "concurrent ImportSnapshot tasks" (documented); the refusal is
// assumed.
constexpr std::int64_t kMostActiveSnapshots = 20;

ApiError no_such_task(const ImportSnapshotTaskId& id)
{
    return import_task_not_found(id.text());
}

/// Source: DiskImageSize is 0 at first and of a task that failed (observed); Progress and
/// StatusMessage are there while a task is active, and no longer (observed:
/// tools read Progress without asking whether it is there).
SnapshotTaskDetail to_detail(Session& session, const ImportSnapshotTaskRow& row)
{
    SnapshotTaskDetail detail{
        .description = row.disk_description,
        .disk_image_size = 0.0,
        .encrypted = row.encrypted,
        .format = row.format,
        .kms_key_id = row.kms_key_id,
        .status = std::string(text_of(row.state)),
        .status_message = row.status_message,
        .url = row.url,
        .user_bucket = UserBucketDetails{.s3_bucket = row.bucket, .s3_key = row.key}};
    if (row.snapshot_id) {
        detail.snapshot_id = row.snapshot_id->text();
    }
    if (row.state == ImportTaskState::kActive) {
        const auto progress = progress_of(session, row.id.text(), row.start_time_ms,
                                          row.due_time_ms, "downloading/converting");
        detail.progress = std::to_string(progress.percent);
        detail.status_message = std::string(progress.message);
        if (progress.percent >= kValidating) {
            detail.disk_image_size = static_cast<double>(row.image_bytes);
        }
    } else if (row.state == ImportTaskState::kCompleted) {
        detail.disk_image_size = static_cast<double>(row.image_bytes);
    }
    return detail;
}

std::vector<ImportSnapshotTask> to_answers(Session& session,
                                           std::vector<ImportSnapshotTaskRow>&& rows)
{
    const PageTags tags(session, ids_of(rows));
    std::vector<ImportSnapshotTask> answers;
    for (const auto& row : rows) {
        answers.push_back({.description = row.description,
                           .import_task_id = row.id.text(),
                           .snapshot_task_detail = to_detail(session, row),
                           .tags = tags.of(row.id.text())});
    }
    return answers;
}

constexpr DescribeSpec kDescribe{
    .schema = kDescribeImportSnapshotTasks,
    .ids = {.member = &DescribeImportSnapshotTasksRequest::import_task_ids,
            .check = &check_ids<ImportSnapshotTaskId>,
            .not_with_page = "ImportTaskIds",
            .require =
                &require_listed<kImportSnapshotTaskList, ImportSnapshotTaskId, no_such_task>},
    .select = &select_page<kImportSnapshotTaskList>,
    .answers = &to_answers,
    .into = &DescribeImportSnapshotTasksResponse::import_snapshot_tasks};

ImportSnapshotResponse to_answer(Session& session, const ImportSnapshotTaskId& id)
{
    auto tasks = to_answers(session, {require_import_snapshot_task(session, id)});
    auto& task = tasks.front();
    // A repeated call finds the task as it is; the first one as it begins.
    return {.description = std::move(task.description),
            .import_task_id = std::move(task.import_task_id),
            .snapshot_task_detail = std::move(task.snapshot_task_detail),
            .tags = std::move(task.tags)};
}

/// Throws ApiError for what needs no state.
ImportSnapshotTaskRow parse_task(const Session& session, const ImportSnapshotRequest& request)
{
    const auto& disk = request.disk_container;
    const auto place = parse_place(disk.user_bucket, disk.url);
    auto format = parse_image_format(disk.format);
    const auto encryption = parse_encryption(session, request.encrypted, request.kms_key_id);
    return {.description = request.description,
            .disk_description = disk.description,
            .bucket = place.bucket,
            .key = place.key,
            .url = place.url,
            .format = std::move(format),
            .encrypted = encryption.encrypted,
            .kms_key_id = encryption.kms_key_id,
            .start_time_ms = session.now_ms(),
            .due_time_ms = session.due_ms(kImportSnapshotTaskActive)};
}

ObjectPlace place_of(const ImportSnapshotTaskRow& row)
{
    return {.bucket = row.bucket, .key = row.key, .url = row.url};
}

std::vector<WantedDisk> disks_of(Session& /*session*/, const ImportSnapshotTaskRow& row)
{
    WantedDisk disk{.place = place_of(row), .format = row.format, .etag = row.etag};
    return {std::move(disk)};
}

void complete_task(Session& session, ImportSnapshotTaskRow& row,
                   const std::vector<ImportedDisk>& imported);

constexpr ImportKind<ImportSnapshotTaskRow> kKind{.works = {"import-snapshot-task-works"},
                                                  .looks_at_disks = false,
                                                  .disks_of = &disks_of,
                                                  .complete = &complete_task};

/// `first` is what the call itself does of it.
ImportSnapshotResponse begin_task(Session& session, const ImportSnapshotRequest& request,
                                  FirstPieces& first)
{
    auto row = parse_task(session, request);
    const auto tags = parse_tags<ImportSnapshotTaskId>(request.tag_specifications);
    stop_if_dry_run(request);

    constexpr std::string_view kOperation = ImportSnapshotRequest::kOperation;
    if (const auto made = made_before(session, kOperation, request.client_token)) {
        return to_answer(session, ImportSnapshotTaskId::trusted(*made));
    }
    require_service_role(session, request.role_name);
    require_bucket_here(session, place_of(row));
    if (count_active_import_tasks<kImportSnapshotTaskColumns>(
            session.db(), session.account(), session.region()) >= kMostActiveSnapshots) {
        throw too_many_imports(kMostActiveSnapshots);
    }
    FoundDisks found;
    as_owner(session, session.account(), session.region(),
             [&](Session& theirs) { found = open_disks(theirs, disks_of(theirs, row)); });
    if (found.failure.empty()) {
        const auto& object = *found.sources.front().object;
        row.etag = object.etag();
        row.image_bytes = static_cast<std::int64_t>(object.size_bytes());
    }
    insert_own<kImportSnapshotTaskColumns>(session, row, tags);
    remember_token(session, kOperation, request.client_token, row.id.text());
    first = begin_import<kImportSnapshotTaskColumns, kKind>(session, row, found.failure.empty());
    return to_answer(session, row.id);
}

// Source: EC2 API Reference, ImportSnapshot (documented). Whether the object can be read, and is a
// disk, the task tells (observed). What moves within the call's own time is there at its end.
ImportSnapshotResponse import_snapshot(ByteSession& session, const ImportSnapshotRequest& request)
{
    ImportSnapshotResponse answer;
    FirstPieces first;
    session.write([&](Session& calling) { answer = begin_task(calling, request, first); });
    if (first) {
        first(session.generation());
    }
    return answer;
}

// Source: EC2 API Reference, DescribeImportSnapshotTasks (documented).
DescribeImportSnapshotTasksResponse describe_import_snapshot_tasks(
    Session& session, const DescribeImportSnapshotTasksRequest& request)
{
    return describe<kDescribe>(session, request);
}

// What befalls tasks.

void complete_task(Session& session, ImportSnapshotTaskRow& row,
                   const std::vector<ImportedDisk>& imported)
{
    const auto& disk = imported.front();
    as_owner(session, row.owner, row.region, [&](Session& theirs) {
        row.snapshot_id =
            make_imported_snapshot(theirs, disk, row.id.text(),
                                   {.encrypted = row.encrypted, .kms_key_id = row.kms_key_id})
                .id;
    });
    row.state = ImportTaskState::kCompleted;
    row.format = text_of(disk.format);
    update_import_snapshot_task(session.db(), row);
    session.cancel_transitions(row.id.text());
    end_work(session, row.id.text());
}

constexpr Operation kOperations[] = {
    move_bytes<import_snapshot>(kImportSnapshot),
    read<describe_import_snapshot_tasks>(kDescribeImportSnapshotTasks),
};

constexpr ResourceKind kKinds[] = {
    kind<ImportSnapshotTaskId, no_such_task>(kTaggableByOwner<kImportSnapshotTaskColumns>),
};

constexpr DueRow kDue[] = {
    when<&import_works<kImportSnapshotTaskColumns, kKind>>(kKind.works),
    when<&import_deleted<kImportSnapshotTaskColumns>>(kImportSnapshotTaskDeletes),
};

constexpr Delay kDelays[] = {kImportSnapshotTaskActive, kImportSnapshotTaskDeleting};

}  // namespace

ImportSnapshotTaskRow require_import_snapshot_task(Session& session, const ImportSnapshotTaskId& id)
{
    return require_own<kImportSnapshotTaskList, ImportSnapshotTaskId, no_such_task>(session, id);
}

constinit const Family kImportSnapshotTasks{
    .operations = kOperations, .kinds = kKinds, .due = kDue, .delays = kDelays};

}  // namespace amilab::ec2
