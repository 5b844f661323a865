#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "storage/base/vocabulary.h"
#include "storage/metadata/network/address_family.h"
#include "storage/metadata/network/association_state.h"
#include "storage/metadata/network/network_ids.h"
#include "storage/metadata/sql/database.h"
#include "storage/metadata/sql/filter.h"
#include "storage/metadata/sql/listing.h"
#include "storage/metadata/sql/sql_text.h"

namespace amilab {

/// What instances of a VPC run on unless they say otherwise. Source: EC2 API Reference, CreateVpc
/// (documented).
enum class Tenancy : std::uint8_t { kDefault, kDedicated };
template <>
inline constexpr auto kWords<Tenancy> = words("default", "dedicated");

struct VpcRow {
    VpcId id{};
    std::string region{};
    std::string owner{};
    std::string cidr_block{};
    std::string cidr_association_id{};
    std::string dhcp_options_id{};
    bool is_default = false;
    Tenancy instance_tenancy = Tenancy::kDefault;
    bool enable_dns_support = true;
    bool enable_dns_hostnames = false;
    bool enable_network_address_usage_metrics = false;
};

inline constexpr auto kVpcColumns = columns<VpcRow>(
    "vpc", "v", text<&VpcRow::id>("id"), text<&VpcRow::region>("region"),
    text<&VpcRow::owner>("owner"), text<&VpcRow::cidr_block>("cidr_block"),
    text<&VpcRow::cidr_association_id>("cidr_association_id"),
    text<&VpcRow::dhcp_options_id>("dhcp_options_id"), flag<&VpcRow::is_default>("is_default"),
    text<&VpcRow::instance_tenancy>("instance_tenancy"),
    flag<&VpcRow::enable_dns_support>("enable_dns_support"),
    flag<&VpcRow::enable_dns_hostnames>("enable_dns_hostnames"),
    flag<&VpcRow::enable_network_address_usage_metrics>("enable_network_address_usage_metrics"));
// What its blocks have, the primary one among them. Many VPCs have one block, so that it is no way
// to find one (+).
inline constexpr auto kOfIpv4Blocks =
    "EXISTS (SELECT 1 FROM (SELECT v.cidr_association_id AS id, v.cidr_block AS cidr_block"
    " UNION ALL SELECT c.id, c.cidr_block FROM vpc_cidr_block c WHERE c.vpc_id = v.id"
    " AND c.family = " +
    sql_word<AddressFamily::kIpv4> + ") b WHERE ";
inline constexpr auto kOfIpv6Blocks =
    "EXISTS (SELECT 1 FROM vpc_cidr_block b WHERE b.vpc_id = v.id AND b.family = " +
    sql_word<AddressFamily::kIpv6> + " AND ";
inline constexpr FilterColumn kVpcFilters[] = {
    {"cidr", "cidr_block"},
    {"cidr-block-association.association-id", "b.id", kOfIpv4Blocks, ")"},
    {"cidr-block-association.cidr-block", "+b.cidr_block", kOfIpv4Blocks, ")"},
    {"cidr-block-association.state", sql_word<AssociationState::kAssociated>},
    {"dhcp-options-id", "dhcp_options_id"},
    {"ipv6-cidr-block-association.association-id", "b.id", kOfIpv6Blocks, ")"},
    {"ipv6-cidr-block-association.ipv6-cidr-block", "+b.cidr_block", kOfIpv6Blocks, ")"},
    {"ipv6-cidr-block-association.ipv6-pool", "'Amazon'", kOfIpv6Blocks, ")"},
    {"ipv6-cidr-block-association.state", sql_word<AssociationState::kAssociated>, kOfIpv6Blocks,
     ")"},
    {"is-default", "is_default"},
    {"owner-id", "owner"},
    {"state", "'available'"},
    {"vpc-id", "id"},
};
inline constexpr Listing<VpcRow> kVpcList{
    .key = "v.id", .columns = kVpcColumns, .filters = kVpcFilters};

void insert_vpc(Database& db, const VpcRow& row);

/// Attributes and options as the row has them.
void update_vpc(Database& db, const VpcRow& row);
/// Whether something is in the VPC that does not go with it: all but its main route table, its
/// default network ACL and its default security group, peering connections aside.
bool has_vpc_dependencies(Database& db, const VpcId& id);
/// Deletes the VPC, its default security group, its default network ACL and its main route table,
/// and the tags of all of them.
void delete_vpc(Database& db, const VpcId& id);

bool has_default_vpc(Database& db, std::string_view owner, std::string_view region);
std::optional<VpcRow> select_default_vpc(Database& db, std::string_view owner,
                                         std::string_view region);

}  // namespace amilab
