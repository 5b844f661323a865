#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "storage/metadata/network/network_ids.h"
#include "storage/metadata/regions/partitions.h"
#include "storage/metadata/sql/database.h"
#include "storage/metadata/sql/filter.h"
#include "storage/metadata/sql/listing.h"
#include "storage/metadata/sql/sql_text.h"

namespace amilab {

struct SubnetRow {
    SubnetId id{};
    std::string region{};
    std::string owner{};
    VpcId vpc_id{};
    std::string zone{};
    std::string cidr_block{};
    bool default_for_zone = false;
    bool map_public_ip_on_launch = false;
    /// Read only: the zone's id.
    std::string zone_id{};
    /// Read only: IPv4 addresses that no instance has, without the five that AWS keeps in each
    /// subnet.
    std::int64_t available_addresses = 0;
};

// AWS keeps the first four addresses of a subnet and its last.
// Source: VPC User Guide, "Subnet CIDR blocks" (documented).
inline constexpr std::string_view kAvailableAddresses =
    "((1 << (32 - CAST(substr(s.cidr_block, instr(s.cidr_block, '/') + 1) AS INTEGER))) - 5"
    " - (SELECT COUNT(*) FROM instance i WHERE i.subnet_id = s.id AND i.private_ip IS NOT NULL))";

inline constexpr auto kSubnetColumns = columns<SubnetRow>(
    "subnet", "s", text<&SubnetRow::id>("id"), text<&SubnetRow::region>("region"),
    text<&SubnetRow::owner>("owner"), text<&SubnetRow::vpc_id>("vpc_id"),
    text<&SubnetRow::zone>("zone"), text<&SubnetRow::cidr_block>("cidr_block"),
    flag<&SubnetRow::default_for_zone>("default_for_zone"),
    flag<&SubnetRow::map_public_ip_on_launch>("map_public_ip_on_launch"),
    text<&SubnetRow::zone_id>("zone_id").as("z.zone_id"),
    integer<&SubnetRow::available_addresses>("available_addresses").as(kAvailableAddresses));
inline constexpr auto kSubnetArn =
    "('arn:' || " + sql_partition(sql("s.region")) +
    " || ':ec2:' || s.region || ':' || s.owner || ':subnet/' || s.id)";
inline constexpr FilterColumn kSubnetFilters[] = {
    {"availability-zone", "zone"},
    {"availability-zone-id", "zone_id"},
    {"available-ip-address-count", "available_addresses"},
    {"cidr-block", "cidr_block"},
    {"default-for-az", "default_for_zone"},
    {"enable-dns64", "'false'"},
    {"ipv6-native", "'false'"},
    {"map-customer-owned-ip-on-launch", "'false'"},
    {"map-public-ip-on-launch", "map_public_ip_on_launch"},
    {"owner-id", "owner"},
    {"private-dns-name-options-on-launch.enable-resource-name-dns-a-record", "'false'"},
    {"private-dns-name-options-on-launch.enable-resource-name-dns-aaaa-record", "'false'"},
    {"private-dns-name-options-on-launch.hostname-type", "'ip-name'"},
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

std::optional<SubnetRow> select_subnet(Database& db, std::string_view owner,
                                       std::string_view region, const SubnetId& id);

}  // namespace amilab
