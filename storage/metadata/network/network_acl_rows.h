#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "storage/metadata/network/network_ids.h"
#include "storage/metadata/sql/children.h"
#include "storage/metadata/sql/database.h"
#include "storage/metadata/sql/filter.h"
#include "storage/metadata/sql/listing.h"

namespace amilab {

struct NetworkAclRow {
    NetworkAclId id{};
    std::string region{};
    std::string owner{};
    VpcId vpc_id{};
    /// The one that subnets of the VPC get when they are made.
    bool is_default = false;
};

/// That a subnet has an ACL, as each does.
struct NetworkAclAssociationRow {
    NetworkAclAssociationId id{};
    std::string region{};
    std::string owner{};
    std::string network_acl_id{};
    SubnetId subnet_id{};
};

inline constexpr auto kNetworkAclColumns = columns<NetworkAclRow>(
    "network_acl", "n", text<&NetworkAclRow::id>("id"), text<&NetworkAclRow::region>("region"),
    text<&NetworkAclRow::owner>("owner"), text<&NetworkAclRow::vpc_id>("vpc_id"),
    flag<&NetworkAclRow::is_default>("is_default"));
inline constexpr std::string_view kOfAclAssociations =
    "EXISTS (SELECT 1 FROM network_acl_association a WHERE a.network_acl_id = n.id AND ";
inline constexpr std::string_view kOfAclEntries =
    "EXISTS (SELECT 1 FROM network_acl_entry e WHERE e.network_acl_id = n.id AND ";
inline constexpr FilterColumn kNetworkAclFilters[] = {
    {"association.association-id", "a.id", kOfAclAssociations, ")"},
    {"association.network-acl-id", "a.network_acl_id", kOfAclAssociations, ")"},
    {"association.subnet-id", "a.subnet_id", kOfAclAssociations, ")"},
    {"default", "is_default"},
    {"entry.cidr", "e.cidr_block", kOfAclEntries, ")"},
    {"entry.egress", "iif(e.egress, 'true', 'false')", kOfAclEntries, ")"},
    {"entry.icmp.code", "CAST(e.icmp_code AS TEXT)", kOfAclEntries, ")"},
    {"entry.icmp.type", "CAST(e.icmp_type AS TEXT)", kOfAclEntries, ")"},
    {"entry.ipv6-cidr", "e.ipv6_cidr_block", kOfAclEntries, ")"},
    {"entry.port-range.from", "CAST(e.port_from AS TEXT)", kOfAclEntries, ")"},
    {"entry.port-range.to", "CAST(e.port_to AS TEXT)", kOfAclEntries, ")"},
    {"entry.protocol", "e.protocol", kOfAclEntries, ")"},
    {"entry.rule-action", "e.rule_action", kOfAclEntries, ")"},
    {"entry.rule-number", "CAST(e.rule_number AS TEXT)", kOfAclEntries, ")"},
    {"network-acl-id", "id"},
    {"owner-id", "owner"},
    {"vpc-id", "vpc_id"},
};
inline constexpr Listing<NetworkAclRow> kNetworkAclList{
    .key = "n.id", .columns = kNetworkAclColumns, .filters = kNetworkAclFilters};

inline constexpr auto kNetworkAclAssociationColumns = columns<NetworkAclAssociationRow>(
    "network_acl_association", "a", text<&NetworkAclAssociationRow::id>("id"),
    text<&NetworkAclAssociationRow::region>("region"),
    text<&NetworkAclAssociationRow::owner>("owner"),
    text<&NetworkAclAssociationRow::network_acl_id>("network_acl_id"),
    text<&NetworkAclAssociationRow::subnet_id>("subnet_id"));
inline constexpr Listing<NetworkAclAssociationRow> kNetworkAclAssociationList{
    .key = "a.id", .columns = kNetworkAclAssociationColumns};
inline constexpr Children<NetworkAclAssociationRow> kAssociationsOfNetworkAcls{
    .columns = kNetworkAclAssociationColumns, .parent = "network_acl_id", .order = "id"};

std::optional<NetworkAclRow> select_default_network_acl(Database& db, const VpcId& vpc);
/// Whether a subnet has it.
bool is_network_acl_in_use(Database& db, const NetworkAclId& id);

}  // namespace amilab
