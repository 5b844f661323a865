#include <gtest/gtest.h>

#include "tests/server/services/ec2/network/own_network.h"
#include "tests/support/emulator_fixture.h"

namespace amilab::test {
namespace {

TEST(RouteTableAssociations, OfAnotherVpcAreRefusedToSubnets)
{
    TestEmulator aws;
    const auto subnet = make_subnet(aws, make_vpc(aws));
    const auto abroad = make_route_table(aws, make_vpc(aws));
    EXPECT_EQ(
        aws.call("AssociateRouteTable", {{"RouteTableId", abroad}, {"SubnetId", subnet}}).code,
        "InvalidParameterValue");
}

TEST(RouteTableAssociations, TheMainOneIsReplacedAndNeverTakenAway)
{
    TestEmulator aws;
    const auto vpc = make_vpc(aws);
    const auto main = aws.must("DescribeRouteTables", filter("vpc-id", vpc));
    const auto old = main.text("routeTableSet/item/routeTableId");
    const auto tied = main.text("routeTableSet/item/associationSet/item/routeTableAssociationId");
    EXPECT_EQ(aws.call("DisassociateRouteTable", {{"AssociationId", tied}}).code,
              "InvalidParameterValue");
    EXPECT_EQ(aws.call("DeleteRouteTable", {{"RouteTableId", old}}).code, "DependencyViolation");
    const auto next = make_route_table(aws, vpc);
    aws.must("ReplaceRouteTableAssociation", {{"AssociationId", tied}, {"RouteTableId", next}});
    aws.must("DeleteRouteTable", {{"RouteTableId", old}});
    aws.must("DeleteVpc", {{"VpcId", vpc}});
}

/// A VPC with a subnet, reached by a gateway.
struct Entrance {
    explicit Entrance(TestEmulator& emulator)
        : aws(emulator),
          vpc(make_vpc(emulator)),
          subnet(make_subnet(emulator, vpc)),
          gateway(make_attached_gateway(emulator, vpc)),
          table(make_route_table(emulator, vpc))
    {
    }
    Answer associate(const std::string& with) const
    {
        return aws.call("AssociateRouteTable", {{"RouteTableId", with}, {"GatewayId", gateway}});
    }
    Answer create_route(const std::string& block, const Parameters& target) const
    {
        return aws.call("CreateRoute",
                        merged({{"RouteTableId", table}, {"DestinationCidrBlock", block}}, target));
    }

    TestEmulator& aws;
    std::string vpc;
    std::string subnet;
    std::string gateway;
    std::string table;
};

TEST(RouteTableAssociations, OfAGatewayAreShownAndHoldIt)
{
    TestEmulator aws;
    const Entrance entrance(aws);
    const auto tied = entrance.associate(entrance.table).text("associationId");
    EXPECT_EQ(entrance.associate(entrance.table).text("associationId"), tied);
    const auto found =
        aws.must("DescribeRouteTables", filter("association.gateway-id", entrance.gateway));
    const std::string association = "routeTableSet/item/associationSet/item/";
    EXPECT_EQ(found.text("routeTableSet/item/routeTableId"), entrance.table);
    EXPECT_EQ(found.text(association + "gatewayId"), entrance.gateway);
    EXPECT_EQ(found.text(association + "main"), "false");
    EXPECT_EQ(found.count(association + "subnetId"), 0U);
    const auto next = make_route_table(aws, entrance.vpc);
    EXPECT_EQ(entrance.associate(next).code, "Resource.AlreadyAssociated");
    EXPECT_EQ(aws.call("DeleteRouteTable", {{"RouteTableId", entrance.table}}).code,
              "DependencyViolation");
    const Parameters attachment{{"InternetGatewayId", entrance.gateway}, {"VpcId", entrance.vpc}};
    EXPECT_EQ(aws.call("DetachInternetGateway", attachment).code, "DependencyViolation");
    const auto replaced =
        aws.must("ReplaceRouteTableAssociation", {{"AssociationId", tied}, {"RouteTableId", next}})
            .text("newAssociationId");
    aws.must("DeleteRouteTable", {{"RouteTableId", entrance.table}});
    aws.must("DisassociateRouteTable", {{"AssociationId", replaced}});
    aws.must("DetachInternetGateway", attachment);
}

TEST(RouteTableAssociations, OfAGatewayHaveRoutesToInterfacesWithinTheVpc)
{
    TestEmulator aws;
    const Entrance entrance(aws);
    const Parameters to_gateway{{"GatewayId", entrance.gateway}};
    const Parameters to_interface{{"NetworkInterfaceId", make_interface(aws, entrance.subnet)}};
    ASSERT_TRUE(entrance.create_route("0.0.0.0/0", to_gateway).ok());
    EXPECT_EQ(entrance.associate(entrance.table).code, "InvalidParameterValue");
    aws.must("DeleteRoute",
             {{"RouteTableId", entrance.table}, {"DestinationCidrBlock", "0.0.0.0/0"}});
    ASSERT_TRUE(entrance.associate(entrance.table).ok());
    EXPECT_EQ(entrance.create_route("0.0.0.0/0", to_gateway).code, "InvalidParameterValue");
    EXPECT_EQ(entrance.create_route("192.168.0.0/16", to_interface).code, "InvalidParameterValue");
    EXPECT_EQ(entrance.create_route("10.0.0.0/24", to_interface).code, "");
    const Parameters own{{"RouteTableId", entrance.table}, {"DestinationCidrBlock", "10.0.0.0/16"}};
    EXPECT_EQ(aws.call("ReplaceRoute", merged(own, to_interface)).code, "");
}

TEST(RouteTableAssociations, AreOfASubnetOrOfAGatewayOfTheVpc)
{
    TestEmulator aws;
    const Entrance entrance(aws);
    const auto code = [&](const Parameters& with) {
        return aws.call("AssociateRouteTable", merged({{"RouteTableId", entrance.table}}, with))
            .code;
    };
    EXPECT_EQ(code({}), "MissingParameter");
    EXPECT_EQ(code({{"SubnetId", entrance.subnet}, {"GatewayId", entrance.gateway}}),
              "InvalidParameterCombination");
    EXPECT_EQ(code({{"GatewayId", "vgw-0123456789abcdef0"}}), "InvalidGatewayID.NotFound");
    EXPECT_EQ(code({{"GatewayId", make_gateway(aws)}}), "InvalidParameterValue");
    EXPECT_EQ(code({{"GatewayId", make_attached_gateway(aws, make_vpc(aws))}}),
              "InvalidParameterValue");
    EXPECT_EQ(code({{"GatewayId", entrance.gateway}, {"DryRun", "true"}}), "DryRunOperation");
}

}  // namespace
}  // namespace amilab::test
