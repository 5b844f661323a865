#include "server/services/ec2/network/vpc_endpoints.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/server/services/ec2/network/own_network.h"
#include "tests/support/emulator_fixture.h"

namespace amilab::test {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::IsEmpty;
using ::testing::StartsWith;

constexpr const char* kS3 = "com.amazonaws.us-east-1.s3";
constexpr const char* kEc2 = "com.amazonaws.us-east-1.ec2";
constexpr const char* kS3List = "pl-63a5400a";
constexpr const char* kMadeId = "vpcEndpoint/vpcEndpointId";

/// A VPC with a subnet in each of two zones, whose hosts have names.
struct Place {
    explicit Place(TestEmulator& emulator)
        : aws(emulator), vpc(make_vpc(emulator)), table(make_route_table(emulator, vpc))
    {
        aws.must("ModifyVpcAttribute", {{"VpcId", vpc}, {"EnableDnsHostnames.Value", "true"}});
        subnet = make(vpc, "10.0.0.0/24", "us-east-1a");
        other_subnet = make(vpc, "10.0.1.0/24", "us-east-1b");
    }
    std::string make(const std::string& of, const char* block, const char* zone) const
    {
        return aws
            .must("CreateSubnet", {{"VpcId", of}, {"CidrBlock", block}, {"AvailabilityZone", zone}})
            .text("subnet/subnetId");
    }
    Parameters gateway() const { return {{"VpcId", vpc}, {"ServiceName", kS3}}; }
    Parameters interface() const
    {
        return {{"VpcId", vpc}, {"ServiceName", kEc2}, {"VpcEndpointType", "Interface"}};
    }
    Answer create(const Parameters& parameters) const
    {
        return aws.must("CreateVpcEndpoint", parameters);
    }
    Answer refused(const Parameters& parameters) const
    {
        return aws.call("CreateVpcEndpoint", parameters);
    }
    Answer modify(const std::string& id, const Parameters& parameters) const
    {
        return aws.call("ModifyVpcEndpoint", merged({{"VpcEndpointId", id}}, parameters));
    }
    Answer shown(const std::string& id) const
    {
        return aws.must("DescribeVpcEndpoints", {{"VpcEndpointId.1", id}});
    }

