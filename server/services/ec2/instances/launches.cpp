#include "server/services/ec2/instances/launches.h"
#include "server/wire/ec2/instances/launches.h"
#include "server/wire/ec2/schema.h"

#include <algorithm>

#include <fmt/format.h>

#include "server/calls/encryption.h"
#include "server/calls/idempotency.h"
#include "server/calls/request_values.h"
#include "server/services/ec2/common/describe.h"
#include "server/services/ec2/common/errors.h"
#include "server/services/ec2/common/ids.h"
#include "server/services/ec2/common/resource_tags.h"
#include "server/services/ec2/images/adopted_images.h"
#include "server/services/ec2/images/image_aliases.h"
#include "server/services/ec2/images/image_annotations.h"
#include "server/services/ec2/images/images.h"
#include "server/services/ec2/instance_types/launch_types.h"
#include "server/services/ec2/instances/errors.h"
#include "server/services/ec2/instances/host_placement.h"
#include "server/services/ec2/instances/instance_answers.h"
#include "server/services/ec2/instances/instance_user_data.h"
#include "server/services/ec2/instances/instances.h"
#include "server/services/ec2/instances/launch_addresses.h"
#include "server/services/ec2/instances/launch_from_template.h"
#include "server/services/ec2/instances/launch_options.h"
#include "server/services/ec2/instances/launch_place.h"
#include "server/services/ec2/instances/launch_volumes.h"
#include "server/services/ec2/instances/new_instance.h"
#include "server/services/ec2/instances/reserved_capacity.h"
#include "server/services/ec2/instances/vcpu_quotas.h"
#include "server/services/ec2/key_pairs/errors.h"
#include "server/services/ec2/key_pairs/key_pairs.h"
#include "server/services/ec2/network/default_network.h"
#include "storage/metadata/calls/client_token_rows.h"
#include "storage/metadata/images/image_rows.h"
#include "storage/metadata/images/image_words.h"
#include "storage/metadata/instances/instance_rows.h"
#include "storage/metadata/tags/product_code_rows.h"
#include "storage/state/settings.h"

