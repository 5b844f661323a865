#pragma once

#include <string>

#include "storage/metadata/network/association_state.h"
#include "storage/metadata/network/network_ids.h"
#include "storage/metadata/sql/database.h"
#include "storage/metadata/sql/filter.h"
#include "storage/metadata/sql/listing.h"
#include "storage/metadata/sql/sql_text.h"

/// Further VPCs in which security groups may be used.
namespace amilab {

struct SecurityGroupVpcAssociationRow {
    /// "sg-.../vpc-...", which AWS tells nobody.
    std::string id{};
    std::string region{};
    std::string owner{};
    SecurityGroupId group_id{};
    VpcId vpc_id{};
};

inline constexpr auto kSecurityGroupVpcAssociationColumns = columns<SecurityGroupVpcAssociationRow>(
    "security_group_vpc_association", "a", text<&SecurityGroupVpcAssociationRow::id>("id"),
    text<&SecurityGroupVpcAssociationRow::region>("region"),
    text<&SecurityGroupVpcAssociationRow::owner>("owner"),
    text<&SecurityGroupVpcAssociationRow::group_id>("group_id"),
    text<&SecurityGroupVpcAssociationRow::vpc_id>("vpc_id"));
/// Source: EC2 API Reference, DescribeSecurityGroupVpcAssociations (documented).
inline constexpr FilterColumn kSecurityGroupVpcAssociationFilters[] = {
    {"group-id", "group_id"},
    {"group-owner-id", "owner"},
    {"state", sql_word<AssociationState::kAssociated>},
    {"vpc-id", "vpc_id"},
    {"vpc-owner-id", "owner"},
};
inline constexpr Listing<SecurityGroupVpcAssociationRow> kSecurityGroupVpcAssociationList{
    .key = "a.id",
    .columns = kSecurityGroupVpcAssociationColumns,
    .filters = kSecurityGroupVpcAssociationFilters};

/// A group that interfaces of a VPC may have.
struct UsableGroupRow {
    SecurityGroupId id{};
    std::string region{};
    std::string owner{};
    /// The VPC that it was made in.
    VpcId primary_vpc_id{};
    std::string name{};
    std::string description{};
};

inline constexpr auto kUsableGroupColumns = columns<UsableGroupRow>(
    "security_group", "u", text<&UsableGroupRow::id>("id"), text<&UsableGroupRow::region>("region"),
    text<&UsableGroupRow::owner>("owner"), text<&UsableGroupRow::primary_vpc_id>("primary_vpc_id"),
    text<&UsableGroupRow::name>("name"), text<&UsableGroupRow::description>("description"));
/// Source: EC2 API Reference, GetSecurityGroupsForVpc (documented).
inline constexpr FilterColumn kUsableGroupFilters[] = {
    {"description", "description"},
    {"group-id", "id"},
    {"group-name", "name"},
    {"owner-id", "owner"},
    {"primary-vpc-id", "primary_vpc_id"},
};
inline constexpr std::string_view kUsableGroups =
    "(SELECT g.id, g.region, g.owner, g.vpc_id AS primary_vpc_id, g.name, g.description,"
    " g.vpc_id AS usable_in FROM security_group g UNION ALL"
    " SELECT g.id, g.region, g.owner, g.vpc_id, g.name, g.description, a.vpc_id"
    " FROM security_group_vpc_association a JOIN security_group g ON g.id = a.group_id) u";
inline constexpr Listing<UsableGroupRow> kUsableGroupList{.from = kUsableGroups,
                                                          .key = "u.id",
                                                          .columns = kUsableGroupColumns,
                                                          .filters = kUsableGroupFilters};
/// For ListQuery::among: the VPC whose interfaces may have the groups.
inline constexpr std::string_view kUsableIn = "u.usable_in";

/// Whether the group may be used in the VPC, which is not its own.
bool is_group_associated(Database& db, const SecurityGroupId& group, const VpcId& vpc);
/// Whether an interface of the VPC has the group.
bool is_group_used_in(Database& db, const SecurityGroupId& group, const VpcId& vpc);
/// False when there is none.
bool delete_group_association(Database& db, const SecurityGroupId& group, const VpcId& vpc);

}  // namespace amilab
