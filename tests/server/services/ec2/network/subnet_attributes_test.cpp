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

TEST(ModifySubnetAttribute, AssignsIpv6AddressesWithABlockAlone)
{
    TestEmulator aws;
    const auto subnet = make_subnet(aws, make_vpc(aws));
    const auto refused =
        aws.call("ModifySubnetAttribute",
                 {{"SubnetId", subnet}, {"AssignIpv6AddressOnCreation.Value", "true"}});
    EXPECT_EQ(refused.code, "InvalidParameterValue");
    EXPECT_EQ(refused.message,
              "Invalid value 'true' for assign-ipv6-address-on-creation. Cannot set "
              "assign-ipv6-address-on-creation to true unless the subnet (" +
                  subnet + ") has an IPv6 CIDR block associated with it.");
}

TEST(ModifySubnetAttribute, LeavesASubnetOfIpv6AloneWhatItIs)
{
    TestEmulator aws;
    const auto vpc = make_ipv6_vpc(aws);
    const auto subnet = make_ipv6_only_subnet(aws, vpc, vpc.block.part(64, 0));
    const auto code = [&](const std::string& name, const std::string& value) {
        return aws.call("ModifySubnetAttribute", {{"SubnetId", subnet}, {name, value}}).code;
    };
    EXPECT_EQ(code("AssignIpv6AddressOnCreation.Value", "false"), "InvalidParameterValue");
    EXPECT_EQ(code("AssignIpv6AddressOnCreation.Value", "true"), "");
    EXPECT_EQ(code("MapPublicIpOnLaunch.Value", "true"), "InvalidParameterValue");
    EXPECT_EQ(code("MapPublicIpOnLaunch.Value", "false"), "");
    EXPECT_EQ(code("PrivateDnsHostnameTypeOnLaunch", "ip-name"), "InvalidParameterValue");
    EXPECT_EQ(code("PrivateDnsHostnameTypeOnLaunch", "resource-name"), "");
    EXPECT_EQ(code("EnableResourceNameDnsAAAARecordOnLaunch.Value", "true"), "");
    EXPECT_EQ(code("EnableDns64.Value", "true"), "");
    const auto shown = aws.must("DescribeSubnets", {{"SubnetId.1", subnet}});
    EXPECT_EQ(shown.text("subnetSet/item/assignIpv6AddressOnCreation"), "true");
    EXPECT_EQ(shown.text("subnetSet/item/mapPublicIpOnLaunch"), "false");
    EXPECT_EQ(shown.text("subnetSet/item/enableDns64"), "true");
}

}  // namespace
}  // namespace amilab::test
