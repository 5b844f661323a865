#pragma once

#include <cstddef>

#include "storage/metadata/instances/instance_option_rows.h"
#include "storage/metadata/instances/instance_rows.h"
#include "storage/metadata/network/network_interface_rows.h"
#include "storage/metadata/network/subnet_rows.h"
#include "storage/metadata/sql/listing.h"
#include "storage/metadata/sql/sql_text.h"

/// The list of DescribeInstances, and what its filters are asked of: `instance n` with its zone
/// `z` and its type `t`. What is missing belongs to features that amilab does not have and matches
/// nothing.
/// Source: EC2 API Reference, DescribeInstances (documented).
namespace amilab {

// What its interfaces have. Each is looked for by the value where an instance alone has it, and
// from the instance where many have it or a value has wildcards.
inline constexpr std::string_view kOfOneInterface =
    "n.id IN (SELECT e.instance_id FROM network_interface e WHERE ";
inline constexpr std::string_view kOfInterface =
    "EXISTS (SELECT 1 FROM network_interface e WHERE e.instance_id = n.id AND ";
inline constexpr std::string_view kOfPrimary =
    "EXISTS (SELECT 1 FROM network_interface e WHERE e.instance_id = n.id AND e.network_card_index "
    "= 0 AND e.device_index = 0"
    " AND ";
inline constexpr std::string_view kOfOneAddress =
    "n.id IN (SELECT e.instance_id FROM interface_address a JOIN network_interface e"
    " ON e.id = a.interface_id WHERE ";
inline constexpr std::string_view kOfAddress =
    "EXISTS (SELECT 1 FROM network_interface e JOIN interface_address a ON a.interface_id = e.id"
    " WHERE e.instance_id = n.id AND ";
inline constexpr std::string_view kOfPrimaryAddress =
    "EXISTS (SELECT 1 FROM network_interface e JOIN interface_address a ON a.interface_id = e.id"
    " WHERE e.instance_id = n.id AND e.network_card_index = 0 AND e.device_index = 0 AND "
    "a.position = 0 AND ";
/// Whether it has an address or not.
inline constexpr std::string_view kOfPrimaryName =
    "EXISTS (SELECT 1 FROM network_interface e LEFT JOIN interface_address a"
    " ON a.interface_id = e.id AND a.position = 0"
    " WHERE e.instance_id = n.id AND e.network_card_index = 0 AND e.device_index = 0 AND ";
inline constexpr std::string_view kOfIpv6Address =
    "EXISTS (SELECT 1 FROM network_interface e JOIN interface_ipv6_address a"
    " ON a.interface_id = e.id WHERE e.instance_id = n.id AND ";
inline constexpr std::string_view kIsPrimaryIpv6 =
    "iif(e.primary_ipv6 AND a.position = (SELECT min(p.position) FROM interface_ipv6_address p"
    " WHERE p.interface_id = e.id), 'true', 'false')";
inline constexpr std::string_view kOfOnePrimaryAddress =
    "n.id IN (SELECT e.instance_id FROM interface_address a JOIN network_interface e"
    " ON e.id = a.interface_id WHERE e.network_card_index = 0 AND e.device_index = 0 AND "
    "a.position = 0 AND ";
inline constexpr std::string_view kOfOneIpv6Address =
    "n.id IN (SELECT e.instance_id FROM interface_ipv6_address a JOIN network_interface e"
    " ON e.id = a.interface_id WHERE ";
inline constexpr std::string_view kOfPrefix =
    "EXISTS (SELECT 1 FROM network_interface e JOIN interface_prefix a ON a.interface_id = e.id"
    " WHERE e.instance_id = n.id AND ";
inline constexpr std::string_view kOfGroup =
    "EXISTS (SELECT 1 FROM network_interface e JOIN interface_group g ON g.interface_id = e.id"
    " WHERE e.instance_id = n.id AND ";
inline constexpr std::string_view kOfOneGroup =
    "n.id IN (SELECT e.instance_id FROM interface_group g JOIN network_interface e"
    " ON e.id = g.interface_id WHERE ";
inline constexpr std::string_view kOfPrimaryGroup =
    "EXISTS (SELECT 1 FROM network_interface e JOIN interface_group g ON g.interface_id = e.id"
    " WHERE e.instance_id = n.id AND e.network_card_index = 0 AND e.device_index = 0 AND ";
inline constexpr std::string_view kOfOnePrimaryGroup =
    "n.id IN (SELECT e.instance_id FROM interface_group g JOIN network_interface e"
    " ON e.id = g.interface_id WHERE e.network_card_index = 0 AND e.device_index = 0 AND ";
inline constexpr std::string_view kOfPrimaryGroupName =
    "EXISTS (SELECT 1 FROM network_interface e JOIN interface_group g ON g.interface_id = e.id"
    " JOIN security_group s ON s.id = g.group_id WHERE e.instance_id = n.id"
    " AND e.network_card_index = 0 AND e.device_index = 0 AND ";
inline constexpr std::string_view kOfGroupName =
    "EXISTS (SELECT 1 FROM network_interface e JOIN interface_group g ON g.interface_id = e.id"
    " JOIN security_group s ON s.id = g.group_id WHERE e.instance_id = n.id AND ";
inline constexpr auto kInterfaceAttachTime = sql_whole_seconds(sql("e.attach_time_ms"));
inline constexpr std::string_view kDeleteInterface =
    "iif(e.delete_on_termination, 'true', 'false')";
inline constexpr std::string_view kSourceDestCheck = "iif(e.source_dest_check, 'true', 'false')";

inline constexpr std::string_view kOfVolume =
    "EXISTS (SELECT 1 FROM attachment a WHERE a.instance_id = n.id AND ";
inline constexpr std::string_view kOfOneVolume =
    "n.id IN (SELECT a.instance_id FROM attachment a WHERE ";
inline constexpr auto kInstanceAttachTime = sql_whole_seconds(sql("a.attach_time_ms"));
inline constexpr std::string_view kDeleteVolume = "iif(a.delete_on_termination, 'true', 'false')";
inline constexpr std::string_view kOfProductCode =
    "EXISTS (SELECT 1 FROM product_code c WHERE c.resource_id = n.id AND ";
inline constexpr std::string_view kOfInterfaceTag =
    "EXISTS (SELECT 1 FROM network_interface e JOIN tag x ON x.resource_id = e.id"
    " AND x.owner = e.owner WHERE e.instance_id = n.id AND ";

inline constexpr auto kCapacityPreference = sql_told(
    "iif(o.capacity_target_id IS NULL, o.capacity_preference, '')", kUsualCapacityPreference);
inline constexpr auto kEnclave = sql_told("iif(o.enclave, 'true', 'false')", "false");
inline constexpr auto kHibernation = sql_told("iif(o.hibernation, 'true', 'false')", "false");
inline constexpr auto kAutoRecovery = sql_told("o.auto_recovery", kUsualAutoRecovery);
inline constexpr auto kHttpEndpoint = sql_told("o.http_endpoint", kUsualHttpEndpoint);
inline constexpr auto kHttpProtocolIpv6 = sql_told("o.http_protocol_ipv6", kUsualHttpProtocolIpv6);
inline constexpr auto kInstanceMetadataTags =
    sql_told("o.instance_metadata_tags", kUsualMetadataTags);
inline constexpr auto kBandwidthWeighting =
    sql_told("o.bandwidth_weighting", kUsualBandwidthWeighting);
inline constexpr auto kResourceNameDnsA =
    sql_told("iif(o.resource_name_dns_a, 'true', 'false')", "false");
inline constexpr auto kResourceNameDnsAaaa =
    sql_told("iif(o.resource_name_dns_aaaa, 'true', 'false')", "false");
inline constexpr auto kHostnameType = sql_told("o.hostname_type", kUsualHostnameType);
/// What the instance is called: by its primary address, or by its id.
inline constexpr auto kInstanceDnsName = "iif(" + kHostnameType + " = " +
                                         sql_word<HostnameType::kResourceName> + ", n.id || " +
                                         kPrivateDnsDomain + ", " + kPrivateDnsName + ")";
inline constexpr auto kMonitoringState = "iif(" + sql_told("o.monitored", sql("0")) + ", iif(" +
                                         kIsPending + ", " + sql_word<MonitoringState::kPending> +
                                         ", " + sql_word<MonitoringState::kEnabled> + "), " +
                                         sql_word<MonitoringState::kDisabled> + ")";
inline constexpr std::string_view kOfOption =
    "EXISTS (SELECT 1 FROM instance_option o WHERE o.instance_id = n.id AND ";

inline constexpr std::string_view kOfSpotRequest =
    "EXISTS (SELECT 1 FROM instance_option o WHERE o.instance_id = n.id"
    " AND o.spot_request_id IS NOT NULL AND ";

inline constexpr std::string_view kOfHost =
    "EXISTS (SELECT 1 FROM instance_option o WHERE o.instance_id = n.id"
    " AND o.tenancy = 'host' AND ";

inline constexpr std::string_view kOfProfile =
    "EXISTS (SELECT 1 FROM iam_instance_profile_association p WHERE p.instance_id = n.id AND ";
inline constexpr std::string_view kOfOneProfile =
    "n.id IN (SELECT p.instance_id FROM iam_instance_profile_association p WHERE ";

inline constexpr FilterColumn kInstanceFilters[] = {
    {"affinity", "coalesce(o.affinity, 'default')", kOfHost, ")"},
    {"architecture", "architecture"},
    {"availability-zone", "zone"},
    {"availability-zone-id", "zone_id"},
    {"block-device-mapping.attach-time", kInstanceAttachTime, kOfVolume, ")"},
    {"block-device-mapping.delete-on-termination", kDeleteVolume, kOfVolume, ")"},
    {"block-device-mapping.device-name", "a.device", kOfVolume, ")"},
    {"block-device-mapping.status", "a.state", kOfVolume, ")"},
    {"block-device-mapping.volume-id", "a.volume_id", kOfOneVolume, ")", kOfVolume},
    {"boot-mode", "boot_mode"},
    {"capacity-reservation-id", "o.capacity_reservation_id", kOfOption, ")"},
    {"capacity-reservation-specification.capacity-reservation-preference", kCapacityPreference},
    {"capacity-reservation-specification.capacity-reservation-target.capacity-reservation-id",
     "o.capacity_target_id", kOfOption, ")"},
    {"client-token", "client_token"},
    {"current-instance-boot-mode", "current_boot_mode"},
    {"dns-name", kPublicDnsName, kOfPrimaryAddress, ")"},
    {"ebs-optimized", "ebs_optimized"},
    {"ena-support", "ena_support"},
    {"enclave-options.enabled", kEnclave},
    {"hibernation-options.configured", kHibernation},
    {"host-id", "o.host_id", kOfOption, ")"},
    {"hypervisor", "hypervisor"},
    {"iam-instance-profile.arn", "p.profile_arn", kOfOneProfile, ")", kOfProfile},
    {"iam-instance-profile.id", "p.profile_id", kOfProfile, ")"},
    {"image-id", "image_id"},
    {"instance-id", "id"},
    {"instance-lifecycle", "'spot'", kOfSpotRequest, ")"},
    {"instance-state-code", "state_code"},
    {"instance-state-name", "state"},
    {"instance-type", "instance_type"},
    {"instance.group-id", "g.group_id", kOfOnePrimaryGroup, ")", kOfPrimaryGroup},
    {"instance.group-name", "s.name", kOfPrimaryGroupName, ")"},
    {"ip-address", "a.public_ip", kOfOnePrimaryAddress, ")", kOfPrimaryAddress},
    {"ipv6-address", "a.address", kOfOneIpv6Address, ")", kOfIpv6Address},
    {"kernel-id", "kernel_id"},
    {"launch-index", "launch_index"},
    {"launch-time", "launch_time_ms"},
    {"maintenance-options.auto-recovery", kAutoRecovery},
    {"metadata-options.http-endpoint", kHttpEndpoint},
    {"metadata-options.http-protocol-ipv4", "'enabled'"},
    {"metadata-options.http-protocol-ipv6", kHttpProtocolIpv6},
    {"metadata-options.http-put-response-hop-limit", "http_put_response_hop_limit"},
    {"metadata-options.http-tokens", "http_tokens"},
    {"metadata-options.instance-metadata-tags", kInstanceMetadataTags},
    {"metadata-options.state", "metadata_options_state"},
    {"monitoring-state", kMonitoringState},
    {"network-interface.addresses.association.allocation-id", "a.allocation_id", kOfOneAddress,
     ")"},
    {"network-interface.addresses.association.association-id", "a.association_id", kOfAddress, ")"},
    {"network-interface.addresses.association.ip-owner-id", kPublicOwner, kOfAddress, ")"},
    {"network-interface.addresses.association.public-dns-name", kPublicDnsName, kOfAddress, ")"},
    {"network-interface.addresses.association.public-ip", "a.public_ip", kOfOneAddress, ")",
     kOfAddress},
    {"network-interface.addresses.primary", "iif(a.position = 0, 'true', 'false')", kOfAddress,
     ")"},
    {"network-interface.addresses.private-dns-name", kPrivateDnsName, kOfAddress, ")"},
    {"network-interface.addresses.private-ip-address", "a.address", kOfOneAddress, ")", kOfAddress},
    {"network-interface.association.allocation-id", "a.allocation_id", kOfOneAddress, ")",
     kOfAddress},
    {"network-interface.association.association-id", "a.association_id", kOfAddress, ")"},
    {"network-interface.association.ip-owner-id", kPublicOwner, kOfAddress, ")"},
    {"network-interface.association.public-dns-name", kPublicDnsName, kOfAddress, ")"},
    {"network-interface.association.public-ip", "a.public_ip", kOfOneAddress, ")", kOfAddress},
    {"network-interface.attachment.attach-time", kInterfaceAttachTime, kOfInterface, ")"},
    {"network-interface.attachment.attachment-id", "e.attachment_id", kOfOneInterface, ")",
     kOfInterface},
    {"network-interface.attachment.delete-on-termination", kDeleteInterface, kOfInterface, ")"},
    {"network-interface.attachment.device-index", "CAST(e.device_index AS TEXT)", kOfInterface,
     ")"},
    {"network-interface.attachment.instance-id", "e.instance_id", kOfInterface, ")"},
    {"network-interface.attachment.instance-owner-id", "e.owner", kOfInterface, ")"},
    {"network-interface.attachment.network-card-index", "CAST(e.network_card_index AS TEXT)",
     kOfInterface, ")"},
    {"network-interface.attachment.status", kInterfaceAttachmentStatus, kOfInterface, ")"},
    {"network-interface.availability-zone", "e.zone", kOfInterface, ")"},
    {"network-interface.description", "e.description", kOfInterface, ")"},
    {"network-interface.group-id", "g.group_id", kOfOneGroup, ")", kOfGroup},
    {"network-interface.group-name", "s.name", kOfGroupName, ")"},
    {"network-interface.ipv4-prefixes.ipv4-prefix", "iif(a.prefix LIKE '%.%', a.prefix, NULL)",
     kOfPrefix, ")"},
    {"network-interface.ipv6-address", "a.address", kOfOneIpv6Address, ")", kOfIpv6Address},
    {"network-interface.ipv6-addresses.ipv6-address", "a.address", kOfOneIpv6Address, ")",
     kOfIpv6Address},
    {"network-interface.ipv6-addresses.is-primary-ipv6", kIsPrimaryIpv6, kOfIpv6Address, ")"},
    {"network-interface.ipv6-prefixes.ipv6-prefix", "iif(a.prefix LIKE '%:%', a.prefix, NULL)",
     kOfPrefix, ")"},
    {"network-interface.ipv6-native", "iif(e.ipv6_native, 'true', 'false')", kOfInterface, ")"},
    {"network-interface.mac-address", "e.mac_address", kOfInterface, ")"},
    {"network-interface.network-interface-id", "e.id", kOfOneInterface, ")", kOfInterface},
    {"network-interface.operator.managed", "'false'", kOfInterface, ")"},
    {"network-interface.owner-id", "e.owner", kOfInterface, ")"},
    {"network-interface.private-dns-name", kPrivateDnsName, kOfAddress, ")"},
    {"network-interface.private-ip-address", "a.address", kOfOneAddress, ")", kOfAddress},
    {"network-interface.public-dns-name", kPublicDnsName, kOfAddress, ")"},
    {"network-interface.requester-managed", "'false'", kOfInterface, ")"},
    {"network-interface.source-dest-check", kSourceDestCheck, kOfInterface, ")"},
    {"network-interface.status", "'in-use'", kOfInterface, ")"},
    {"network-interface.subnet-id", "e.subnet_id", kOfInterface, ")"},
    {"network-interface.tag-key", "x.key", kOfInterfaceTag, ")"},
    {"network-interface.tag-value", "x.value", kOfInterfaceTag, ")"},
    {"network-interface.vpc-id", "e.vpc_id", kOfInterface, ")"},
    {"network-performance-options.bandwidth-weighting", kBandwidthWeighting},
    {"operator.managed", "'false'"},
    {"owner-id", "owner"},
    {"placement-group-name", "o.placement_group_name", kOfOption, ")"},
    {"placement-partition-number", "o.partition_number", kOfOption, ")"},
    {"platform", "platform"},
    {"platform-details", "platform_details"},
    {"private-dns-name", kInstanceDnsName, kOfPrimaryName, ")"},
    {"private-dns-name-options.enable-resource-name-dns-a-record", kResourceNameDnsA},
    {"private-dns-name-options.enable-resource-name-dns-aaaa-record", kResourceNameDnsAaaa},
    {"private-dns-name-options.hostname-type", kHostnameType},
    {"private-ip-address", "a.address", kOfOnePrimaryAddress, ")", kOfPrimaryAddress},
    {"product-code", "c.code", kOfProductCode, ")"},
    {"product-code.type", "c.type", kOfProductCode, ")"},
    {"ramdisk-id", "ramdisk_id"},
    {"key-name", "key_name"},
    {"reason", "state_transition_reason"},
    {"reservation-id", "reservation_id"},
    {"root-device-name", "root_device_name"},
    {"root-device-type", "root_device_type"},
    {"source-dest-check", kSourceDestCheck, kOfPrimary, ")"},
    {"spot-instance-request-id", "o.spot_request_id", kOfOption, ")"},
    {"state-reason-code", "state_reason_code"},
    {"state-reason-message", "state_reason_message"},
    {"subnet-id", "e.subnet_id", kOfPrimary, ")"},
    {"tenancy", kTenancy},
    {"tpm-support", "tpm_support"},
    {"usage-operation", "usage_operation"},
    {"usage-operation-update-time", "usage_operation_time_ms"},
    {"virtualization-type", "virtualization_type"},
    {"vpc-id", "e.vpc_id", kOfPrimary, ")"},
};
inline constexpr Listing<InstanceRow> kInstanceList{
    .from = kInstanceFrom, .key = "n.id", .columns = kInstanceColumns, .filters = kInstanceFilters};

}  // namespace amilab
