#pragma once

#include "storage/metadata/instances/instance_rows.h"
#include "storage/metadata/sql/listing.h"

/// The list of DescribeInstances, and what its filters are asked of: `instance n` with its zone
/// `z` and its type `t`. What is missing belongs to features that amilab does not have and matches
/// nothing.
/// Source: EC2 API Reference, DescribeInstances (documented).
namespace amilab {

// What an interface has, while there is one; and its address, while it has one.
inline constexpr std::string_view kOfInterface = "n.network_interface_id IS NOT NULL AND ";
inline constexpr std::string_view kOfPublicIp = "n.public_ip IS NOT NULL AND ";

inline constexpr std::string_view kOfVolume =
    "EXISTS (SELECT 1 FROM attachment a WHERE a.instance_id = n.id AND ";
inline constexpr std::string_view kOfOneVolume =
    "n.id IN (SELECT a.instance_id FROM attachment a WHERE ";
inline constexpr std::string_view kInstanceAttachTime =
    "strftime('%Y-%m-%dT%H:%M:%S.000Z', a.attach_time_ms / 1000, 'unixepoch')";
inline constexpr std::string_view kDeleteVolume = "iif(a.delete_on_termination, 'true', 'false')";
inline constexpr std::string_view kOfGroup =
    "n.id IN (SELECT g.instance_id FROM instance_security_group g WHERE ";
inline constexpr std::string_view kOfGroupName =
    "EXISTS (SELECT 1 FROM instance_security_group g JOIN security_group s ON s.id = g.group_id"
    " WHERE g.instance_id = n.id AND ";
inline constexpr std::string_view kOfProductCode =
    "n.id IN (SELECT c.resource_id FROM product_code c WHERE ";
inline constexpr std::string_view kOfInterfaceTag =
    "n.network_interface_id IN (SELECT x.resource_id FROM tag x WHERE x.owner = n.owner AND ";

inline constexpr FilterColumn kInstanceFilters[] = {
    {"architecture", "architecture"},
    {"availability-zone", "zone"},
    {"availability-zone-id", "zone_id"},
    {"block-device-mapping.attach-time", kInstanceAttachTime, kOfVolume, ")"},
    {"block-device-mapping.delete-on-termination", kDeleteVolume, kOfVolume, ")"},
    {"block-device-mapping.device-name", "a.device", kOfVolume, ")"},
    {"block-device-mapping.status", "a.state", kOfVolume, ")"},
    {"block-device-mapping.volume-id", "a.volume_id", kOfOneVolume, ")"},
    {"boot-mode", "boot_mode"},
    {"capacity-reservation-specification.capacity-reservation-preference", "'open'"},
    {"client-token", "client_token"},
    {"current-instance-boot-mode", "current_boot_mode"},
    {"dns-name", "public_dns_name"},
    {"ebs-optimized", "ebs_optimized"},
    {"ena-support", "ena_support"},
    {"enclave-options.enabled", "'false'"},
    {"hibernation-options.configured", "'false'"},
    {"hypervisor", "hypervisor"},
    {"image-id", "image_id"},
    {"instance-id", "id"},
    {"instance-state-code", "state_code"},
    {"instance-state-name", "state"},
    {"instance-type", "instance_type"},
    {"instance.group-id", "g.group_id", kOfGroup, ")"},
    {"instance.group-name", "s.name", kOfGroupName, ")"},
    {"ip-address", "public_ip"},
    {"kernel-id", "kernel_id"},
    {"launch-index", "launch_index"},
    {"launch-time", "launch_time_ms"},
    {"maintenance-options.auto-recovery", "'default'"},
    {"metadata-options.http-endpoint", "'enabled'"},
    {"metadata-options.http-protocol-ipv4", "'enabled'"},
    {"metadata-options.http-protocol-ipv6", "'disabled'"},
    {"metadata-options.http-put-response-hop-limit", "http_put_response_hop_limit"},
    {"metadata-options.http-tokens", "http_tokens"},
    {"metadata-options.instance-metadata-tags", "'disabled'"},
    {"metadata-options.state", "metadata_options_state"},
    {"monitoring-state", "'disabled'"},
    {"network-interface.addresses.association.ip-owner-id", "'amazon'", kOfPublicIp},
    {"network-interface.addresses.association.public-dns-name", "public_dns_name"},
    {"network-interface.addresses.association.public-ip", "public_ip"},
    {"network-interface.addresses.primary", "'true'", kOfInterface},
    {"network-interface.addresses.private-dns-name", "private_dns_name"},
    {"network-interface.addresses.private-ip-address", "private_ip"},
    {"network-interface.association.ip-owner-id", "'amazon'", kOfPublicIp},
    {"network-interface.association.public-dns-name", "public_dns_name"},
    {"network-interface.association.public-ip", "public_ip"},
    {"network-interface.attachment.attach-time", "usage_operation_time_ms", kOfInterface},
    {"network-interface.attachment.attachment-id", "network_attachment_id"},
    {"network-interface.attachment.delete-on-termination", "'true'", kOfInterface},
    {"network-interface.attachment.device-index", "'0'", kOfInterface},
    {"network-interface.attachment.instance-id", "id", kOfInterface},
    {"network-interface.attachment.instance-owner-id", "owner", kOfInterface},
    {"network-interface.attachment.network-card-index", "'0'", kOfInterface},
    {"network-interface.attachment.status", "network_attachment_status"},
    {"network-interface.availability-zone", "zone", kOfInterface},
    {"network-interface.description", "''", kOfInterface},
    {"network-interface.group-id", "g.group_id", kOfGroup, ")"},
    {"network-interface.group-name", "s.name", kOfGroupName, ")"},
    {"network-interface.ipv6-native", "'false'", kOfInterface},
    {"network-interface.mac-address", "mac_address"},
    {"network-interface.network-interface-id", "network_interface_id"},
    {"network-interface.operator.managed", "'false'", kOfInterface},
    {"network-interface.owner-id", "owner", kOfInterface},
    {"network-interface.private-dns-name", "private_dns_name"},
    {"network-interface.private-ip-address", "private_ip"},
    {"network-interface.public-dns-name", "public_dns_name"},
    {"network-interface.requester-managed", "'false'", kOfInterface},
    {"network-interface.source-dest-check", "source_dest_check", kOfInterface},
    {"network-interface.status", "'in-use'", kOfInterface},
    {"network-interface.subnet-id", "subnet_id"},
    {"network-interface.tag-key", "x.key", kOfInterfaceTag, ")"},
    {"network-interface.tag-value", "x.value", kOfInterfaceTag, ")"},
    {"network-interface.vpc-id", "vpc_id"},
    {"network-performance-options.bandwidth-weighting", "'default'"},
    {"operator.managed", "'false'"},
    {"owner-id", "owner"},
    {"platform", "platform"},
    {"platform-details", "platform_details"},
    {"private-dns-name", "private_dns_name"},
    {"private-dns-name-options.enable-resource-name-dns-a-record", "'false'"},
    {"private-dns-name-options.enable-resource-name-dns-aaaa-record", "'false'"},
    {"private-dns-name-options.hostname-type", "'ip-name'"},
    {"private-ip-address", "private_ip"},
    {"product-code", "c.code", kOfProductCode, ")"},
    {"product-code.type", "c.type", kOfProductCode, ")"},
    {"ramdisk-id", "ramdisk_id"},
    {"key-name", "key_name"},
    {"reason", "state_transition_reason"},
    {"reservation-id", "reservation_id"},
    {"root-device-name", "root_device_name"},
    {"root-device-type", "root_device_type"},
    {"source-dest-check", "source_dest_check"},
    {"state-reason-code", "state_reason_code"},
    {"state-reason-message", "state_reason_message"},
    {"subnet-id", "subnet_id"},
    {"tenancy", "'default'"},
    {"tpm-support", "tpm_support"},
    {"usage-operation", "usage_operation"},
    {"usage-operation-update-time", "usage_operation_time_ms"},
    {"virtualization-type", "virtualization_type"},
    {"vpc-id", "vpc_id"},
};
inline constexpr Listing<InstanceRow> kInstanceList{
    .from = kInstanceFrom, .key = "n.id", .columns = kInstanceColumns, .filters = kInstanceFilters};

}  // namespace amilab
