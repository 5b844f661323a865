#include <gtest/gtest.h>

#include "tests/server/services/ec2/network/own_network.h"
#include "tests/support/emulator_fixture.h"

namespace amilab::test {
namespace {

TEST(SecurityGroupVpcAssociations, LetInterfacesOfTheVpcHaveTheGroup)
{
    TestEmulator aws;
    const auto vpc = make_vpc(aws);
    const auto group =
        aws.must("CreateSecurityGroup", {{"GroupName", "web"}, {"GroupDescription", "shared"}})
            .text("groupId");
    const Parameters both{{"GroupId", group}, {"VpcId", vpc}};
    const Parameters interface {
        {"SubnetId", make_subnet(aws, vpc)}, { "SecurityGroupId.1", group }
    };
    EXPECT_FALSE(aws.call("CreateNetworkInterface", interface).ok());
    EXPECT_EQ(aws.must("AssociateSecurityGroupVpc", both).text("state"), "associating");
    EXPECT_EQ(aws.call("AssociateSecurityGroupVpc", both).code, "InvalidParameterValue");
    EXPECT_EQ(aws.must("DescribeSecurityGroupVpcAssociations", filter("vpc-id", vpc))
                  .text("securityGroupVpcAssociationSet/item/state"),
              "associated");
    EXPECT_EQ(
        aws.must("GetSecurityGroupsForVpc", merged({{"VpcId", vpc}}, filter("group-name", "web")))
            .text("securityGroupForVpcSet/item/groupId"),
        group);
    EXPECT_EQ(
        aws.must("GetSecurityGroupsForVpc", {{"VpcId", vpc}}).count("securityGroupForVpcSet/item"),
        2U);
    const auto made =
        aws.must("CreateNetworkInterface", interface).text("networkInterface/networkInterfaceId");
    EXPECT_EQ(aws.call("DisassociateSecurityGroupVpc", both).code, "DependencyViolation");
    aws.must("DeleteNetworkInterface", {{"NetworkInterfaceId", made}});
    EXPECT_EQ(aws.must("DisassociateSecurityGroupVpc", both).text("state"), "disassociating");
    EXPECT_EQ(aws.call("DisassociateSecurityGroupVpc", both).code, "InvalidParameterValue");
}

TEST(SecurityGroupVpcAssociations, AreNotForTheDefaultVpc)
{
    TestEmulator aws;
    const auto group = make_group_in(aws, make_vpc(aws));
    const auto vpc =
        aws.must("DescribeVpcs", filter("is-default", "true")).text("vpcSet/item/vpcId");
    EXPECT_EQ(aws.call("AssociateSecurityGroupVpc", {{"GroupId", group}, {"VpcId", vpc}}).code,
              "InvalidParameterValue");
    EXPECT_EQ(aws.must("DescribeSecurityGroupVpcAssociations")
                  .count("securityGroupVpcAssociationSet/item"),
              0U);
}

TEST(SecurityGroupVpcAssociations, KeepTheirGroup)
{
    TestEmulator aws;
    const auto group =
        aws.must("CreateSecurityGroup", {{"GroupName", "web"}, {"GroupDescription", "shared"}})
            .text("groupId");
    const Parameters both{{"GroupId", group}, {"VpcId", make_vpc(aws)}};
    aws.must("AssociateSecurityGroupVpc", both);
    EXPECT_EQ(aws.call("DeleteSecurityGroup", {{"GroupId", group}}).code, "DependencyViolation");
    aws.must("DisassociateSecurityGroupVpc", both);
    aws.must("DeleteSecurityGroup", {{"GroupId", group}});
}

TEST(SecurityGroupVpcAssociations, AreNotForDefaultGroups)
{
    TestEmulator aws;
    const auto group = aws.must("DescribeSecurityGroups").text("securityGroupInfo/item/groupId");
    EXPECT_EQ(
        aws.call("AssociateSecurityGroupVpc", {{"GroupId", group}, {"VpcId", make_vpc(aws)}}).code,
        "InvalidParameterValue");
}

}  // namespace
}  // namespace amilab::test
