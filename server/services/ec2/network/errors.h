#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "server/calls/request_values.h"
#include "server/services/ec2/common/errors.h"
#include "server/services/ec2/common/ids.h"
#include "server/wire/api_error.h"
#include "storage/metadata/network/network_ids.h"
#include "storage/metadata/network/security_group_rule_rows.h"

/// Refusals that are about networks. docs/fidelity.md says for each whether it is
/// documented, observed or assumed.
namespace amilab::ec2 {

ApiError not_found(const VpcId& id);
ApiError not_found(const SubnetId& id);
ApiError not_found(const SecurityGroupId& id);
ApiError not_found(const SecurityGroupRuleId& id);
ApiError not_found(const DhcpOptionsId& id);
ApiError not_found(const InternetGatewayId& id);
ApiError not_found(const RouteTableId& id);
ApiError not_found(const RouteTableAssociationId& id);
ApiError not_found(const NetworkAclId& id);
ApiError not_found(const NetworkAclAssociationId& id);

/// What others need is not deleted. `kind` is AWS's name for it in such texts: "vpc", "routeTable".
ApiError has_dependencies(std::string_view kind, std::string_view id);
/// Text that is no block of addresses at all; `parameter` is AWS's name for it in such texts.
ApiError invalid_cidr_block(std::string_view text, std::string_view parameter);
/// Reads an Ipv4Block or an Ipv6Block, or throws invalid_cidr_block.
template <class Block>
Block parse_cidr_block(std::string_view text, std::string_view parameter)
{
    const auto block = Block::from_text(text);
    if (!block) {
        throw invalid_cidr_block(text, parameter);
    }
    return *block;
}
/// A subnet's block that is not within its VPC's, or too large or too small.
ApiError subnet_out_of_range(std::string_view block);
/// A subnet's block that another subnet of the VPC has a part of.
ApiError subnet_conflicts(std::string_view block);
/// `one` and `other` name things of two VPCs: "route table rtb-..." and "subnet subnet-...".
ApiError of_different_networks(std::string_view one, std::string_view other);
ApiError default_vpc_missing();
/// What goes to the default VPC by itself, and there is none.
ApiError no_default_vpc();
/// A launch without a subnet: the default VPC has no default subnet at all, or none in that zone.
ApiError no_default_subnets(const VpcId& default_vpc);
ApiError no_default_subnet(std::string_view zone);
/// A launch into the subnet that names another zone.
ApiError subnet_in_other_zone(std::string_view zone, const SubnetId& subnet,
                              std::string_view zone_of_subnet);

/// A group named by its name, which is looked for in the default VPC alone.
ApiError group_name_not_found(std::string_view name, const VpcId& default_vpc);
/// A rule that is to name a group as its peer, and says none.
ApiError source_group_missing();
/// What is to be of one VPC is not.
ApiError in_other_networks();
/// Others refer to the resource that was to be deleted.
ApiError has_dependent_object(std::string_view id);

}  // namespace amilab::ec2
