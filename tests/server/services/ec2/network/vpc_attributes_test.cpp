#include <gtest/gtest.h>

#include "tests/server/services/ec2/network/own_network.h"
#include "tests/support/emulator_fixture.h"

namespace amilab::test {
namespace {

TEST(ModifyVpcAttribute, TakesOneAtATimeAndHostNamesOnlyWithDns)
{
    TestEmulator aws;
    const auto vpc = make_vpc(aws);
    const auto modify = [&](const Parameters& what) {
        return aws.call("ModifyVpcAttribute", merged({{"VpcId", vpc}}, what));
    };
    EXPECT_TRUE(modify({{"EnableDnsSupport.Value", "false"}}).ok());
    EXPECT_EQ(modify({{"EnableDnsHostnames.Value", "true"}}).code, "InvalidParameterCombination");
    EXPECT_EQ(
        modify({{"EnableDnsHostnames.Value", "true"}, {"EnableDnsSupport.Value", "true"}}).code,
        "InvalidParameterCombination");
    EXPECT_TRUE(modify({{"EnableDnsSupport.Value", "true"}}).ok());
    EXPECT_TRUE(modify({{"EnableDnsHostnames.Value", "true"}}).ok());
    EXPECT_EQ(
        aws.must("DescribeVpcAttribute", {{"VpcId", vpc}, {"Attribute", "enableDnsHostnames"}})
            .text("enableDnsHostnames/value"),
        "true");
}

}  // namespace
}  // namespace amilab::test
