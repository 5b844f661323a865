#include "storage/metadata/instances/launch_place_rows.h"

#include "storage/metadata/instance_types/instance_type_words.h"
#include "storage/metadata/network/vpc_rows.h"
#include "storage/metadata/sql/columns.h"
#include "storage/metadata/sql/sql_text.h"
#include "storage/metadata/sql/statement.h"

namespace amilab {

namespace {

constexpr auto kIsZone = "o.location_type = " + sql_word<LocationType::kAvailabilityZone>;

constexpr auto kIsDedicated = "(SELECT v.instance_tenancy = " + sql_word<Tenancy::kDedicated> +
                              " FROM vpc v WHERE v.id = s.vpc_id)";

constexpr auto kLaunchSubnetColumns = columns<LaunchSubnet>(
    "subnet", "s", text<&LaunchSubnet::id>("id"), text<&LaunchSubnet::vpc_id>("vpc_id"),
    text<&LaunchSubnet::zone>("zone"), text<&LaunchSubnet::zone_id>("zone_id").as("z.zone_id"),
    text<&LaunchSubnet::cidr_block>("cidr_block"), flag<&LaunchSubnet::ipv6_native>("ipv6_native"),
    flag<&LaunchSubnet::map_public_ip_on_launch>("map_public_ip_on_launch"),
    flag<&LaunchSubnet::is_dedicated>("is_dedicated").as(kIsDedicated),
    text<&LaunchSubnet::ipv6_cidr_block>("ipv6_cidr_block"),
    flag<&LaunchSubnet::assign_ipv6_address_on_creation>("assign_ipv6_address_on_creation"),
    text<&LaunchSubnet::hostname_type>("hostname_type"),
    flag<&LaunchSubnet::resource_name_dns_a>("resource_name_dns_a_record"),
    flag<&LaunchSubnet::resource_name_dns_aaaa>("resource_name_dns_aaaa_record"));

}  // namespace

std::vector<std::string> select_zones_offering(Database& db, std::string_view region,
                                               std::string_view instance_type)
{
    static constexpr auto kZones =
        "SELECT o.location FROM catalogue.instance_type_offering o"
        " WHERE o.region = ? AND o.instance_type = ?"
        " AND " +
        kIsZone + " ORDER BY o.location";
    Statement select(db, kZones);
    select.bind(region, instance_type);
    return select.texts();
}

std::optional<LaunchSubnet> select_launch_subnet(Database& db, std::string_view owner,
                                                 std::string_view region, const SubnetId& id)
{
    return select_row<kLaunchSubnetColumns>(
        db,
        "FROM subnet s JOIN catalogue.availability_zone z ON z.name = s.zone"
        " WHERE s.id = ? AND s.owner = ? AND s.region = ?",
        id, owner, region);
}

std::vector<LaunchSubnet> select_launch_subnets(Database& db, std::string_view owner,
                                                std::string_view region,
                                                std::string_view instance_type)
{
    static constexpr auto kSubnets =
        "FROM subnet s JOIN catalogue.availability_zone z ON z.name = s.zone"
        " JOIN catalogue.instance_type_offering o ON o.region = s.region"
        " AND o.location = coalesce(z.parent_zone_name, z.name)"
        " AND o.instance_type = ? AND " +
        kIsZone +
        " WHERE s.region = ? AND s.owner = ? AND s.default_for_zone = 1"
        " ORDER BY z.parent_zone_name IS NOT NULL, s.zone";
    return select_rows<kLaunchSubnetColumns>(db, kSubnets, instance_type, region, owner);
}

}  // namespace amilab
