#include <gtest/gtest.h>

#include "tests/server/services/ec2/network/own_network.h"
#include "tests/support/emulator_fixture.h"

namespace amilab::test {
namespace {

TEST(ModifySubnetAttribute, TakesOneAtATime)
{
    TestEmulator aws;
    const auto subnet = make_subnet(aws, make_vpc(aws));
    EXPECT_EQ(aws.call("ModifySubnetAttribute", {{"SubnetId", subnet},
                                                 {"MapPublicIpOnLaunch.Value", "true"},
                                                 {"PrivateDnsHostnameTypeOnLaunch", "ip-name"}})
                  .code,
              "InvalidParameterCombination");
    aws.must("ModifySubnetAttribute",
             {{"SubnetId", subnet}, {"MapPublicIpOnLaunch.Value", "true"}});
    EXPECT_EQ(aws.must("DescribeSubnets", {{"SubnetId.1", subnet}})
                  .text("subnetSet/item/mapPublicIpOnLaunch"),
              "true");
}

}  // namespace
}  // namespace amilab::test
