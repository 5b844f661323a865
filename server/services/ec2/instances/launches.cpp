#include "server/services/ec2/instances/launches.h"
#include "server/wire/ec2/instances/launches.h"
#include "server/wire/ec2/schema.h"

#include <algorithm>
#include <array>

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
#include "server/services/ec2/instances/instance_states.h"
#include "server/services/ec2/instances/instance_user_data.h"
#include "server/services/ec2/instances/instances.h"
#include "server/services/ec2/instances/launch_place.h"
#include "server/services/ec2/instances/launch_volumes.h"
#include "server/services/ec2/key_pairs/errors.h"
#include "server/services/ec2/network/default_network.h"
#include "server/services/ec2/snapshots/fast_restores.h"
#include "server/services/ec2/volumes/new_volumes.h"
#include "server/services/ec2/volumes/volume_sources.h"
#include "storage/metadata/images/image_rows.h"
#include "storage/metadata/instances/instance_rows.h"
#include "storage/metadata/tags/product_code_rows.h"
#include "storage/metadata/volumes/volume_rows.h"
#include "storage/state/generation.h"

namespace amilab::ec2 {

namespace {

// Source: EC2 API Reference, RunInstances (documented): m1.small by default; these may be tagged.
constexpr std::string_view kDefaultType = "m1.small";
constexpr std::array<std::string_view, 3> kTagged = {"instance", "volume", "network-interface"};

// Source: AWS's limit differs from account to account; this one is assumed.
constexpr std::int64_t kMostInstances = 1000;

struct Counts {
    std::int64_t min;
    std::int64_t max;
};

struct LaunchTags {
    std::vector<TagRow> instance;
    std::vector<TagRow> volume;
    std::vector<TagRow> network_interface;
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
    return {.image_id = std::move(image_id),
            .counts = check_counts(request),
            .user_data = check_user_data(request.user_data),
            .tags = {.instance = parse_tags(tags, "instance", kTagged),
                     .volume = parse_tags(tags, "volume", kTagged),
                     .network_interface = parse_tags(tags, "network-interface", kTagged)}};
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

Plan make_plan(Session& session, const RunInstancesRequest& request, const Wish& wish)
{
    if (is_given(request.key_name)) {
        throw key_pair_not_found(*request.key_name);
    }
    const auto image_id =
        wish.image_id ? *wish.image_id : resolve_image(session, *request.image_id);
    auto image = require_launchable_image(
        session, image_id, request.instance_type.value_or(std::string(kDefaultType)));
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

/// Source: AWS's addresses are locally administered ones (observed). This one is made of the
/// interface's id, the last 10 of whose hex digits hang on the seed.
std::string mac_address_of(std::string_view interface_id)
{
    constexpr std::size_t kDigits = 10;
    const auto digits = interface_id.substr(interface_id.size() - kDigits);
    std::string mac = "02";
    for (std::size_t i = 0; i < kDigits; i += 2) {
        mac += ':';
        mac += digits.substr(i, 2);
    }
    return mac;
}

void fill_from_image(InstanceRow& row, const ImageRow& image)
{
    // Source: EC2 User Guide, "Configure the AMI" for IMDSv2 (documented).
    const bool needs_tokens = image.imds_support == "v2.0";
    row.image_id = image.id.text();
    row.image_owner = image.owner;
    row.architecture = image.architecture;
    row.virtualization_type = image.virtualization_type;
    row.hypervisor = image.hypervisor;
    row.root_device_name = image.root_device_name;
    row.root_device_type = image.root_device_type;
    row.boot_mode = image.boot_mode;
    row.imds_support = image.imds_support;
    row.tpm_support = image.tpm_support;
    row.ena_support = image.ena_support;
    row.sriov_net_support = image.sriov_net_support;
    row.platform = image.platform;
    row.platform_details = image.platform_details;
    row.usage_operation = image.usage_operation;
    row.kernel_id = image.kernel_id;
    row.ramdisk_id = image.ramdisk_id;
    row.http_tokens = needs_tokens ? "required" : "optional";
    row.http_put_response_hop_limit = needs_tokens ? 2 : 1;
}

InstanceRow new_row(Session& session, const RunInstancesRequest& request, const Plan& plan,
                    const LaunchSubnet& subnet)
{
    InstanceRow row{.id = session.next_id<InstanceId>()};
    row.region = session.region();
    row.owner = session.account();
    row.client_token = request.client_token.value_or("");
    row.launch_time_ms = session.now_ms();
    row.usage_operation_time_ms = session.now_ms();
    row.state = "pending";
    row.state_reason_code = "pending";
    row.state_reason_message = "pending";
    row.state_change_time_ms = session.now_ms();
    row.instance_type = plan.type.name;
    row.cores = plan.type.cores;
    row.threads_per_core = plan.type.threads_per_core;
    row.current_boot_mode = current_boot_mode(plan.type, plan.image.boot_mode);
    row.zone = subnet.zone;
    row.zone_id = subnet.zone_id;
    row.subnet_id = subnet.id.text();
    row.vpc_id = subnet.vpc_id.text();
    row.public_ip = new_public_address(session, subnet);
    row.network_interface_id = session.next_id<NetworkInterfaceId>().text();
    row.network_attachment_id = session.next_id<NetworkInterfaceAttachmentId>().text();
    row.mac_address = mac_address_of(*row.network_interface_id);
    row.ebs_optimized = false;
    row.source_dest_check = true;
    row.disable_api_termination = request.disable_api_termination.value_or(false);
    row.disable_api_stop = request.disable_api_stop.value_or(false);
    row.shutdown_behavior = request.instance_initiated_shutdown_behavior.value_or("stop");
    fill_from_image(row, plan.image);
    return row;
}

void create_volume_of(Session& session, const InstanceRow& instance, const LaunchVolume& wanted,
                      const std::vector<TagRow>& tags)
{
    std::vector<std::string> product_codes_of;
    if (wanted.snapshot) {
        product_codes_of.push_back(wanted.snapshot->id.text());
    }
    if (wanted.device_name == instance.root_device_name) {
        product_codes_of.push_back(instance.image_id);
    }
    const auto id = new_volume(
        session, {.zone = instance.zone,
                  .spec = wanted.spec,
                  .snapshot = wanted.snapshot ? &*wanted.snapshot : nullptr,
                  .encryption = wanted.encryption,
                  .initialization_rate = wanted.initialization_rate,
                  .fast_restored = is_restored_fast(session, wanted.snapshot, instance.zone,
                                                    wanted.initialization_rate),
                  .product_codes_of = std::move(product_codes_of),
                  .tags = tags,
                  .use = VolumeUse::kLaunch});
    insert_attachment(session.db(), {.volume_id = id,
                                     .instance_id = instance.id,
                                     .device = wanted.device_name,
                                     .state = std::string(attachment_state::kAttaching),
                                     .attach_time_ms = session.now_ms(),
                                     .delete_on_termination = wanted.delete_on_termination});
}

void create_instance(Session& session, const Plan& plan, const Wish& wish, const InstanceRow& row)
{
    std::vector<std::string> groups;
    for (const auto& group : plan.groups) {
        groups.push_back(group.id);
    }
    insert_instance(session.db(), row, groups);
    copy_product_codes(session.db(), row.image_id, row.id.text());
    for (const auto& volume : plan.volumes) {
        create_volume_of(session, row, volume, wish.tags.volume);
    }
    store_tags(session, {row.id.text(), "instance"}, wish.tags.instance);
    store_tags(session, {*row.network_interface_id, "network-interface"},
               wish.tags.network_interface);
    session.schedule(kInstancePending, kInstanceRunning, row.id.text());
}

/// As AWS answers, the instances have neither volumes nor public addresses yet (observed).
Instance fresh_answer(InstanceRow row, const Plan& plan, const Wish& wish)
{
    row.public_ip.reset();
    return instance_answer(row, {.groups = plan.groups,
                                 .attachments = {},
                                 .tags = wish.tags.instance,
                                 .product_codes = plan.product_codes});
}

Reservation launch(Session& session, const RunInstancesRequest& request, const Wish& wish,
                   const Plan& plan)
{
    auto [subnet, addresses] = take_addresses(session, plan, wish.counts);
    Reservation reservation;
    reservation.owner_id = session.account();
    reservation.reservation_id = session.next_id<ReservationId>().text();
    for (auto& address : addresses) {
        auto row = new_row(session, request, plan, subnet);
        row.reservation_id = *reservation.reservation_id;
        row.launch_index = static_cast<std::int64_t>(reservation.instances.size());
        row.private_ip = std::move(address);
        row.user_data = wish.user_data;
        create_instance(session, plan, wish, row);
        reservation.instances.push_back(fresh_answer(std::move(row), plan, wish));
    }
    set_image_last_launched(session.db(), plan.image.id, session.now_ms());
    return reservation;
}

/// What the same call made before, as it is now.
/// Source: code documented, that any terminated instance counts is assumed.
Reservation reservation_again(Session& session, std::string_view reservation_id)
{
    const auto rows =
        select_reservation(session.db(), session.account(), session.region(), reservation_id);
    const bool is_over = std::any_of(
        rows.begin(), rows.end(), [](const InstanceRow& row) { return row.state == "terminated"; });
    if (rows.empty() || is_over) {
        throw idempotent_instance_terminated();
    }
    return std::move(reservation_answers(session, rows).front());
}

/// Source: "Ensuring idempotency": a token counts for one zone when the launch names one, itself or
/// through its subnet, and for the region otherwise (documented).
std::string token_scope(Session& session, const RunInstancesRequest& request)
{
    const auto zone = named_zone(session, request);
    return zone ? fmt::format("RunInstances/{}", *zone) : "RunInstances";
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
    remember_token(session, scope, request.client_token, *reservation.reservation_id);
    return reservation;
}

namespace {

constexpr Operation kOperations[] = {
    write<run_instances>(kRunInstances),
};

}  // namespace

constinit const Family kLaunches{.operations = kOperations};

}  // namespace amilab::ec2
