#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "storage/metadata/network/network_ids.h"
#include "storage/metadata/sql/database.h"
#include "storage/metadata/sql/filter.h"

namespace amilab {

struct VpcRow {
    VpcId id;
    std::string region;
    std::string owner;
    std::string cidr_block;
    std::string cidr_association_id;
    std::string dhcp_options_id;
    bool is_default;
};

struct SubnetRow {
    SubnetId id;
    std::string region;
    std::string owner;
    VpcId vpc_id;
    std::string zone;
    std::string cidr_block;
    bool default_for_zone;
    bool map_public_ip_on_launch;
    /// Read only: the zone's id.
    std::string zone_id{};
    /// Read only: IPv4 addresses that no instance has, without the five that AWS keeps in each
    /// subnet.
    std::int64_t available_addresses = 0;
};

struct SecurityGroupRow {
    SecurityGroupId id;
    std::string region;
    std::string owner;
    VpcId vpc_id;
    std::string name;
    std::string description;
};

void insert_vpc(Database& db, const VpcRow& row);
void insert_subnet(Database& db, const SubnetRow& row);
/// A VPC has one group of a name; a second one throws.
void insert_security_group(Database& db, const SecurityGroupRow& row);

/// One indexed look, for every call that needs the network.
bool has_default_vpc(Database& db, std::string_view owner, std::string_view region);
std::optional<VpcRow> select_vpc(Database& db, std::string_view owner, std::string_view region,
                                 const VpcId& id);
std::optional<VpcRow> select_default_vpc(Database& db, std::string_view owner,
                                         std::string_view region);

std::optional<SubnetRow> select_subnet(Database& db, std::string_view owner,
                                       std::string_view region, const SubnetId& id);

std::optional<SecurityGroupRow> select_security_group(Database& db, std::string_view owner,
                                                      std::string_view region,
                                                      const SecurityGroupId& id);
std::optional<SecurityGroupRow> select_security_group_named(Database& db, const VpcId& vpc,
                                                            std::string_view name);
/// The group named "default", which every VPC has.
std::optional<SecurityGroupRow> select_default_security_group(Database& db, const VpcId& vpc);

/// `owner`'s rows in `region`, in the order of their ids.
struct NetworkQuery {
    std::string_view owner;
    std::string_view region;
    /// Only these; empty: any.
    std::vector<std::string> ids;
    std::span<const Filter> filters;
    std::string_view after;
    std::int64_t limit;
};

std::vector<VpcRow> select_vpcs(Database& db, const NetworkQuery& query);
std::vector<SubnetRow> select_subnets(Database& db, const NetworkQuery& query);
std::vector<SecurityGroupRow> select_security_groups(Database& db, const NetworkQuery& query);

/// Which groups an account may tag: ?1 the id, ?2 the region, ?3 the account.
inline constexpr std::string_view kTaggableSecurityGroup =
    "SELECT 1 FROM security_group WHERE id = ?1 AND region = ?2 AND owner = ?3";

/// Which subnets an account may tag: ?1 the id, ?2 the region, ?3 the account.
inline constexpr std::string_view kTaggableSubnet =
    "SELECT 1 FROM subnet WHERE id = ?1 AND region = ?2 AND owner = ?3";

/// Which VPCs an account may tag: ?1 the id, ?2 the region, ?3 the account.
inline constexpr std::string_view kTaggableVpc =
    "SELECT 1 FROM vpc WHERE id = ?1 AND region = ?2 AND owner = ?3";

}  // namespace amilab
