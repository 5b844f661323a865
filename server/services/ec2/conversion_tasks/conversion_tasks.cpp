#include "server/services/ec2/conversion_tasks/conversion_tasks.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "server/calls/caller_rules.h"
#include "server/calls/services.h"
#include "server/services/ec2/common/describe_spec.h"
#include "server/services/ec2/common/errors.h"
#include "server/services/ec2/common/zones.h"
#include "server/services/ec2/conversion_tasks/conversion_launches.h"
#include "server/services/ec2/conversion_tasks/conversion_work.h"
#include "server/services/ec2/conversion_tasks/errors.h"
#include "server/services/ec2/conversion_tasks/import_manifest.h"
#include "server/services/ec2/import_tasks/errors.h"
#include "server/services/ec2/launch_templates/launch_parameters.h"
#include "server/services/ec2/snapshots/snapshots.h"
#include "server/services/ec2/volumes/volume_types.h"
#include "server/wire/ec2/conversion_tasks/conversion_tasks.h"
#include "server/wire/ec2/schema.h"
#include "server/wire/urls.h"
#include "storage/base/units.h"

namespace amilab::ec2 {

namespace {

// Source: five import tasks at a time (documented: VM Import/Export quotas of old; that both kinds
// count together is assumed).
constexpr std::int64_t kMostActive = 5;
// Source: the upload has to be complete within seven days (documented).
constexpr TimeMs kLife = 7 * kDayMs;
constexpr std::int64_t kMostImageBytes = std::int64_t{64} << 40;

/// Source: documented.
constexpr std::string_view kPending = "Pending";

// What tasks say.

/// Source: "2014-05-14T22:06:23Z" (documented, in the CLI's help).
std::string expiration_text(TimeMs time_ms)
{
    return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(time_ms / kSecondMs));
}

DiskImageDescription image_answer(const ConversionTaskRow& row)
{
    DiskImageDescription image;
    image.format = text_of(row.format);
    image.import_manifest_url = row.manifest_url;
    image.size = row.image_bytes;
    return image;
}

DiskImageVolumeDescription volume_answer(const ConversionTaskRow& row)
{
    DiskImageVolumeDescription volume;
    volume.size = row.volume_size_gib;
    if (row.volume_id) {
        volume.id = row.volume_id->text();
    }
    return volume;
}

/// What a task to import a volume tells, and an instance's of its disk.
template <class Details>
Details disk_answer(const ConversionTaskRow& row, const std::optional<std::string>& description)
{
    Details details;
    details.availability_zone = row.zone;
    details.availability_zone_id = row.zone_id;
    details.bytes_converted = row.bytes_converted;
    details.description = description;
    details.image = image_answer(row);
    details.volume = volume_answer(row);
    return details;
}

/// Source: the disk has the task's state and message (documented, in the example answer).
ImportInstanceTaskDetails instance_answer(const ConversionTaskRow& row)
{
    auto disk = disk_answer<ImportInstanceVolumeDetailItem>(row, row.disk_description);
    disk.status = text_of(row.state);
    disk.status_message = row.status_message;
    ImportInstanceTaskDetails details;
    details.description = row.description;
    details.instance_id = row.instance_id->text();
    details.platform = row.platform;
    details.volumes.push_back(std::move(disk));
    return details;
}

ConversionTask to_answer(const ConversionTaskRow& row)
{
    ConversionTask answer;
    answer.conversion_task_id = row.id;
    answer.expiration_time = expiration_text(row.expiration_time_ms);
    if (row.kind == ConversionKind::kInstance) {
        answer.import_instance = instance_answer(row);
    } else {
        answer.import_volume = disk_answer<ImportVolumeTaskDetails>(row, row.description);
    }
    answer.state = text_of(row.state);
    answer.status_message = row.status_message;
    return answer;
}

std::vector<ConversionTask> to_answers(Session& session, std::vector<ConversionTaskRow>&& rows)
{
    std::vector<std::string> ids;
    for (const auto& row : rows) {
        ids.push_back(row.id);
    }
    const PageTags tags(session, ids);
    std::vector<ConversionTask> answers;
    for (const auto& row : rows) {
        answers.push_back(to_answer(row));
        answers.back().tags = tags.of(row.id);
    }
    return answers;
}

// How tasks begin.

/// Throws ApiError for what needs no state.
/// Source: that the file's size is wanted is documented, bounds are assumed.
ConversionTaskRow parse_task(Session& session, const DiskImageDetail& image, std::int64_t size_gib)
{
    if (image.bytes < 1 || image.bytes > kMostImageBytes) {
        throw invalid_parameter_value(
            fmt::format("Value ({}) for parameter bytes is invalid. Expected: 1 to {}.",
                        image.bytes, kMostImageBytes));
    }
    const auto& url = image.import_manifest_url;
    const auto parts = wire::split_url(url);
    if (!parts || url.size() > kMostImportUrlBytes) {
        throw invalid_parameter_value(
            "The ImportManifestUrl is no URL of http or https, or is too long.");
    }
    const auto* rules = session.services().caller_rules();
    if (rules == nullptr || !rules->is_own_host(parts->authority)) {
        throw manifest_elsewhere(parts->authority.substr(0, 256));
    }
    complete_volume_spec({.volume_type = std::string(kImportedVolumeType),
                          .size_gib = size_gib,
                          .iops = std::nullopt,
                          .throughput = std::nullopt});
    ConversionTaskRow row;
    row.format = to_word<DiskFileFormat>(image.format);
    row.image_bytes = image.bytes;
    row.manifest_url = url;
    row.volume_size_gib = size_gib;
    return row;
}

/// Stores a new task of the caller's and has it begin after its delay.
ConversionTask start(Session& session, ConversionTaskRow& row)
{
    if (count_active_conversion_tasks(session.db(), session.account(), session.region()) >=
        kMostActive) {
        throw too_many_imports(kMostActive);
    }
    row.region = session.region();
    row.owner = session.account();
    row.state = ConversionTaskState::kActive;
    row.status_message = kPending;
    row.start_time_ms = session.now_ms();
    row.expiration_time_ms = session.now_ms() + kLife;
    insert_conversion_task(session.db(), row);
    session.schedule(kConversionTaskActive, kConvert, row.id);
    return to_answer(*select_conversion_task(session.db(), row.id));
}

// Source: EC2 API Reference, ImportVolume (documented).
ImportVolumeResponse import_volume(Session& session, const ImportVolumeRequest& request)
{
    auto row = parse_task(session, request.image, request.volume.size);
    check_description(request.description);
    row.zone = require_said_zone(session, request.availability_zone, request.availability_zone_id);
    stop_if_dry_run(request);
    row.kind = ConversionKind::kVolume;
    row.description = request.description;
    row.id = session.next_id<ImportVolumeTaskId>().text();
    row.volume_id = session.next_id<VolumeId>();
    ImportVolumeResponse response;
    response.conversion_task = start(session, row);
    return response;
}

/// Source: one disk (documented), Windows or Linux (documented of ec2-import-instance).
void check_request(const ImportInstanceRequest& request)
{
    if (request.platform != "Windows" && request.platform != "Linux") {
        throw platform_not_imported(request.platform);
    }
    if (request.disk_images.size() > 1) {
        throw several_disks(request.disk_images.size());
    }
    check_description(request.description);
    check_description(request.disk_images.front().description);
}

// Source: EC2 API Reference, ImportInstance (documented); that the launch is looked at by the call
// is assumed.
ImportInstanceResponse import_instance(Session& session, const ImportInstanceRequest& request)
{
    check_request(request);
    const auto& disk = request.disk_images.front();
    auto row = parse_task(session, disk.image, disk.volume.size);
    const auto machine = machine_of(request);
    row.zone = check_imported_instance(session, machine);
    stop_if_dry_run(request);
    row.kind = ConversionKind::kInstance;
    row.description = request.description;
    row.disk_description = disk.description;
    row.platform = request.platform;
    row.launch = session.fingerprint();
    row.id = session.next_id<ImportInstanceTaskId>().text();
    row.instance_id = session.next_id<InstanceId>();
    ImportInstanceResponse response;
    response.conversion_task = start(session, row);
    return response;
}

// How tasks are shown.

bool has_task_id_shape(std::string_view text, std::string_view prefix)
{
    constexpr std::size_t kFewest = 8;
    constexpr std::size_t kMost = 17;
    if (!has_id_prefix(text, prefix)) {
        return false;
    }
    const auto rest = text.substr(prefix.size() + 1);
    return rest.size() >= kFewest && rest.size() <= kMost && std::ranges::all_of(rest, [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z');
           });
}

/// Source: "import-i-ffvko9js" (documented): letters beyond f too, in ids that are none here.
void check_task_id(const std::string& id)
{
    if (!has_task_id_shape(id, ImportInstanceTaskTag::kPrefix) &&
        !has_task_id_shape(id, ImportVolumeTaskTag::kPrefix)) {
        throw malformed_id<ImportInstanceTaskId>(id, {});
    }
}

void check_task_ids(const std::vector<std::string>& ids)
{
    for (const auto& id : ids) {
        check_task_id(id);
    }
}

constexpr DescribeSpec kDescribe{
    .schema = kDescribeConversionTasks,
    .ids = {.member = &DescribeConversionTasksRequest::conversion_task_ids,
            .check = &check_task_ids,
            .require = &require_listed<kConversionTaskList, conversion_task_not_found>},
    .select = &select_page<kConversionTaskList>,
    .key = &key_by<&ConversionTaskRow::id>,
    .answers = &to_answers,
    .into = &DescribeConversionTasksResponse::conversion_tasks};

// Source: EC2 API Reference, DescribeConversionTasks (documented).
DescribeConversionTasksResponse describe_conversion_tasks(
    Session& session, const DescribeConversionTasksRequest& request)
{
    return describe<kDescribe>(session, request);
}

// How tasks end.

// Source: EC2 API Reference, CancelConversionTask: active tasks alone, with all that has come of
// them (documented); the code is assumed, and that the reason becomes the message.
CancelConversionTaskResponse cancel_conversion_task(Session& session,
                                                    const CancelConversionTaskRequest& request)
{
    check_task_id(request.conversion_task_id);
    check_description(request.reason_message);
    stop_if_dry_run(request);
    auto row = select_conversion_task(session.db(), request.conversion_task_id);
    if (!row || row->owner != session.account() || row->region != session.region()) {
        throw conversion_task_not_found(request.conversion_task_id);
    }
    if (row->state != ConversionTaskState::kActive) {
        throw incorrect_state(row->id, row->state);
    }
    row->state = ConversionTaskState::kCancelling;
    row->status_message = request.reason_message.value_or("User initiated task cancellation");
    session.cancel_transitions(row->id);
    update_conversion_task(session.db(), *row);
    session.schedule(kConversionTaskCancelling, kConversionTaskCancelled, row->id);
    return {};
}

void conversion_task_cancelled(Session& session, const std::string& id)
{
    auto row = select_conversion_task(session.db(), id);
    if (row && row->state == ConversionTaskState::kCancelling) {
        row->state = ConversionTaskState::kCancelled;
        end_conversion_task(session, *row);
    }
}

void conversion_task_gone(Session& session, const std::string& id)
{
    delete_all_tags(session.db(), id);
    delete_conversion_task(session.db(), id);
}

ApiError instance_task_not_found(const ImportInstanceTaskId& id)
{
    return conversion_task_not_found(id.text());
}

ApiError volume_task_not_found(const ImportVolumeTaskId& id)
{
    return conversion_task_not_found(id.text());
}

constexpr Operation kOperations[] = {
    write<import_instance>(kImportInstance),
    write<import_volume>(kImportVolume),
    read<describe_conversion_tasks>(kDescribeConversionTasks),
    write<cancel_conversion_task>(kCancelConversionTask, {.frees_space = true}),
};

constexpr ResourceKind kKinds[] = {
    kind<ImportInstanceTaskId, instance_task_not_found>(kTaggableByOwner<kConversionTaskColumns>),
    kind<ImportVolumeTaskId, volume_task_not_found>(kTaggableByOwner<kConversionTaskColumns>),
};

constexpr DueRow kDue[] = {
    when<convert>(kConvert),
    when<conversion_task_cancelled>(kConversionTaskCancelled),
    when<conversion_task_gone>(kConversionTaskGone),
};

constexpr Delay kDelays[] = {kConversionTaskActive, kConversionTaskCancelling};

}  // namespace

constinit const Family kConversionTasks{
    .operations = kOperations, .kinds = kKinds, .due = kDue, .delays = kDelays};

}  // namespace amilab::ec2
