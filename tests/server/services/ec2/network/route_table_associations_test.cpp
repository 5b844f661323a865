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

}  // namespace
}  // namespace amilab::test
