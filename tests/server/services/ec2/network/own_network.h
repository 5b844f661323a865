#pragma once

#include <string>
#include <string_view>

#include "storage/metadata/network/ipv6_block.h"
#include "tests/support/emulator_fixture.h"

/// What tests of networks begin with.
namespace amilab::test {

inline std::string make_vpc(TestEmulator& aws, const std::string& block = "10.0.0.0/16")
{
    return aws.must("CreateVpc", {{"CidrBlock", block}}).text("vpc/vpcId");
}
/// Deletes the default VPC of the account with what it was made with.
inline void delete_default_vpc(TestEmulator& aws)
{
    const auto vpc =
        aws.must("DescribeVpcs", filter("is-default", "true")).text("vpcSet/item/vpcId");
    for (const auto& subnet :
         aws.must("DescribeSubnets", filter("vpc-id", vpc)).texts("subnetSet/item/subnetId")) {
        aws.must("DeleteSubnet", {{"SubnetId", subnet}});
    }
    const auto gateway = aws.must("DescribeInternetGateways", filter("attachment.vpc-id", vpc))
                             .text("internetGatewaySet/item/internetGatewayId");
    aws.must("DetachInternetGateway", {{"InternetGatewayId", gateway}, {"VpcId", vpc}});
    aws.must("DeleteVpc", {{"VpcId", vpc}});
}
inline std::string make_subnet(TestEmulator& aws, const std::string& vpc,
                               const std::string& block = "10.0.0.0/24")
{
    return aws.must("CreateSubnet", {{"VpcId", vpc}, {"CidrBlock", block}}).text("subnet/subnetId");
}
/// A VPC with an IPv6 block of Amazon's.
struct Ipv6Vpc {
    std::string id;
    Ipv6Block block;
};
inline Ipv6Vpc make_ipv6_vpc(TestEmulator& aws)
{
    const auto made = aws.must(
        "CreateVpc", {{"CidrBlock", "10.0.0.0/16"}, {"AmazonProvidedIpv6CidrBlock", "true"}});
    return {made.text("vpc/vpcId"),
            Ipv6Block::from_text(made.text("vpc/ipv6CidrBlockAssociationSet/item/ipv6CidrBlock"))
                .value()};
}
/// A subnet with that IPv6 block besides.
inline std::string make_ipv6_subnet(TestEmulator& aws, const Ipv6Vpc& vpc, const Ipv6Block& block,
                                    const Parameters& more = {})
{
    return aws
        .must("CreateSubnet", merged({{"VpcId", vpc.id},
                                      {"CidrBlock", "10.0.0.0/24"},
                                      {"Ipv6CidrBlock", block.text()}},
                                     more))
        .text("subnet/subnetId");
}
/// A subnet with that IPv6 block alone.
inline std::string make_ipv6_only_subnet(TestEmulator& aws, const Ipv6Vpc& vpc,
                                         const Ipv6Block& block, const Parameters& more = {})
{
    return aws
        .must("CreateSubnet",
              merged({{"VpcId", vpc.id}, {"Ipv6Native", "true"}, {"Ipv6CidrBlock", block.text()}},
                     more))
        .text("subnet/subnetId");
}
/// The default subnet of the zone.
inline std::string default_subnet(TestEmulator& aws, const std::string& zone = "us-east-1a")
{
    return aws.must("DescribeSubnets", filter("availability-zone", zone))
        .text("subnetSet/item/subnetId");
}
inline std::string make_interface(TestEmulator& aws, const std::string& subnet,
                                  const Parameters& more = {})
{
    return aws.must("CreateNetworkInterface", merged({{"SubnetId", subnet}}, more))
        .text("networkInterface/networkInterfaceId");
}
/// A security group of the VPC.
inline std::string make_group_in(TestEmulator& aws, const std::string& vpc,
                                 const std::string& name = "web",
                                 std::string_view account = kAccount,
                                 std::string_view region = kRegion)
{
    return aws
        .must("CreateSecurityGroup",
              {{"GroupName", name}, {"GroupDescription", name}, {"VpcId", vpc}}, account, region)
        .text("groupId");
}
inline std::string allocate_address(TestEmulator& aws)
{
    return aws.must("AllocateAddress").text("allocationId");
}
inline std::string make_gateway(TestEmulator& aws)
{
    return aws.must("CreateInternetGateway").text("internetGateway/internetGatewayId");
}
/// A gateway by which the VPC reaches the internet.
inline std::string make_attached_gateway(TestEmulator& aws, const std::string& vpc)
{
    auto gateway = make_gateway(aws);
    aws.must("AttachInternetGateway", {{"InternetGatewayId", gateway}, {"VpcId", vpc}});
    return gateway;
}
inline std::string make_route_table(TestEmulator& aws, const std::string& vpc)
{
    return aws.must("CreateRouteTable", {{"VpcId", vpc}}).text("routeTable/routeTableId");
}
inline std::string make_network_acl(TestEmulator& aws, const std::string& vpc)
{
    return aws.must("CreateNetworkAcl", {{"VpcId", vpc}}).text("networkAcl/networkAclId");
}

}  // namespace amilab::test
