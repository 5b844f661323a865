#include "server/services/ec2/network/errors.h"

#include <fmt/format.h>

namespace amilab::ec2 {

ApiError not_found(const VpcId& id)
{
    return {"InvalidVpcID.NotFound", fmt::format("The vpc ID '{}' does not exist", id.text())};
}

ApiError not_found(const SubnetId& id)
{
    return {"InvalidSubnetID.NotFound",
            fmt::format("The subnet ID '{}' does not exist", id.text())};
}

ApiError not_found(const SecurityGroupId& id)
{
    return {"InvalidGroup.NotFound",
            fmt::format("The security group '{}' does not exist", id.text())};
}

ApiError not_found(const SecurityGroupRuleId& id)
{
    return {"InvalidSecurityGroupRuleId.NotFound",
            fmt::format("The security group rule ID '{}' does not exist", id.text())};
}

// Source: observed of route tables and gateways, documented codes with assumed texts of others.
ApiError not_found(const DhcpOptionsId& id)
{
    return {"InvalidDhcpOptionID.NotFound",
            fmt::format("The dhcpOption ID '{}' does not exist", id.text())};
}

ApiError not_found(const InternetGatewayId& id)
{
    return {"InvalidInternetGatewayID.NotFound",
            fmt::format("The internetGateway ID '{}' does not exist", id.text())};
}

ApiError not_found(const RouteTableId& id)
{
    return {"InvalidRouteTableID.NotFound",
            fmt::format("The routeTable ID '{}' does not exist", id.text())};
}

ApiError not_found(const RouteTableAssociationId& id)
{
    return {"InvalidAssociationID.NotFound",
            fmt::format("The association ID '{}' does not exist", id.text())};
}

ApiError not_found(const NetworkAclId& id)
{
    return {"InvalidNetworkAclID.NotFound",
            fmt::format("The networkAcl ID '{}' does not exist", id.text())};
}

ApiError not_found(const NetworkAclAssociationId& id)
{
    return {"InvalidAssociationID.NotFound",
            fmt::format("The association ID '{}' does not exist", id.text())};
}

// Source: "The vpc 'vpc-...' has dependencies and cannot be deleted." (observed).
ApiError has_dependencies(std::string_view kind, std::string_view id)
{
    return {"DependencyViolation",
            fmt::format("The {} '{}' has dependencies and cannot be deleted.", kind, id)};
}

ApiError invalid_cidr_block(std::string_view text, std::string_view parameter)
{
    return invalid_value(text, parameter, "This is not a valid CIDR block.");
}

// Source: observed of IPv4 blocks.
ApiError subnet_out_of_range(std::string_view block)
{
    return {"InvalidSubnet.Range", fmt::format("The CIDR '{}' is invalid.", block)};
}

// Source: observed of IPv4 blocks.
ApiError subnet_conflicts(std::string_view block)
{
    return {"InvalidSubnet.Conflict",
            fmt::format("The CIDR '{}' conflicts with another subnet", block)};
}

// Source: observed of route tables and subnets.
ApiError of_different_networks(std::string_view one, std::string_view other)
{
    return invalid_parameter_value(
        fmt::format("{} and {} belong to different networks", one, other));
}

ApiError default_vpc_missing()
{
    return {"DefaultVpcDoesNotExist", "No default VPC exists for this account in this region."};
}

// Source: observed at RunInstances and CreateSecurityGroup.
ApiError no_default_vpc()
{
    return {"VPCIdNotSpecified", "No default VPC for this user"};
}

// Source: observed at RunInstances.
ApiError no_default_subnets(const VpcId& default_vpc)
{
    return {"MissingInput",
            fmt::format("No subnets found for the default VPC '{}'. Please specify a subnet.",
                        default_vpc.text())};
}

// Source: observed at RunInstances.
ApiError no_default_subnet(std::string_view zone)
{
    return {"InvalidInput", fmt::format("No default subnet for availability zone: '{}'.", zone)};
}

ApiError subnet_in_other_zone(std::string_view zone, const SubnetId& subnet,
                              std::string_view zone_of_subnet)
{
    return invalid_value(
        zone, "availabilityZone",
        fmt::format("Subnet '{}' is in the availability zone {}", subnet.text(), zone_of_subnet));
}

ApiError group_name_not_found(std::string_view name, const VpcId& default_vpc)
{
    return {"InvalidGroup.NotFound",
            fmt::format("The security group '{}' does not exist in default VPC '{}'", name,
                        default_vpc.text())};
}

// Source: observed.
ApiError in_other_networks()
{
    return {"InvalidGroup.NotFound",
            "You have specified two resources that belong to different networks."};
}

// Source: observed.
ApiError source_group_missing()
{
    return {"MissingParameter", "Source group ID missing."};
}

// Source: observed.
ApiError has_dependent_object(std::string_view id)
{
    return {"DependencyViolation", fmt::format("resource {} has a dependent object", id)};
}

}  // namespace amilab::ec2