namespace amilab::ec2 {

namespace {

// Source: AWS's limit differs from account to account; this one is assumed.
constexpr std::int64_t kMostInstances = 1000;

struct Counts {
    std::int64_t min;
    std::int64_t max;
};

/// What of the request needs no state.
struct LaunchWish {
    /// Nothing when ImageId names a parameter.
    std::optional<ImageId> image_id;
    Counts counts;
    std::optional<std::string> user_data;
    LaunchTags tags;
};

/// A launch that nothing stands against but the number of free addresses.
struct LaunchPlan {
    ImageRow image;
    LaunchTypeRow type;
    std::vector<LaunchInterface> interfaces;
    std::vector<LaunchVolume> volumes;
    LaunchOptions options;
    std::optional<KeyPairRow> key_pair;
    /// Nothing when the instances are no Spot Instances.
    std::optional<SpotTerms> spot;
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

LaunchWish check_request(const RunInstancesRequest& request)
{
    if (!request.image_id || request.image_id->empty()) {
        throw missing_parameter("ImageId");
    }
    check_interfaces(request);
    check_market(request);
    const auto& tags = request.tag_specifications;
    std::optional<ImageId> image_id;
    if (!names_parameter(*request.image_id)) {
        image_id = parse_id<ImageId>(*request.image_id);
    }
    return {
        .image_id = std::move(image_id),
        .counts = check_counts(request),
        .user_data = check_user_data(request.user_data),
        .tags = {
            .instance = parse_tags<InstanceId, VolumeId, NetworkInterfaceId, SpotRequestId>(tags),
            .volume = parse_tags<VolumeId, InstanceId, NetworkInterfaceId, SpotRequestId>(tags),
            .network_interface =
                parse_tags<NetworkInterfaceId, InstanceId, VolumeId, SpotRequestId>(tags),
            .spot_request =
                parse_tags<SpotRequestId, InstanceId, VolumeId, NetworkInterfaceId>(tags)}};
}

/// Source: an unknown image is refused (documented); `--unknown-ami=adopt` makes it up instead.
ImageRow require_launchable_image(Session& session, const ImageId& id,
                                  std::string_view instance_type)
{
    if (session.settings().catalogue().unknown_images == UnknownImages::kAdopt &&
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
    const auto name = request.instance_type.value_or(std::string(kDefaultLaunchType));
    auto type = select_launch_type(session.db(), name);
    if (!type) {
        throw invalid_instance_type(name);
    }
    require_runs_on(*type, needs_of(image));
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

/// Source: EC2 User Guide, "Prerequisites for EC2 instance hibernation": an encrypted root volume
/// (documented), code and text are observed.
void require_encrypted_root(Session& session, const InstanceOptionRow& options,
                            const ImageRow& image, const std::vector<LaunchVolume>& volumes)
{
    if (!options.hibernation) {
        return;
    }
    for (const auto& one : volumes) {
        const auto* snapshot = one.snapshot ? &*one.snapshot : nullptr;
        if (one.device_name == image.root_device_name &&
            !encrypt_volume(session, one.encryption, snapshot, "").encrypted) {
            throw ApiError("UnsupportedHibernationConfiguration",
                           "For hibernation, the root device volume must be encrypted.");
        }
    }
}

LaunchPlan make_plan(Session& session, const RunInstancesRequest& request, const LaunchWish& wish)
{
    std::optional<KeyPairRow> key_pair;
    if (is_given(request.key_name)) {
        key_pair = require_key_pair(session, *request.key_name);
    }
    const auto image_id =
        wish.image_id ? *wish.image_id : resolve_image(session, *request.image_id);
    auto image = require_launchable_image(
        session, image_id, request.instance_type.value_or(std::string(kDefaultLaunchType)));
    if (key_pair) {
        require_key_suits(*key_pair, image);
    }
    auto type = require_type(session, request, image);
    auto interfaces = plan_interfaces(session, request, type);
    auto volumes =
        plan_volumes(session, image, type, interfaces.size(), request.block_device_mappings);
    auto options = plan_options(session, request, image, type);
    require_encrypted_root(session, options.row, image, volumes);
    const auto& subnet = interfaces.front().subnets.front();
    follow_tenancy(options.row, subnet);
    set_names(options.row, request.private_dns_name_options, subnet);
    auto spot = plan_spot(session, request, image, options.row, type, subnet.zone);
    return {std::move(image),   std::move(type),     std::move(interfaces), std::move(volumes),
            std::move(options), std::move(key_pair), std::move(spot)};
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
void leave_for_later(Instance& instance)
{
    leave_for_descriptions(instance);
    instance.block_device_mappings.clear();
    instance.public_ip_address.reset();
    instance.public_dns_name = "";
    for (auto& one : instance.network_interfaces) {
        one.association.reset();
        for (auto& address : one.private_ip_addresses) {
            address.association.reset();
        }
    }
}

/// In the order of the request.
std::vector<Tag> tag_answers(const std::vector<TagRow>& tags)
{
    std::vector<Tag> answers;
    for (const auto& tag : tags) {
        answers.push_back({.key = tag.key, .value = tag.value});
    }
    return answers;
}

Reservation reservation_answer(Session& session, std::string_view reservation_id)
{
    auto rows =
        select_reservation(session.db(), session.account(), session.region(), reservation_id);
    return std::move(reservation_answers(session, std::move(rows)).front());
}

/// How many instances all interfaces have addresses for.
std::int64_t instances_with_room(const std::vector<PlacedInterface>& interfaces)
{
    std::optional<std::size_t> count;
    for (const auto& one : interfaces) {
        if (!one.wanted.existing) {
            count = std::min(count.value_or(one.addresses.size()), one.addresses.size());
        }
    }
    return static_cast<std::int64_t>(count.value_or(1));
}

Reservation launch(Session& session, const RunInstancesRequest& request, const LaunchWish& wish,
                   const LaunchPlan& plan)
{
    const auto interfaces =
        place_interfaces(session, plan.interfaces, wish.counts.min, wish.counts.max);
    const auto reservation_id = session.next_id<ReservationId>().text();
    const auto count = instances_with_room(interfaces);
    for (std::int64_t index = 0; index < count; ++index) {
        new_instance(session,
                     {.image = plan.image,
                      .type = plan.type,
                      .interfaces = interfaces,
                      .volumes = plan.volumes,
                      .options = plan.options,
                      .key_pair = plan.key_pair,
                      .spot = plan.spot,
                      .tags = wish.tags,
                      .reservation_id = reservation_id,
                      .launch_index = index,
                      .client_token = request.client_token.value_or(""),
                      .user_data = wish.user_data,
                      .disable_api_termination = request.disable_api_termination.value_or(false),
                      .disable_api_stop = request.disable_api_stop.value_or(false),
                      .shutdown_behavior = request.instance_initiated_shutdown_behavior.value_or(
                          std::string(text_of(ShutdownBehavior::kStop)))});
    }
    set_image_last_launched(session.db(), plan.image.id, session.now_ms());

    auto reservation = reservation_answer(session, reservation_id);
    for (auto& instance : reservation.instances) {
        leave_for_later(instance);
        instance.tags = tag_answers(wish.tags.instance);
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

/// The zone that the launch is for, unless that has no room for its addresses.
const std::string& zone_of(const LaunchPlan& plan)
{
    return plan.interfaces.front().subnets.front().zone;
}

CapacityNeeds capacity_needs_of(const Session& session, const LaunchPlan& plan)
{
    return {.owner = session.account(),
            .region = session.region(),
            .instance_type = plan.type.name,
            .platform = plan.image.platform_details,
            .zone = zone_of(plan),
            .tenancy = plan.options.row.tenancy};
}

/// How many instances there is room for, the most that are asked for at most. Throws when those are
/// fewer than the fewest.
std::int64_t within_room(Session& session, const LaunchPlan& plan, const Counts& counts)
{
    const auto& options = plan.options.row;
    if (options.tenancy == InstanceTenancy::kHost) {
        return within_hosts(session, options, plan.type.name, zone_of(plan), counts.min,
                            counts.max);
    }
    const auto most = within_quota(session, plan.type.name, options, counts.min, counts.max);
    return within_reservation(session, options, capacity_needs_of(session, plan), counts.min, most);
}

/// Completes the request with what it is launched by, and gives the price.
std::string complete_for(Session& session, SpotRequestRow& row, const LaunchPlan& plan)
{
    return complete_spot_request(session, row, plan.image, plan.options.row, plan.type,
                                 zone_of(plan));
}

/// Source: EC2 User Guide, "Launch instances from a launch template": these two tags (documented).
void add_template_tags(std::vector<TagRow>& tags, const LaunchTemplateVersionRow& version)
{
    tags.push_back({"aws:ec2launchtemplate:id", version.template_id.text()});
    tags.push_back({"aws:ec2launchtemplate:version", std::to_string(version.version)});
}

}  // namespace

void check_spot_launch(Session& session, const RunInstancesRequest& request, SpotRequestRow& row)
{
    ensure_default_network(session);
    const auto plan = make_plan(session, request, check_request(request));
    complete_for(session, row, plan);
}

void launch_for_spot(Session& session, const RunInstancesRequest& request, const SpotTerms& terms)
{
    const auto wish = check_request(request);
    ensure_default_network(session);
    auto plan = make_plan(session, request, wish);
    plan.spot = terms;
    auto& row = plan.spot->row;
    require_spot_price(row, complete_for(session, row, plan));
    launch(session, request, wish, plan);
}

// Source: EC2 API Reference, RunInstances (documented).
RunInstancesResponse run_instances(Session& session, const RunInstancesRequest& asked)
{
    const auto [request, version, parameters] = told_launch(session, asked);
    auto wish = check_request(request);
    if (version) {
        add_template_tags(wish.tags.instance, *version);
    }
    ensure_default_network(session);
    const auto scope = token_scope(session, request);
    if (!request.dry_run.value_or(false)) {
        if (const auto made = made_before(session, scope, request.client_token)) {
            return reservation_again(session, *made);
        }
    }
    auto plan = make_plan(session, request, wish);
    if (plan.options.row.instance_metadata_tags == kMetadataTagsEnabled) {
        require_metadata_keys(wish.tags.instance);
    }
    stop_if_dry_run(request);
    if (plan.spot) {
        plan.spot->parameters = version ? parameters : read_parameters(session.fingerprint());
        keep_group_ids(session, request, plan.spot->parameters);
        plan.spot->tags = wish.tags.spot_request;
    } else {
        wish.counts.max = within_room(session, plan, wish.counts);
    }
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