    TestEmulator& aws;
    std::string vpc;
    std::string table;
    std::string subnet;
    std::string other_subnet;
};

std::size_t routes_to(TestEmulator& aws, const std::string& endpoint)
{
    return aws.must("DescribeRouteTables", filter("route.gateway-id", endpoint))
        .count("routeTableSet/item");
}

// Gateways

TEST(GatewayEndpoints, AreRoutesOfTheirTables)
{
    TestEmulator aws;
    const Place place(aws);
    const auto made = place.create(merged(place.gateway(), {{"RouteTableId.1", place.table}}));
    const auto id = made.text(kMadeId);
    EXPECT_EQ(made.text("vpcEndpoint/state"), "available");
    EXPECT_EQ(made.text("vpcEndpoint/vpcEndpointType"), "Gateway");
    EXPECT_THAT(made.text("vpcEndpoint/policyDocument"), StartsWith("{\"Version\""));
    EXPECT_THAT(made.texts("vpcEndpoint/routeTableIdSet/item"), ElementsAre(place.table));
    EXPECT_EQ(routes_to(aws, id), 1U);
    EXPECT_EQ(aws.must("DescribeRouteTables", filter("route.destination-prefix-list-id", kS3List))
                  .count("routeTableSet/item"),
              1U);
    const Parameters route{{"RouteTableId", place.table}, {"DestinationPrefixListId", kS3List}};
    const auto refused = aws.call("DeleteRoute", route);
    EXPECT_EQ(refused.message, std::string("cannot remove VPC endpoint route ") + kS3List +
                                   " in route table " + place.table);
    EXPECT_EQ(aws.call("ReplaceRoute", merged(route, {{"GatewayId", "igw-12345678"}})).code,
              "InvalidParameterValue");
    EXPECT_EQ(aws.call("DeleteVpc", {{"VpcId", place.vpc}}).code, "DependencyViolation");
    EXPECT_THAT(aws.must("DeleteVpcEndpoints", {{"VpcEndpointId.1", id}})
                    .texts("unsuccessful/item/resourceId"),
                IsEmpty());
    EXPECT_EQ(routes_to(aws, id), 0U);
    EXPECT_EQ(aws.call("DescribeVpcEndpoints", {{"VpcEndpointId.1", id}}).message,
              "The Vpc Endpoint Id '" + id + "' does not exist");
}

TEST(GatewayEndpoints, TakeTheirTablesAndLeaveThem)
{
    TestEmulator aws;
    const Place place(aws);
    const auto id = place.create(place.gateway()).text(kMadeId);
    EXPECT_TRUE(place.modify(id, {{"AddRouteTableId.1", place.table}}).ok());
    EXPECT_EQ(routes_to(aws, id), 1U);
    const auto again = place.modify(id, {{"AddRouteTableId.1", place.table}});
    EXPECT_EQ(again.code, "RouteAlreadyExists");
    EXPECT_EQ(again.message, "route table " + place.table +
                                 " already has a route with destination-prefix-list-id " + kS3List);
    EXPECT_TRUE(place.modify(id, {{"RemoveRouteTableId.1", place.table}}).ok());
    EXPECT_EQ(routes_to(aws, id), 0U);
    EXPECT_EQ(place.modify(id, {{"RemoveRouteTableId.1", place.table}}).code, "InvalidParameter");
    const auto foreign = make_route_table(aws, make_vpc(aws, "10.9.0.0/16"));
    EXPECT_EQ(place.modify(id, {{"AddRouteTableId.1", foreign}}).code, "InvalidParameterValue");
    EXPECT_EQ(place.modify(id, {{"AddSubnetId.1", place.subnet}}).message,
              "AddSubnetIds cannot be specified for Gateway endpoints.");
}

TEST(GatewayEndpoints, LetTheirTablesGo)
{
    TestEmulator aws;
    const Place place(aws);
    const auto id =
        place.create(merged(place.gateway(), {{"RouteTableId.1", place.table}})).text(kMadeId);
    aws.must("DeleteRouteTable", {{"RouteTableId", place.table}});
    EXPECT_EQ(place.shown(id).count("vpcEndpointSet/item/routeTableIdSet/item"), 0U);
}

TEST(GatewayEndpoints, HaveAPolicy)
{
    TestEmulator aws;
    const Place place(aws);
    const std::string policy = R"({"Statement":[]})";
    const auto id =
        place.create(merged(place.gateway(), {{"PolicyDocument", policy}})).text(kMadeId);
    const auto told = [&] { return place.shown(id).text("vpcEndpointSet/item/policyDocument"); };
    EXPECT_EQ(told(), policy);
    EXPECT_TRUE(place.modify(id, {{"ResetPolicy", "true"}}).ok());
    EXPECT_THAT(told(), StartsWith("{\"Version\""));
    EXPECT_TRUE(place.modify(id, {{"PolicyDocument", policy}}).ok());
    EXPECT_EQ(told(), policy);
    for (const auto* wrong : {"{", "[]", "none"}) {
        EXPECT_EQ(place.modify(id, {{"PolicyDocument", wrong}}).code, "InvalidPolicyDocument");
    }
}

// Interfaces

TEST(InterfaceEndpoints, HaveAnInterfaceInEachSubnet)
{
    TestEmulator aws;
    const Place place(aws);
    aws.set_delay("vpc-endpoint.pending", 1000);
    const auto made = place.create(merged(
        place.interface(), {{"SubnetId.1", place.subnet}, {"SubnetId.2", place.other_subnet}}));
    const auto id = made.text(kMadeId);
    EXPECT_EQ(made.text("vpcEndpoint/state"), "pending");
    EXPECT_EQ(made.text("vpcEndpoint/groupSet/item/groupName"), "default");
    aws.advance(1000);
    EXPECT_EQ(place.shown(id).text("vpcEndpointSet/item/state"), "available");
    const auto interfaces =
        aws.must("DescribeNetworkInterfaces", filter("interface-type", "vpc_endpoint"));
    EXPECT_EQ(interfaces.count("networkInterfaceSet/item"), 2U);
    EXPECT_EQ(interfaces.text("networkInterfaceSet/item/description"),
              "VPC Endpoint Interface " + id);
    EXPECT_EQ(interfaces.text("networkInterfaceSet/item/status"), "in-use");
    EXPECT_EQ(interfaces.text("networkInterfaceSet/item/requesterManaged"), "true");
    EXPECT_EQ(aws.call("DeleteNetworkInterface",
                       {{"NetworkInterfaceId",
                         interfaces.text("networkInterfaceSet/item/networkInterfaceId")}})
                  .ok(),
              false);
    EXPECT_EQ(aws.call("DeleteSubnet", {{"SubnetId", place.subnet}}).code, "DependencyViolation");
    aws.set_delay("vpc-endpoint.deleting", 1000);
    aws.must("DeleteVpcEndpoints", {{"VpcEndpointId.1", id}});
    EXPECT_EQ(place.shown(id).text("vpcEndpointSet/item/state"), "deleting");
    EXPECT_EQ(place.modify(id, {{"ResetPolicy", "true"}}).code, "IncorrectState");
    aws.must("DeleteVpcEndpoints", {{"VpcEndpointId.1", id}});
    aws.advance(1000);
    EXPECT_EQ(aws.must("DescribeVpcEndpoints").count("vpcEndpointSet/item"), 0U);
    aws.must("DeleteSubnet", {{"SubnetId", place.subnet}});
}

TEST(InterfaceEndpoints, HaveNamesOfTheirOwnAndTheServices)
{
    TestEmulator aws;
    const Place place(aws);
    const auto made = place.create(merged(place.interface(), {{"SubnetId.1", place.subnet}}));
    const auto names = made.texts("vpcEndpoint/dnsEntrySet/item/dnsName");
    ASSERT_EQ(names.size(), 3U);
    EXPECT_THAT(names[0], StartsWith(made.text(kMadeId) + "-"));
    EXPECT_THAT(names[0], EndsWith(".ec2.us-east-1.vpce.amazonaws.com"));
    EXPECT_THAT(names[1], EndsWith("-us-east-1a.ec2.us-east-1.vpce.amazonaws.com"));
    EXPECT_EQ(names[2], "ec2.us-east-1.amazonaws.com");
    EXPECT_EQ(made.text("vpcEndpoint/privateDnsEnabled"), "true");
    const auto conflict = place.refused(place.interface());
    EXPECT_EQ(conflict.code, "InvalidParameter");
    EXPECT_EQ(conflict.message,
              "private-dns-enabled cannot be set because there is already a conflicting DNS domain "
              "for ec2.us-east-1.amazonaws.com in the VPC " +
                  place.vpc);
    const auto plain = place.create(merged(place.interface(), {{"PrivateDnsEnabled", "false"}}));
    EXPECT_EQ(plain.count("vpcEndpoint/dnsEntrySet/item"), 1U);
    EXPECT_EQ(place.modify(plain.text(kMadeId), {{"PrivateDnsEnabled", "true"}}).code,
              "InvalidParameter");
    EXPECT_TRUE(place.modify(made.text(kMadeId), {{"PrivateDnsEnabled", "false"}}).ok());
    EXPECT_TRUE(place.modify(plain.text(kMadeId), {{"PrivateDnsEnabled", "true"}}).ok());
}

TEST(InterfaceEndpoints, NeedNamesOfHostsForPrivateDns)
{
    TestEmulator aws;
    const auto vpc = make_vpc(aws);
    const auto refused =
        aws.call("CreateVpcEndpoint",
                 {{"VpcId", vpc}, {"ServiceName", kEc2}, {"VpcEndpointType", "Interface"}});
    EXPECT_EQ(refused.code, "InvalidParameter");
    EXPECT_EQ(refused.message,
              "Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC "
              "attributes set to true for " +
                  vpc);
}

TEST(InterfaceEndpoints, TakeOneSubnetOfAZoneAndTheAddressesTheyAreGiven)
{
    TestEmulator aws;
    const Place place(aws);
    const auto twin = place.make(place.vpc, "10.0.2.0/24", "us-east-1a");
    const auto in = merged(place.interface(), {{"SubnetId.1", place.subnet},
                                               {"SubnetConfiguration.1.SubnetId", place.subnet},
                                               {"SubnetConfiguration.1.Ipv4", "10.0.0.77"}});
    const auto twice = place.refused(merged(in, {{"SubnetId.2", twin}}));
    EXPECT_EQ(twice.code, "DuplicateSubnetsInSameZone");
    EXPECT_THAT(
        twice.message,
        StartsWith("Found another VPC endpoint subnet in the availability zone of subnet-"));
    const auto id = place.create(in).text(kMadeId);
    const auto address = [&] {
        return aws.must("DescribeNetworkInterfaces", filter("subnet-id", place.subnet))
            .texts("networkInterfaceSet/item/privateIpAddress");
    };
    EXPECT_THAT(address(), ElementsAre("10.0.0.77"));
    EXPECT_TRUE(place
                    .modify(id, {{"SubnetConfiguration.1.SubnetId", place.subnet},
                                 {"SubnetConfiguration.1.Ipv4", "10.0.0.78"}})
                    .ok());
    EXPECT_THAT(address(), ElementsAre("10.0.0.78"));
    EXPECT_TRUE(place.modify(id, {{"AddSubnetId.1", place.other_subnet}}).ok());
    EXPECT_TRUE(place.modify(id, {{"RemoveSubnetId.1", place.subnet}}).ok());
    EXPECT_THAT(address(), IsEmpty());
    EXPECT_THAT(place.shown(id).texts("vpcEndpointSet/item/subnetIdSet/item"),
                ElementsAre(place.other_subnet));
    EXPECT_EQ(place.modify(id, {{"RemoveSubnetId.1", place.subnet}}).code, "InvalidParameter");
    EXPECT_EQ(place.refused(merged(in, {{"SubnetConfiguration.1.Ipv4", "10.9.0.1"}})).ok(), false);
    const auto foreign = place.make(make_vpc(aws, "10.9.0.0/16"), "10.9.0.0/24", "us-east-1c");
    EXPECT_EQ(place.modify(id, {{"AddSubnetId.1", foreign}}).code, "InvalidParameterValue");
}

TEST(InterfaceEndpoints, HaveGroupsWhichTheyHold)
{
    TestEmulator aws;
    const Place place(aws);
    const auto web = make_group_in(aws, place.vpc);
    const auto other = make_group_in(aws, place.vpc, "other");
    const auto id = place
                        .create(merged(place.interface(),
                                       {{"SubnetId.1", place.subnet}, {"SecurityGroupId.1", web}}))
                        .text(kMadeId);
    EXPECT_EQ(aws.call("DeleteSecurityGroup", {{"GroupId", web}}).code, "DependencyViolation");
    EXPECT_EQ(place.modify(id, {{"RemoveSecurityGroupId.1", web}}).code, "InvalidParameter");
    EXPECT_EQ(place.modify(id, {{"RemoveSecurityGroupId.1", other}}).code, "InvalidParameter");
    EXPECT_TRUE(
        place.modify(id, {{"RemoveSecurityGroupId.1", web}, {"AddSecurityGroupId.1", other}}).ok());
    EXPECT_THAT(place.shown(id).texts("vpcEndpointSet/item/groupSet/item/groupId"),
                ElementsAre(other));
    EXPECT_EQ(aws.must("DescribeNetworkInterfaces", filter("group-id", other))
                  .count("networkInterfaceSet/item"),
              1U);
    aws.must("DeleteSecurityGroup", {{"GroupId", web}});
    const auto foreign =
        aws.must("CreateSecurityGroup", {{"GroupName", "foreign"}, {"GroupDescription", "foreign"}})
            .text("groupId");
    EXPECT_EQ(
        place.modify(id, {{"AddSecurityGroupId.1", foreign}}).message,
        "security group " + foreign + " and vpc " + place.vpc + " belong to different networks");
    EXPECT_EQ(place.modify(id, {{"AddRouteTableId.1", place.table}}).message,
              "AddRouteTableIds cannot be specified for Interface endpoints.");
}

TEST(InterfaceEndpoints, LeaveNothingBehindWhenTheyFail)
{
    TestEmulator aws;
    const Place place(aws);
    EXPECT_FALSE(place
                     .refused(merged(place.interface(), {{"SubnetId.1", place.subnet},
                                                         {"SubnetId.2", "subnet-ffffffff"}}))
                     .ok());
    EXPECT_EQ(aws.must("DescribeNetworkInterfaces").count("networkInterfaceSet/item"), 0U);
    EXPECT_EQ(aws.must("DescribeVpcEndpoints").count("vpcEndpointSet/item"), 0U);
}

// Any endpoint

TEST(VpcEndpoints, RefuseWhatTheirTypeOrServiceHasNot)
{
    TestEmulator aws;
    const Place place(aws);
    const auto code = [&](const Parameters& base, const Parameters& more) {
        return place.refused(merged(base, more)).code;
    };
    EXPECT_EQ(code(place.gateway(), {{"ServiceName", kEc2}}), "InvalidParameter");
    EXPECT_EQ(place.refused(merged(place.gateway(), {{"ServiceName", kEc2}})).message,
              "Endpoint type (Gateway) does not match available service types ([Interface]).");
    const auto unknown =
        place.refused(merged(place.gateway(), {{"ServiceName", "com.amazonaws.us-east-1.x"}}));
    EXPECT_EQ(unknown.code, "InvalidServiceName");
    EXPECT_EQ(unknown.message,
              "The Vpc Endpoint Service 'com.amazonaws.us-east-1.x' does not exist");
    EXPECT_EQ(code(place.gateway(), {{"SubnetId.1", place.subnet}}), "InvalidParameter");
    EXPECT_EQ(code(place.gateway(), {{"PrivateDnsEnabled", "true"}}), "InvalidParameter");
    EXPECT_EQ(code(place.interface(), {{"RouteTableId.1", place.table}}), "InvalidParameter");
    EXPECT_EQ(code(place.gateway(), {{"VpcEndpointType", "GatewayLoadBalancer"}}),
              "UnsupportedOperation");
    EXPECT_EQ(code(place.gateway(), {{"VpcId", "vpc-12345678"}}), "InvalidVpcID.NotFound");
    EXPECT_EQ(code(place.gateway(), {{"DryRun", "true"}}), "DryRunOperation");
    EXPECT_EQ(code(place.interface(), {{"ServiceName", "com.amazonaws.us-east-1.ec2messages"},
                                       {"PolicyDocument", "{}"}}),
              "InvalidParameter");
    const auto tagged =
        place.refused(merged(place.gateway(), {{"TagSpecification.1.ResourceType", "vpc"},
                                               {"TagSpecification.1.Tag.1.Key", "of"},
                                               {"TagSpecification.1.Tag.1.Value", "test"}}));
    EXPECT_EQ(tagged.code, "InvalidParameter");
    EXPECT_EQ(tagged.message, "'vpc' is not a valid taggable resource type for this operation.");
    EXPECT_EQ(aws.call("DescribeVpcEndpoints", {{"VpcEndpointId.1", "x"}}).code,
              "InvalidVpcEndpointId.Malformed");
}

TEST(InterfaceEndpoints, AreFiftyOfAVpc)
{
    TestEmulator aws;
    const Place place(aws);
    const auto plain = merged(place.interface(), {{"PrivateDnsEnabled", "false"}});
    for (int number = 0; number < 50; ++number) {
        place.create(plain);
    }
    EXPECT_EQ(place.refused(plain).code, "VpcEndpointLimitExceeded");
    place.create(place.gateway());
    place.create(merged(plain, {{"VpcId", make_vpc(aws)}}));
}

TEST(VpcEndpoints, AreMadeOnceForAToken)
{
    TestEmulator aws;
    const Place place(aws);
    const auto once = merged(place.gateway(), {{"ClientToken", "once"}});
    EXPECT_EQ(place.create(once).text(kMadeId), place.create(once).text(kMadeId));
    EXPECT_EQ(place.refused(merged(once, {{"RouteTableId.1", place.table}})).code,
              "IdempotentParameterMismatch");
}

TEST(VpcEndpoints, AreDeletedButForThoseThatAreNotThere)
{
    TestEmulator aws;
    const Place place(aws);
    const auto id = place.create(place.gateway()).text(kMadeId);
    const auto answer = aws.must("DeleteVpcEndpoints",
                                 {{"VpcEndpointId.1", "vpce-12345678"}, {"VpcEndpointId.2", id}});
    EXPECT_THAT(answer.texts("unsuccessful/item/resourceId"), ElementsAre("vpce-12345678"));
    EXPECT_EQ(answer.text("unsuccessful/item/error/code"), "InvalidVpcEndpoint.NotFound");
    EXPECT_EQ(answer.text("unsuccessful/item/error/message"),
              "The Vpc Endpoint Id 'vpce-12345678' does not exist");
    EXPECT_EQ(aws.must("DescribeVpcEndpoints").count("vpcEndpointSet/item"), 0U);
}

TEST(VpcEndpoints, AreFoundByEachFilter)
{
    TestEmulator aws;
    const Place place(aws);
    const auto id = place.create(place.gateway()).text(kMadeId);
    const std::pair<const char*, std::string> values[] = {{"ip-address-type", "ipv4"},
                                                          {"service-name", kS3},
                                                          {"service-region", kRegion},
                                                          {"vpc-endpoint-id", id},
                                                          {"vpc-endpoint-type", "Gateway"},
                                                          {"vpc-endpoint-state", "available"},
                                                          {"vpc-id", place.vpc}};
    for (const auto& [name, value] : values) {
        const auto found = [&](const std::string& what) {
            return aws.must("DescribeVpcEndpoints", filter(name, what))
                .count("vpcEndpointSet/item");
        };
        EXPECT_EQ(found(value), 1U) << name;
        EXPECT_EQ(found("other"), 0U) << name;
    }
}

TEST(VpcEndpoints, AreInNoSubnetOfIpv6Alone)
{
    TestEmulator aws;
    const auto vpc = make_ipv6_vpc(aws);
    const auto subnet = make_ipv6_only_subnet(aws, vpc, vpc.block.part(64, 0));
    const auto refused =
        aws.call("CreateVpcEndpoint", {{"VpcId", vpc.id},
                                       {"VpcEndpointType", "Interface"},
                                       {"ServiceName", "com.amazonaws.us-east-1.ec2"},
                                       {"PrivateDnsEnabled", "false"},
                                       {"SubnetId.1", subnet}});
    EXPECT_EQ(refused.code, "InvalidParameterValue") << refused.message;
    EXPECT_EQ(aws.must("DescribeVpcEndpoints").count("vpcEndpointSet/item"), 0U);
}

}  // namespace
}  // namespace amilab::test
