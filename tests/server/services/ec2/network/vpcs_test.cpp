#include <algorithm>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/calls/session.h"
#include "storage/metadata/network/network_ids.h"
#include "storage/metadata/sql/statement.h"
#include "storage/metadata/sql/transaction.h"
#include "storage/metadata/tags/tag_rows.h"
#include "tests/server/services/ec2/network/own_network.h"
#include "tests/support/emulator_fixture.h"

namespace amilab::test {
namespace {

constexpr const char* kVpcIds = "vpcSet/item/vpcId";

TEST(DescribeVpcs, ShowsTheDefaultVpc)
{
    TestEmulator emulator;
    const auto answer = emulator.must("DescribeVpcs");
    const auto vpc = answer.root().child("vpcSet").child("item");
    EXPECT_STREQ(vpc.child_value("cidrBlock"), "172.31.0.0/16");
    EXPECT_STREQ(vpc.child_value("state"), "available");
    EXPECT_STREQ(vpc.child_value("isDefault"), "true");
    EXPECT_STREQ(vpc.child_value("instanceTenancy"), "default");
    EXPECT_THAT(vpc.child_value("dhcpOptionsId"), ::testing::MatchesRegex("dopt-[0-9a-f]{17}"));
    const auto association = vpc.child("cidrBlockAssociationSet").child("item");
    EXPECT_THAT(association.child_value("associationId"),
                ::testing::MatchesRegex("vpc-cidr-assoc-[0-9a-f]{17}"));
    EXPECT_STREQ(association.child_value("cidrBlock"), "172.31.0.0/16");
    EXPECT_STREQ(association.child("cidrBlockState").child_value("state"), "associated");
    EXPECT_FALSE(vpc.child("ipv6CidrBlockAssociationSet"));
}

TEST(DescribeVpcs, RefusesUnknownAndMalformedIds)
{
    TestEmulator emulator;
    const auto id = emulator.must("DescribeVpcs").text(kVpcIds);
    EXPECT_EQ(emulator.must("DescribeVpcs", {{"VpcId.1", id}}).text(kVpcIds), id);
    const auto unknown =
        emulator.call("DescribeVpcs", {{"VpcId.1", id}, {"VpcId.2", "vpc-0123456789abcdef0"}});
    EXPECT_EQ(unknown.code, "InvalidVpcID.NotFound");
    EXPECT_EQ(unknown.message, "The vpc ID 'vpc-0123456789abcdef0' does not exist");
    EXPECT_EQ(emulator.call("DescribeVpcs", {{"VpcId.1", "subnet-12345678"}}).code,
              "InvalidVpcID.Malformed");
    EXPECT_EQ(emulator.call("DescribeVpcs", {{"VpcId.1", id}}, kOtherAccount).code,
              "InvalidVpcID.NotFound");
    EXPECT_EQ(emulator.call("DescribeVpcs", {{"VpcId.1", id}}, kAccount, "eu-west-1").code,
              "InvalidVpcID.NotFound");
}

TEST(DescribeVpcs, AnIdThatTheFiltersLeaveOutIsNoError)
{
    TestEmulator emulator;
    auto parameters = filter("is-default", "false");
    parameters.emplace_back("VpcId.1", emulator.must("DescribeVpcs").text(kVpcIds));
    EXPECT_EQ(emulator.must("DescribeVpcs", parameters).count("vpcSet/item"), 0U);
}

TEST(DescribeVpcs, Filters)
{
    TestEmulator emulator;
    const auto all = emulator.must("DescribeVpcs");
    const auto found = [&](const std::string& name, const std::string& value) {
        return emulator.must("DescribeVpcs", filter(name, value)).count("vpcSet/item");
    };
    const auto association = all.text("vpcSet/item/cidrBlockAssociationSet/item/associationId");
    EXPECT_EQ(found("cidr", "172.31.0.0/16"), 1U);
    EXPECT_EQ(found("cidr", "10.*"), 0U);
    EXPECT_EQ(found("cidr-block-association.association-id", association), 1U);
    EXPECT_EQ(found("cidr-block-association.association-id", "x"), 0U);
    EXPECT_EQ(found("cidr-block-association.cidr-block", "172.31.0.0/16"), 1U);
    EXPECT_EQ(found("cidr-block-association.state", "associated"), 1U);
    EXPECT_EQ(found("cidr-block-association.state", "associating"), 0U);
    EXPECT_EQ(found("dhcp-options-id", all.text("vpcSet/item/dhcpOptionsId")), 1U);
    EXPECT_EQ(found("is-default", "true"), 1U);
    EXPECT_EQ(found("isDefault", "true"), 1U);
    EXPECT_EQ(found("is-default", "false"), 0U);
    EXPECT_EQ(found("owner-id", kAccount), 1U);
    EXPECT_EQ(found("owner-id", kOtherAccount), 0U);
    EXPECT_EQ(found("state", "available"), 1U);
    EXPECT_EQ(found("state", "pending"), 0U);
    EXPECT_EQ(found("vpc-id", all.text(kVpcIds)), 1U);
    EXPECT_EQ(found("ipv6-cidr-block-association.state", "*"), 0U);
    EXPECT_EQ(emulator.call("DescribeVpcs", filter("colour", "red")).code, "InvalidParameterValue");
}

TEST(DescribeVpcs, ShowsAndFiltersTags)
{
    TestEmulator emulator;
    const auto id = emulator.must("DescribeVpcs").text(kVpcIds);
    {
        auto writer = emulator.generation().writer();
        Transaction transaction(writer.db());
        upsert_tags(writer.db(), kAccount, kRegion, {id, "vpc"}, {{"Name", "main"}});
        transaction.commit();
    }
    EXPECT_EQ(emulator.must("DescribeVpcs").text("vpcSet/item/tagSet/item/value"), "main");
    EXPECT_EQ(emulator.must("DescribeVpcs", filter("tag:Name", "ma*")).count("vpcSet/item"), 1U);
    EXPECT_EQ(emulator.must("DescribeVpcs", filter("tag:Name", "other")).count("vpcSet/item"), 0U);
    EXPECT_EQ(emulator.must("DescribeVpcs", filter("tag-key", "Name")).count("vpcSet/item"), 1U);
}

TEST(CreateVpc, MakesAMainRouteTableADefaultAclAndADefaultGroup)
{
    TestEmulator aws;
    const auto made = aws.must("CreateVpc", {{"CidrBlock", "10.0.7.9/16"}});
    const auto vpc = made.text("vpc/vpcId");
    EXPECT_EQ(made.text("vpc/cidrBlock"), "10.0.0.0/16");
    EXPECT_EQ(made.text("vpc/isDefault"), "false");
    const auto of_vpc = filter("vpc-id", vpc);
    const auto tables = aws.must("DescribeRouteTables", of_vpc);
    EXPECT_EQ(tables.text("routeTableSet/item/associationSet/item/main"), "true");
    EXPECT_EQ(tables.text("routeTableSet/item/routeSet/item/gatewayId"), "local");
    EXPECT_EQ(tables.text("routeTableSet/item/routeSet/item/destinationCidrBlock"), "10.0.0.0/16");
    const auto acls = aws.must("DescribeNetworkAcls", of_vpc);
    EXPECT_EQ(acls.text("networkAclSet/item/default"), "true");
    EXPECT_EQ(acls.count("networkAclSet/item/entrySet/item"), 4U);
    EXPECT_EQ(aws.must("DescribeSecurityGroups", of_vpc).text("securityGroupInfo/item/groupName"),
              "default");
    EXPECT_EQ(made.text("vpc/dhcpOptionsId"),
              aws.must("DescribeDhcpOptions").text("dhcpOptionsSet/item/dhcpOptionsId"));
}

TEST(CreateVpc, RefusesBlocksThatAreNoneAndOfWrongSizes)
{
    TestEmulator aws;
    const auto code = [&](const std::string& block) {
        return aws.call("CreateVpc", {{"CidrBlock", block}}).code;
    };
    EXPECT_EQ(code("10.0.0.0/15"), "InvalidVpc.Range");
    EXPECT_EQ(code("10.0.0.0/29"), "InvalidVpc.Range");
    for (const auto* wrong : {"10.0.0/16", "10.0.0.256/16", "10.0.0.0", "10.0.0.0/33",
                              "10.00.0.0/16", "x", "10.0.0.0/16 "}) {
        EXPECT_EQ(code(wrong), "InvalidParameterValue") << wrong;
    }
    for (const auto* nobodys :
         {"0.0.0.0/16", "127.0.0.0/16", "169.254.10.0/24", "224.0.0.0/16", "255.255.255.0/24"}) {
        EXPECT_EQ(code(nobodys), "InvalidVpc.Range") << nobodys;
    }
    EXPECT_EQ(aws.call("CreateVpc").code, "MissingParameter");
    EXPECT_EQ(aws.must("DescribeVpcs").count("vpcSet/item"), 1U);
    EXPECT_EQ(code("198.19.0.0/16"), "");
    EXPECT_EQ(code("223.255.255.0/24"), "");
}

TEST(DeleteVpc, RefusesWhileSomethingOfOthersIsInIt)
{
    TestEmulator aws;
    const auto vpc = make_vpc(aws);
    const auto is_refused = [&] {
        return aws.call("DeleteVpc", {{"VpcId", vpc}}).code == "DependencyViolation";
    };
    const auto subnet = make_subnet(aws, vpc);
    EXPECT_TRUE(is_refused());
    aws.must("DeleteSubnet", {{"SubnetId", subnet}});
    const auto table = make_route_table(aws, vpc);
    EXPECT_TRUE(is_refused());
    aws.must("DeleteRouteTable", {{"RouteTableId", table}});
    const auto acl = make_network_acl(aws, vpc);
    EXPECT_TRUE(is_refused());
    aws.must("DeleteNetworkAcl", {{"NetworkAclId", acl}});
    const Parameters attachment{{"InternetGatewayId", make_gateway(aws)}, {"VpcId", vpc}};
    aws.must("AttachInternetGateway", attachment);
    EXPECT_TRUE(is_refused());
    aws.must("DetachInternetGateway", attachment);
    aws.must("DeleteVpc", {{"VpcId", vpc}});
    EXPECT_EQ(aws.call("DeleteVpc", {{"VpcId", vpc}}).code, "InvalidVpcID.NotFound");
    for (const auto* list :
         {"DescribeRouteTables", "DescribeNetworkAcls", "DescribeSecurityGroups"}) {
        EXPECT_EQ(aws.must(list, filter("vpc-id", vpc)).body.find("<item>"), std::string::npos);
    }
}

TEST(DeleteVpc, OfTheDefaultOneLeavesNoneUntilItIsMadeAnew)
{
    TestEmulator aws;
    delete_default_vpc(aws);
    EXPECT_EQ(aws.must("DescribeVpcs").count("vpcSet/item"), 0U);
    EXPECT_EQ(aws.call("CreateDefaultSubnet", {{"AvailabilityZone", "us-east-1a"}}).code,
              "DefaultVpcDoesNotExist");
    EXPECT_EQ(aws.must("CreateDefaultVpc").text("vpc/isDefault"), "true");
    EXPECT_EQ(aws.must("DescribeSubnets").count("subnetSet/item"), 6U);
    EXPECT_EQ(aws.call("CreateDefaultVpc").code, "DefaultVpcAlreadyExists");
}

}  // namespace
}  // namespace amilab::test
