#include "storage/metadata/instances/instance_filters.h"

#include <fmt/format.h>

namespace amilab {

namespace {

constexpr std::string_view kStateCode =
    "CASE i.state WHEN 'pending' THEN '0' WHEN 'running' THEN '16' WHEN 'shutting-down' THEN '32'"
    " WHEN 'terminated' THEN '48' WHEN 'stopping' THEN '64' ELSE '80' END";

// The names that answers have; nothing where there is no address.
constexpr std::string_view kPrivateDnsName =
    "('ip-' || replace(i.private_ip, '.', '-') || iif(i.region = 'us-east-1', '.ec2.internal',"
    " '.' || i.region || '.compute.internal'))";
constexpr std::string_view kPublicDnsName =
    "('ec2-' || replace(i.public_ip, '.', '-') || iif(i.region = 'us-east-1',"
    " '.compute-1.amazonaws.com', '.' || i.region || '.compute.amazonaws.com'))";

// What an interface has, while there is one.
constexpr std::string_view kInterface = "iif(i.network_interface_id IS NOT NULL, {}, NULL)";

constexpr std::string_view kOfVolume =
    "EXISTS (SELECT 1 FROM attachment a WHERE a.instance_id = i.id AND ";
constexpr std::string_view kOfOneVolume = "i.id IN (SELECT a.instance_id FROM attachment a WHERE ";
constexpr std::string_view kOfGroup =
    "i.id IN (SELECT g.instance_id FROM instance_security_group g WHERE ";
constexpr std::string_view kOfGroupName =
    "EXISTS (SELECT 1 FROM instance_security_group g JOIN security_group s ON s.id = g.group_id"
    " WHERE g.instance_id = i.id AND ";
constexpr std::string_view kOfProductCode =
    "i.id IN (SELECT c.resource_id FROM product_code c WHERE ";
constexpr std::string_view kOfInterfaceTag =
    "i.network_interface_id IN (SELECT n.resource_id FROM tag n WHERE n.owner = i.owner AND ";

/// The expressions that are made of others; they live as long as the columns that view them.
struct Expressions {
    std::string attach_time = sql_time("a.attach_time_ms");
    std::string delete_volume = sql_true_false("a.delete_on_termination");
    std::string launch_time = sql_time("i.launch_time_ms");
    std::string first_launch_time = sql_time("i.usage_operation_time_ms");
    std::string ebs_optimized = sql_true_false("i.ebs_optimized");
    std::string ena_support = sql_true_false("i.ena_support");
    std::string source_dest_check = sql_true_false("i.source_dest_check");
    std::string interface_attach_time = fmt::format(kInterface, first_launch_time);
    std::string interface_source_dest_check = fmt::format(kInterface, source_dest_check);
    std::string interface_true = fmt::format(kInterface, "'true'");
    std::string interface_false = fmt::format(kInterface, "'false'");
    std::string interface_zero = fmt::format(kInterface, "'0'");
    std::string interface_empty = fmt::format(kInterface, "''");
    std::string interface_in_use = fmt::format(kInterface, "'in-use'");
    std::string interface_owner = fmt::format(kInterface, "i.owner");
    std::string interface_instance = fmt::format(kInterface, "i.id");
    std::string interface_zone = fmt::format(kInterface, "i.zone");
    std::string interface_attachment =
        fmt::format(kInterface, "iif(i.state = 'pending', 'attaching', 'attached')");
    std::string public_ip_owner = "iif(i.public_ip IS NOT NULL, 'amazon', NULL)";
};

const Expressions& expressions()
{
    static const Expressions all;
    return all;
}

std::vector<FilterColumn> own_columns(const Expressions& e)
{
    return {
        {"architecture", "i.architecture"},
        {"availability-zone", "i.zone"},
        {"availability-zone-id", "z.zone_id"},
        {"block-device-mapping.attach-time", e.attach_time, kOfVolume, ")"},
        {"block-device-mapping.delete-on-termination", e.delete_volume, kOfVolume, ")"},
        {"block-device-mapping.device-name", "a.device", kOfVolume, ")"},
        {"block-device-mapping.status", "a.state", kOfVolume, ")"},
        {"block-device-mapping.volume-id", "a.volume_id", kOfOneVolume, ")"},
        {"boot-mode", "i.boot_mode"},
        {"capacity-reservation-specification.capacity-reservation-preference", "'open'"},
        {"client-token", "i.client_token"},
        {"current-instance-boot-mode", "i.current_boot_mode"},
        {"dns-name", kPublicDnsName},
        {"ebs-optimized", e.ebs_optimized},
        {"ena-support", e.ena_support},
        {"enclave-options.enabled", "'false'"},
        {"hibernation-options.configured", "'false'"},
        {"hypervisor", "i.hypervisor"},
        {"image-id", "i.image_id"},
        {"instance-id", "i.id"},
        {"instance-state-code", kStateCode},
        {"instance-state-name", "i.state"},
        {"instance-type", "i.instance_type"},
        {"instance.group-id", "g.group_id", kOfGroup, ")"},
        {"instance.group-name", "s.name", kOfGroupName, ")"},
        {"ip-address", "i.public_ip"},
        {"kernel-id", "i.kernel_id"},
        {"launch-index", "CAST(i.launch_index AS TEXT)"},
        {"launch-time", e.launch_time},
        {"maintenance-options.auto-recovery", "'default'"},
        {"metadata-options.http-endpoint", "'enabled'"},
        {"metadata-options.http-protocol-ipv4", "'enabled'"},
        {"metadata-options.http-protocol-ipv6", "'disabled'"},
        {"metadata-options.http-put-response-hop-limit",
         "CAST(i.http_put_response_hop_limit AS TEXT)"},
        {"metadata-options.http-tokens", "i.http_tokens"},
        {"metadata-options.instance-metadata-tags", "'disabled'"},
        {"metadata-options.state", "iif(i.state = 'pending', 'pending', 'applied')"},
        {"monitoring-state", "'disabled'"},
        {"network-performance-options.bandwidth-weighting", "'default'"},
        {"operator.managed", "'false'"},
        {"owner-id", "i.owner"},
        {"platform", "i.platform"},
        {"platform-details", "i.platform_details"},
        {"private-dns-name", kPrivateDnsName},
        {"private-dns-name-options.enable-resource-name-dns-a-record", "'false'"},
        {"private-dns-name-options.enable-resource-name-dns-aaaa-record", "'false'"},
        {"private-dns-name-options.hostname-type", "'ip-name'"},
        {"private-ip-address", "i.private_ip"},
        {"product-code", "c.code", kOfProductCode, ")"},
        {"product-code.type", "c.type", kOfProductCode, ")"},
        {"ramdisk-id", "i.ramdisk_id"},
        {"reason", "i.state_transition_reason"},
        {"reservation-id", "i.reservation_id"},
        {"root-device-name", "i.root_device_name"},
        {"root-device-type", "i.root_device_type"},
        {"source-dest-check", e.source_dest_check},
        {"state-reason-code", "i.state_reason_code"},
        {"state-reason-message", "i.state_reason_message"},
        {"subnet-id", "i.subnet_id"},
        {"tenancy", "'default'"},
        {"tpm-support", "i.tpm_support"},
        {"usage-operation", "i.usage_operation"},
        {"usage-operation-update-time", e.first_launch_time},
        {"virtualization-type", "i.virtualization_type"},
        {"vpc-id", "i.vpc_id"},
    };
}

std::vector<FilterColumn> interface_columns(const Expressions& e)
{
    return {
        {"network-interface.addresses.association.ip-owner-id", e.public_ip_owner},
        {"network-interface.addresses.association.public-dns-name", kPublicDnsName},
        {"network-interface.addresses.association.public-ip", "i.public_ip"},
        {"network-interface.addresses.primary", e.interface_true},
        {"network-interface.addresses.private-dns-name", kPrivateDnsName},
        {"network-interface.addresses.private-ip-address", "i.private_ip"},
        {"network-interface.association.ip-owner-id", e.public_ip_owner},
        {"network-interface.association.public-dns-name", kPublicDnsName},
        {"network-interface.association.public-ip", "i.public_ip"},
        {"network-interface.attachment.attach-time", e.interface_attach_time},
        {"network-interface.attachment.attachment-id", "i.network_attachment_id"},
        {"network-interface.attachment.delete-on-termination", e.interface_true},
        {"network-interface.attachment.device-index", e.interface_zero},
        {"network-interface.attachment.instance-id", e.interface_instance},
        {"network-interface.attachment.instance-owner-id", e.interface_owner},
        {"network-interface.attachment.network-card-index", e.interface_zero},
        {"network-interface.attachment.status", e.interface_attachment},
        {"network-interface.availability-zone", e.interface_zone},
        {"network-interface.description", e.interface_empty},
        {"network-interface.group-id", "g.group_id", kOfGroup, ")"},
        {"network-interface.group-name", "s.name", kOfGroupName, ")"},
        {"network-interface.ipv6-native", e.interface_false},
        {"network-interface.mac-address", "i.mac_address"},
        {"network-interface.network-interface-id", "i.network_interface_id"},
        {"network-interface.operator.managed", e.interface_false},
        {"network-interface.owner-id", e.interface_owner},
        {"network-interface.private-dns-name", kPrivateDnsName},
        {"network-interface.private-ip-address", "i.private_ip"},
        {"network-interface.public-dns-name", kPublicDnsName},
        {"network-interface.requester-managed", e.interface_false},
        {"network-interface.source-dest-check", e.interface_source_dest_check},
        {"network-interface.status", e.interface_in_use},
        {"network-interface.subnet-id", "i.subnet_id"},
        {"network-interface.tag-key", "n.key", kOfInterfaceTag, ")"},
        {"network-interface.tag-value", "n.value", kOfInterfaceTag, ")"},
        {"network-interface.vpc-id", "i.vpc_id"},
    };
}

// Source: "not-applicable" while an instance is not running, "initializing" while it starts
// (documented); amilab's instances pass their checks at once.
constexpr std::string_view kStatus =
    "CASE i.state WHEN 'running' THEN iif(i.initializing, 'initializing', 'ok')"
    " WHEN 'pending' THEN 'initializing' ELSE 'not-applicable' END";
constexpr std::string_view kReachability =
    "CASE i.state WHEN 'running' THEN iif(i.initializing, 'initializing', 'passed')"
    " WHEN 'pending' THEN 'initializing' END";

}  // namespace

std::span<const FilterColumn> instance_filter_columns()
{
    static const std::vector<FilterColumn> columns = [] {
        auto all = own_columns(expressions());
        const auto of_interface = interface_columns(expressions());
        all.insert(all.end(), of_interface.begin(), of_interface.end());
        return all;
    }();
    return columns;
}

std::span<const FilterColumn> status_filter_columns()
{
    static const std::vector<FilterColumn> columns = {
        {"attached-ebs-status.status", kStatus},
        {"availability-zone", "i.zone"},
        {"availability-zone-id", "z.zone_id"},
        {"instance-state-code", kStateCode},
        {"instance-state-name", "i.state"},
        {"instance-status.reachability", kReachability},
        {"instance-status.status", kStatus},
        {"operator.managed", "'false'"},
        {"system-status.reachability", kReachability},
        {"system-status.status", kStatus},
    };
    return columns;
}

}  // namespace amilab
