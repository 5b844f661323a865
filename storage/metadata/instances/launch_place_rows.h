#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/metadata/network/network_ids.h"
#include "storage/metadata/sql/database.h"

/// What a launch looks up of the place that it goes to.
namespace amilab {

/// The region's zones that have the type, in the order of their names.
std::vector<std::string> select_zones_offering(Database& db, std::string_view region,
                                               std::string_view instance_type);

struct LaunchSubnet {
    SubnetId id{};
    VpcId vpc_id{};
    std::string zone{};
    std::string zone_id{};
    /// Empty of one that has IPv6 addresses alone.
    std::string cidr_block{};
    bool ipv6_native = false;
    bool map_public_ip_on_launch = false;
    /// Whether its VPC's instances are dedicated.
    bool is_dedicated = false;
    std::optional<std::string> ipv6_cidr_block{};
    bool assign_ipv6_address_on_creation = false;
    /// What its instances are told of their names unless the launch says otherwise.
    std::string hostname_type{};
    bool resource_name_dns_a = false;
    bool resource_name_dns_aaaa = false;
};

std::optional<LaunchSubnet> select_launch_subnet(Database& db, std::string_view owner,
                                                 std::string_view region, const SubnetId& id);
/// The default subnets in zones that have the type, in the order of the zones' names.
std::vector<LaunchSubnet> select_launch_subnets(Database& db, std::string_view owner,
                                                std::string_view region,
                                                std::string_view instance_type);

}  // namespace amilab
