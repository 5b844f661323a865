#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "storage/base/clock.h"
#include "storage/metadata/instances/instance_ids.h"
#include "storage/metadata/instances/instance_state.h"
#include "storage/metadata/network/interface_names.h"
#include "storage/metadata/network/network_ids.h"
#include "storage/metadata/regions/zone_id.h"
#include "storage/metadata/sql/database.h"
#include "storage/metadata/sql/listing.h"
#include "storage/metadata/sql/sql_text.h"
#include "storage/metadata/volumes/volume_state.h"

/// Network interfaces, their private addresses and their security groups.
namespace amilab {

enum class InterfaceStatus : std::uint8_t { kAvailable, kInUse };
template <>
inline constexpr auto kWords<InterfaceStatus> = words("available", "in-use");

/// What an interface is of. Source: EC2 API Reference, NetworkInterface (documented).
enum class NetworkInterfaceType : std::uint8_t {
    kInterface,
    kNatGateway,
    kVpcEndpoint,
    kInstanceConnectEndpoint,
    kEfa,
    kEfaOnly
};
template <>
inline constexpr auto kWords<NetworkInterfaceType> = words("interface", "nat_gateway",
                                                           "vpc_endpoint",
                                                           "ec2_instance_connect_endpoint", "efa",
                                                           "efa-only");

/// What is said of the Elastic Network Adapter that an attached interface is; nothing where nothing
/// was said.
struct EnaSettings {
    /// ENA Express, by Scalable Reliable Datagrams.
    std::optional<bool> srd{};
    std::optional<bool> srd_udp{};
    std::optional<std::int64_t> queue_count{};
};

/// What an interface is attached to.
struct InterfaceAttachment {
    InstanceId instance_id{};
    NetworkInterfaceAttachmentId id{};
    std::int64_t network_card_index = 0;
    /// One of the card's.
    std::int64_t device_index = 0;
    TimeMs attach_time_ms = 0;
    bool delete_on_termination = false;
    EnaSettings ena{};
};

struct NetworkInterfaceRow {
    NetworkInterfaceId id{};
    std::string region{};
    std::string owner{};
    SubnetId subnet_id{};
    VpcId vpc_id{};
    std::string zone{};
    std::string description{};
    NetworkInterfaceType interface_type = NetworkInterfaceType::kInterface;
    std::string mac_address{};
    bool source_dest_check = true;
    /// Who made it by itself: a service, or a caller of CreateNetworkInterface.
    std::optional<std::string> requester_id{};
    // What it is attached to: all five are there, or none.
    std::optional<InstanceId> instance_id{};
    std::optional<NetworkInterfaceAttachmentId> attachment_id{};
    std::optional<std::int64_t> device_index{};
    std::optional<TimeMs> attach_time_ms{};
    std::optional<bool> delete_on_termination{};
    /// 0 of one that is free.
    std::int64_t network_card_index = 0;
    // As EnaSettings have them; nothing of one that is free.
    std::optional<bool> ena_srd{};
    std::optional<bool> ena_srd_udp{};
    std::optional<std::int64_t> ena_queue_count{};
    /// Whether it has a public address of Amazon's while its instance runs.
    bool associate_public_ip = false;
    // How long idle flows are tracked, in seconds; nothing: as long as the instance's type has it.
    std::optional<std::int64_t> tcp_established_timeout{};
    std::optional<std::int64_t> udp_stream_timeout{};
    std::optional<std::int64_t> udp_timeout{};
    /// Whether the first of its IPv6 addresses is the primary one.
    bool primary_ipv6 = false;
    /// Whether it has IPv6 addresses alone, as its subnet does.
    bool ipv6_native = false;
    // Read only, the first by lists and select_network_interface() alone.
    std::string zone_id{};
    InterfaceStatus status{};
    /// Whose the instance is that it is attached to.
    std::optional<std::string> instance_owner{};
    /// Nothing unless it is attached.
    std::optional<AttachmentState> attachment_status{};
    /// By what a service that made it has it attached; nothing of other interfaces.
    std::optional<std::string> service_attachment_id{};
};

/// A private address of an interface, and the public one that stands for it.
struct InterfaceAddressRow {
    NetworkInterfaceId interface_id{};
    /// 0 is the primary one.
    std::int64_t position = 0;
    SubnetId subnet_id{};
    std::string address{};
    std::optional<std::string> public_ip{};
    // Of an elastic address.
    std::optional<std::string> allocation_id{};
    std::optional<AddressAssociationId> association_id{};
    // Read only.
    std::string private_dns_name{};
    /// Nothing without a public address.
    std::optional<std::string> public_dns_name{};
    std::optional<std::string> public_owner{};
};

/// A security group of an interface.
struct InterfaceGroupRow {
    NetworkInterfaceId interface_id{};
    std::int64_t position = 0;
    SecurityGroupId id{};
    /// Read only.
    std::string name{};
};

/// Who makes interfaces of services. Source: assumed.
inline constexpr std::string_view kServiceRequester = "amazon-aws";
inline constexpr auto kHasServiceMadeIt = sql("e.requester_id IS 'amazon-aws'");

inline bool is_requester_managed(const NetworkInterfaceRow& row)
{
    return row.requester_id == kServiceRequester;
}

/// Source: an interface of a service is in use as long as it is there (observed).
inline constexpr auto kInterfaceStatus = "iif(e.instance_id IS NULL AND NOT " + kHasServiceMadeIt +
                                         ", " + sql_word<InterfaceStatus::kAvailable> + ", " +
                                         sql_word<InterfaceStatus::kInUse> + ")";
// Source: interfaces of a launch are attaching until the instance runs (observed).
inline constexpr auto kInterfaceAttachmentStatus =
    "(SELECT iif(i.state = " + sql_word<InstanceStateName::kPending> + ", " +
    sql_word<AttachmentState::kAttaching> + ", " + sql_word<AttachmentState::kAttached> +
    ") FROM instance i WHERE i.id = e.instance_id)";
// Source: a NAT gateway's interface is attached as device 1, by an id of a kind of its own, to what
// is "amazon-aws"'s and is not told (observed). Which id that is, is ours.
inline constexpr std::string_view kServiceAttachmentPrefix = "ela-attach";
inline constexpr std::string_view kServiceInstanceOwner = "amazon-aws";
inline constexpr std::int64_t kServiceDeviceIndex = 1;
inline constexpr auto kIsOfService = "e.instance_id IS NULL AND " + kHasServiceMadeIt;
inline constexpr auto kServiceAttachmentId =
    "iif(" + kIsOfService + ", '" +
    sql_text<kServiceAttachmentPrefix.size()>(kServiceAttachmentPrefix) +
    "-' || substr(e.id, 5), NULL)";
inline constexpr auto kAttachmentStatusOfAny = "ifnull(" + kInterfaceAttachmentStatus + ", iif(" +
                                               kIsOfService + ", " +
                                               sql_word<AttachmentState::kAttached> + ", NULL))";

inline constexpr auto kInterfaceInstanceOwner =
    sql("(SELECT i.owner FROM instance i WHERE i.id = e.instance_id)");

inline constexpr auto kNetworkInterfaceColumns = columns<NetworkInterfaceRow>(
    "network_interface", "e", text<&NetworkInterfaceRow::id>("id"),
    text<&NetworkInterfaceRow::region>("region"), text<&NetworkInterfaceRow::owner>("owner"),
    text<&NetworkInterfaceRow::subnet_id>("subnet_id"),
    text<&NetworkInterfaceRow::vpc_id>("vpc_id"), text<&NetworkInterfaceRow::zone>("zone"),
    text<&NetworkInterfaceRow::description>("description"),
    text<&NetworkInterfaceRow::interface_type>("interface_type"),
    text<&NetworkInterfaceRow::mac_address>("mac_address"),
    flag<&NetworkInterfaceRow::source_dest_check>("source_dest_check"),
    text<&NetworkInterfaceRow::requester_id>("requester_id"),
    text<&NetworkInterfaceRow::instance_id>("instance_id"),
    text<&NetworkInterfaceRow::attachment_id>("attachment_id"),
    integer<&NetworkInterfaceRow::device_index>("device_index"),
    time<&NetworkInterfaceRow::attach_time_ms>("attach_time_ms"),
    flag<&NetworkInterfaceRow::delete_on_termination>("delete_on_termination"),
    integer<&NetworkInterfaceRow::network_card_index>("network_card_index"),
    flag<&NetworkInterfaceRow::ena_srd>("ena_srd"),
    flag<&NetworkInterfaceRow::ena_srd_udp>("ena_srd_udp"),
    integer<&NetworkInterfaceRow::ena_queue_count>("ena_queue_count"),
    flag<&NetworkInterfaceRow::associate_public_ip>("associate_public_ip"),
    integer<&NetworkInterfaceRow::tcp_established_timeout>("tcp_established_timeout"),
    integer<&NetworkInterfaceRow::udp_stream_timeout>("udp_stream_timeout"),
    integer<&NetworkInterfaceRow::udp_timeout>("udp_timeout"),
    flag<&NetworkInterfaceRow::primary_ipv6>("primary_ipv6"),
    flag<&NetworkInterfaceRow::ipv6_native>("ipv6_native"),
    text<&NetworkInterfaceRow::status>("status").as(kInterfaceStatus),
    text<&NetworkInterfaceRow::instance_owner>("instance_owner").as(kInterfaceInstanceOwner),
    text<&NetworkInterfaceRow::attachment_status>("attachment_status").as(kAttachmentStatusOfAny),
    text<&NetworkInterfaceRow::service_attachment_id>("service_attachment_id")
        .as(kServiceAttachmentId));

inline constexpr auto kInterfaceZoneId = sql_zone_id(sql("e.zone"));
/// What lists show besides.
inline constexpr auto kNetworkInterfaceListColumns = and_columns(
    kNetworkInterfaceColumns, text<&NetworkInterfaceRow::zone_id>("zone_id").as(kInterfaceZoneId));

/// Whose a public address is.
inline constexpr std::string_view kPublicOwner =
    "iif(a.public_ip IS NULL, NULL, iif(a.allocation_id IS NULL, 'amazon', e.owner))";

/// What is asked of an interface's addresses and groups: by the value where one interface has it,
/// and from the interface where many have it.
inline constexpr std::string_view kOfOneInterfaceAddress =
    "e.id IN (SELECT a.interface_id FROM interface_address a WHERE ";
inline constexpr std::string_view kOfInterfaceAddress =
    "EXISTS (SELECT 1 FROM interface_address a WHERE a.interface_id = e.id AND ";
inline constexpr std::string_view kOfPrimaryInterfaceAddress =
    "EXISTS (SELECT 1 FROM interface_address a WHERE a.interface_id = e.id AND a.position = 0"
    " AND ";
inline constexpr std::string_view kOfOneInterfaceGroup =
    "e.id IN (SELECT g.interface_id FROM interface_group g WHERE ";
inline constexpr std::string_view kOfInterfaceGroup =
    "EXISTS (SELECT 1 FROM interface_group g WHERE g.interface_id = e.id AND ";
inline constexpr std::string_view kOfInterfaceGroupName =
    "EXISTS (SELECT 1 FROM interface_group g JOIN security_group s ON s.id = g.group_id"
    " WHERE g.interface_id = e.id AND ";
inline constexpr std::string_view kOfOneInterfaceIpv6 =
    "e.id IN (SELECT x.interface_id FROM interface_ipv6_address x WHERE ";
inline constexpr std::string_view kOfInterfaceIpv6 =
    "EXISTS (SELECT 1 FROM interface_ipv6_address x WHERE x.interface_id = e.id AND ";
inline constexpr auto kAttachedOnly =
    "(e.instance_id IS NOT NULL OR " + kHasServiceMadeIt + ") AND ";

inline constexpr auto kShownManaged = "iif(" + kHasServiceMadeIt + ", 'true', 'false')";

// What attachments say that lead to an instance, or to a service's.
inline constexpr auto kAnyAttachmentId = "ifnull(e.attachment_id, " + kServiceAttachmentId + ")";
inline constexpr auto kAnyDeviceIndex =
    "iif(" + kIsOfService + ", '1', CAST(e.device_index AS TEXT))";
inline constexpr auto kAnyInstanceOwner =
    "iif(" + kIsOfService + ", '" + sql_text<kServiceInstanceOwner.size()>(kServiceInstanceOwner) +
    "', " + kInterfaceInstanceOwner + ")";
inline constexpr std::string_view kAnyDeleteOnTermination =
    "iif(ifnull(e.delete_on_termination, 0), 'true', 'false')";

/// Source: EC2 API Reference, DescribeNetworkInterfaces (documented); what is missing belongs to
/// features that amilab does not have and matches nothing.
inline constexpr FilterColumn kNetworkInterfaceFilters[] = {
    {"addresses.association.owner-id", kPublicOwner, kOfInterfaceAddress, ")"},
    {"addresses.association.public-ip", "a.public_ip", kOfOneInterfaceAddress, ")",
     kOfInterfaceAddress},
    {"addresses.primary", "iif(a.position = 0, 'true', 'false')", kOfInterfaceAddress, ")"},
    {"addresses.private-ip-address", "a.address", kOfOneInterfaceAddress, ")", kOfInterfaceAddress},
    {"association.allocation-id", "a.allocation_id", kOfOneInterfaceAddress, ")",
     kOfInterfaceAddress},
    {"association.association-id", "a.association_id", kOfInterfaceAddress, ")"},
    {"association.ip-owner-id", kPublicOwner, kOfInterfaceAddress, ")"},
    {"association.public-dns-name", kPublicDnsName, kOfInterfaceAddress, ")"},
    {"association.public-ip", "a.public_ip", kOfOneInterfaceAddress, ")", kOfInterfaceAddress},
    {"attachment.attach-time", "attach_time_ms"},
    {"attachment.attachment-id", kAnyAttachmentId},
    {"attachment.delete-on-termination", kAnyDeleteOnTermination, kAttachedOnly},
    {"attachment.device-index", kAnyDeviceIndex},
    {"attachment.instance-id", "instance_id"},
    {"attachment.instance-owner-id", kAnyInstanceOwner, kAttachedOnly},
    {"attachment.status", "attachment_status"},
    {"availability-zone", "zone"},
    {"availability-zone-id", "zone_id"},
    {"description", "description"},
    {"group-id", "g.group_id", kOfOneInterfaceGroup, ")", kOfInterfaceGroup},
    {"group-name", "s.name", kOfInterfaceGroupName, ")"},
    {"interface-type", "interface_type"},
    {"ipv6-addresses.ipv6-address", "x.address", kOfOneInterfaceIpv6, ")", kOfInterfaceIpv6},
    {"mac-address", "mac_address"},
    {"network-interface-id", "id"},
    {"operator.managed", "'false'"},
    {"owner-id", "owner"},
    {"private-dns-name", kPrivateDnsName, kOfPrimaryInterfaceAddress, ")"},
    {"private-ip-address", "a.address", kOfOneInterfaceAddress, ")", kOfInterfaceAddress},
    {"requester-id", "requester_id"},
    {"requester-managed", kShownManaged},
    {"source-dest-check", "source_dest_check"},
    {"status", "status"},
    {"subnet-id", "subnet_id"},
    {"vpc-id", "vpc_id"},
};
inline constexpr Listing<NetworkInterfaceRow> kNetworkInterfaceList{
    .key = "e.id", .columns = kNetworkInterfaceListColumns, .filters = kNetworkInterfaceFilters};

/// `groups` are ids, in order.
void insert_network_interface(Database& db, const NetworkInterfaceRow& row,
                              const std::vector<SecurityGroupId>& groups);
/// Whoever has it.
std::optional<NetworkInterfaceRow> select_network_interface(Database& db,
                                                            const NetworkInterfaceId& id);
/// Of the account, or attached to an instance of the account's.
std::optional<NetworkInterfaceRow> select_interface_attached(
    Database& db, std::string_view account, std::string_view region,
    const NetworkInterfaceAttachmentId& id);
/// In the order of instances, those of each in the order of their network cards and device indexes.
std::vector<NetworkInterfaceRow> select_interfaces_of(Database& db,
                                                      const std::vector<std::string>& instances);
/// The interface at device index 0 of network card 0; nothing once the instance has given it up.
std::optional<NetworkInterfaceRow> select_primary_interface(Database& db, const InstanceId& id);
std::int64_t count_interfaces_of(Database& db, const InstanceId& id);
void delete_network_interface(Database& db, const NetworkInterfaceId& id);

/// False when the instance has an interface at that index of the network card.
bool attach_network_interface(Database& db, const NetworkInterfaceId& id,
                              const InterfaceAttachment& attachment);
/// None of the IPv6 addresses is the primary one then.
void detach_network_interface(Database& db, const NetworkInterfaceId& id);

// What belongs to several interfaces, in the order of their ids.

/// The addresses of each in their order.
std::vector<InterfaceAddressRow> select_interface_addresses(
    Database& db, const std::vector<std::string>& interfaces);
/// The groups of each in their order.
std::vector<InterfaceGroupRow> select_interface_groups(Database& db,
                                                       const std::vector<std::string>& interfaces);
void replace_interface_groups(Database& db, const NetworkInterfaceId& id,
                              const std::vector<SecurityGroupId>& groups);

/// Sets one member of an interface, by the member: &NetworkInterfaceRow::description.
template <auto kMember, class Value>
void set_network_interface(Database& db, const NetworkInterfaceId& id, const Value& value)
{
    set_member<kNetworkInterfaceColumns, kMember>(db, id, value);
}

}  // namespace amilab
