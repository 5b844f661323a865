#include <gtest/gtest.h>

#include "tests/server/services/ec2/network/own_network.h"
#include "tests/support/emulator_fixture.h"

namespace amilab::test {
namespace {

TEST(InternetGateways, AreAttachedToOneVpcEachAndVpcsHaveOne)
{
    TestEmulator aws;
    const auto vpc = make_vpc(aws);
    const auto other = make_vpc(aws);
    const auto gateway = make_gateway(aws);
    const auto spare = make_gateway(aws);
    const auto attach = [&](const std::string& id, const std::string& to) {
        return aws.call("AttachInternetGateway", {{"InternetGatewayId", id}, {"VpcId", to}});
    };
    EXPECT_TRUE(attach(gateway, vpc).ok());
    EXPECT_EQ(attach(gateway, other).code, "Resource.AlreadyAssociated");
    EXPECT_EQ(attach(spare, vpc).code, "InvalidParameterValue");
    const auto shown = aws.must("DescribeInternetGateways", filter("attachment.vpc-id", vpc));
    EXPECT_EQ(shown.text("internetGatewaySet/item/internetGatewayId"), gateway);
    EXPECT_EQ(shown.text("internetGatewaySet/item/attachmentSet/item/state"), "available");
}

TEST(InternetGateways, AreDeletedOnlyWhenDetached)
{
    TestEmulator aws;
    const auto vpc = make_vpc(aws);
    const auto gateway = make_gateway(aws);
    const Parameters both{{"InternetGatewayId", gateway}, {"VpcId", vpc}};
    EXPECT_EQ(aws.call("DetachInternetGateway", both).code, "Gateway.NotAttached");
    aws.must("AttachInternetGateway", both);
    EXPECT_EQ(aws.call("DeleteInternetGateway", {{"InternetGatewayId", gateway}}).code,
              "DependencyViolation");
    aws.must("DetachInternetGateway", both);
    aws.must("DeleteInternetGateway", {{"InternetGatewayId", gateway}});
    EXPECT_EQ(aws.call("DeleteInternetGateway", {{"InternetGatewayId", gateway}}).code,
              "InvalidInternetGatewayID.NotFound");
}

TEST(InternetGateways, AreOthersBusinessNot)
{
    TestEmulator aws;
    const auto gateway = make_gateway(aws);
    EXPECT_EQ(
        aws.call("DeleteInternetGateway", {{"InternetGatewayId", gateway}}, kOtherAccount).code,
        "InvalidInternetGatewayID.NotFound");
    EXPECT_EQ(aws.call("DeleteInternetGateway", {{"InternetGatewayId", "x"}}).code,
              "InvalidInternetGatewayId.Malformed");
}

}  // namespace
}  // namespace amilab::test
