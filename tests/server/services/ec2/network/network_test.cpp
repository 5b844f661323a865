#include <algorithm>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/calls/session.h"
#include "storage/metadata/sql/statement.h"
#include "storage/metadata/sql/transaction.h"
#include "storage/metadata/tags/tag_rows.h"
#include "tests/support/emulator_fixture.h"
#include "storage/metadata/network/network_ids.h"

namespace amilab::test {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

constexpr const char* kVpcIds = "vpcSet/item/vpcId";
constexpr const char* kSubnetIds = "subnetSet/item/subnetId";
constexpr const char* kGroupIds = "securityGroupInfo/item/groupId";

Parameters filter(const std::string& name, const std::string& value)
{
    return {{"Filter.1.Name", name}, {"Filter.1.Value.1", value}};
}

TEST(DefaultNetwork, IsTheSameForEveryCallAfterTheFirst)
{
    TestEmulator emulator;
    const auto vpc = emulator.must("DescribeVpcs").text(kVpcIds);
    EXPECT_TRUE(VpcId::from_text(vpc));
    EXPECT_THAT(emulator.must("DescribeVpcs").texts(kVpcIds), ElementsAre(vpc));
    EXPECT_EQ(emulator.must("DescribeSubnets").text("subnetSet/item/vpcId"), vpc);
    EXPECT_EQ(emulator.must("DescribeSecurityGroups").text("securityGroupInfo/item/vpcId"), vpc);
}

TEST(DefaultNetwork, DiffersByAccountAndByRegion)
{
    TestEmulator emulator;
    std::set<std::string> vpcs;
    std::set<std::string> groups;
    for (const char* account : {kAccount, kOtherAccount}) {
        for (const char* region : {"us-east-1", "eu-west-1", "af-south-1"}) {
            const auto answer = emulator.must("DescribeVpcs", {}, account, region);
            EXPECT_EQ(answer.text("vpcSet/item/ownerId"), account);
            vpcs.insert(answer.text(kVpcIds));
            groups.insert(
                emulator.must("DescribeSecurityGroups", {}, account, region).text(kGroupIds));
        }
    }
    EXPECT_THAT(vpcs, SizeIs(6));
    EXPECT_THAT(groups, SizeIs(6));
}

TEST(DefaultNetwork, HasASubnetForEachZone)
{
    TestEmulator emulator;
    const auto answer = emulator.must("DescribeSubnets");
    std::vector<std::pair<std::string, std::string>> subnets;
    for (const auto& item : answer.root().child("subnetSet").children()) {
        subnets.emplace_back(item.child_value("availabilityZone"), item.child_value("cidrBlock"));
    }
    std::sort(subnets.begin(), subnets.end());
    using Pair = std::pair<std::string, std::string>;
    EXPECT_THAT(
        subnets,
        ElementsAre(Pair("us-east-1a", "172.31.0.0/20"), Pair("us-east-1b", "172.31.16.0/20"),
                    Pair("us-east-1c", "172.31.32.0/20"), Pair("us-east-1d", "172.31.48.0/20"),
                    Pair("us-east-1e", "172.31.64.0/20"), Pair("us-east-1f", "172.31.80.0/20")));
}

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

TEST(DescribeSubnets, ShowsADefaultSubnet)
{
    TestEmulator emulator;
    const auto answer = emulator.must("DescribeSubnets", filter("availability-zone", "us-east-1a"));
    ASSERT_EQ(answer.count("subnetSet/item"), 1U);
    const auto subnet = answer.root().child("subnetSet").child("item");
    EXPECT_STREQ(subnet.child_value("availabilityZoneId"), "use1-az2");
    EXPECT_STREQ(subnet.child_value("availableIpAddressCount"), "4091");
    EXPECT_STREQ(subnet.child_value("defaultForAz"), "true");
    EXPECT_STREQ(subnet.child_value("mapPublicIpOnLaunch"), "true");
    EXPECT_STREQ(subnet.child_value("assignIpv6AddressOnCreation"), "false");
    EXPECT_STREQ(subnet.child_value("state"), "available");
    EXPECT_STREQ(subnet.child_value("ownerId"), kAccount);
    EXPECT_STREQ(subnet.child("privateDnsNameOptionsOnLaunch").child_value("hostnameType"),
                 "ip-name");
    EXPECT_EQ(
        std::string(subnet.child_value("subnetArn")),
        std::string("arn:aws:ec2:us-east-1:123456789012:subnet/") + subnet.child_value("subnetId"));
    EXPECT_TRUE(subnet.child("ipv6CidrBlockAssociationSet"));
}

TEST(DescribeSubnets, RefusesUnknownAndMalformedIds)
{
    TestEmulator emulator;
    const auto ids = emulator.must("DescribeSubnets").texts(kSubnetIds);
    EXPECT_THAT(emulator.must("DescribeSubnets", {{"SubnetId.1", ids[2]}}).texts(kSubnetIds),
                ElementsAre(ids[2]));
    const auto unknown = emulator.call("DescribeSubnets", {{"SubnetId.1", "subnet-12345678"}});
    EXPECT_EQ(unknown.code, "InvalidSubnetID.NotFound");
    EXPECT_EQ(unknown.message, "The subnet ID 'subnet-12345678' does not exist");
    EXPECT_EQ(emulator.call("DescribeSubnets", {{"SubnetId.1", "vpc-12345678"}}).code,
              "InvalidSubnetID.Malformed");
    EXPECT_EQ(emulator.call("DescribeSubnets", {{"SubnetId.1", ids[0]}}, kOtherAccount).code,
              "InvalidSubnetID.NotFound");
}

TEST(DescribeSubnets, Filters)
{
    TestEmulator emulator;
    const auto all = emulator.must("DescribeSubnets");
    const auto found = [&](const std::string& name, const std::string& value) {
        return emulator.must("DescribeSubnets", filter(name, value)).count("subnetSet/item");
    };
    EXPECT_EQ(found("availability-zone", "us-east-1b"), 1U);
    EXPECT_EQ(found("availabilityZone", "us-east-1b"), 1U);
    EXPECT_EQ(found("availability-zone-id", "use1-az1"), 1U);
    EXPECT_EQ(found("availabilityZoneId", "use1-az1"), 1U);
    EXPECT_EQ(found("available-ip-address-count", "4091"), 6U);
    EXPECT_EQ(found("available-ip-address-count", "4096"), 0U);
    for (const char* name : {"cidr-block", "cidr", "cidrBlock"}) {
        EXPECT_EQ(found(name, "172.31.16.0/20"), 1U) << name;
    }
    EXPECT_EQ(found("default-for-az", "true"), 6U);
    EXPECT_EQ(found("defaultForAz", "false"), 0U);
    for (const char* name :
         {"enable-dns64", "ipv6-native", "map-customer-owned-ip-on-launch",
          "private-dns-name-options-on-launch.enable-resource-name-dns-a-record",
          "private-dns-name-options-on-launch.enable-resource-name-dns-aaaa-record"}) {
        EXPECT_EQ(found(name, "false"), 6U) << name;
        EXPECT_EQ(found(name, "true"), 0U) << name;
    }
    EXPECT_EQ(found("map-public-ip-on-launch", "true"), 6U);
    EXPECT_EQ(found("map-public-ip-on-launch", "false"), 0U);
    EXPECT_EQ(found("owner-id", kAccount), 6U);
    EXPECT_EQ(found("private-dns-name-options-on-launch.hostname-type", "ip-name"), 6U);
    EXPECT_EQ(found("state", "available"), 6U);
    EXPECT_EQ(found("subnet-arn", all.text("subnetSet/item/subnetArn")), 1U);
    EXPECT_EQ(found("subnet-id", all.text(kSubnetIds)), 1U);
    EXPECT_EQ(found("vpc-id", all.text("subnetSet/item/vpcId")), 6U);
    EXPECT_EQ(found("outpost-arn", "*"), 0U);
    EXPECT_EQ(found("tag-key", "*"), 0U);
}

TEST(DescribeSubnets, Pages)
{
    TestEmulator emulator;
    const auto first = emulator.must("DescribeSubnets", {{"MaxResults", "5"}});
    EXPECT_EQ(first.count("subnetSet/item"), 5U);
    const auto token = first.text("nextToken");
    ASSERT_FALSE(token.empty());
    const auto second =
        emulator.must("DescribeSubnets", {{"MaxResults", "5"}, {"NextToken", token}});
    EXPECT_EQ(second.count("subnetSet/item"), 1U);
    EXPECT_TRUE(second.text("nextToken").empty());
    auto ids = first.texts(kSubnetIds);
    ids.push_back(second.text(kSubnetIds));
    EXPECT_EQ(ids, emulator.must("DescribeSubnets").texts(kSubnetIds));
    EXPECT_EQ(emulator.call("DescribeSubnets", {{"NextToken", "x"}}).code, "InvalidNextToken");
    EXPECT_EQ(emulator.call("DescribeSubnets", {{"MaxResults", "4"}}).code,
              "InvalidParameterValue");
    EXPECT_EQ(emulator.call("DescribeSubnets", {{"MaxResults", "1001"}}).code,
              "InvalidParameterValue");
}

TEST(DescribeSecurityGroups, ShowsTheDefaultGroup)
{
    TestEmulator emulator;
    const auto answer = emulator.must("DescribeSecurityGroups");
    ASSERT_EQ(answer.count("securityGroupInfo/item"), 1U);
    const auto group = answer.root().child("securityGroupInfo").child("item");
    EXPECT_STREQ(group.child_value("groupName"), "default");
    EXPECT_STREQ(group.child_value("groupDescription"), "default VPC security group");
    EXPECT_STREQ(group.child_value("ownerId"), kAccount);
    const auto in = group.child("ipPermissions").child("item");
    EXPECT_STREQ(in.child_value("ipProtocol"), "-1");
    EXPECT_STREQ(in.child("groups").child("item").child_value("groupId"),
                 group.child_value("groupId"));
    EXPECT_STREQ(in.child("groups").child("item").child_value("userId"), kAccount);
    EXPECT_FALSE(in.child("fromPort"));
    const auto out = group.child("ipPermissionsEgress").child("item");
    EXPECT_STREQ(out.child_value("ipProtocol"), "-1");
    EXPECT_STREQ(out.child("ipRanges").child("item").child_value("cidrIp"), "0.0.0.0/0");
    EXPECT_TRUE(out.child("groups"));
}

TEST(DescribeSecurityGroups, FindsByIdAndByName)
{
    TestEmulator emulator;
    const auto id = emulator.must("DescribeSecurityGroups").text(kGroupIds);
    for (const auto& parameters :
         {Parameters{{"GroupId.1", id}}, Parameters{{"GroupName.1", "default"}},
          Parameters{{"GroupName.1", id}},
          Parameters{{"GroupId.1", id}, {"GroupName.1", "default"}}}) {
        EXPECT_THAT(emulator.must("DescribeSecurityGroups", parameters).texts(kGroupIds),
                    ElementsAre(id));
    }
}

TEST(DescribeSecurityGroups, RefusesWhatIsUnknownOrMalformed)
{
    TestEmulator emulator;
    const auto vpc = emulator.must("DescribeVpcs").text(kVpcIds);
    const auto unknown = emulator.call("DescribeSecurityGroups", {{"GroupId.1", "sg-12345678"}});
    EXPECT_EQ(unknown.code, "InvalidGroup.NotFound");
    EXPECT_EQ(unknown.message, "The security group 'sg-12345678' does not exist");
    const auto malformed = emulator.call("DescribeSecurityGroups", {{"GroupId.1", "default"}});
    EXPECT_EQ(malformed.code, "InvalidGroupId.Malformed");
    EXPECT_EQ(malformed.message, "Invalid id: \"default\" (expecting \"sg-...\")");
    const auto name = emulator.call("DescribeSecurityGroups", {{"GroupName.1", "web"}});
    EXPECT_EQ(name.code, "InvalidGroup.NotFound");
    EXPECT_EQ(name.message, "The security group 'web' does not exist in default VPC '" + vpc + "'");
}

TEST(DescribeSecurityGroups, Filters)
{
    TestEmulator emulator;
    const auto all = emulator.must("DescribeSecurityGroups");
    const auto id = all.text(kGroupIds);
    const auto found = [&](const std::string& name, const std::string& value) {
        return emulator.must("DescribeSecurityGroups", filter(name, value))
            .count("securityGroupInfo/item");
    };
    EXPECT_EQ(found("description", "default VPC*"), 1U);
    EXPECT_EQ(found("description", "other"), 0U);
    EXPECT_EQ(found("egress.ip-permission.cidr", "0.0.0.0/0"), 1U);
    EXPECT_EQ(found("egress.ip-permission.cidr", "10.0.0.0/8"), 0U);
    EXPECT_EQ(found("egress.ip-permission.protocol", "-1"), 1U);
    EXPECT_EQ(found("egress.ip-permission.group-id", "*"), 0U);
    EXPECT_EQ(found("egress.ip-permission.from-port", "*"), 0U);
    EXPECT_EQ(found("group-id", id), 1U);
    EXPECT_EQ(found("group-name", "default"), 1U);
    EXPECT_EQ(found("group-name", "web"), 0U);
    EXPECT_EQ(found("ip-permission.cidr", "*"), 0U);
    EXPECT_EQ(found("ip-permission.group-id", id), 1U);
    EXPECT_EQ(found("ip-permission.group-name", "default"), 1U);
    EXPECT_EQ(found("ip-permission.protocol", "-1"), 1U);
    EXPECT_EQ(found("ip-permission.protocol", "tcp"), 0U);
    EXPECT_EQ(found("ip-permission.user-id", kAccount), 1U);
    EXPECT_EQ(found("owner-id", kAccount), 1U);
    EXPECT_EQ(found("vpc-id", all.text("securityGroupInfo/item/vpcId")), 1U);
    EXPECT_EQ(found("vpc-id", "vpc-12345678"), 0U);
}

TEST(Network, DryRunComesAfterIdsShapesAndBeforeState)
{
    TestEmulator emulator;
    for (const auto& [action, parameter, unknown] :
         {std::tuple{"DescribeVpcs", "VpcId.1", "vpc-12345678"},
          std::tuple{"DescribeSubnets", "SubnetId.1", "subnet-12345678"},
          std::tuple{"DescribeSecurityGroups", "GroupId.1", "sg-12345678"}}) {
        const auto dry = emulator.call(action, {{"DryRun", "true"}, {parameter, unknown}});
        EXPECT_EQ(dry.code, "DryRunOperation") << action;
        EXPECT_EQ(dry.status, 412) << action;
        EXPECT_THAT(emulator.call(action, {{"DryRun", "true"}, {parameter, "x"}}).code,
                    ::testing::EndsWith(".Malformed"));
    }
}

}  // namespace
}  // namespace amilab::test
