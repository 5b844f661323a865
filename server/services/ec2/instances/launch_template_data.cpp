#include "server/services/ec2/instances/launch_template_data.h"

#include "server/services/ec2/common/describe.h"
#include "server/services/ec2/instances/instance_answers.h"
#include "server/services/ec2/instances/instances.h"
#include "server/wire/ec2/instances/launch_template_data.h"
#include "server/wire/ec2/schema.h"
#include "storage/metadata/instances/spot_request_rows.h"
#include "storage/metadata/volumes/volume_rows.h"

namespace amilab::ec2 {

namespace {

LaunchTemplateBlockDeviceMapping mapping_of(Session& session, const AttachmentRow& attachment)
{
    LaunchTemplateEbsBlockDevice ebs;
    ebs.delete_on_termination = attachment.delete_on_termination;
    if (const auto volume = select_any_volume(session.db(), attachment.volume_id)) {
        ebs.encrypted = volume->encrypted;
        ebs.iops = volume->iops;
        ebs.kms_key_id = volume->kms_key_id;
        ebs.snapshot_id = volume->snapshot_id;
        ebs.throughput = volume->throughput;
        ebs.volume_size = volume->size_gib;
        ebs.volume_type = volume->volume_type;
    }
    LaunchTemplateBlockDeviceMapping mapping;
    mapping.device_name = attachment.device;
    mapping.ebs = std::move(ebs);
    return mapping;
}

/// Source: addresses and ids are those of the instance, which no other can have at the time
/// (observed in the example of the API Reference).
LaunchTemplateInstanceNetworkInterfaceSpecification interface_of(
    const InstanceNetworkInterface& from)
{
    LaunchTemplateInstanceNetworkInterfaceSpecification to;
    to.associate_public_ip_address = from.association.has_value();
    if (from.attachment) {
        to.delete_on_termination = from.attachment->delete_on_termination;
        to.device_index = from.attachment->device_index;
        to.network_card_index = from.attachment->network_card_index;
        to.ena_queue_count = from.attachment->ena_queue_count;
        if (const auto& express = from.attachment->ena_srd_specification) {
            auto& shown = to.ena_srd_specification.emplace();
            shown.ena_srd_enabled = express->ena_srd_enabled;
            shown.ena_srd_udp_specification.emplace().ena_srd_udp_enabled =
                express->ena_srd_udp_specification->ena_srd_udp_enabled;
        }
    }
    if (const auto& tracking = from.connection_tracking_configuration) {
        to.connection_tracking_specification = ConnectionTrackingSpecification{
            .tcp_established_timeout = tracking->tcp_established_timeout,
            .udp_stream_timeout = tracking->udp_stream_timeout,
            .udp_timeout = tracking->udp_timeout};
    }
    to.description = from.description;
    for (const auto& group : from.groups) {
        to.groups.push_back(group.group_id.value_or(""));
    }
    to.interface_type = from.interface_type;
    to.ipv6_addresses = from.ipv6_addresses;
    if (!from.ipv6_addresses.empty() && from.ipv6_addresses.front().is_primary_ipv6 == true) {
        to.primary_ipv6 = true;
    }
    for (const auto& one : from.ipv4_prefixes) {
        to.ipv4_prefixes.push_back({.ipv4_prefix = one.ipv4_prefix});
    }
    for (const auto& one : from.ipv6_prefixes) {
        to.ipv6_prefixes.push_back({.ipv6_prefix = one.ipv6_prefix});
    }
    to.network_interface_id = from.network_interface_id;
    to.private_ip_address = from.private_ip_address;
    for (const auto& address : from.private_ip_addresses) {
        PrivateIpAddressSpecification one;
        one.primary = address.primary;
        one.private_ip_address = address.private_ip_address;
        to.private_ip_addresses.push_back(std::move(one));
    }
    to.subnet_id = from.subnet_id;
    return to;
}

void fill_from_row(const InstanceRow& row, ResponseLaunchTemplateData& data)
{
    data.disable_api_stop = row.disable_api_stop;
    data.disable_api_termination = row.disable_api_termination;
    data.ebs_optimized = row.ebs_optimized;
    data.image_id = row.image_id;
    data.instance_initiated_shutdown_behavior = row.shutdown_behavior;
    data.instance_type = row.instance_type;
    data.kernel_id = row.kernel_id;
    data.key_name = row.key_name;
    data.ram_disk_id = row.ramdisk_id;
    data.user_data = row.user_data;
}

void fill_place(const Instance& from, ResponseLaunchTemplateData& data)
{
    if (!from.placement) {
        return;
    }
    LaunchTemplatePlacement place;
    place.availability_zone = from.placement->availability_zone;
    place.affinity = from.placement->affinity;
    place.group_id = from.placement->group_id;
    place.group_name = from.placement->group_name;
    place.host_id = from.placement->host_id;
    place.partition_number = from.placement->partition_number;
    place.tenancy = from.placement->tenancy;
    data.placement = std::move(place);
}

void fill_options(const InstanceRow& row, const InstanceOptionRow& options,
                  ResponseLaunchTemplateData& data)
{
    auto& capacity = data.capacity_reservation_specification.emplace();
    if (options.capacity_target_id) {
        capacity.capacity_reservation_target.emplace().capacity_reservation_id =
            options.capacity_target_id;
    } else {
        capacity.capacity_reservation_preference = options.capacity_preference;
    }
    auto& processors = data.cpu_options.emplace();
    processors.amd_sev_snp = options.amd_sev_snp;
    processors.nested_virtualization = options.nested_virtualization;
    processors.core_count = options.core_count.value_or(row.cores);
    processors.threads_per_core = options.threads_per_core.value_or(row.threads_per_core);
    if (options.cpu_credits) {
        data.credit_specification.emplace().cpu_credits = options.cpu_credits;
    }
    data.enclave_options.emplace().enabled = options.enclave;
    data.hibernation_options.emplace().configured = options.hibernation;
    for (const auto& arn : options.licenses) {
        data.license_specifications.push_back({.license_configuration_arn = arn});
    }
    data.maintenance_options.emplace().auto_recovery = options.auto_recovery;
    data.monitoring.emplace().enabled = options.monitored;
    data.network_performance_options.emplace().bandwidth_weighting = options.bandwidth_weighting;
    auto& names = data.private_dns_name_options.emplace();
    names.enable_resource_name_dns_aaaa_record = options.resource_name_dns_aaaa;
    names.enable_resource_name_dns_a_record = options.resource_name_dns_a;
    names.hostname_type = options.hostname_type;
    auto& metadata = data.metadata_options.emplace();
    metadata.http_endpoint = options.http_endpoint;
    metadata.http_protocol_ipv6 = options.http_protocol_ipv6;
    metadata.http_put_response_hop_limit = row.http_put_response_hop_limit;
    metadata.http_tokens = row.http_tokens;
    metadata.instance_metadata_tags = options.instance_metadata_tags;
}

void fill_market(Session& session, const InstanceOptionRow& options,
                 ResponseLaunchTemplateData& data)
{
    if (!options.spot_request_id) {
        return;
    }
    auto& market = data.instance_market_options.emplace();
    market.market_type = "spot";
    const auto id = SpotRequestId::trusted(*options.spot_request_id);
    if (const auto request = select_spot_request(session.db(), id)) {
        auto& spot = market.spot_options.emplace();
        spot.instance_interruption_behavior = text_of(request->interruption_behavior);
        spot.max_price = request->spot_price;
        spot.spot_instance_type = text_of(request->type);
    }
}

/// Tags that AWS sets stay with the instance, since none may begin with aws: (assumed).
void fill_tags(const std::vector<Tag>& tags, ResponseLaunchTemplateData& data)
{
    LaunchTemplateTagSpecification specification;
    specification.resource_type = InstanceTag::kResourceType;
    for (const auto& tag : tags) {
        if (!tag.key.value_or("").starts_with("aws:")) {
            specification.tags.push_back(tag);
        }
    }
    if (!specification.tags.empty()) {
        data.tag_specifications.push_back(std::move(specification));
    }
}

}  // namespace

// Source: EC2 API Reference, GetLaunchTemplateData (documented); which members are there is
// observed in its example, as far as that goes.
GetLaunchTemplateDataResponse get_launch_template_data(Session& session,
                                                       const GetLaunchTemplateDataRequest& request)
{
    const auto id = parse_one_instance_id(request.instance_id);
    stop_if_dry_run(request);
    const auto row = require_instance(session, id);
    const auto parts = PageParts(session, {row.id.text()}).of(row.id);
    const auto shown = instance_answer(row, parts);
    GetLaunchTemplateDataResponse answer;
    auto& data = answer.launch_template_data.emplace();
    fill_from_row(row, data);
    for (const auto& attachment : parts.attachments) {
        data.block_device_mappings.push_back(mapping_of(session, attachment));
    }
    for (const auto& one : shown.network_interfaces) {
        data.network_interfaces.push_back(interface_of(one));
    }
    fill_place(shown, data);
    fill_options(row, parts.options, data);
    fill_market(session, parts.options, data);
    if (parts.profile) {
        data.iam_instance_profile.emplace().arn = parts.profile->profile_arn;
    }
    fill_tags(parts.tags, data);
    return answer;
}

namespace {

constexpr Operation kOperations[] = {
    read<get_launch_template_data>(kGetLaunchTemplateData),
};

}  // namespace

constinit const Family kLaunchTemplateData{.operations = kOperations};

}  // namespace amilab::ec2
