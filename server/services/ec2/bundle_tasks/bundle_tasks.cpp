#include "server/services/ec2/bundle_tasks/bundle_tasks.h"

#include <fmt/format.h>

#include "server/services/ec2/bundle_tasks/bundle_work.h"
#include "server/services/ec2/common/describe_spec.h"
#include "server/services/ec2/common/errors.h"
#include "server/services/ec2/common/own_rows.h"
#include "server/services/ec2/common/task_objects.h"
#include "server/wire/ec2/bundle_tasks/bundle_tasks.h"
#include "server/wire/ec2/schema.h"
#include "server/wire/types.h"
#include "storage/metadata/images/image_rows.h"
#include "storage/metadata/instances/instance_rows.h"

namespace amilab::ec2 {

namespace {

constexpr Due kBundleTaskCancelled{"bundle-task-cancelled"};

// Source: the code is documented, the text assumed.
ApiError bundle_task_not_found(const BundleTaskId& id)
{
    return {"InvalidBundleID.NotFound",
            fmt::format("The bundle task ID '{}' does not exist", id.text())};
}

BundleTask to_answer(const BundleTaskRow& row)
{
    BundleTask answer;
    answer.bundle_id = row.id.text();
    answer.instance_id = row.instance_id.text();
    answer.progress = row.progress;
    answer.start_time = Timestamp{row.start_time_ms};
    answer.update_time = Timestamp{row.update_time_ms};
    answer.state = text_of(row.state);
    answer.storage.emplace();
    auto& storage = answer.storage->s3.emplace();
    storage.bucket = row.bucket;
    storage.prefix = row.prefix;
    storage.aws_access_key_id = row.access_key;
    storage.upload_policy_signature = row.upload_policy_signature;
    if (row.upload_policy) {
        storage.upload_policy = Blob{wire::decode_base64(*row.upload_policy).value()};
    }
    if (row.error_code) {
        answer.bundle_task_error = BundleTaskError{row.error_code, row.error_message};
    }
    return answer;
}

std::vector<BundleTask> to_answers(Session& /*session*/, std::vector<BundleTaskRow>&& rows)
{
    std::vector<BundleTask> answers;
    for (const auto& row : rows) {
        answers.push_back(to_answer(row));
    }
    return answers;
}

BundleTask answer_of(Session& session, const BundleTaskId& id)
{
    return to_answer(select_bundle_task(session.db(), id).value());
}

BundleTaskRow wished_task(const BundleInstanceRequest& request)
{
    BundleTaskRow row;
    row.instance_id = parse_id<InstanceId>(request.instance_id);
    const auto& storage = request.storage.s3;
    if (!storage || !storage->bucket) {
        throw missing_parameter("Storage.S3.Bucket");
    }
    if (!storage->prefix) {
        throw missing_parameter("Storage.S3.Prefix");
    }
    row.bucket = *storage->bucket;
    row.prefix = *storage->prefix;
    row.access_key = storage->aws_access_key_id;
    if (storage->upload_policy) {
        row.upload_policy = wire::encode_base64(storage->upload_policy->bytes);
    }
    row.upload_policy_signature = storage->upload_policy_signature;
    return row;
}

/// Where the manifest is of the image that the instance was launched from. Source: Windows
/// instances with a root on the instance store (documented); any with such a root is ours, and the
/// codes but that of a second task (documented) are assumed.
std::string require_bundleable(Session& session, const InstanceId& id)
{
    const auto instance = select_instance(session.db(), session.account(), session.region(), id);
    if (!instance) {
        throw not_found(id);
    }
    if (instance->root_device_type != RootDeviceType::kInstanceStore) {
        throw invalid_request(
            fmt::format("The root of the instance '{}' is not on the instance store.", id.text()));
    }
    if (instance->state != InstanceStateName::kRunning) {
        throw incorrect_instance_state(id, "It is not running.");
    }
    if (is_being_bundled(session.db(), id)) {
        throw ApiError("BundlingInProgress",
                       fmt::format("The instance '{}' is being bundled already.", id.text()));
    }
    const auto image = select_visible_image(session.db(), session.account(), session.region(),
                                            ImageId::trusted(instance->image_id));
    if (!image) {
        throw not_found(ImageId::trusted(instance->image_id));
    }
    return image->location;
}

// Source: EC2 API Reference, BundleInstance (documented).
BundleInstanceResponse bundle_instance(Session& session, const BundleInstanceRequest& request)
{
    auto row = wished_task(request);
    stop_if_dry_run(request);
    row.location = require_bundleable(session, row.instance_id);
    require_task_bucket(session, row.bucket, BucketUse::kWrite);
    make_own(session, row);
    row.start_time_ms = session.now_ms();
    row.update_time_ms = session.now_ms();
    row.due_ms = session.due_ms(kBundleTaskPending);
    insert_row<kBundleTaskColumns>(session.db(), row);
    session.schedule_at(row.due_ms, kBundle, row.id.text());
    return {.bundle_task = answer_of(session, row.id)};
}

constexpr DescribeSpec kDescribe{
    .schema = kDescribeBundleTasks,
    .ids = {.member = &DescribeBundleTasksRequest::bundle_ids,
            .check = &check_ids<BundleTaskId>,
            .require = &require_listed<kBundleTaskList, BundleTaskId, bundle_task_not_found>},
    .select = &select_page<kBundleTaskList>,
    .answers = &to_answers,
    .into = &DescribeBundleTasksResponse::bundle_tasks};

// Source: EC2 API Reference, DescribeBundleTasks (documented).
DescribeBundleTasksResponse describe_bundle_tasks(Session& session,
                                                  const DescribeBundleTasksRequest& request)
{
    return describe<kDescribe>(session, request);
}

// Source: EC2 API Reference, CancelBundleTask (documented); the refusal is assumed.
CancelBundleTaskResponse cancel_bundle_task(Session& session,
                                            const CancelBundleTaskRequest& request)
{
    const auto id = parse_id<BundleTaskId>(request.bundle_id);
    stop_if_dry_run(request);
    const auto row = require_own<kBundleTaskList, BundleTaskId, bundle_task_not_found>(session, id);
    if (row.state != BundleTaskState::kPending && row.state != BundleTaskState::kBundling) {
        throw incorrect_state(id.text(), row.state);
    }
    session.cancel_transitions(id.text());
    set_bundle_task_state(session.db(), id, BundleTaskState::kCancelling, session.now_ms());
    session.schedule(kBundleTaskCancelling, kBundleTaskCancelled, id.text());
    return {.bundle_task = answer_of(session, id)};
}

/// Source: the code is observed, the text assumed.
void bundle_task_cancelled(Session& session, const BundleTaskId& id)
{
    fail_bundle_task(session.db(), id, "Client.Cancelled", "The bundle task was cancelled.",
                     session.now_ms());
}

constexpr Operation kOperations[] = {
    write<bundle_instance>(kBundleInstance),
    read<describe_bundle_tasks>(kDescribeBundleTasks),
    write<cancel_bundle_task>(kCancelBundleTask, {.frees_space = true}),
};

constexpr DueRow kDue[] = {
    when<bundle>(kBundle),
    when<bundle_task_cancelled>(kBundleTaskCancelled),
};

constexpr Delay kDelays[] = {kBundleTaskPending, kBundleTaskCancelling};

}  // namespace

constinit const Family kBundleTasks{.operations = kOperations, .due = kDue, .delays = kDelays};

}  // namespace amilab::ec2
