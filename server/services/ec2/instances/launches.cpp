#include "server/services/ec2/instances/launches.h"
#include "server/wire/ec2/instances/launches.h"
#include "server/wire/ec2/schema.h"

#include <algorithm>

#include <fmt/format.h>

#include "server/calls/idempotency.h"
#include "server/calls/request_values.h"
#include "server/services/ec2/common/describe.h"
#include "server/services/ec2/common/errors.h"
#include "server/services/ec2/common/ids.h"
#include "server/services/ec2/common/resource_tags.h"
#include "server/services/ec2/images/adopted_images.h"
#include "server/services/ec2/images/image_annotations.h"
#include "server/services/ec2/images/images.h"
#include "server/services/ec2/instance_types/launch_types.h"
#include "server/services/ec2/instances/errors.h"
#include "server/services/ec2/instances/image_aliases.h"
#include "server/services/ec2/instances/instance_answers.h"
#include "server/services/ec2/instances/instance_user_data.h"
#include "server/services/ec2/instances/instances.h"
#include "server/services/ec2/instances/launch_place.h"
#include "server/services/ec2/instances/launch_volumes.h"
#include "server/services/ec2/instances/new_instance.h"
#include "server/services/ec2/key_pairs/errors.h"
#include "server/services/ec2/key_pairs/key_pairs.h"
#include "server/services/ec2/network/default_network.h"
#include "storage/metadata/calls/client_token_rows.h"
#include "storage/metadata/images/image_rows.h"
#include "storage/metadata/images/image_words.h"
#include "storage/metadata/instances/instance_rows.h"
#include "storage/metadata/tags/product_code_rows.h"
#include "storage/state/generation.h"

