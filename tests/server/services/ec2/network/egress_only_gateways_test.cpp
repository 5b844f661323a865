#include <gtest/gtest.h>

#include "tests/server/services/ec2/network/own_network.h"
#include "tests/support/emulator_fixture.h"

namespace amilab::test {
namespace {

TEST(EgressOnlyGateways, AreAttachedToTheirVpcAndHoldIt)
{
    TestEmulator aws;
    const auto vpc = make_vpc(aws);
    const auto made = aws.must("CreateEgressOnlyInternetGateway", {{"VpcId", vpc}});
    const auto id = made.text("egressOnlyInternetGateway/egressOnlyInternetGatewayId");
    EXPECT_EQ(made.text("egressOnlyInternetGateway/attachmentSet/item/state"), "attached");
    EXPECT_EQ(
        aws.must("DescribeEgressOnlyInternetGateways", {{"EgressOnlyInternetGatewayId.1", id}})
            .text("egressOnlyInternetGatewaySet/item/attachmentSet/item/vpcId"),
        vpc);
    EXPECT_EQ(aws.call("DeleteVpc", {{"VpcId", vpc}}).code, "DependencyViolation");
    const auto gone =
        aws.must("DeleteEgressOnlyInternetGateway", {{"EgressOnlyInternetGatewayId", id}});
    EXPECT_EQ(gone.text("returnCode"), "true");
    EXPECT_EQ(
        aws.call("DeleteEgressOnlyInternetGateway", {{"EgressOnlyInternetGatewayId", id}}).code,
        "InvalidEgressOnlyInternetGatewayId.NotFound");
    aws.must("DeleteVpc", {{"VpcId", vpc}});
    EXPECT_EQ(aws.call("CreateEgressOnlyInternetGateway", {{"VpcId", vpc}}).code,
              "InvalidVpcID.NotFound");
}

TEST(EgressOnlyGateways, AreWhatRoutesOfIpv6LeadTo)
{
    TestEmulator aws;
    const auto vpc = make_vpc(aws);
    const auto id = aws.must("CreateEgressOnlyInternetGateway", {{"VpcId", vpc}})
                        .text("egressOnlyInternetGateway/egressOnlyInternetGatewayId");
    const Parameters route{{"RouteTableId", make_route_table(aws, vpc)},
                           {"EgressOnlyInternetGatewayId", id}};
    EXPECT_EQ(aws.call("CreateRoute", merged(route, {{"DestinationCidrBlock", "0.0.0.0/0"}})).code,
              "InvalidParameterValue");
    aws.must("CreateRoute", merged(route, {{"DestinationIpv6CidrBlock", "::/0"}}));
    const auto with = [&](const char* name, const char* value) {
        return aws.must("DescribeRouteTables", filter(name, value)).count("routeTableSet/item");
    };
    EXPECT_EQ(with("route.destination-ipv6-cidr-block", "::/0"), 1U);
    EXPECT_EQ(with("route.state", "blackhole"), 0U);
    aws.must("DeleteEgressOnlyInternetGateway", {{"EgressOnlyInternetGatewayId", id}});
    EXPECT_EQ(with("route.state", "blackhole"), 1U);
    EXPECT_EQ(
        aws.call("CreateRoute", merged(route, {{"DestinationIpv6CidrBlock", "2001:db8::/32"}}))
            .code,
        "InvalidEgressOnlyInternetGatewayId.NotFound");
}

}  // namespace
}  // namespace amilab::test
