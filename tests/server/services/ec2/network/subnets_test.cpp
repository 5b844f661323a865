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

TEST(CreateSubnet, RefusesTypesOfTagsByACodeOfItsOwn)
{
    TestEmulator aws;
    const Parameters tagged{{"VpcId", make_vpc(aws)},
                            {"CidrBlock", "10.0.0.0/25"},
                            {"TagSpecification.1.Tag.1.Key", "of"},
                            {"TagSpecification.1.Tag.1.Value", "test"}};
    const auto wrong =
        aws.call("CreateSubnet", merged(tagged, {{"TagSpecification.1.ResourceType", "vpc"}}));
    EXPECT_EQ(wrong.code, "InvalidParameter");
    EXPECT_EQ(wrong.message, "'vpc' is not a valid taggable resource type for this operation.");
    const auto missing = aws.call("CreateSubnet", tagged);
    EXPECT_EQ(missing.code, "InvalidParameter");
    EXPECT_EQ(missing.message, "Tag specification resource type must have a value");
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

TEST(CreateSubnet, MakesOneOfIpv6Alone)
{
    TestEmulator aws;
    const auto vpc = make_ipv6_vpc(aws);
    const auto block = vpc.block.part(64, 3).text();
    const auto made = aws.must(
        "CreateSubnet", {{"VpcId", vpc.id}, {"Ipv6Native", "true"}, {"Ipv6CidrBlock", block}});
    EXPECT_EQ(made.count("subnet/cidrBlock"), 0U);
    EXPECT_EQ(made.text("subnet/ipv6Native"), "true");
    EXPECT_EQ(made.text("subnet/assignIpv6AddressOnCreation"), "true");
    EXPECT_EQ(made.text("subnet/mapPublicIpOnLaunch"), "false");
    EXPECT_EQ(made.text("subnet/availableIpAddressCount"), "0");
    EXPECT_EQ(made.text("subnet/ipv6CidrBlockAssociationSet/item/ipv6CidrBlock"), block);
    const std::string names = "subnet/privateDnsNameOptionsOnLaunch/";
    EXPECT_EQ(made.text(names + "hostnameType"), "resource-name");
    EXPECT_EQ(made.text(names + "enableResourceNameDnsARecord"), "false");
    EXPECT_EQ(made.text(names + "enableResourceNameDnsAAAARecord"), "false");
    EXPECT_EQ(
        aws.must("DescribeSubnets", filter("vpc-id", vpc.id)).count("subnetSet/item/cidrBlock"),
        0U);
    aws.must("DeleteSubnet", {{"SubnetId", made.text("subnet/subnetId")}});
}

TEST(CreateSubnet, OfIpv6AloneHasABlockOfItsVpcAndNoOther)
{
    TestEmulator aws;
    const auto vpc = make_ipv6_vpc(aws);
    const auto block = vpc.block.part(64, 0).text();
    const auto call = [&](const Parameters& more, const char* native = "true") {
        return aws.call("CreateSubnet", merged({{"VpcId", vpc.id}, {"Ipv6Native", native}}, more));
    };
    for (const auto& more : {Parameters{}, Parameters{{"CidrBlock", "10.0.0.0/24"}}}) {
        const auto missing = call(more);
        EXPECT_EQ(missing.code, "MissingParameter");
        EXPECT_EQ(missing.message,
                  "Either 'ipv6CidrBlock' or 'ipv6IpamPoolId' should be provided.");
    }
    const auto both = call({{"CidrBlock", "10.0.0.0/24"}, {"Ipv6CidrBlock", block}});
    EXPECT_EQ(both.code, "InvalidParameterCombination");
    EXPECT_EQ(both.message,
              "When specifying ipv4 parameters, cidrBlock or ipv4IpamPoolId, you cannot set "
              "ipv6Native to true.");
    const auto neither = call({{"Ipv6CidrBlock", block}}, "false");
    EXPECT_EQ(neither.code, "MissingParameter");
    EXPECT_EQ(neither.message, "Either 'cidrBlock' or 'ipv4IpamPoolId' should be provided.");
    EXPECT_EQ(call({{"Ipv6CidrBlock", "2001:db9::/64"}}).code, "InvalidSubnet.Range");
    EXPECT_EQ(call({{"Ipv6CidrBlock", block}}).code, "");
    EXPECT_EQ(call({{"Ipv6CidrBlock", block}}).code, "InvalidSubnet.Conflict");
    EXPECT_EQ(aws.call("CreateSubnet", {{"VpcId", make_vpc(aws, "10.1.0.0/16")},
                                        {"Ipv6Native", "true"},
                                        {"Ipv6CidrBlock", block}})
                  .code,
              "InvalidSubnet.Range");
    // Those with IPv4 are not held against it.
    EXPECT_TRUE(make_subnet(aws, vpc.id, "10.0.0.0/16").starts_with("subnet-"));
}

TEST(DescribeSubnets, FindsThoseOfIpv6Alone)
{
    TestEmulator aws;
    const auto vpc = make_ipv6_vpc(aws);
    const auto plain = make_subnet(aws, vpc.id);
    const auto native = make_ipv6_only_subnet(aws, vpc, vpc.block.part(64, 0));
    const auto found = [&](const std::string& name, const std::string& value) {
        return aws
            .must("DescribeSubnets", merged(filter(name, value), {{"Filter.2.Name", "vpc-id"},
                                                                  {"Filter.2.Value.1", vpc.id}}))
            .texts(kSubnetIds);
    };
    EXPECT_THAT(found("ipv6-native", "true"), ElementsAre(native));
    EXPECT_THAT(found("ipv6-native", "false"), ElementsAre(plain));
    EXPECT_THAT(found("available-ip-address-count", "0"), ElementsAre(native));
    EXPECT_THAT(found("cidr-block", "*"), ElementsAre(plain));
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

TEST(NewNetwork, IsToldWithListsThatAreEmptyAndDescribedWithoutThem)
{
    TestEmulator aws;
    const auto vpc = aws.must("CreateVpc", {{"CidrBlock", "10.0.0.0/16"}});
    EXPECT_EQ(vpc.count("vpc/tagSet"), 1U);
    EXPECT_EQ(vpc.count("vpc/ipv6CidrBlockAssociationSet"), 1U);
    const auto id = vpc.text("vpc/vpcId");
    const auto vpcs = aws.must("DescribeVpcs", {{"VpcId.1", id}});
    EXPECT_EQ(vpcs.count("vpcSet/item/tagSet"), 0U);
    EXPECT_EQ(vpcs.count("vpcSet/item/ipv6CidrBlockAssociationSet"), 0U);
    const auto subnet = aws.must("CreateSubnet", {{"VpcId", id}, {"CidrBlock", "10.0.0.0/24"}});
    EXPECT_EQ(subnet.count("subnet/tagSet"), 1U);
    const auto subnets =
        aws.must("DescribeSubnets", {{"SubnetId.1", subnet.text("subnet/subnetId")}});
    EXPECT_EQ(subnets.count("subnetSet/item/tagSet"), 0U);
    EXPECT_EQ(subnets.count("subnetSet/item/ipv6CidrBlockAssociationSet"), 1U);
}

}  // namespace
}  // namespace amilab::test
