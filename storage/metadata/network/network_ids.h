#pragma once

#include "storage/base/ids.h"

namespace amilab {

struct VpcTag {
    static constexpr std::string_view kPrefix = "vpc";
    static constexpr std::string_view kResourceType = "vpc";
    static constexpr std::string_view kMalformed = "InvalidVpcID.Malformed";
};
struct SubnetTag {
    static constexpr std::string_view kPrefix = "subnet";
    static constexpr std::string_view kResourceType = "subnet";
    static constexpr std::string_view kMalformed = "InvalidSubnetID.Malformed";
};
struct SecurityGroupTag {
    static constexpr std::string_view kPrefix = "sg";
    static constexpr std::string_view kResourceType = "security-group";
    static constexpr std::string_view kMalformed = "InvalidGroupId.Malformed";
};
struct DhcpOptionsTag {
    static constexpr std::string_view kPrefix = "dopt";
    static constexpr std::string_view kResourceType = "dhcp-options";
    static constexpr std::string_view kMalformed = "InvalidDhcpOptionsId.Malformed";
};
struct InternetGatewayTag {
    static constexpr std::string_view kPrefix = "igw";
    static constexpr std::string_view kResourceType = "internet-gateway";
    static constexpr std::string_view kMalformed = "InvalidInternetGatewayId.Malformed";
};
struct RouteTableTag {
    static constexpr std::string_view kPrefix = "rtb";
    static constexpr std::string_view kResourceType = "route-table";
    static constexpr std::string_view kMalformed = "InvalidRouteTableId.Malformed";
};
struct RouteTableAssociationTag {
    static constexpr std::string_view kPrefix = "rtbassoc";
    static constexpr std::string_view kMalformed = "InvalidRouteTableAssociationId.Malformed";
};
struct NetworkAclTag {
    static constexpr std::string_view kPrefix = "acl";
    static constexpr std::string_view kResourceType = "network-acl";
    static constexpr std::string_view kMalformed = "InvalidNetworkAclId.Malformed";
};
struct NetworkAclAssociationTag {
    static constexpr std::string_view kPrefix = "aclassoc";
    static constexpr std::string_view kMalformed = "InvalidNetworkAclAssociationId.Malformed";
};
struct NetworkInterfaceTag {
    static constexpr std::string_view kPrefix = "eni";
    static constexpr std::string_view kResourceType = "network-interface";
    static constexpr std::string_view kMalformed = "InvalidNetworkInterfaceId.Malformed";
};
struct NetworkInterfaceAttachmentTag {
    static constexpr std::string_view kPrefix = "eni-attach";
    static constexpr std::string_view kMalformed = "InvalidNetworkInterfaceAttachmentId.Malformed";
};

struct ElasticAddressTag {
    static constexpr std::string_view kPrefix = "eipalloc";
    static constexpr std::string_view kResourceType = "elastic-ip";
    static constexpr std::string_view kMalformed = "InvalidAllocationID.Malformed";
};
struct AddressAssociationTag {
    static constexpr std::string_view kPrefix = "eipassoc";
    static constexpr std::string_view kMalformed = "InvalidAssociationID.Malformed";
};

struct NatGatewayTag {
    static constexpr std::string_view kPrefix = "nat";
    static constexpr std::string_view kResourceType = "natgateway";
    static constexpr std::string_view kMalformed = "NatGatewayMalformed";
};
struct EgressOnlyGatewayTag {
    static constexpr std::string_view kPrefix = "eigw";
    static constexpr std::string_view kResourceType = "egress-only-internet-gateway";
    static constexpr std::string_view kMalformed = "InvalidEgressOnlyInternetGatewayId.Malformed";
};

struct NetworkInterfacePermissionTag {
    static constexpr std::string_view kPrefix = "eni-perm";
    static constexpr std::string_view kMalformed = "InvalidPermissionID.Malformed";
};
struct PrefixListTag {
    static constexpr std::string_view kPrefix = "pl";
    static constexpr std::string_view kResourceType = "prefix-list";
    static constexpr std::string_view kMalformed = "InvalidPrefixListId.Malformed";
};
struct VpcCidrAssociationTag {
    static constexpr std::string_view kPrefix = "vpc-cidr-assoc";
    static constexpr std::string_view kMalformed = "InvalidVpcCidrBlockAssociationID.Malformed";
};
struct SubnetCidrAssociationTag {
    static constexpr std::string_view kPrefix = "subnet-cidr-assoc";
    static constexpr std::string_view kMalformed = "InvalidSubnetCidrBlockAssociationID.Malformed";
};

using VpcId = Id<VpcTag>;
using NetworkInterfacePermissionId = Id<NetworkInterfacePermissionTag>;
using ManagedPrefixListId = Id<PrefixListTag>;
using VpcCidrAssociationId = Id<VpcCidrAssociationTag>;
using SubnetCidrAssociationId = Id<SubnetCidrAssociationTag>;
using NatGatewayId = Id<NatGatewayTag>;
using EgressOnlyGatewayId = Id<EgressOnlyGatewayTag>;
using SubnetId = Id<SubnetTag>;
using SecurityGroupId = Id<SecurityGroupTag>;
using DhcpOptionsId = Id<DhcpOptionsTag>;
using InternetGatewayId = Id<InternetGatewayTag>;
using RouteTableId = Id<RouteTableTag>;
using RouteTableAssociationId = Id<RouteTableAssociationTag>;
using NetworkAclId = Id<NetworkAclTag>;
using NetworkAclAssociationId = Id<NetworkAclAssociationTag>;
using AllocationId = Id<ElasticAddressTag>;
using AddressAssociationId = Id<AddressAssociationTag>;
using NetworkInterfaceId = Id<NetworkInterfaceTag>;
using NetworkInterfaceAttachmentId = Id<NetworkInterfaceAttachmentTag>;

}  // namespace amilab
