#include "server/services/ec2/instances/instance_answers.h"

#include <algorithm>
#include <unordered_map>

#include "server/services/ec2/common/describe_spec.h"
#include "server/services/ec2/common/page_rows.h"
#include "server/services/ec2/instances/iam_instance_profiles.h"
#include "storage/base/units.h"
#include "storage/metadata/network/interface_names.h"
#include "storage/metadata/network/subnet_rows.h"

namespace amilab::ec2 {

namespace {

std::optional<InstanceNetworkInterfaceAssociation> association(const InterfaceAddressRow& row)
{
    if (!row.public_ip) {
        return std::nullopt;
    }
    InstanceNetworkInterfaceAssociation answer;
    answer.ip_owner_id = row.public_owner;
    answer.public_dns_name = row.public_dns_name;
    answer.public_ip = row.public_ip;
    return answer;
}

InstanceNetworkInterfaceAttachment attachment_answer(const NetworkInterfaceRow& row)
{
    InstanceNetworkInterfaceAttachment answer;
    answer.attach_time = Timestamp{row.attach_time_ms.value_or(0)};
    answer.attachment_id = row.attachment_id->text();
    answer.delete_on_termination = row.delete_on_termination;
    answer.device_index = row.device_index;
    answer.network_card_index = row.network_card_index;
    show_ena(row, answer);
    answer.status = text_of(row.attachment_status);
    return answer;
}

InstancePrivateIpAddress address_answer(const InterfaceAddressRow& row)
{
    InstancePrivateIpAddress answer;
    answer.association = association(row);
    answer.primary = row.position == 0;
    answer.private_dns_name = row.private_dns_name;
    answer.private_ip_address = row.address;
    return answer;
}

InstanceNetworkInterface interface_answer(const InterfaceOfInstance& one)
{
    const auto& row = one.row;
    InstanceNetworkInterface answer;
    answer.attachment = attachment_answer(row);
    answer.connection_tracking_configuration =
        connection_tracking_answer<ConnectionTrackingSpecificationResponse>(row);
    answer.description = row.description;
    answer.groups = group_answers(one.groups);
    answer.interface_type = text_of(row.interface_type);
    answer.ipv6_addresses = ipv6_answers<InstanceIpv6Address>(row, one.ipv6);
    for (const auto& prefix : one.ipv4_prefixes) {
        answer.ipv4_prefixes.push_back({.ipv4_prefix = prefix});
    }
    for (const auto& prefix : one.ipv6_prefixes) {
        answer.ipv6_prefixes.push_back({.ipv6_prefix = prefix});
    }
    answer.mac_address = row.mac_address;
    answer.network_interface_id = row.id.text();
    answer.operator_value = OperatorResponse{.managed = false};
    answer.owner_id = row.owner;
    for (const auto& address : one.addresses) {
        answer.private_ip_addresses.push_back(address_answer(address));
    }
    if (!answer.private_ip_addresses.empty()) {
        const auto& primary = answer.private_ip_addresses.front();
        answer.association = primary.association;
        answer.private_dns_name = primary.private_dns_name;
        answer.private_ip_address = primary.private_ip_address;
    }
    answer.source_dest_check = row.source_dest_check;
    answer.status = text_of(row.status);
    answer.subnet_id = row.subnet_id.text();
    answer.vpc_id = row.vpc_id.text();
    return answer;
}

/// What the instance itself tells is its primary interface's.
void fill_network(Instance& answer, const std::vector<InterfaceOfInstance>& interfaces,
                  const InstanceOptionRow& options)
{
    answer.private_dns_name = "";
    answer.public_dns_name = "";
    for (const auto& one : interfaces) {
        answer.network_interfaces.push_back(interface_answer(one));
    }
    if (interfaces.empty()) {
        return;
    }
    const auto& primary = answer.network_interfaces.front();
    answer.private_dns_name =
        host_name(options, interfaces.front().row, primary.private_dns_name.value_or(""));
    answer.private_ip_address = primary.private_ip_address;
    if (!primary.ipv6_addresses.empty()) {
        answer.ipv6_address = primary.ipv6_addresses.front().ipv6_address;
    }
    if (primary.association) {
        answer.public_dns_name = primary.association->public_dns_name;
        answer.public_ip_address = primary.association->public_ip;
    }
    answer.subnet_id = primary.subnet_id;
    answer.vpc_id = primary.vpc_id;
    answer.security_groups = primary.groups;
    answer.source_dest_check = primary.source_dest_check;
}

void fill_state(Instance& answer, const InstanceRow& row)
{
    answer.state = state_answer(row);
    answer.state_transition_reason = row.state_transition_reason;
    if (row.state_reason_code) {
        answer.state_reason =
            StateReason{.code = row.state_reason_code, .message = row.state_reason_message};
    }
}

void fill_image_facts(Instance& answer, const InstanceRow& row)
{
    answer.architecture = row.architecture;
    answer.boot_mode = row.boot_mode;
    answer.current_instance_boot_mode = row.current_boot_mode;
    answer.ena_support = row.ena_support;
    answer.hypervisor = row.hypervisor;
    answer.image_id = row.image_id;
    answer.kernel_id = row.kernel_id;
    answer.platform = row.platform;
    answer.platform_details = row.platform_details;
    answer.ramdisk_id = row.ramdisk_id;
    answer.key_name = row.key_name;
    answer.root_device_name = row.root_device_name;
    answer.root_device_type = row.root_device_type;
    answer.sriov_net_support = row.sriov_net_support;
    answer.tpm_support = row.tpm_support;
    answer.usage_operation = row.usage_operation;
    answer.usage_operation_update_time = Timestamp{row.usage_operation_time_ms};
    answer.virtualization_type = row.virtualization_type;
}

Placement placement_answer(const InstanceRow& row, const InstanceOptionRow& options)
{
    Placement answer;
    answer.availability_zone = row.zone;
    answer.availability_zone_id = row.zone_id;
    answer.group_id = options.placement_group_id;
    answer.group_name = options.placement_group_name.value_or("");
    if (options.tenancy == InstanceTenancy::kHost) {
        answer.affinity = options.affinity.value_or("default");
        answer.host_id = options.host_id;
    }
    answer.partition_number = options.partition_number;
    answer.tenancy = options.tenancy;
    return answer;
}

void fill_options(Instance& answer, const InstanceRow& row, const InstanceOptionRow& options)
{
    answer.capacity_reservation_id = options.capacity_reservation_id;
    auto& capacity = answer.capacity_reservation_specification.emplace();
    if (options.capacity_target_id) {
        capacity.capacity_reservation_target.emplace().capacity_reservation_id =
            options.capacity_target_id;
    } else {
        capacity.capacity_reservation_preference = options.capacity_preference;
    }
    answer.cpu_options =
        CpuOptions{.amd_sev_snp = options.amd_sev_snp,
                   .core_count = options.core_count.value_or(row.cores),
                   .nested_virtualization = options.nested_virtualization,
                   .threads_per_core = options.threads_per_core.value_or(row.threads_per_core)};
    answer.enclave_options = EnclaveOptions{.enabled = options.enclave};
    answer.hibernation_options = HibernationOptions{.configured = options.hibernation};
    answer.maintenance_options = InstanceMaintenanceOptions{
        .auto_recovery = options.auto_recovery, .reboot_migration = options.reboot_migration};
    answer.metadata_options = metadata_options_answer(row, options);
    answer.monitoring = Monitoring{.state = std::string(text_of(monitoring_state(row, options)))};
    answer.network_performance_options =
        InstanceNetworkPerformanceOptions{.bandwidth_weighting = options.bandwidth_weighting};
    answer.operator_value = OperatorResponse{.managed = false};
    answer.placement = placement_answer(row, options);
    answer.private_dns_name_options = PrivateDnsNameOptionsResponse{
        .enable_resource_name_dns_aaaa_record = options.resource_name_dns_aaaa,
        .enable_resource_name_dns_a_record = options.resource_name_dns_a,
        .hostname_type = options.hostname_type};
}

}  // namespace

std::vector<InstanceBlockDeviceMapping> mapping_answers(
    const std::vector<AttachmentRow>& attachments)
{
    std::vector<InstanceBlockDeviceMapping> answers;
    answers.reserve(attachments.size());
    for (const auto& attachment : attachments) {
        EbsInstanceBlockDevice ebs;
        ebs.attach_time = Timestamp{whole_seconds(attachment.attach_time_ms)};
        ebs.delete_on_termination = attachment.delete_on_termination;
        ebs.status = text_of(attachment.state);
        ebs.volume_id = attachment.volume_id.text();
        answers.push_back({.device_name = attachment.device, .ebs = std::move(ebs)});
    }
    return answers;
}

PageParts::PageParts(Session& session, const std::vector<std::string>& instances)
    : interfaces_(select_interfaces_of(session.db(), instances)),
      interface_parts_(session, ids_of(interfaces_)),
      attachments_(select_instance_attachments(session.db(), instances)),
      tags_(session, instances),
      product_codes_(session, instances),
      options_(select_instance_options(session.db(), instances)),
      profiles_(select_profiles(session.db(), instances))
{
}

InstanceParts PageParts::of(const InstanceId& id) const
{
    const auto instance_of = [](const auto& row) -> const InstanceId& { return row.instance_id; };
    const auto attached_to = [](const auto& row) -> const InstanceId& { return *row.instance_id; };
    InstanceParts parts{.attachments = rows_of(attachments_, id, instance_of),
                        .tags = tags_.of(id.text()),
                        .product_codes = product_codes_.of(id.text())};
    for (auto& options : rows_of(options_, id, instance_of)) {
        parts.options = std::move(options);
    }
    for (auto& profile : rows_of(profiles_, id, instance_of)) {
        parts.profile = std::move(profile);
    }
    for (auto& row : rows_of(interfaces_, id, attached_to)) {
        InterfaceOfInstance one{
            .row = {},
            .addresses = interface_parts_.addresses_of(row.id),
            .groups = interface_parts_.groups_of(row.id),
            .ipv6 = interface_parts_.ipv6_of(row.id),
            .ipv4_prefixes = interface_parts_.prefixes_of(row.id, AddressFamily::kIpv4),
            .ipv6_prefixes = interface_parts_.prefixes_of(row.id, AddressFamily::kIpv6)};
        one.row = std::move(row);
        parts.interfaces.push_back(std::move(one));
    }
    return parts;
}

// Source: a launch and MonitorInstances answer "pending" (observed), which passes with the state of
// the instance (assumed).
MonitoringState monitoring_state(const InstanceRow& row, const InstanceOptionRow& options)
{
    if (!options.monitored) {
        return MonitoringState::kDisabled;
    }
    return row.state == InstanceStateName::kPending ? MonitoringState::kPending
                                                    : MonitoringState::kEnabled;
}

InstanceMetadataOptionsResponse metadata_options_answer(const InstanceRow& row,
                                                        const InstanceOptionRow& options)
{
    return {.http_endpoint = options.http_endpoint,
            .http_protocol_ipv6 = options.http_protocol_ipv6,
            .http_put_response_hop_limit = row.http_put_response_hop_limit,
            .http_tokens = row.http_tokens,
            .instance_metadata_tags = options.instance_metadata_tags,
            .state = std::string(text_of(row.metadata_options_state))};
}

Instance instance_answer(const InstanceRow& row, const InstanceParts& parts)
{
    Instance answer;
    answer.ami_launch_index = row.launch_index;
    answer.block_device_mappings = mapping_answers(parts.attachments);
    answer.client_token = row.client_token;
    answer.ebs_optimized = row.ebs_optimized;
    answer.instance_id = row.id.text();
    answer.instance_type = row.instance_type;
    answer.launch_time = Timestamp{row.launch_time_ms};
    fill_state(answer, row);
    fill_image_facts(answer, row);
    fill_network(answer, parts.interfaces, parts.options);
    fill_options(answer, row, parts.options);
    if (parts.options.spot_request_id) {
        answer.instance_lifecycle = "spot";
        answer.spot_instance_request_id = parts.options.spot_request_id;
    }
    if (parts.profile) {
        answer.iam_instance_profile = profile_answer(*parts.profile);
    }
    answer.tags = parts.tags;
    for (const auto& arn : parts.options.licenses) {
        answer.licenses.push_back({.license_configuration_arn = arn});
    }
    answer.product_codes = parts.product_codes;
    return answer;
}

std::string host_name(const InstanceOptionRow& options, const NetworkInterfaceRow& primary,
                      const std::string& address_name)
{
    if (options.hostname_type != text_of(HostnameType::kResourceName)) {
        return address_name;
    }
    return options.instance_id.text() + "." + private_dns_domain(primary.region);
}

std::vector<Reservation> reservation_answers(Session& session, std::vector<InstanceRow>&& rows)
{
    const PageParts parts(session, ids_of(rows));
    std::vector<std::vector<const InstanceRow*>> groups;
    std::unordered_map<std::string_view, std::size_t> places;
    for (const auto& row : rows) {
        const auto [place, is_new] = places.emplace(row.reservation_id, groups.size());
        if (is_new) {
            groups.emplace_back();
        }
        groups[place->second].push_back(&row);
    }
    std::vector<Reservation> reservations;
    for (auto& group : groups) {
        std::ranges::stable_sort(group, {}, &InstanceRow::launch_index);
        Reservation reservation;
        reservation.owner_id = group.front()->owner;
        reservation.reservation_id = group.front()->reservation_id;
        for (const auto* row : group) {
            reservation.instances.push_back(instance_answer(*row, parts.of(row->id)));
        }
        reservations.push_back(std::move(reservation));
    }
    return reservations;
}

}  // namespace amilab::ec2
