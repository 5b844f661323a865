#include "server/services/ec2/images/fast_launch.h"

#include <fmt/format.h>

#include "server/services/ec2/common/describe_spec.h"
#include "server/services/ec2/common/errors.h"
#include "server/services/ec2/common/own_rows.h"
#include "server/services/ec2/images/errors.h"
#include "server/wire/ec2/images/fast_launch.h"
#include "server/wire/ec2/schema.h"
#include "storage/metadata/images/fast_launch_rows.h"
#include "storage/metadata/images/image_rows.h"
#include "storage/metadata/images/image_words.h"
#include "storage/metadata/launch_templates/launch_template_rows.h"

namespace amilab::ec2 {

namespace {

// Source: six at least, which is also the default; five snapshots by default (documented).
constexpr std::int64_t kFewestParallel = 6;
constexpr std::int64_t kDefaultTarget = 5;

// Source: "StateTransitionReason": "Client.UserInitiated" (observed in AWS's examples).
constexpr const char* kByUser = "Client.UserInitiated";

constexpr const char* kSnapshot = "snapshot";

/// How transitions name it: the account before the image.
std::string resource_name(const FastLaunchRow& row)
{
    return fmt::format("{}/{}", row.owner, row.image_id.text());
}

std::optional<FastLaunchRow> find_resource(Session& session, std::string_view resource)
{
    const auto slash = resource.find('/');
    return select_fast_launch(session.db(), resource.substr(0, slash),
                              ImageId::trusted(std::string(resource.substr(slash + 1))));
}

/// Source: a Windows image that is one's own or shared (documented); the codes are assumed.
void require_windows_image(Session& session, const ImageId& id)
{
    const auto image = select_visible_image(session.db(), session.account(), session.region(), id);
    if (!image) {
        throw not_found(id);
    }
    if (image->state == ImageState::kDeregistered) {
        throw image_unavailable(id);
    }
    if (image->state != ImageState::kAvailable) {
        throw image_in_wrong_state(id, text_of(image->state));
    }
    if (image->platform != Platform::kWindows) {
        throw not_a_windows_image(id);
    }
}

void check_launch_template(const EnableFastLaunchRequest& request)
{
    if (!request.launch_template) {
        return;
    }
    const auto& wanted = *request.launch_template;
    if (wanted.launch_template_id && wanted.launch_template_name) {
        throw parameters_not_together("launchTemplateId", "launchTemplateName");
    }
    if (!wanted.launch_template_id && !wanted.launch_template_name) {
        throw missing_parameter("LaunchTemplate.LaunchTemplateId");
    }
}

/// Notes the template that launches are to be told by. Source: one's own (documented); which
/// version is meant is asked when something is launched (assumed).
void note_launch_template(Session& session, const EnableFastLaunchRequest& request,
                          FastLaunchRow& row)
{
    if (!request.launch_template) {
        return;
    }
    const auto& wanted = *request.launch_template;
    const auto found = wanted.launch_template_id
                           ? find_own<kLaunchTemplateList, &LaunchTemplateRow::id>(
                                 session, *wanted.launch_template_id)
                           : find_own<kLaunchTemplateList, &LaunchTemplateRow::name>(
                                 session, *wanted.launch_template_name);
    if (!found) {
        throw wanted.launch_template_id
            ? launch_template_id_not_found(*wanted.launch_template_id)
            : launch_template_name_not_found(*wanted.launch_template_name);
    }
    row.launch_template_id = found->id.text();
    row.launch_template_name = found->name;
    row.launch_template_version = wanted.version;
}

std::int64_t target_of(const EnableFastLaunchRequest& request)
{
    if (!request.snapshot_configuration || !request.snapshot_configuration->target_resource_count) {
        return kDefaultTarget;
    }
    const auto target = *request.snapshot_configuration->target_resource_count;
    if (target < 1) {
        throw invalid_value(std::to_string(target), "targetResourceCount",
                            "Expected a number greater than 0.");
    }
    return target;
}

/// The three operations answer alike.
template <class Answer>
Answer to_answer(const FastLaunchRow& row)
{
    Answer answer;
    answer.image_id = row.image_id.text();
    answer.resource_type = kSnapshot;
    answer.snapshot_configuration =
        FastLaunchSnapshotConfigurationResponse{.target_resource_count = row.target_resource_count};
    answer.max_parallel_launches = row.max_parallel_launches;
    if (row.launch_template_id) {
        answer.launch_template = FastLaunchLaunchTemplateSpecificationResponse{
            .launch_template_id = row.launch_template_id,
            .launch_template_name = row.launch_template_name,
            .version = row.launch_template_version};
    }
    answer.owner_id = row.owner;
    answer.state = text_of(row.state);
    answer.state_transition_reason = row.state_reason;
    answer.state_transition_time = Timestamp{row.state_time_ms};
    return answer;
}

std::vector<DescribeFastLaunchImagesSuccessItem> to_answers(Session& /*session*/,
                                                            std::vector<FastLaunchRow>&& rows)
{
    std::vector<DescribeFastLaunchImagesSuccessItem> answers;
    for (const auto& row : rows) {
        answers.push_back(to_answer<DescribeFastLaunchImagesSuccessItem>(row));
    }
    return answers;
}

constexpr DescribeSpec kDescribe{.schema = kDescribeFastLaunchImages,
                                 .ids = {.member = &DescribeFastLaunchImagesRequest::image_ids,
                                         .check = &check_ids<ImageId>,
                                         .not_with_page = "ImageIds"},
                                 .select = &select_page<kFastLaunchList>,
                                 .key = &key_by<&FastLaunchRow::image_id>,
                                 .answers = &to_answers,
                                 .into = &DescribeFastLaunchImagesResponse::fast_launch_images};

}  // namespace

// Source: EC2 API Reference, EnableFastLaunch (documented); enabling again changes the settings
// (assumed). There are no prepared snapshots: a launch does not wait for its bytes here.
EnableFastLaunchResponse enable_fast_launch(Session& session,
                                            const EnableFastLaunchRequest& request)
{
    const auto id = parse_id<ImageId>(request.image_id);
    if (request.resource_type.value_or(kSnapshot) != kSnapshot) {
        throw invalid_value(*request.resource_type, "resourceType", "Expected snapshot.");
    }
    const auto parallel = request.max_parallel_launches.value_or(kFewestParallel);
    if (parallel < kFewestParallel) {
        throw invalid_value(std::to_string(parallel), "maxParallelLaunches",
                            "Expected 6 or greater.");
    }
    check_launch_template(request);
    FastLaunchRow row{.image_id = id,
                      .owner = session.account(),
                      .region = session.region(),
                      .target_resource_count = target_of(request),
                      .max_parallel_launches = parallel,
                      .state = FastLaunchState::kEnabling,
                      .state_reason = kByUser,
                      .state_time_ms = session.now_ms()};
    stop_if_dry_run(request);

    require_windows_image(session, id);
    note_launch_template(session, request, row);
    const auto before = select_fast_launch(session.db(), session.account(), id);
    if (before && before->state == FastLaunchState::kDisabling) {
        throw incorrect_state(fmt::format("Fast launch of {}", id.text()), before->state);
    }
    put_fast_launch(session.db(), row);
    session.cancel_transitions(resource_name(row));
    session.schedule(kFastLaunchEnabling, kFastLaunchEnabled, resource_name(row));
    return to_answer<EnableFastLaunchResponse>(row);
}

// Source: EC2 API Reference, DisableFastLaunch (documented); an image that it is not enabled for is
// refused (assumed). Forced, it takes no time (assumed).
DisableFastLaunchResponse disable_fast_launch(Session& session,
                                              const DisableFastLaunchRequest& request)
{
    const auto id = parse_id<ImageId>(request.image_id);
    stop_if_dry_run(request);
    auto row = select_fast_launch(session.db(), session.account(), id);
    if (!row) {
        require_windows_image(session, id);
        throw fast_launch_not_enabled(id);
    }
    row->state = FastLaunchState::kDisabling;
    row->state_reason = kByUser;
    row->state_time_ms = session.now_ms();
    put_fast_launch(session.db(), *row);
    session.cancel_transitions(resource_name(*row));
    session.schedule_at(
        request.force.value_or(false) ? session.now_ms() : session.due_ms(kFastLaunchDisabling),
        kFastLaunchGone, resource_name(*row));
    return to_answer<DisableFastLaunchResponse>(*row);
}

// Source: EC2 API Reference, DescribeFastLaunchImages (documented); an id that fast launch is not
// enabled for is left out (assumed).
DescribeFastLaunchImagesResponse describe_fast_launch_images(
    Session& session, const DescribeFastLaunchImagesRequest& request)
{
    return describe<kDescribe>(session, request);
}

void fast_launch_enabled(Session& session, const std::string& resource)
{
    auto row = find_resource(session, resource);
    if (row && row->state == FastLaunchState::kEnabling) {
        row->state = FastLaunchState::kEnabled;
        row->state_time_ms = session.now_ms();
        put_fast_launch(session.db(), *row);
    }
}

void fast_launch_gone(Session& session, const std::string& resource)
{
    const auto row = find_resource(session, resource);
    if (row && row->state == FastLaunchState::kDisabling) {
        delete_fast_launch(session.db(), row->owner, row->image_id);
    }
}

namespace {

constexpr Operation kOperations[] = {
    write<enable_fast_launch>(kEnableFastLaunch),
    write<disable_fast_launch>(kDisableFastLaunch),
    read<describe_fast_launch_images>(kDescribeFastLaunchImages),
};

constexpr DueRow kDue[] = {
    when<fast_launch_enabled>(kFastLaunchEnabled),
    when<fast_launch_gone>(kFastLaunchGone),
};

constexpr Delay kDelays[] = {kFastLaunchEnabling, kFastLaunchDisabling};

}  // namespace

constinit const Family kFastLaunch{.operations = kOperations, .due = kDue, .delays = kDelays};

}  // namespace amilab::ec2
