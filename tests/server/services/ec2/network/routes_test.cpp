#include <gtest/gtest.h>

#include "tests/server/services/ec2/network/own_network.h"
#include "tests/support/emulator_fixture.h"

namespace amilab::test {
namespace {

std::string make_private_nat_gateway(TestEmulator& aws, const std::string& subnet)
{
    return aws.must("CreateNatGateway", {{"SubnetId", subnet}, {"ConnectivityType", "private"}})
        .text("natGateway/natGatewayId");
}

TEST(Routes, AreOneForEachDestination)
{
    TestEmulator aws;
    const auto vpc = make_vpc(aws);
    const auto gateway = make_gateway(aws);
    const Parameters route{{"RouteTableId", make_route_table(aws, vpc)},
                           {"DestinationCidrBlock", "192.168.1.0/16"}};
    const auto with_gateway = merged(route, {{"GatewayId", gateway}});
    EXPECT_EQ(aws.call("CreateRoute", with_gateway).code, "InvalidParameterValue");
    aws.must("AttachInternetGateway", {{"InternetGatewayId", gateway}, {"VpcId", vpc}});
    EXPECT_EQ(aws.call("ReplaceRoute", with_gateway).code, "InvalidParameterValue");
    aws.must("CreateRoute", with_gateway);
    const auto interface = make_interface(aws, make_subnet(aws, vpc));
    const auto elsewhere = merged(route, {{"NetworkInterfaceId", interface}});
    EXPECT_EQ(aws.call("CreateRoute", elsewhere).code, "RouteAlreadyExists");
    aws.must("ReplaceRoute", with_gateway);
    EXPECT_EQ(
        aws.must("DescribeRouteTables", filter("route.destination-cidr-block", "192.168.0.0/16"))
            .count("routeTableSet/item"),
        1U);
    aws.must("DeleteRoute", route);
    EXPECT_EQ(aws.call("DeleteRoute", route).code, "InvalidRoute.NotFound");
    EXPECT_EQ(
        aws.call("DeleteRoute", merged(route, {{"DestinationCidrBlock", "10.0.0.0/16"}})).code,
        "InvalidParameterValue");
}

TEST(CreateRoute, SucceedsAgainForTheSameTarget)
{
    TestEmulator aws;
    const auto vpc = make_vpc(aws);
    const auto table = make_route_table(aws, vpc);
    const Parameters route{{"RouteTableId", table},
                           {"DestinationCidrBlock", "0.0.0.0/0"},
                           {"GatewayId", make_attached_gateway(aws, vpc)}};
    aws.must("CreateRoute", route);
    EXPECT_EQ(aws.must("CreateRoute", route).text("return"), "true");
    EXPECT_EQ(aws.must("DescribeRouteTables", filter("route-table-id", table))
                  .count("routeTableSet/item/routeSet/item"),
              2U);
}

TEST(Routes, RefuseAGatewayThatIsNoneByItsText)
{
    TestEmulator aws;
    const Parameters route{{"RouteTableId", make_route_table(aws, make_vpc(aws))},
                           {"DestinationCidrBlock", "0.0.0.0/0"}};
    for (const auto* id : {"local", "igw-0123456789abcdef0", "vgw-0123456789abcdef0", "igw-"}) {
        const auto refused = aws.call("CreateRoute", merged(route, {{"GatewayId", id}}));
        EXPECT_EQ(refused.code, "InvalidGatewayID.NotFound");
        EXPECT_EQ(refused.message, std::string("The gateway ID '") + id + "' does not exist");
    }
}

TEST(Routes, OfTheVpcsOwnBlocksLeadElsewhereAndBack)
{
    TestEmulator aws;
    const auto vpc = make_vpc(aws);
    const auto subnet = make_subnet(aws, vpc);
    const auto table = make_route_table(aws, vpc);
    const Parameters own{{"RouteTableId", table}, {"DestinationCidrBlock", "10.0.0.0/16"}};
    const auto replace = [&](const Parameters& target) {
        return aws.call("ReplaceRoute", merged(own, target)).code;
    };
    const auto shown = [&](const std::string& member) {
        return aws.must("DescribeRouteTables", {{"RouteTableId.1", table}})
            .text("routeTableSet/item/routeSet/item/" + member);
    };
    const auto interface = make_interface(aws, subnet);
    EXPECT_EQ(replace({{"NetworkInterfaceId", interface}}), "");
    EXPECT_EQ(shown("networkInterfaceId"), interface);
    EXPECT_EQ(shown("state"), "blackhole");
    EXPECT_EQ(shown("origin"), "CreateRouteTable");
    EXPECT_EQ(replace({{"NatGatewayId", make_private_nat_gateway(aws, subnet)}}), "");
    EXPECT_EQ(replace({{"GatewayId", make_attached_gateway(aws, vpc)}}), "InvalidParameterValue");
    EXPECT_EQ(aws.call("DeleteRoute", own).code, "InvalidParameterValue");
    EXPECT_EQ(replace({{"LocalTarget", "true"}}), "");
    EXPECT_EQ(shown("gatewayId"), "local");
    EXPECT_EQ(shown("state"), "active");
}

TEST(Routes, OfABlockThatGoesGoWithItWhereverTheyLead)
{
    TestEmulator aws;
    const auto vpc = make_vpc(aws);
    const auto table = make_route_table(aws, vpc);
    const auto more =
        aws.must("AssociateVpcCidrBlock", {{"VpcId", vpc}, {"CidrBlock", "10.1.0.0/16"}})
            .text("cidrBlockAssociation/associationId");
    aws.must("ReplaceRoute", {{"RouteTableId", table},
                              {"DestinationCidrBlock", "10.1.0.0/16"},
                              {"NetworkInterfaceId", make_interface(aws, make_subnet(aws, vpc))}});
    aws.must("DisassociateVpcCidrBlock", {{"AssociationId", more}});
    EXPECT_EQ(aws.must("DescribeRouteTables", {{"RouteTableId.1", table}})
                  .count("routeTableSet/item/routeSet/item"),
              1U);
}

TEST(Routes, WithinTheirVpcDoNotLeadToTheInternet)
{
    TestEmulator aws;
    const auto vpc = make_vpc(aws);
    make_subnet(aws, vpc, "10.0.0.0/24");
    const auto gateway = make_attached_gateway(aws, vpc);
    const Parameters table{{"RouteTableId", make_route_table(aws, vpc)}};
    const auto create = [&](const char* block) {
        return aws.call("CreateRoute",
                        merged(table, {{"DestinationCidrBlock", block}, {"GatewayId", gateway}}));
    };
    for (const auto* inside : {"10.0.0.0/16", "10.0.0.0/24", "10.0.0.128/25", "10.0.9.0/24"}) {
        EXPECT_EQ(create(inside).message,
                  std::string("The destination CIDR block ") + inside +
                      " is equal to or more specific than one of this VPC's CIDR blocks. This "
                      "route can target only an interface or an instance.");
    }
    for (const auto* outside : {"10.0.0.0/15", "10.1.0.0/24", "0.0.0.0/0"}) {
        EXPECT_EQ(create(outside).code, "");
    }
}

TEST(Routes, WithinTheirVpcAreForTheWholeBlockOfASubnet)
{
    TestEmulator aws;
    const auto vpc = make_vpc(aws);
    const auto subnet = make_subnet(aws, vpc, "10.0.0.0/24");
    const auto gateway = make_attached_gateway(aws, vpc);
    const Parameters table{{"RouteTableId", make_route_table(aws, vpc)}};
    for (const auto& target :
         {Parameters{{"NetworkInterfaceId", make_interface(aws, subnet)}},
          Parameters{{"NatGatewayId", make_private_nat_gateway(aws, subnet)}}}) {
        const auto create = [&](const char* block) {
            return aws.call("CreateRoute",
                            merged(merged(table, target), {{"DestinationCidrBlock", block}}));
        };
        EXPECT_EQ(create("10.0.0.0/25").code, "InvalidParameterValue");
        EXPECT_EQ(create("10.0.7.0/24").code, "InvalidParameterValue");
        EXPECT_EQ(create("10.0.0.0/16").code, "RouteAlreadyExists");
        EXPECT_EQ(create("10.0.0.0/24").code, "");
        const auto inside = merged(table, {{"DestinationCidrBlock", "10.0.0.0/24"}});
        EXPECT_EQ(aws.call("ReplaceRoute", merged(inside, {{"GatewayId", gateway}})).code,
                  "InvalidParameterValue");
        aws.must("DeleteRoute", inside);
    }
}

TEST(Routes, WithinTheirVpcsIpv6BlockDoNotLeadToTheInternet)
{
    TestEmulator aws;
    const auto [vpc, block] = make_ipv6_vpc(aws);
    const auto way_out = aws.must("CreateEgressOnlyInternetGateway", {{"VpcId", vpc}})
                             .text("egressOnlyInternetGateway/egressOnlyInternetGatewayId");
    const Parameters route{
        {"RouteTableId", make_route_table(aws, vpc)},
        {"DestinationIpv6CidrBlock", block.text()},
    };
    for (const auto& target : {Parameters{{"GatewayId", make_attached_gateway(aws, vpc)}},
                               Parameters{{"EgressOnlyInternetGatewayId", way_out}}}) {
        EXPECT_EQ(aws.call("CreateRoute", merged(route, target)).code, "InvalidParameterValue");
    }
}

TEST(CreateRoute, RefusesWhatAwsKeepsForItsServices)
{
    TestEmulator aws;
    const auto vpc = make_vpc(aws);
    const Parameters route{{"RouteTableId", make_route_table(aws, vpc)},
                           {"GatewayId", make_attached_gateway(aws, vpc)}};
    const auto create = [&](const char* parameter, const char* block) {
        return aws.call("CreateRoute", merged(route, {{parameter, block}})).code;
    };
    for (const auto* kept : {"169.254.168.0/22", "169.254.169.254/32", "169.254.171.255/32"}) {
        EXPECT_EQ(create("DestinationCidrBlock", kept), "InvalidParameterValue");
    }
    for (const auto* kept : {"fd00:ec2::/32", "fd00:ec2::254/128"}) {
        EXPECT_EQ(create("DestinationIpv6CidrBlock", kept), "InvalidParameterValue");
    }
    for (const auto* free : {"169.254.0.0/16", "169.254.172.0/22", "169.254.167.0/24"}) {
        EXPECT_EQ(create("DestinationCidrBlock", free), "");
    }
    EXPECT_EQ(create("DestinationIpv6CidrBlock", "fd00::/16"), "");
    EXPECT_EQ(create("DestinationIpv6CidrBlock", "fd00:ec3::/32"), "");
}

TEST(Routes, ToNatGatewaysAreForIpv4OrForNat64)
{
    TestEmulator aws;
    const auto vpc = make_vpc(aws);
    const auto subnet = make_subnet(aws, vpc);
    const Parameters route{{"RouteTableId", make_route_table(aws, vpc)},
                           {"NatGatewayId", make_private_nat_gateway(aws, subnet)}};
    const auto call = [&](const char* action, const char* block) {
        return aws.call(action, merged(route, {{"DestinationIpv6CidrBlock", block}})).code;
    };
    EXPECT_EQ(call("CreateRoute", "64:ff9b::/96"), "");
    EXPECT_EQ(call("ReplaceRoute", "64:ff9b::/96"), "");
    EXPECT_EQ(call("CreateRoute", "64:ff9b::c000:200/120"), "");
    for (const auto* other : {"::/0", "64:ff9b::/95", "64:ff9b:1::/96", "2001:db8::/32"}) {
        EXPECT_EQ(call("CreateRoute", other), "InvalidParameterValue");
    }
}

TEST(CreateRoute, CountsAPrefixListForAsManyRoutesOfItsFamilyAsItMayHaveEntries)
{
    TestEmulator aws;
    const auto vpc = make_vpc(aws);
    const Parameters table{{"RouteTableId", make_route_table(aws, vpc)},
                           {"GatewayId", make_attached_gateway(aws, vpc)}};
    const auto lead_list = [&](const char* family, const char* most) {
        const auto list =
            aws.must("CreateManagedPrefixList",
                     {{"PrefixListName", "list"}, {"AddressFamily", family}, {"MaxEntries", most}})
                .text("prefixList/prefixListId");
        return aws.call("CreateRoute", merged(table, {{"DestinationPrefixListId", list}})).code;
    };
    EXPECT_EQ(lead_list("IPv4", "900"), "");
    EXPECT_EQ(lead_list("IPv6", "900"), "");
    EXPECT_EQ(lead_list("IPv4", "900"), "RouteLimitExceeded");
    EXPECT_EQ(lead_list("IPv6", "101"), "RouteLimitExceeded");
    EXPECT_EQ(lead_list("IPv6", "100"), "");
    EXPECT_EQ(lead_list("IPv4", "99"), "");  // the route within the VPC is the last one
    const auto lead = [&](const char* parameter, const char* block) {
        return aws.call("CreateRoute", merged(table, {{parameter, block}})).code;
    };
    EXPECT_EQ(lead("DestinationCidrBlock", "192.0.2.0/24"), "RouteLimitExceeded");
    EXPECT_EQ(lead("DestinationIpv6CidrBlock", "::/0"), "RouteLimitExceeded");
}

TEST(Routes, LeadNowhereOnceTheirGatewayIsDetached)
{
    TestEmulator aws;
    const auto vpc = make_vpc(aws);
    const Parameters attachment{{"InternetGatewayId", make_gateway(aws)}, {"VpcId", vpc}};
    aws.must("AttachInternetGateway", attachment);
    aws.must("CreateRoute", {{"RouteTableId", make_route_table(aws, vpc)},
                             {"DestinationCidrBlock", "0.0.0.0/0"},
                             {"GatewayId", attachment.front().second}});
    const auto lost = [&] {
        return aws.must("DescribeRouteTables", filter("route.state", "blackhole"))
            .count("routeTableSet/item");
    };
    EXPECT_EQ(lost(), 0U);
    aws.must("DetachInternetGateway", attachment);
    EXPECT_EQ(lost(), 1U);
}

}  // namespace
}  // namespace amilab::test
