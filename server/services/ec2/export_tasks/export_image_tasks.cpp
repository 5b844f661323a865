#include "server/services/ec2/export_tasks/export_image_tasks.h"

#include <fmt/format.h>

#include "server/calls/idempotency.h"
#include "server/services/ec2/common/describe_spec.h"
#include "server/services/ec2/common/errors.h"
#include "server/services/ec2/common/service_role.h"
#include "server/services/ec2/common/task_objects.h"
#include "server/services/ec2/export_tasks/errors.h"
#include "server/services/ec2/export_tasks/export_sources.h"
#include "server/services/ec2/export_tasks/export_work.h"
#include "server/services/ec2/snapshots/snapshots.h"
#include "server/wire/ec2/export_tasks/export_image_tasks.h"
#include "server/wire/ec2/schema.h"

namespace amilab::ec2 {

namespace {

// Source: 20 at a time in a region (documented).
constexpr std::int64_t kMostImagesAtOnce = 20;

ExportImageTask to_answer(const ExportTaskRow& row)
{
    ExportImageTask answer;
    answer.description = row.description;
    answer.export_image_task_id = row.id;
    answer.image_id = row.source_id;
    answer.s3_export_location =
        ExportTaskS3Location{.s3_bucket = row.bucket, .s3_prefix = row.prefix};
    answer.status = text_of(row.state);
    answer.status_message = row.message;
    // Source: observed: without one when it is completed.
    if (row.state == ExportTaskState::kActive) {
        answer.progress = std::to_string(row.progress_percent);
    }
    return answer;
}

std::vector<ExportImageTask> to_answers(Session& session, std::vector<ExportTaskRow>&& rows)
{
    std::vector<std::string> ids;
    for (const auto& row : rows) {
        ids.push_back(row.id);
    }
    const PageTags tags(session, ids);
    std::vector<ExportImageTask> answers;
    for (const auto& row : rows) {
        answers.push_back(to_answer(row));
        answers.back().tags = tags.of(row.id);
    }
    return answers;
}

ExportTaskRow wished_task(const ExportImageRequest& request)
{
    ExportTaskRow row;
    row.kind = ExportKind::kImage;
    row.source_id = parse_id<ImageId>(request.image_id).text();
    row.description = request.description;
    check_description(row.description);
    row.format = to_word<DiskImageFormat>(request.disk_image_format);
    row.bucket = request.s3_export_location.s3_bucket;
    row.prefix = request.s3_export_location.s3_prefix;
    row.role_name = service_role_of(request.role_name);
    row.message = "validating";
    return row;
}

ExportImageResponse answer_of(Session& session, const std::string& id)
{
    const auto row = select_export_task(session.db(), id, session.now_ms());
    auto task = to_answers(session, {row.value()}).front();
    return {.description = std::move(task.description),
            .disk_image_format = std::string(text_of(row->format)),
            .export_image_task_id = std::move(task.export_image_task_id),
            .image_id = std::move(task.image_id),
            .progress = std::move(task.progress),
            .role_name = row->role_name,
            .s3_export_location = std::move(task.s3_export_location),
            .status = std::move(task.status),
            .status_message = std::move(task.status_message),
            .tags = std::move(task.tags)};
}

// Source: EC2 API Reference, ExportImage (documented).
ExportImageResponse export_image(Session& session, const ExportImageRequest& request)
{
    auto row = wished_task(request);
    const auto tags = parse_tags<ExportImageTaskId>(request.tag_specifications);
    stop_if_dry_run(request);

    constexpr std::string_view kOperation = ExportImageRequest::kOperation;
    if (const auto made = made_before(session, kOperation, request.client_token)) {
        return answer_of(session, *made);
    }
    require_service_role(session, row.role_name);
    require_exportable_image(session, ImageId::trusted(row.source_id));
    require_task_bucket(session, row.bucket, BucketUse::kWrite);
    const auto id = session.next_id<ExportImageTaskId>();
    row.id = id.text();
    start_export_task(session, row, kExportImageTaskActive, kMostImagesAtOnce);
    store_tags(session, id, tags);
    remember_token(session, kOperation, request.client_token, row.id);
    return answer_of(session, row.id);
}

constexpr DescribeSpec kDescribe{
    .schema = kDescribeExportImageTasks,
    .ids = {.member = &DescribeExportImageTasksRequest::export_image_task_ids,
            .check = &check_ids<ExportImageTaskId>,
            .not_with_page = "ExportImageTaskIds",
            .require = &require_listed<kExportImageTaskList, ExportImageTaskId, not_found>},
    .select = &select_page<kExportImageTaskList>,
    .key = &key_by<&ExportTaskRow::id>,
    .answers = &to_answers,
    .into = &DescribeExportImageTasksResponse::export_image_tasks};

// Source: EC2 API Reference, DescribeExportImageTasks (documented).
DescribeExportImageTasksResponse describe_export_image_tasks(
    Session& session, const DescribeExportImageTasksRequest& request)
{
    return describe<kDescribe>(session, request);
}

constexpr Operation kOperations[] = {
    write<export_image>(kExportImage),
    read<describe_export_image_tasks>(kDescribeExportImageTasks),
};

constexpr ResourceKind kKinds[] = {
    kind<ExportImageTaskId, not_found>(kTaggableByOwner<kExportTaskColumns>)};

constexpr DueRow kDue[] = {when<export_disk>(kExport)};

constexpr Delay kDelays[] = {kExportImageTaskActive};

}  // namespace

constinit const Family kExportImageTasks{
    .operations = kOperations, .kinds = kKinds, .due = kDue, .delays = kDelays};

}  // namespace amilab::ec2
