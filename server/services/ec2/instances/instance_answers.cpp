#include "server/services/ec2/instances/instance_answers.h"

#include <unordered_map>

#include "server/services/ec2/common/describe_spec.h"
#include "server/services/ec2/common/page_rows.h"
#include "storage/base/units.h"

namespace amilab::ec2 {

namespace {

std::optional<InstanceNetworkInterfaceAssociation> association(const InstanceRow& row)
{
    if (!row.public_ip) {
        return std::nullopt;
    }
    InstanceNetworkInterfaceAssociation answer;
    answer.ip_owner_id = "amazon";
    answer.public_dns_name = row.public_dns_name;
    answer.public_ip = row.public_ip;
    return answer;
}

InstanceNetworkInterface interface_answer(const InstanceRow& row,
                                          const std::vector<InstanceGroupRow>& groups)
{
    InstanceNetworkInterfaceAttachment attachment;
    attachment.attach_time = Timestamp{row.usage_operation_time_ms};
    attachment.attachment_id = row.network_attachment_id;
    attachment.delete_on_termination = true;
    attachment.device_index = 0;
    attachment.network_card_index = 0;
    attachment.status = text_of(row.network_attachment_status);

    InstancePrivateIpAddress address;
    address.association = association(row);
    address.primary = true;
    address.private_dns_name = row.private_dns_name.value_or("");
    address.private_ip_address = row.private_ip;

    InstanceNetworkInterface answer;
    answer.association = address.association;
    answer.attachment = std::move(attachment);
    answer.description = "";
    answer.groups = group_answers(groups);
    answer.interface_type = "interface";
    answer.mac_address = row.mac_address;
    answer.network_interface_id = row.network_interface_id;
    answer.operator_value = OperatorResponse{.managed = false};
    answer.owner_id = row.owner;
    answer.private_dns_name = address.private_dns_name;
    answer.private_ip_address = row.private_ip;
    answer.private_ip_addresses = {std::move(address)};
    answer.source_dest_check = row.source_dest_check;
    answer.status = "in-use";
    answer.subnet_id = row.subnet_id;
    answer.vpc_id = row.vpc_id;
    return answer;
}

void fill_network(Instance& answer, const InstanceRow& row, const InstanceParts& parts)
{
    answer.private_dns_name = row.private_dns_name.value_or("");
    answer.public_dns_name = row.public_dns_name.value_or("");
    answer.private_ip_address = row.private_ip;
    answer.public_ip_address = row.public_ip;
    answer.subnet_id = row.subnet_id;
    answer.vpc_id = row.vpc_id;
    answer.security_groups = group_answers(parts.groups);
    if (row.network_interface_id) {
        answer.network_interfaces = {interface_answer(row, parts.groups)};
        answer.source_dest_check = row.source_dest_check;
    }
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

void fill_options(Instance& answer, const InstanceRow& row)
{
    answer.capacity_reservation_specification =
        CapacityReservationSpecificationResponse{.capacity_reservation_preference = "open"};
    answer.cpu_options =
        CpuOptions{.core_count = row.cores, .threads_per_core = row.threads_per_core};
    answer.enclave_options = EnclaveOptions{.enabled = false};
    answer.hibernation_options = HibernationOptions{.configured = false};
    answer.maintenance_options =
        InstanceMaintenanceOptions{.auto_recovery = "default", .reboot_migration = "default"};
    answer.metadata_options = InstanceMetadataOptionsResponse{
        .http_endpoint = "enabled",
        .http_protocol_ipv6 = "disabled",
        .http_put_response_hop_limit = row.http_put_response_hop_limit,
        .http_tokens = row.http_tokens,
        .instance_metadata_tags = "disabled",
        .state = std::string(text_of(row.metadata_options_state))};
    answer.monitoring = Monitoring{.state = "disabled"};
    answer.network_performance_options =
        InstanceNetworkPerformanceOptions{.bandwidth_weighting = "default"};
    answer.operator_value = OperatorResponse{.managed = false};
    answer.placement = Placement{.availability_zone = row.zone,
                                 .availability_zone_id = row.zone_id,
                                 .group_name = "",
                                 .tenancy = "default"};
    answer.private_dns_name_options =
        PrivateDnsNameOptionsResponse{.enable_resource_name_dns_aaaa_record = false,
                                      .enable_resource_name_dns_a_record = false,
                                      .hostname_type = "ip-name"};
}

}  // namespace

std::vector<GroupIdentifier> group_answers(const std::vector<InstanceGroupRow>& groups)
{
    std::vector<GroupIdentifier> answers;
    answers.reserve(groups.size());
    for (const auto& group : groups) {
        answers.push_back({.group_id = group.id, .group_name = group.name});
    }
    return answers;
}

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
    : groups_(select_instance_groups(session.db(), instances)),
      attachments_(select_instance_attachments(session.db(), instances)),
      tags_(session, instances),
      product_codes_(select_product_codes_on(session.db(), instances))
{
}

InstanceParts PageParts::of(const InstanceId& id) const
{
    const auto instance_of = [](const auto& row) -> const InstanceId& { return row.instance_id; };
    const auto resource_of = [](const auto& row) -> const std::string& { return row.first; };
    InstanceParts parts{.groups = rows_of(groups_, id, instance_of),
                        .attachments = rows_of(attachments_, id, instance_of),
                        .tags = tags_.of(id.text())};
    for (auto& [resource, code] : rows_of(product_codes_, id.text(), resource_of)) {
        parts.product_codes.push_back(std::move(code));
    }
    return parts;
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
    fill_network(answer, row, parts);
    fill_options(answer, row);
    answer.tags = parts.tags;
    for (const auto& row_of_code : parts.product_codes) {
        ProductCode code;
        code.product_code_id = row_of_code.code;
        code.product_code_type = text_of(row_of_code.type);
        answer.product_codes.push_back(std::move(code));
    }
    return answer;
}

std::vector<Reservation> reservation_answers(Session& session, std::vector<InstanceRow>&& rows)
{
    const PageParts parts(session, ids_of(rows));
    std::vector<Reservation> reservations;
    std::unordered_map<std::string_view, std::size_t> places;
    for (const auto& row : rows) {
        const auto [place, is_new] = places.emplace(row.reservation_id, reservations.size());
        if (is_new) {
            Reservation reservation;
            reservation.owner_id = row.owner;
            reservation.reservation_id = row.reservation_id;
            reservations.push_back(std::move(reservation));
        }
        reservations[place->second].instances.push_back(instance_answer(row, parts.of(row.id)));
    }
    return reservations;
}

}  // namespace amilab::ec2
