#include "server/services/ec2/import_tasks/import_snapshot_tasks.h"

#include <algorithm>
#include <utility>

#include "server/calls/byte_session.h"
#include "server/calls/encryption.h"
#include "server/calls/errors.h"
#include "server/calls/idempotency.h"
#include "server/services/ec2/common/describe_spec.h"
#include "server/services/ec2/common/errors.h"
#include "server/services/ec2/common/own_rows.h"
#include "server/services/ec2/import_tasks/errors.h"
#include "server/services/ec2/import_tasks/import_job.h"
#include "server/services/ec2/import_tasks/import_sources.h"
#include "server/wire/ec2/import_tasks/import_snapshot_tasks.h"
#include "server/wire/ec2/schema.h"
#include "storage/state/generation.h"

namespace amilab::ec2 {

namespace {

// Source: VM Import/Export quotas, "concurrent ImportSnapshot tasks" (documented); the refusal is
// assumed.
constexpr std::int64_t kMostActive = 20;

constexpr Due kWorks{kImportSnapshotTaskWorks};

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

std::shared_ptr<ImportJob> make_job(Generation& generation, const ImportSnapshotTaskRow& row,
                                    std::shared_ptr<ObjectBytes> object)
{
    ImportOrder order{.task_id = row.id.text(),
                      .account = row.owner,
                      .due_action = kImportSnapshotTaskWorks,
                      .due_ms = row.due_time_ms,
                      .sources = {}};
    order.sources.push_back({.object = std::move(object)});
    if (row.format) {
        order.sources.back().format = to_word<DiskFileFormat>(*row.format);
    }
    return std::make_shared<ImportJob>(generation.shared_from_this(), std::move(order));
}

/// What a new task begins with: an object to read, or nothing when it has failed.
struct Begun {
    ImportSnapshotTaskRow row{};
    std::unique_ptr<ObjectBytes> object{};
};

ImportSnapshotResponse begin_task(Session& session, const ImportSnapshotRequest& request,
                                  Begun& begun)
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
    if (count_active_import_snapshot_tasks(session.db(), session.account(), session.region()) >=
        kMostActive) {
        throw too_many_imports(kMostActive);
    }
    auto found = open_source(session, session.account(), session.region(), place_of(row));
    if (found.object) {
        row.etag = found.object->etag();
        row.image_bytes = static_cast<std::int64_t>(found.object->size_bytes());
    }
    insert_own<kImportSnapshotTaskColumns>(session, row, tags);
    remember_token(session, kOperation, request.client_token, row.id.text());
    if (!found.object) {
        session.schedule_at(row.due_time_ms, kWorks, row.id.text());
    }
    begun = {.row = row, .object = std::move(found.object)};
    return to_answer(session, row.id);
}

// Source: EC2 API Reference, ImportSnapshot (documented). Whether the object can be read, and is a
// disk, the task tells (observed). What moves within the call's own time is there at its end.
ImportSnapshotResponse import_snapshot(ByteSession& session, const ImportSnapshotRequest& request)
{
    ImportSnapshotResponse answer;
    Begun begun;
    session.write([&](Session& calling) { answer = begin_task(calling, request, begun); });
    auto& generation = session.generation();
    if (begun.object && generation.companions().get<ImportWork>().begin(begun.row.id.text())) {
        work_now(generation.shared_from_this(),
                 make_job(generation, begun.row, std::move(begun.object)));
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

void end_task(Session& session, ImportSnapshotTaskRow& row, std::string failure)
{
    row.state = ImportTaskState::kDeleted;
    row.status_message = std::move(failure);
    update_import_snapshot_task(session.db(), row);
    end_work(session, row.id.text());
}

void complete_task(Session& session, ImportSnapshotTaskRow& row, const ImportedDisk& disk)
{
    as_owner(session, row.owner, row.region, [&](Session& theirs) {
        row.snapshot_id =
            make_imported_snapshot(theirs, disk, row.id.text(),
                                   {.encrypted = row.encrypted, .kms_key_id = row.kms_key_id})
                .id;
    });
    row.state = ImportTaskState::kCompleted;
    row.format = text_of(disk.format);
    update_import_snapshot_task(session.db(), row);
    end_work(session, row.id.text());
}

/// In a process that begins, nobody works on what another one left.
void begin_again(Session& session, const ImportSnapshotTaskRow& row,
                 std::unique_ptr<ObjectBytes> object)
{
    const std::shared_ptr kept(std::move(object));  // a std::function is copied
    session.after_commit([row, kept](Generation& generation) {
        if (generation.companions().get<ImportWork>().begin(row.id.text())) {
            work_later(generation.shared_from_this(), make_job(generation, row, kept));
        }
    });
}

void import_snapshot_task_works(Session& session, const ImportSnapshotTaskId& id)
{
    auto row = select_import_snapshot_task(session.db(), id);
    if (!row || row->state != ImportTaskState::kActive) {
        return end_work(session, id.text());  // its account may be gone
    }
    const auto outcome = session.generation().companions().get<ImportWork>().outcome(id.text());
    if (outcome && !outcome->failure.empty()) {
        return end_task(session, *row, outcome->failure);
    }
    auto found = open_source(session, row->owner, row->region, place_of(*row));
    if (!found.object) {
        return end_task(session, *row, std::move(found.failure));
    }
    if (found.object->etag() != row->etag) {
        return end_task(session, *row, source_changed());
    }
    if (!outcome) {
        return begin_again(session, *row, std::move(found.object));
    }
    complete_task(session, *row, outcome->disks.front());
}

void import_snapshot_task_deleted(Session& session, const ImportSnapshotTaskId& id)
{
    auto row = select_import_snapshot_task(session.db(), id);
    if (row && row->state == ImportTaskState::kDeleting) {
        row->state = ImportTaskState::kDeleted;
        update_import_snapshot_task(session.db(), *row);
    }
}

constexpr Operation kOperations[] = {
    move_bytes<import_snapshot>(kImportSnapshot),
    read<describe_import_snapshot_tasks>(kDescribeImportSnapshotTasks),
};

constexpr ResourceKind kKinds[] = {
    kind<ImportSnapshotTaskId, no_such_task>(kTaggableByOwner<kImportSnapshotTaskColumns>),
};

constexpr DueRow kDue[] = {
    when<import_snapshot_task_works>(kWorks),
    when<import_snapshot_task_deleted>(kImportSnapshotTaskDeletes),
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
