#include "server/services/ec2/export_tasks/export_tasks.h"

#include <fmt/format.h>

#include "server/services/ec2/common/describe_spec.h"
#include "server/services/ec2/common/errors.h"
#include "server/services/ec2/common/task_objects.h"
#include "server/services/ec2/export_tasks/errors.h"
#include "server/services/ec2/export_tasks/export_sources.h"
#include "server/services/ec2/export_tasks/export_work.h"
#include "server/services/ec2/snapshots/snapshots.h"
#include "server/wire/ec2/export_tasks/export_tasks.h"
#include "server/wire/ec2/schema.h"

namespace amilab::ec2 {

namespace {

// Source: five at a time (documented).
constexpr std::int64_t kMostInstancesAtOnce = 5;

// The model's words. Source: documented.
constexpr std::string_view kVmware = "vmware";
constexpr std::string_view kOva = "ova";

/// As tasks of instances say it. Source: documented; that failed ones are cancelled too is assumed.
std::string state_text(ExportTaskState state)
{
    switch (state) {
        case ExportTaskState::kDeleting:
            return "cancelling";
        case ExportTaskState::kDeleted:
            return "cancelled";
        case ExportTaskState::kActive:
        case ExportTaskState::kCompleted:
            break;
    }
    return std::string(text_of(state));
}

ExportTask to_answer(const ExportTaskRow& row)
{
    ExportTask answer;
    answer.description = row.description;
    answer.export_task_id = row.id;
    answer.export_to_s3_task = ExportToS3Task{.container_format = row.container,
                                              .disk_image_format = std::string(text_of(row.format)),
                                              .s3_bucket = row.bucket,
                                              .s3_key = row.object_key};
    answer.instance_export_details = InstanceExportDetails{
        .instance_id = row.source_id, .target_environment = row.target_environment};
    answer.state = state_text(row.state);
    answer.status_message = row.message;
    return answer;
}

std::vector<ExportTask> to_answers(Session& session, std::vector<ExportTaskRow>&& rows)
{
    std::vector<std::string> ids;
    for (const auto& row : rows) {
        ids.push_back(row.id);
    }
    const PageTags tags(session, ids);
    std::vector<ExportTask> answers;
    for (const auto& row : rows) {
        answers.push_back(to_answer(row));
        answers.back().tags = tags.of(row.id);
    }
    return answers;
}

/// Source: VMDK for VMware, VHD for the others (documented); that an OVA has a VMDK in it is
/// assumed.
ExportTaskRow wished_task(const CreateInstanceExportTaskRequest& request)
{
    const auto& to = request.export_to_s3_task;
    ExportTaskRow row;
    row.kind = ExportKind::kInstance;
    row.source_id = parse_id<InstanceId>(request.instance_id).text();
    row.description = request.description;
    check_description(row.description);
    row.target_environment = request.target_environment;
    const bool is_vmware = request.target_environment == kVmware;
    row.format = to.disk_image_format
                     ? to_word<DiskImageFormat>(*to.disk_image_format)
                     : (is_vmware ? DiskImageFormat::kVmdk : DiskImageFormat::kVhd);
    row.container = to.container_format;
    if (row.container == kOva && row.format != DiskImageFormat::kVmdk) {
        throw invalid_parameter_combination(
            "The container format ova needs the disk image format "
            "VMDK.");
    }
    if (!to.s3_bucket) {
        throw missing_parameter("ExportToS3.S3Bucket");
    }
    row.bucket = *to.s3_bucket;
    row.prefix = to.s3_prefix;
    row.message = "Running";
    return row;
}

// Source: EC2 API Reference, CreateInstanceExportTask (documented). What is exported is the volume
// as it is when the bytes begin to move (ours).
CreateInstanceExportTaskResponse create_instance_export_task(
    Session& session, const CreateInstanceExportTaskRequest& request)
{
    auto row = wished_task(request);
    const auto tags = parse_tags<ExportInstanceTaskId>(request.tag_specifications);
    require_exportable_instance(session, InstanceId::trusted(row.source_id));
    require_task_bucket(session, row.bucket, BucketUse::kWrite);
    const auto id = session.next_id<ExportInstanceTaskId>();
    row.id = id.text();
    start_export_task(session, row, kExportTaskActive, kMostInstancesAtOnce);
    store_tags(session, id, tags);
    return {.export_task = to_answers(session, {row}).front()};
}

constexpr DescribeSpec kDescribe{
    .schema = kDescribeExportTasks,
    .ids = {.member = &DescribeExportTasksRequest::export_task_ids,
            .check = &check_ids<ExportInstanceTaskId>,
            .require = &require_listed<kExportInstanceTaskList, ExportInstanceTaskId, not_found>},
    .select = &select_page<kExportInstanceTaskList>,
    .key = &key_by<&ExportTaskRow::id>,
    .answers = &to_answers,
    .into = &DescribeExportTasksResponse::export_tasks};

// Source: EC2 API Reference, DescribeExportTasks (documented).
DescribeExportTasksResponse describe_export_tasks(Session& session,
                                                  const DescribeExportTasksRequest& request)
{
    return describe<kDescribe>(session, request);
}

ExportTaskRow require_task(Session& session, const std::string& id)
{
    if (!ExportImageTaskId::from_text(id) && !ExportInstanceTaskId::from_text(id)) {
        throw malformed_id<ExportInstanceTaskId>(id, {});
    }
    auto row = select_export_task(session.db(), id);
    if (!row || row->owner != session.account() || row->region != session.region()) {
        throw export_task_not_found(id);
    }
    return std::move(*row);
}

// Source: EC2 API Reference, CancelExportTask: both kinds of tasks, unless they are complete
// (documented); the code is assumed.
CancelExportTaskResponse cancel_export_task(Session& session,
                                            const CancelExportTaskRequest& request)
{
    const auto row = require_task(session, request.export_task_id);
    if (row.state != ExportTaskState::kActive) {
        throw incorrect_state(row.id, row.kind == ExportKind::kImage
                                          ? std::string(text_of(row.state))
                                          : state_text(row.state));
    }
    session.cancel_transitions(row.id);
    set_export_task_state(session.db(), row.id, ExportTaskState::kDeleting, {});
    session.schedule(kExportTaskCancelling, kExportTaskGone, row.id);
    return {};
}

void export_task_gone(Session& session, const std::string& id)
{
    set_export_task_state(session.db(), id, ExportTaskState::kDeleted, {});
}

constexpr Operation kOperations[] = {
    write<create_instance_export_task>(kCreateInstanceExportTask),
    read<describe_export_tasks>(kDescribeExportTasks),
    write<cancel_export_task>(kCancelExportTask, {.frees_space = true}),
};

constexpr ResourceKind kKinds[] = {
    kind<ExportInstanceTaskId, not_found>(kTaggableByOwner<kExportTaskColumns>)};

constexpr DueRow kDue[] = {when<export_task_gone>(kExportTaskGone)};

constexpr Delay kDelays[] = {kExportTaskActive, kExportTaskCancelling};

}  // namespace

constinit const Family kExportTasks{
    .operations = kOperations, .kinds = kKinds, .due = kDue, .delays = kDelays};

}  // namespace amilab::ec2
