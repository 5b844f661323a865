#include <gtest/gtest.h>

#include "tests/server/services/ec2/network/own_network.h"
#include "tests/support/emulator_fixture.h"

namespace amilab::test {
namespace {

TEST(RouteTables, ThatSubnetsGoByStay)
{
    TestEmulator aws;
    const auto vpc = make_vpc(aws);
    const auto table = make_route_table(aws, vpc);
    const auto subnet = make_subnet(aws, vpc);
    const Parameters both{{"RouteTableId", table}, {"SubnetId", subnet}};
    const auto tied = aws.must("AssociateRouteTable", both).text("associationId");
    EXPECT_EQ(aws.must("AssociateRouteTable", both).text("associationId"), tied);
    EXPECT_EQ(aws.call("DeleteRouteTable", {{"RouteTableId", table}}).code, "DependencyViolation");
    EXPECT_EQ(aws.call("AssociateRouteTable",
                       {{"RouteTableId", make_route_table(aws, vpc)}, {"SubnetId", subnet}})
                  .code,
              "Resource.AlreadyAssociated");
    aws.must("DisassociateRouteTable", {{"AssociationId", tied}});
    aws.must("DeleteRouteTable", {{"RouteTableId", table}});
    EXPECT_EQ(aws.call("DisassociateRouteTable", {{"AssociationId", tied}}).code,
              "InvalidAssociationID.NotFound");
}

}  // namespace
}  // namespace amilab::test
