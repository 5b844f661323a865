#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/metadata/network/ipv6_block.h"
#include "tests/server/services/ec2/network/own_network.h"
#include "tests/support/emulator_fixture.h"

namespace amilab::test {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;

Answer associate(TestEmulator& aws, const std::string& vpc, const std::string& block)
{
    return aws.call("AssociateVpcCidrBlock", {{"VpcId", vpc}, {"CidrBlock", block}});
}

std::vector<std::string> blocks_of(TestEmulator& aws, const std::string& vpc)
{
    return aws.must("DescribeVpcs", {{"VpcId.1", vpc}})
        .texts("vpcSet/item/cidrBlockAssociationSet/item/cidrBlock");
}

std::vector<std::string> local_routes(TestEmulator& aws, const std::string& vpc)
{
    return aws.must("DescribeRouteTables", filter("vpc-id", vpc))
        .texts("routeTableSet/item/routeSet/item/destinationCidrBlock");
}

TEST(AssociateVpcCidrBlock, AddsABlockThatSubnetsAndRoutesHave)
{
    TestEmulator aws;
    const auto vpc = make_vpc(aws);
    EXPECT_EQ(aws.call("CreateSubnet", {{"VpcId", vpc}, {"CidrBlock", "10.1.0.0/24"}}).code,
              "InvalidSubnet.Range");
    const auto made = associate(aws, vpc, "10.1.0.1/16");
    EXPECT_EQ(made.text("cidrBlockAssociation/cidrBlock"), "10.1.0.0/16");
    EXPECT_EQ(made.text("cidrBlockAssociation/cidrBlockState/state"), "associating");
    EXPECT_THAT(blocks_of(aws, vpc), ElementsAre("10.0.0.0/16", "10.1.0.0/16"));
    EXPECT_THAT(local_routes(aws, vpc), Contains("10.1.0.0/16"));
    const auto id = made.text("cidrBlockAssociation/associationId");
    EXPECT_EQ(aws.must("DescribeVpcs", filter("cidr-block-association.association-id", id))
                  .text("vpcSet/item/vpcId"),
              vpc);
    const auto subnet = make_subnet(aws, vpc, "10.1.0.0/24");
    EXPECT_EQ(aws.call("DisassociateVpcCidrBlock", {{"AssociationId", id}}).code,
              "DependencyViolation");
    aws.must("DeleteSubnet", {{"SubnetId", subnet}});
    EXPECT_EQ(aws.must("DisassociateVpcCidrBlock", {{"AssociationId", id}})
                  .text("cidrBlockAssociation/cidrBlockState/state"),
              "disassociating");
    EXPECT_THAT(blocks_of(aws, vpc), ElementsAre("10.0.0.0/16"));
    EXPECT_THAT(local_routes(aws, vpc), Not(Contains("10.1.0.0/16")));
    EXPECT_EQ(aws.call("DisassociateVpcCidrBlock", {{"AssociationId", id}}).code,
              "InvalidVpcCidrBlockAssociationID.NotFound");
}

TEST(AssociateVpcCidrBlock, RefusesWhatDoesNotGoWithTheVpcsBlocks)
{
    TestEmulator aws;
    const auto vpc = make_vpc(aws);
    for (const auto* block : {"10.0.128.0/20", "192.168.0.0/16", "172.16.0.0/16", "198.19.0.0/16",
                              "10.1.0.0/8", "10.1.0.0/29"}) {
        EXPECT_EQ(associate(aws, vpc, block).code, "InvalidVpc.Range") << block;
    }
    EXPECT_EQ(associate(aws, vpc, "10.1.0.0").code, "InvalidParameterValue");
    EXPECT_TRUE(associate(aws, vpc, "100.64.0.0/16").ok());
    EXPECT_EQ(aws.call("AssociateVpcCidrBlock", {{"VpcId", vpc}}).code, "MissingParameter");
    EXPECT_EQ(aws.call("AssociateVpcCidrBlock", {{"VpcId", vpc},
                                                 {"CidrBlock", "10.1.0.0/16"},
                                                 {"AmazonProvidedIpv6CidrBlock", "true"}})
                  .code,
              "InvalidParameterCombination");
    EXPECT_EQ(associate(aws, "vpc-0123456789abcdef0", "10.1.0.0/16").code, "InvalidVpcID.NotFound");
    const auto primary = aws.must("DescribeVpcs", {{"VpcId.1", vpc}})
                             .texts("vpcSet/item/cidrBlockAssociationSet/item/associationId");
    EXPECT_EQ(aws.call("DisassociateVpcCidrBlock", {{"AssociationId", primary.front()}}).code,
              "OperationNotPermitted");
}

TEST(AssociateVpcCidrBlock, RefusesMoreThanFiftyBlocksOfAFamily)
{
    TestEmulator aws;
    const auto vpc = make_vpc(aws);
    for (int number = 1; number < 50; ++number) {
        ASSERT_EQ(associate(aws, vpc, "10." + std::to_string(number) + ".0.0/16").code, "");
    }
    const auto refused = associate(aws, vpc, "10.50.0.0/16");
    EXPECT_EQ(refused.code, "CidrLimitExceeded");
    EXPECT_EQ(refused.message,
              "This network '" + vpc + "' has met its maximum number of allowed CIDRs: 50");
    EXPECT_EQ(blocks_of(aws, vpc).size(), 50U);
    const Parameters ipv6 = {{"VpcId", vpc}, {"AmazonProvidedIpv6CidrBlock", "true"}};
    for (int number = 0; number < 50; ++number) {
        aws.must("AssociateVpcCidrBlock", ipv6);
    }
    EXPECT_EQ(aws.call("AssociateVpcCidrBlock", ipv6).code, "CidrLimitExceeded");
}

TEST(AssociateVpcCidrBlock, RefusesABlockThatARouteIsWithin)
{
    TestEmulator aws;
    const auto vpc = make_vpc(aws);
    const Parameters route{{"RouteTableId", make_route_table(aws, vpc)},
                           {"DestinationCidrBlock", "10.5.0.0/24"}};
    aws.must("CreateRoute", merged(route, {{"GatewayId", make_attached_gateway(aws, vpc)}}));
    for (const auto* block : {"10.5.0.0/24", "10.5.0.0/16", "10.4.0.0/15"}) {
        EXPECT_EQ(associate(aws, vpc, block).code, "InvalidVpc.Range") << block;
    }
    EXPECT_EQ(associate(aws, vpc, "169.254.0.0/16").code, "InvalidVpc.Range");
    EXPECT_EQ(associate(aws, vpc, "10.5.0.0/25").code, "");
    EXPECT_EQ(associate(aws, vpc, "10.6.0.0/16").code, "");
    EXPECT_EQ(associate(aws, make_vpc(aws, "10.7.0.0/16"), "10.5.0.0/16").code, "");
    aws.must("DeleteRoute", route);
    EXPECT_EQ(associate(aws, vpc, "10.5.0.128/25").code, "");
}

TEST(AssociateVpcCidrBlock, GivesNoIpv6BlockThatARouteIsWithin)
{
    const auto given = [](const std::string& block) {
        TestEmulator aws;
        const auto vpc = make_vpc(aws);
        const Parameters route{{"RouteTableId", make_route_table(aws, vpc)},
                               {"GatewayId", make_attached_gateway(aws, vpc)}};
        aws.must("CreateRoute", merged(route, {{"DestinationIpv6CidrBlock", block}}));
        return aws
            .must("AssociateVpcCidrBlock",
                  {{"VpcId", vpc}, {"AmazonProvidedIpv6CidrBlock", "true"}})
            .text("ipv6CidrBlockAssociation/ipv6CidrBlock");
    };
    const auto first = given("::/0");
    EXPECT_EQ(given("2001:db8::/32"), first);
    EXPECT_NE(given(first), first);
}

TEST(AssociateVpcCidrBlock, GivesEachVpcAnIpv6BlockOfItsOwn)
{
    TestEmulator aws;
    const auto made = aws.must(
        "CreateVpc", {{"CidrBlock", "10.0.0.0/16"}, {"AmazonProvidedIpv6CidrBlock", "true"}});
    const std::string set = "vpc/ipv6CidrBlockAssociationSet/item/";
    const auto block = Ipv6Block::from_text(made.text(set + "ipv6CidrBlock"));
    ASSERT_TRUE(block);
    EXPECT_EQ(block->length, 56);
    EXPECT_EQ(made.text(set + "ipv6Pool"), "Amazon");
    const auto other = aws.must("AssociateVpcCidrBlock", {{"VpcId", make_vpc(aws)},
                                                          {"AmazonProvidedIpv6CidrBlock", "true"}});
    EXPECT_NE(other.text("ipv6CidrBlockAssociation/ipv6CidrBlock"), block->text());
    const auto table = make_route_table(aws, made.text("vpc/vpcId"));
    EXPECT_EQ(aws.must("DescribeRouteTables", {{"RouteTableId.1", table}})
                  .text("routeTableSet/item/routeSet/item/destinationIpv6CidrBlock"),
              block->text());
    EXPECT_EQ(aws.must("DescribeVpcs",
                       filter("ipv6-cidr-block-association.ipv6-cidr-block", block->text()))
                  .count("vpcSet/item"),
              1U);
}

void add_ipv6(TestEmulator& aws, const std::string& vpc)
{
    aws.must("AssociateVpcCidrBlock", {{"VpcId", vpc}, {"AmazonProvidedIpv6CidrBlock", "true"}});
}

Answer default_acl(TestEmulator& aws, const std::string& vpc)
{
    return aws.must("DescribeNetworkAcls",
                    merged(filter("vpc-id", vpc),
                           {{"Filter.2.Name", "default"}, {"Filter.2.Value.1", "true"}}));
}

std::vector<std::string> acl_rules(const Answer& acls)
{
    return acls.texts("networkAclSet/item/entrySet/item/ruleNumber");
}

std::vector<std::string> ipv6_egress(TestEmulator& aws, const std::string& vpc)
{
    return aws.must("DescribeSecurityGroups", filter("vpc-id", vpc))
        .texts("securityGroupInfo/item/ipPermissionsEgress/item/ipv6Ranges/item/cidrIpv6");
}

TEST(VpcsWithIpv6, AreOfTheRegionsNetworkBorderGroup)
{
    TestEmulator aws;
    const Parameters amazons = {{"AmazonProvidedIpv6CidrBlock", "true"}};
    const auto group = [](const std::string& name) {
        return Parameters{{"Ipv6CidrBlockNetworkBorderGroup", name}};
    };
    const auto create = [&](const Parameters& more) {
        return aws.call("CreateVpc", merged({{"CidrBlock", "10.0.0.0/16"}}, more));
    };
    const auto made = create(merged(amazons, group(kRegion)));
    EXPECT_EQ(made.text("vpc/ipv6CidrBlockAssociationSet/item/networkBorderGroup"), kRegion);
    EXPECT_EQ(create(group(kRegion)).code, "InvalidParameterDependency");
    EXPECT_EQ(create(merged(amazons, group("us-east-1-bos-1"))).code, "UnsupportedOperation");
    EXPECT_EQ(create(merged(amazons, group("nowhere"))).code, "InvalidParameterValue");
    const auto add = [&](const Parameters& more) {
        return aws.call("AssociateVpcCidrBlock", merged({{"VpcId", made.text("vpc/vpcId")}}, more))
            .code;
    };
    EXPECT_EQ(add(merged(amazons, group(kRegion))), "");
    EXPECT_EQ(add(merged({{"CidrBlock", "10.1.0.0/16"}}, group(kRegion))),
              "InvalidParameterDependency");
    EXPECT_EQ(add(merged(amazons, group("nowhere"))), "InvalidParameterValue");
}

TEST(VpcsWithIpv6, LetAllOfItThroughByTheirDefaultRules)
{
    TestEmulator aws;
    const auto made = make_ipv6_vpc(aws).id;
    const auto later = make_vpc(aws);
    EXPECT_THAT(acl_rules(default_acl(aws, later)), ElementsAre("100", "32767", "100", "32767"));
    EXPECT_THAT(ipv6_egress(aws, later), IsEmpty());
    add_ipv6(aws, later);
    add_ipv6(aws, later);
    for (const auto& vpc : {made, later}) {
        const auto acl = default_acl(aws, vpc);
        EXPECT_THAT(acl_rules(acl),
                    ElementsAre("100", "101", "32767", "32768", "100", "101", "32767", "32768"));
        EXPECT_THAT(acl.texts("networkAclSet/item/entrySet/item/ipv6CidrBlock"),
                    ElementsAre("::/0", "::/0", "::/0", "::/0"));
        EXPECT_THAT(ipv6_egress(aws, vpc), ElementsAre("::/0"));
    }
}

TEST(VpcsWithIpv6, AddNoneToRulesThatWereModified)
{
    TestEmulator aws;
    const auto vpc = make_vpc(aws);
    const auto acl = default_acl(aws, vpc).text("networkAclSet/item/networkAclId");
    aws.must("DeleteNetworkAclEntry",
             {{"NetworkAclId", acl}, {"RuleNumber", "100"}, {"Egress", "false"}});
    const auto group = aws.must("DescribeSecurityGroups", filter("vpc-id", vpc))
                           .text("securityGroupInfo/item/groupId");
    aws.must("AuthorizeSecurityGroupEgress", {{"GroupId", group},
                                              {"IpPermissions.1.IpProtocol", "tcp"},
                                              {"IpPermissions.1.FromPort", "22"},
                                              {"IpPermissions.1.ToPort", "22"},
                                              {"IpPermissions.1.IpRanges.1.CidrIp", "9.0.0.0/8"}});
    add_ipv6(aws, vpc);
    EXPECT_THAT(acl_rules(default_acl(aws, vpc)),
                ElementsAre("32767", "32768", "100", "101", "32767", "32768"));
    EXPECT_THAT(ipv6_egress(aws, vpc), IsEmpty());
}

TEST(VpcsWithIpv6, GiveNewGroupsAndAclsTheirRules)
{
    TestEmulator aws;
    const auto vpc = make_vpc(aws);
    const auto acl = make_network_acl(aws, vpc);
    add_ipv6(aws, vpc);
    const auto group = make_group_in(aws, vpc);
    EXPECT_EQ(aws.must("DescribeSecurityGroupRules", filter("group-id", group))
                  .count("securityGroupRuleSet/item"),
              2U);
    for (const auto& id : {acl, make_network_acl(aws, vpc)}) {
        EXPECT_THAT(acl_rules(aws.must("DescribeNetworkAcls", {{"NetworkAclId.1", id}})),
                    ElementsAre("32767", "32768", "32767", "32768"));
    }
}

TEST(ModifyVpcTenancy, MakesItDefault)
{
    TestEmulator aws;
    const auto vpc =
        aws.must("CreateVpc", {{"CidrBlock", "10.0.0.0/16"}, {"InstanceTenancy", "dedicated"}})
            .text("vpc/vpcId");
    aws.must("ModifyVpcTenancy", {{"VpcId", vpc}, {"InstanceTenancy", "default"}});
    EXPECT_EQ(aws.must("DescribeVpcs", {{"VpcId.1", vpc}}).text("vpcSet/item/instanceTenancy"),
              "default");
    EXPECT_FALSE(
        aws.call("ModifyVpcTenancy", {{"VpcId", vpc}, {"InstanceTenancy", "dedicated"}}).ok());
}

}  // namespace
}  // namespace amilab::test
