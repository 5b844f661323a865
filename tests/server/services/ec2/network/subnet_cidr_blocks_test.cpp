#include <gtest/gtest.h>

#include "storage/metadata/network/ipv6_block.h"
#include "tests/server/services/ec2/network/own_network.h"
#include "tests/support/emulator_fixture.h"

namespace amilab::test {
namespace {

Answer create(TestEmulator& aws, const Ipv6Vpc& network, const std::string& block,
              const std::string& ipv6)
{
    return aws.call("CreateSubnet",
                    {{"VpcId", network.id}, {"CidrBlock", block}, {"Ipv6CidrBlock", ipv6}});
}

TEST(SubnetIpv6Blocks, AreWithinTheVpcsAndApartFromOthers)
{
    TestEmulator aws;
    const auto network = make_ipv6_vpc(aws);
    const auto first = network.block.part(64, 0).text();
    const auto made = create(aws, network, "10.0.0.0/24", first);
    EXPECT_EQ(made.text("subnet/ipv6CidrBlockAssociationSet/item/ipv6CidrBlock"), first);
    EXPECT_EQ(create(aws, network, "10.0.1.0/24", first).code, "InvalidSubnet.Conflict");
    EXPECT_EQ(create(aws, network, "10.0.1.0/24", network.block.part(60, 0).text()).code,
              "InvalidSubnet.Conflict");
    EXPECT_EQ(create(aws, network, "10.0.1.0/24", network.block.part(62, 1).text()).code,
              "InvalidSubnet.Range");
    EXPECT_EQ(create(aws, network, "10.0.1.0/24", "2001:db9::/64").code, "InvalidSubnet.Range");
    EXPECT_EQ(create(aws, network, "10.0.1.0/24", "2001:db9::").code, "InvalidParameterValue");
    EXPECT_TRUE(create(aws, network, "10.0.1.0/24", network.block.part(60, 1).text()).ok());
}

TEST(SubnetIpv6Blocks, AreAssociatedOneToASubnetAndStayWhileTheyAreUsed)
{
    TestEmulator aws;
    const auto network = make_ipv6_vpc(aws);
    const auto subnet = make_subnet(aws, network.id);
    const auto block = network.block.part(64, 7).text();
    const Parameters request{{"SubnetId", subnet}, {"Ipv6CidrBlock", block}};
    const Parameters automatic{{"SubnetId", subnet}, {"AssignIpv6AddressOnCreation.Value", "true"}};
    EXPECT_EQ(aws.call("ModifySubnetAttribute", automatic).code, "InvalidParameterValue");
    const auto made = aws.must("AssociateSubnetCidrBlock", request);
    EXPECT_EQ(made.text("ipv6CidrBlockAssociation/ipv6CidrBlockState/state"), "associating");
    EXPECT_EQ(aws.call("AssociateSubnetCidrBlock", request).code,
              "SubnetIpv6CidrBlockLimitExceeded");
    aws.must("ModifySubnetAttribute", automatic);
    const auto interface = aws.must("CreateNetworkInterface", {{"SubnetId", subnet}});
    EXPECT_NE(interface.text("networkInterface/ipv6Address"), "");

    const Parameters association{
        {"AssociationId", made.text("ipv6CidrBlockAssociation/associationId")}};
    EXPECT_EQ(aws.call("DisassociateSubnetCidrBlock", association).code, "DependencyViolation");
    aws.must("DeleteNetworkInterface",
             {{"NetworkInterfaceId", interface.text("networkInterface/networkInterfaceId")}});
    const auto assigned = aws.call("DisassociateSubnetCidrBlock", association);
    EXPECT_EQ(assigned.code, "InvalidCidrBlock.InUse");
    EXPECT_EQ(assigned.message, "The subnet IPv6 CIDR block with association ID " +
                                    association.front().second +
                                    " may not be disassociated, because its subnet has "
                                    "assign-ipv6-address-on-creation set to true.");
    aws.must("ModifySubnetAttribute",
             {{"SubnetId", subnet}, {"AssignIpv6AddressOnCreation.Value", "false"}});
    aws.must("DisassociateSubnetCidrBlock", association);
    EXPECT_EQ(aws.call("DisassociateSubnetCidrBlock", association).code,
              "InvalidSubnetCidrBlockAssociationID.NotFound");
    const auto shown = aws.must("DescribeSubnets", {{"SubnetId.1", subnet}});
    EXPECT_EQ(shown.count("subnetSet/item/ipv6CidrBlockAssociationSet/item"), 0U);
    EXPECT_EQ(shown.text("subnetSet/item/assignIpv6AddressOnCreation"), "false");
}

TEST(SubnetIpv6Blocks, StayWithSubnetsThatHaveNothingElse)
{
    TestEmulator aws;
    const auto network = make_ipv6_vpc(aws);
    const auto subnet = make_ipv6_only_subnet(aws, network, network.block.part(64, 0));
    const auto id = aws.must("DescribeSubnets", {{"SubnetId.1", subnet}})
                        .text("subnetSet/item/ipv6CidrBlockAssociationSet/item/associationId");
    EXPECT_EQ(aws.call("DisassociateSubnetCidrBlock", {{"AssociationId", id}}).code,
              "InvalidCidrBlock.InUse");
    // They are in none of the VPC's other blocks.
    const auto more =
        aws.must("AssociateVpcCidrBlock", {{"VpcId", network.id}, {"CidrBlock", "10.1.0.0/16"}})
            .text("cidrBlockAssociation/associationId");
    aws.must("DisassociateVpcCidrBlock", {{"AssociationId", more}});
}

TEST(SubnetIpv6Blocks, HoldTheBlockOfTheVpc)
{
    TestEmulator aws;
    const auto network = make_ipv6_vpc(aws);
    const auto id = aws.must("DescribeVpcs", {{"VpcId.1", network.id}})
                        .text("vpcSet/item/ipv6CidrBlockAssociationSet/item/associationId");
    ASSERT_TRUE(create(aws, network, "10.0.0.0/24", network.block.part(64, 0).text()).ok());
    EXPECT_EQ(aws.call("DisassociateVpcCidrBlock", {{"AssociationId", id}}).code,
              "DependencyViolation");
}

}  // namespace
}  // namespace amilab::test
