#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/base/vocabulary.h"
#include "storage/metadata/network/association_state.h"
#include "storage/metadata/network/network_ids.h"
#include "storage/metadata/regions/partitions.h"
#include "storage/metadata/sql/database.h"
#include "storage/metadata/sql/filter.h"
#include "storage/metadata/sql/listing.h"
#include "storage/metadata/sql/sql_text.h"

namespace amilab {

/// What private host names are made of. Source: EC2 User Guide, "EC2 instance hostnames and
/// domains" (documented).
enum class HostnameType : std::uint8_t { kIpName, kResourceName };
template <>
inline constexpr auto kWords<HostnameType> = words("ip-name", "resource-name");

struct SubnetRow {
    SubnetId id{};
    std::string region{};
    std::string owner{};
    VpcId vpc_id{};
    std::string zone{};
    /// Empty of one that has IPv6 addresses alone.
    std::string cidr_block{};
    bool ipv6_native = false;
    bool default_for_zone = false;
    bool map_public_ip_on_launch = false;
    HostnameType hostname_type = HostnameType::kIpName;
    bool resource_name_dns_a_record = false;
    bool resource_name_dns_aaaa_record = false;
    // Both are there, or neither.
    std::optional<std::string> ipv6_cidr_block{};
    std::optional<SubnetCidrAssociationId> ipv6_association_id{};
    bool assign_ipv6_address_on_creation = false;
    bool enable_dns64 = false;
    /// Read only: the zone's id.
    std::string zone_id{};
    /// Read only: IPv4 addresses that no interface has, without the five that AWS keeps in each
    /// subnet.
    std::int64_t available_addresses = 0;
};

// AWS keeps the first four addresses of a subnet and its last.
// Source: VPC User Guide, "Subnet CIDR blocks" (documented).
inline constexpr std::string_view kAvailableAddresses =
    "iif(s.ipv6_native, 0,"
    " (1 << (32 - CAST(substr(s.cidr_block, instr(s.cidr_block, '/') + 1) AS INTEGER))) - 5"
    " - s.used_addresses)";

inline constexpr auto kSubnetColumns = columns<SubnetRow>(
    "subnet", "s", text<&SubnetRow::id>("id"), text<&SubnetRow::region>("region"),
    text<&SubnetRow::owner>("owner"), text<&SubnetRow::vpc_id>("vpc_id"),
    text<&SubnetRow::zone>("zone"), text<&SubnetRow::cidr_block>("cidr_block"),
    flag<&SubnetRow::ipv6_native>("ipv6_native"),
    flag<&SubnetRow::default_for_zone>("default_for_zone"),
    flag<&SubnetRow::map_public_ip_on_launch>("map_public_ip_on_launch"),
    text<&SubnetRow::hostname_type>("hostname_type"),
    flag<&SubnetRow::resource_name_dns_a_record>("resource_name_dns_a_record"),
    flag<&SubnetRow::resource_name_dns_aaaa_record>("resource_name_dns_aaaa_record"),
    text<&SubnetRow::ipv6_cidr_block>("ipv6_cidr_block"),
    text<&SubnetRow::ipv6_association_id>("ipv6_association_id"),
    flag<&SubnetRow::assign_ipv6_address_on_creation>("assign_ipv6_address_on_creation"),
    flag<&SubnetRow::enable_dns64>("enable_dns64"),
    text<&SubnetRow::zone_id>("zone_id").as("z.zone_id"),
    integer<&SubnetRow::available_addresses>("available_addresses").as(kAvailableAddresses));
inline constexpr auto kSubnetArn =
    "('arn:' || " + sql_partition(sql("s.region")) +
    " || ':ec2:' || s.region || ':' || s.owner || ':subnet/' || s.id)";
inline constexpr auto kSubnetBlockState =
    "iif(s.ipv6_association_id IS NULL, NULL, " + sql_word<AssociationState::kAssociated> + ")";
inline constexpr FilterColumn kSubnetFilters[] = {
    {"availability-zone", "zone"},
    {"availability-zone-id", "zone_id"},
    {"available-ip-address-count", "available_addresses"},
    {"cidr-block", "nullif(s.cidr_block, '')"},
    {"default-for-az", "default_for_zone"},
    {"enable-dns64", "enable_dns64"},
    {"ipv6-cidr-block-association.association-id", "ipv6_association_id"},
    {"ipv6-cidr-block-association.ipv6-cidr-block", "ipv6_cidr_block"},
    {"ipv6-cidr-block-association.state", kSubnetBlockState},
    {"ipv6-native", "ipv6_native"},
    {"map-customer-owned-ip-on-launch", "'false'"},
    {"map-public-ip-on-launch", "map_public_ip_on_launch"},
    {"owner-id", "owner"},
    {"private-dns-name-options-on-launch.enable-resource-name-dns-a-record",
     "resource_name_dns_a_record"},
    {"private-dns-name-options-on-launch.enable-resource-name-dns-aaaa-record",
     "resource_name_dns_aaaa_record"},
    {"private-dns-name-options-on-launch.hostname-type", "hostname_type"},
    {"state", "'available'"},
    {"subnet-arn", kSubnetArn},
    {"subnet-id", "id"},
    {"vpc-id", "vpc_id"},
};
inline constexpr std::string_view kSubnetFrom =
    "subnet s JOIN catalogue.availability_zone z ON z.name = s.zone";
inline constexpr Listing<SubnetRow> kSubnetList{
    .from = kSubnetFrom, .key = "s.id", .columns = kSubnetColumns, .filters = kSubnetFilters};

void insert_subnet(Database& db, const SubnetRow& row);

/// Attributes, and the IPv6 block, as the row has them.
void update_subnet(Database& db, const SubnetRow& row);
/// The subnets of a VPC, in the order of their ids.
std::vector<SubnetRow> select_subnets_of(Database& db, const VpcId& vpc);
/// IPv4 addresses of the subnet that interfaces may still have; 0 where it has none.
std::int64_t count_available_addresses(Database& db, const SubnetId& id);
/// Whether a network interface is in the subnet.
bool has_subnet_dependencies(Database& db, const SubnetId& id);
/// Whether a network interface has an IPv6 address or prefix of the subnet.
bool has_ipv6_addresses(Database& db, const SubnetId& id);
/// Whether the VPC has a default subnet, in that zone where one is told.
bool has_default_subnet(Database& db, const VpcId& vpc, const std::optional<std::string>& zone);
/// Whether a network interface of the VPC has a public address.
bool has_public_addresses(Database& db, const VpcId& vpc);

}  // namespace amilab