namespace amilab::ec2 {

namespace {

// Source: EC2 API Reference, RunInstances (documented): m1.small by default; these may be tagged.
constexpr std::string_view kDefaultType = "m1.small";

// Source: AWS's limit differs from account to account; this one is assumed.
constexpr std::int64_t kMostInstances = 1000;

struct Counts {
    std::int64_t min;
    std::int64_t max;
};

/// What of the request needs no state.
struct Wish {
    /// Nothing when ImageId names a parameter.
    std::optional<ImageId> image_id;
    Counts counts;
    std::optional<std::string> user_data;
    LaunchTags tags;
};

/// A launch that nothing stands against but the number of free addresses.
struct Plan {
    ImageRow image;
    LaunchTypeRow type;
    std::vector<LaunchSubnet> subnets;
    std::vector<InstanceGroupRow> groups;
    std::vector<LaunchVolume> volumes;
    std::vector<ProductCodeRow> product_codes;
};

/// Source: as many as there is room for, but not fewer than the minimum (documented); "Maximum
/// instance count must be greater than zero" (observed), the other texts are assumed.
Counts check_counts(const RunInstancesRequest& request)
{
    if (request.min_count < 1) {
        throw instance_count_not_positive("Minimum");
    }
    if (request.max_count < 1) {
        throw instance_count_not_positive("Maximum");
    }
    if (request.min_count > request.max_count) {
        throw instance_counts_reversed(request.min_count, request.max_count);
    }
    if (request.min_count > kMostInstances) {
        throw instance_limit_exceeded(request.min_count, kMostInstances);
    }
    return {request.min_count, std::min(request.max_count, kMostInstances)};
}

Wish check_request(const RunInstancesRequest& request)
{
    if (!request.image_id || request.image_id->empty()) {
        throw missing_parameter("ImageId");
    }
    const auto& tags = request.tag_specifications;
    std::optional<ImageId> image_id;
    if (!names_parameter(*request.image_id)) {
        image_id = parse_id<ImageId>(*request.image_id);
    }
    return {
        .image_id = std::move(image_id),
        .counts = check_counts(request),
        .user_data = check_user_data(request.user_data),
        .tags = {.instance = parse_tags<InstanceId, VolumeId, NetworkInterfaceId>(tags),
                 .volume = parse_tags<VolumeId, InstanceId, NetworkInterfaceId>(tags),
                 .network_interface = parse_tags<NetworkInterfaceId, InstanceId, VolumeId>(tags)}};
}

/// Source: an unknown image is refused (documented); `--unknown-ami=adopt` makes it up instead.
ImageRow require_launchable_image(Session& session, const ImageId& id,
                                  std::string_view instance_type)
{
    if (session.generation().unknown_images() == UnknownImages::kAdopt &&
        !select_visible_image(session.db(), session.account(), session.region(), id)) {
        if (auto adopted = adopt_unknown_image(session, id, instance_type)) {
            return std::move(*adopted);
        }
    }
    auto image = require_runnable_image(session, id);
    fit_adopted_image(session, image, instance_type);
    return image;
}

LaunchTypeRow require_type(Session& session, const RunInstancesRequest& request,
                           const ImageRow& image)
{
    const auto name = request.instance_type.value_or(std::string(kDefaultType));
    auto type = select_launch_type(session.db(), name);
    if (!type) {
        throw invalid_instance_type(name);
    }
    require_runs_on(*type, {.architecture = image.architecture,
                            .virtualization_type = image.virtualization_type,
                            .root_device_type = image.root_device_type,
                            .boot_mode = image.boot_mode,
                            .tpm_support = image.tpm_support,
                            .ena_support = image.ena_support});
    require_instance_type_allowed(session, image, name);
    return std::move(*type);
}

/// Source: ED25519 keys are for Linux and Mac instances (documented); code and text are assumed.
void require_key_suits(const KeyPairRow& key_pair, const ImageRow& image)
{
    if (key_pair.type == KeyType::kEd25519 && image.platform == Platform::kWindows) {
        throw key_type_not_for_windows();
    }
}

Plan make_plan(Session& session, const RunInstancesRequest& request, const Wish& wish)
{
    std::optional<KeyPairRow> key_pair;
    if (is_given(request.key_name)) {
        key_pair = require_key_pair(session, *request.key_name);
    }
    const auto image_id =
        wish.image_id ? *wish.image_id : resolve_image(session, *request.image_id);
    auto image = require_launchable_image(
        session, image_id, request.instance_type.value_or(std::string(kDefaultType)));
    if (key_pair) {
        require_key_suits(*key_pair, image);
    }
    auto type = require_type(session, request, image);
    auto subnets = choose_subnets(session, request, type);
    auto groups = find_groups(session, request.security_group_ids, subnets.front());
    auto volumes = plan_volumes(session, image, type, request.block_device_mappings);
    auto product_codes = select_product_codes(session.db(), image.id.text());
    return {std::move(image),  std::move(type),    std::move(subnets),
            std::move(groups), std::move(volumes), std::move(product_codes)};
}

/// The first subnet with room for the minimum, and the addresses there.
std::pair<LaunchSubnet, std::vector<std::string>> take_addresses(Session& session, const Plan& plan,
                                                                 Counts counts)
{
    for (const auto& subnet : plan.subnets) {
        auto addresses = take_private_addresses(session.db(), subnet, counts.max);
        if (static_cast<std::int64_t>(addresses.size()) >= counts.min) {
            return {subnet, std::move(addresses)};
        }
    }
    throw subnet_full(plan.subnets.front().id);
}

/// Takes out what DescribeInstances alone tells. Source: observed.
void leave_for_descriptions(Instance& instance)
{
    instance.hibernation_options.reset();
    instance.network_performance_options.reset();
    instance.platform_details.reset();
    instance.usage_operation.reset();
    instance.usage_operation_update_time.reset();
}

/// As AWS answers, the instances have neither volumes nor public addresses yet (observed).
Instance fresh_answer(InstanceRow row, const InstanceParts& parts)
{
    row.public_ip.reset();
    row.public_dns_name.reset();
    auto answer = instance_answer(row, parts);
    leave_for_descriptions(answer);
    return answer;
}

Reservation launch(Session& session, const RunInstancesRequest& request, const Wish& wish,
                   const Plan& plan)
{
    auto [subnet, addresses] = take_addresses(session, plan, wish.counts);
    const auto reservation_id = session.next_id<ReservationId>().text();
    std::int64_t index = 0;
    for (auto& address : addresses) {
        new_instance(session,
                     {.image = plan.image,
                      .type = plan.type,
                      .subnet = subnet,
                      .groups = plan.groups,
                      .volumes = plan.volumes,
                      .tags = wish.tags,
                      .reservation_id = reservation_id,
                      .launch_index = index++,
                      .client_token = request.client_token.value_or(""),
                      .private_ip = std::move(address),
                      .user_data = wish.user_data,
                      .key_name = is_given(request.key_name) ? request.key_name : std::nullopt,
                      .disable_api_termination = request.disable_api_termination.value_or(false),
                      .disable_api_stop = request.disable_api_stop.value_or(false),
                      .shutdown_behavior = request.instance_initiated_shutdown_behavior.value_or(
                          std::string(text_of(ShutdownBehavior::kStop)))});
    }
    set_image_last_launched(session.db(), plan.image.id, session.now_ms());

    InstanceParts parts{.groups = plan.groups, .product_codes = plan.product_codes};
    for (const auto& tag : wish.tags.instance) {
        parts.tags.push_back({.key = tag.key, .value = tag.value});
    }
    Reservation reservation;
    reservation.owner_id = session.account();
    reservation.reservation_id = reservation_id;
    for (auto& row :
         select_reservation(session.db(), session.account(), session.region(), reservation_id)) {
        reservation.instances.push_back(fresh_answer(std::move(row), parts));
    }
    return reservation;
}

/// What the same call made before, as it is now.
/// Source: code documented, that any terminated instance counts is assumed.
Reservation reservation_again(Session& session, std::string_view reservation_id)
{
    auto rows =
        select_reservation(session.db(), session.account(), session.region(), reservation_id);
    const bool is_over = std::any_of(rows.begin(), rows.end(), [](const InstanceRow& row) {
        return row.state == InstanceStateName::kTerminated;
    });
    if (rows.empty() || is_over) {
        throw idempotent_instance_terminated();
    }
    auto reservation = std::move(reservation_answers(session, std::move(rows)).front());
    std::ranges::for_each(reservation.instances, &leave_for_descriptions);
    return reservation;
}

/// Source: "Ensuring idempotency": a token counts for one zone when the launch names one, itself or
/// through its subnet, and for the region otherwise (documented).
std::string token_scope(Session& session, const RunInstancesRequest& request)
{
    const auto zone = named_zone(session, request);
    const std::string_view launch = kLaunchOperation;
    return zone ? fmt::format("{}/{}", launch, *zone) : std::string(launch);
}

}  // namespace

// Source: EC2 API Reference, RunInstances (documented).
RunInstancesResponse run_instances(Session& session, const RunInstancesRequest& request)
{
    const auto wish = check_request(request);
    ensure_default_network(session);
    const auto scope = token_scope(session, request);
    if (!request.dry_run.value_or(false)) {
        if (const auto made = made_before(session, scope, request.client_token)) {
            return reservation_again(session, *made);
        }
    }
    const auto plan = make_plan(session, request, wish);
    stop_if_dry_run(request);
    auto reservation = launch(session, request, wish, plan);
    remember_token(session, scope, request.client_token, *reservation.reservation_id,
                   TokenEnd::kOpen);
    return reservation;
}

namespace {

constexpr Operation kOperations[] = {
    write<run_instances>(kRunInstances),
};

}  // namespace

constinit const Family kLaunches{.operations = kOperations};

}  // namespace amilab::ec2
