#include <algorithm>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/calls/session.h"
#include "storage/metadata/network/network_ids.h"
#include "storage/metadata/sql/statement.h"
#include "storage/metadata/sql/transaction.h"
#include "storage/metadata/tags/tag_rows.h"
#include "tests/support/emulator_fixture.h"

namespace amilab::test {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;
constexpr const char* kVpcIds = "vpcSet/item/vpcId";

constexpr const char* kGroupIds = "securityGroupInfo/item/groupId";

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

/// The default subnet of us-east-1a made anew, of IPv6 alone.
Answer make_ipv6_default_subnet(TestEmulator& emulator)
{
    return emulator.call("CreateDefaultSubnet",
                         {{"AvailabilityZone", "us-east-1a"}, {"Ipv6Native", "true"}});
}

TEST(DefaultNetwork, MayHaveASubnetOfIpv6Alone)
{
    TestEmulator emulator;
    const auto old = emulator.must("DescribeSubnets", filter("availability-zone", "us-east-1a"));
    EXPECT_EQ(make_ipv6_default_subnet(emulator).code, "InvalidParameterValue");
    const auto block =
        emulator
            .must("AssociateVpcCidrBlock", {{"VpcId", old.text("subnetSet/item/vpcId")},
                                            {"AmazonProvidedIpv6CidrBlock", "true"}})
            .text("vpcId");
    EXPECT_EQ(make_ipv6_default_subnet(emulator).code,
              "DefaultSubnetAlreadyExistsInAvailabilityZone");
    emulator.must("DeleteSubnet", {{"SubnetId", old.text("subnetSet/item/subnetId")}});
    const auto made = make_ipv6_default_subnet(emulator);
    EXPECT_EQ(made.code, "") << made.message;
    EXPECT_EQ(made.text("subnet/defaultForAz"), "true");
    EXPECT_EQ(made.text("subnet/ipv6Native"), "true");
    EXPECT_EQ(made.text("subnet/mapPublicIpOnLaunch"), "false");
    EXPECT_EQ(made.count("subnet/cidrBlock"), 0U);
    EXPECT_EQ(made.text("subnet/vpcId"), block);
    EXPECT_EQ(made.count("subnet/ipv6CidrBlockAssociationSet/item"), 1U);
    // The block that the other one had is free.
    emulator.must("DeleteSubnet", {{"SubnetId", made.text("subnet/subnetId")}});
    EXPECT_EQ(emulator.must("CreateDefaultSubnet", {{"AvailabilityZone", "us-east-1a"}})
                  .text("subnet/cidrBlock"),
              "172.31.0.0/20");
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
