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

using ::testing::ElementsAre;
constexpr const char* kSubnetIds = "subnetSet/item/subnetId";

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
    EXPECT_EQ(emulator.call("DescribeSubnets", {{"NextToken", "x"}}).code, "InvalidParameterValue");
    EXPECT_EQ(emulator.call("DescribeSubnets", {{"MaxResults", "4"}}).code,
              "InvalidParameterValue");
    EXPECT_EQ(emulator.call("DescribeSubnets", {{"MaxResults", "1001"}}).code,
              "InvalidParameterValue");
}

TEST(CreateSubnet, StaysWithinItsVpcAndApartFromOthers)
{
    TestEmulator aws;
    const auto vpc = make_vpc(aws);
    const auto code = [&](const std::string& block) {
        return aws.call("CreateSubnet", {{"VpcId", vpc}, {"CidrBlock", block}}).code;
    };
    EXPECT_EQ(code("10.0.0.0/25"), "");
    EXPECT_EQ(code("10.0.0.0/24"), "InvalidSubnet.Conflict");
    EXPECT_EQ(code("10.0.0.64/26"), "InvalidSubnet.Conflict");
    EXPECT_EQ(code("10.0.0.128/25"), "");
    EXPECT_EQ(code("10.1.0.0/24"), "InvalidSubnet.Range");
    EXPECT_EQ(code("10.0.0.0/15"), "InvalidSubnet.Range");
    EXPECT_EQ(code("10.0.1.0/29"), "InvalidSubnet.Range");
    EXPECT_EQ(code("10.0.1.0"), "InvalidParameterValue");
    EXPECT_EQ(aws.must("DescribeSubnets", filter("vpc-id", vpc)).count("subnetSet/item"), 2U);
}

TEST(CreateSubnet, IsInTheZoneThatIsNamedByNameOrId)
{
    TestEmulator aws;
    const auto vpc = make_vpc(aws);
    const auto make = [&](const std::string& block, const Parameters& more) {
        return aws.call("CreateSubnet", merged({{"VpcId", vpc}, {"CidrBlock", block}}, more));
    };
    const char* const zone = "subnet/availabilityZone";
    EXPECT_EQ(make("10.0.0.0/24", {}).text(zone), "us-east-1a");
    EXPECT_EQ(make("10.0.1.0/24", {{"AvailabilityZone", "us-east-1c"}}).text(zone), "us-east-1c");
    const auto by_id = make("10.0.2.0/24", {{"AvailabilityZoneId", "use1-az2"}});
    EXPECT_EQ(by_id.text(zone), "us-east-1a");
    EXPECT_EQ(by_id.text("subnet/availableIpAddressCount"), "251");
    EXPECT_EQ(by_id.text("subnet/mapPublicIpOnLaunch"), "false");
    EXPECT_EQ(make("10.0.3.0/24", {{"AvailabilityZone", "eu-west-1a"}}).code,
              "InvalidParameterValue");
    EXPECT_EQ(make("10.0.3.0/24",
                   {{"AvailabilityZone", "us-east-1a"}, {"AvailabilityZoneId", "use1-az2"}})
                  .code,
              "InvalidParameterCombination");
}

TEST(DeleteSubnet, TakesItsAssociationsAlong)
{
    TestEmulator aws;
    const auto vpc = make_vpc(aws);
    const auto subnet = make_subnet(aws, vpc);
    const auto table = make_route_table(aws, vpc);
    aws.must("AssociateRouteTable", {{"RouteTableId", table}, {"SubnetId", subnet}});
    aws.must("DeleteSubnet", {{"SubnetId", subnet}});
    EXPECT_EQ(aws.must("DescribeNetworkAcls", filter("association.subnet-id", subnet))
                  .count("networkAclSet/item"),
              0U);
    aws.must("DeleteRouteTable", {{"RouteTableId", table}});
    EXPECT_EQ(aws.call("DeleteSubnet", {{"SubnetId", subnet}}).code, "InvalidSubnetID.NotFound");
}

}  // namespace
}  // namespace amilab::test
