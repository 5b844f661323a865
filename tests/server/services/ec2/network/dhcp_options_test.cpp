#include <gtest/gtest.h>

#include "tests/server/services/ec2/network/own_network.h"
#include "tests/support/emulator_fixture.h"

namespace amilab::test {
namespace {

Parameters option(const std::string& key, const std::string& value)
{
    return {{"DhcpConfiguration.1.Key", key}, {"DhcpConfiguration.1.Value.1", value}};
}

TEST(DhcpOptions, StayWhileAVpcHasThem)
{
    TestEmulator aws;
    const auto vpc = make_vpc(aws);
    const auto id = aws.must("CreateDhcpOptions", option("domain-name", "example.com"))
                        .text("dhcpOptions/dhcpOptionsId");
    aws.must("AssociateDhcpOptions", {{"DhcpOptionsId", id}, {"VpcId", vpc}});
    EXPECT_EQ(aws.must("DescribeVpcs", {{"VpcId.1", vpc}}).text("vpcSet/item/dhcpOptionsId"), id);
    EXPECT_EQ(aws.call("DeleteDhcpOptions", {{"DhcpOptionsId", id}}).code, "DependencyViolation");
    aws.must("AssociateDhcpOptions", {{"DhcpOptionsId", "default"}, {"VpcId", vpc}});
    aws.must("DeleteDhcpOptions", {{"DhcpOptionsId", id}});
    EXPECT_EQ(aws.call("DeleteDhcpOptions", {{"DhcpOptionsId", id}}).code,
              "InvalidDhcpOptionID.NotFound");
}

TEST(DhcpOptions, RefuseUnknownKeysAndKeysWithoutValues)
{
    TestEmulator aws;
    EXPECT_EQ(aws.call("CreateDhcpOptions", option("router", "x")).code, "InvalidParameterValue");
    EXPECT_EQ(aws.call("CreateDhcpOptions", {{"DhcpConfiguration.1.Key", "domain-name"}}).code,
              "MissingParameter");
    EXPECT_EQ(aws.call("CreateDhcpOptions").code, "MissingParameter");
}

TEST(DhcpOptions, OfAnAccountAreAmazonsUntilOthersAreMade)
{
    TestEmulator aws;
    const auto shown = aws.must("DescribeDhcpOptions");
    EXPECT_EQ(shown.count("dhcpOptionsSet/item"), 1U);
    EXPECT_EQ(shown.text("dhcpOptionsSet/item/dhcpConfigurationSet/item/valueSet/item/value"),
              "ec2.internal");
    EXPECT_EQ(aws.call("DeleteDhcpOptions",
                       {{"DhcpOptionsId", shown.text("dhcpOptionsSet/item/dhcpOptionsId")}})
                  .code,
              "DependencyViolation");
}

}  // namespace
}  // namespace amilab::test
