#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/server/services/ec2/network/own_network.h"
#include "tests/support/emulator_fixture.h"

namespace amilab::test {
namespace {

using ::testing::HasSubstr;

constexpr const char* kUnknown = "nat-0123456789abcdef0";
const std::string kItem = "natGatewaySet/item/";
const std::string kAddress = kItem + "natGatewayAddressSet/item/";

/// A subnet of a VPC that has an internet gateway.
std::string open_subnet(TestEmulator& aws)
{
    const auto vpc = make_vpc(aws);
    make_attached_gateway(aws, vpc);
    return make_subnet(aws, vpc);
}

Answer create(TestEmulator& aws, const std::string& subnet, const Parameters& extra)
{
    return aws.call("CreateNatGateway", merged({{"SubnetId", subnet}}, extra));
}

std::string create_public(TestEmulator& aws, const std::string& subnet)
{
    const auto made = create(aws, subnet, {{"AllocationId", allocate_address(aws)}});
    EXPECT_TRUE(made.ok()) << made.body;
    return made.text("natGateway/natGatewayId");
}

Answer described(TestEmulator& aws, const std::string& id)
{
    return aws.must("DescribeNatGateways", {{"NatGatewayId.1", id}});
}

std::string failure_of(TestEmulator& aws, const Answer& made)
{
    EXPECT_TRUE(made.ok()) << made.body;
    const auto shown = described(aws, made.text("natGateway/natGatewayId"));
    EXPECT_EQ(shown.text(kItem + "state"), "failed");
    return shown.text(kItem + "failureCode") + ": " + shown.text(kItem + "failureMessage");
}

TEST(CreateNatGateway, RefusesAnElasticAddressThatIsThereTwice)
{
    TestEmulator aws;
    const auto subnet = open_subnet(aws);
    const auto first = allocate_address(aws);
    const auto second = allocate_address(aws);
    const Parameters primary{{"AllocationId", first}};
    EXPECT_EQ(create(aws, subnet, merged(primary, {{"SecondaryAllocationId.1", first}})).code,
              "InvalidParameterValue");
    EXPECT_EQ(create(aws, subnet,
                     merged(primary, {{"SecondaryAllocationId.1", second},
                                      {"SecondaryAllocationId.2", second}}))
                  .code,
              "InvalidParameterValue");
    EXPECT_TRUE(create(aws, subnet, merged(primary, {{"SecondaryAllocationId.1", second}})).ok());
}

TEST(CreateNatGateway, AnswersAsIfItSucceededWhereTheGatewayFails)
{
    TestEmulator aws;
    const auto vpc = aws.must("CreateVpc", {{"CidrBlock", "10.0.0.0/16"}}).text("vpc/vpcId");
    const auto closed = aws.must("CreateSubnet", {{"VpcId", vpc}, {"CidrBlock", "10.0.0.0/24"}})
                            .text("subnet/subnetId");
    const auto allocation = allocate_address(aws);
    const auto made = create(aws, closed, {{"AllocationId", allocation}});
    EXPECT_EQ(made.text("natGateway/state"), "pending");
    EXPECT_EQ(made.text("natGateway/natGatewayAddressSet/item/allocationId"), allocation);
    EXPECT_THAT(failure_of(aws, made), testing::StartsWith("Gateway.NotAttached"));
}

TEST(CreateNatGateway, GivesItsElasticAddressToAnInterfaceOfItsOwn)
{
    TestEmulator aws;
    const auto subnet = open_subnet(aws);
    const auto allocation = allocate_address(aws);
    const auto made = create(aws, subnet, {{"AllocationId", allocation}});
    EXPECT_EQ(made.text("natGateway/state"), "pending");
    EXPECT_EQ(made.text("natGateway/natGatewayAddressSet/item/allocationId"), allocation);
    EXPECT_EQ(made.count("natGateway/natGatewayAddressSet/item/privateIp"), 0U);

    const auto shown = described(aws, made.text("natGateway/natGatewayId"));
    EXPECT_EQ(shown.text(kItem + "state"), "available");
    EXPECT_EQ(shown.text(kItem + "connectivityType"), "public");
    EXPECT_EQ(shown.text(kAddress + "privateIp"), "10.0.0.4");
    const auto interface_id = shown.text(kAddress + "networkInterfaceId");
    const auto interface =
        aws.must("DescribeNetworkInterfaces", {{"NetworkInterfaceId.1", interface_id}});
    const std::string kInterface = "networkInterfaceSet/item/";
    EXPECT_EQ(interface.text(kInterface + "interfaceType"), "nat_gateway");
    EXPECT_EQ(interface.text(kInterface + "requesterManaged"), "true");
    EXPECT_EQ(interface.text(kInterface + "status"), "in-use");
    EXPECT_EQ(interface.text(kInterface + "sourceDestCheck"), "false");
    EXPECT_EQ(interface.text(kInterface + "association/allocationId"), allocation);
    EXPECT_EQ(shown.text(kAddress + "publicIp"),
              interface.text(kInterface + "association/publicIp"));
}

TEST(NatGateways, AreInNoSubnetOfIpv6Alone)
{
    TestEmulator aws;
    const auto vpc = make_ipv6_vpc(aws);
    make_attached_gateway(aws, vpc.id);
    const auto subnet = make_ipv6_only_subnet(aws, vpc, vpc.block.part(64, 0));
    for (const auto& kind : {Parameters{{"AllocationId", allocate_address(aws)}},
                             Parameters{{"ConnectivityType", "private"}}}) {
        const auto refused = create(aws, subnet, kind);
        EXPECT_EQ(refused.code, "InvalidParameterValue");
        EXPECT_EQ(refused.message, "The subnet '" + subnet + "' does not have an IPv4 CIDR block.");
    }
    EXPECT_EQ(aws.must("DescribeNatGateways").count("natGatewaySet/item"), 0U);
}

TEST(NatGateways, HaveTheirInterfacesAttached)
{
    TestEmulator aws;
    const auto shown = described(aws, create_public(aws, open_subnet(aws)));
    const auto interface = shown.text(kAddress + "networkInterfaceId");
    const std::string kAttachment = "networkInterfaceSet/item/attachment/";
    const auto told = aws.must("DescribeNetworkInterfaces", {{"NetworkInterfaceId.1", interface}});
    const auto id = told.text(kAttachment + "attachmentId");
    EXPECT_THAT(id, ::testing::MatchesRegex("ela-attach-[0-9a-f]+"));
    EXPECT_EQ(told.text(kAttachment + "instanceOwnerId"), "amazon-aws");
    EXPECT_EQ(told.text(kAttachment + "deviceIndex"), "1");
    EXPECT_EQ(told.text(kAttachment + "status"), "attached");
    EXPECT_EQ(told.text(kAttachment + "deleteOnTermination"), "false");
    EXPECT_EQ(told.count(kAttachment + "instanceId"), 0U);
    EXPECT_EQ(told.count(kAttachment + "attachTime"), 0U);
    aws.must("CreateNetworkInterface", {{"SubnetId", shown.text(kItem + "subnetId")}});
    for (const auto& [name, value] : {std::pair<std::string, std::string>{"attachment-id", id},
                                      {"instance-owner-id", "amazon-aws"},
                                      {"device-index", "1"},
                                      {"status", "attached"},
                                      {"delete-on-termination", "false"}}) {
        EXPECT_EQ(aws.must("DescribeNetworkInterfaces", filter("attachment." + name, value))
                      .texts("networkInterfaceSet/item/networkInterfaceId"),
                  std::vector{interface})
            << name;
    }
    const auto refused = aws.call("DetachNetworkInterface", {{"AttachmentId", id}});
    EXPECT_EQ(refused.code, "OperationNotPermitted");
    EXPECT_EQ(refused.message, "You are not allowed to manage 'ela-attach' attachments.");
}

TEST(CreateNatGateway, TellsByItsStateWhatStoodAgainstIt)
{
    TestEmulator aws;
    const auto closed = make_subnet(aws, make_vpc(aws));
    const auto open = open_subnet(aws);
    const auto allocation = allocate_address(aws);
    EXPECT_THAT(failure_of(aws, create(aws, closed, {{"AllocationId", allocation}})),
                HasSubstr("Gateway.NotAttached: Network vpc-"));
    EXPECT_EQ(failure_of(aws, create(aws, open, {{"AllocationId", "eipalloc-0123456789abcdef0"}})),
              "InvalidAllocationID.NotFound: Elastic IP address eipalloc-0123456789abcdef0 could "
              "not be associated with this NAT gateway");
    ASSERT_TRUE(create(aws, open, {{"AllocationId", allocation}}).ok());
    EXPECT_EQ(
        failure_of(aws, create(aws, open, {{"AllocationId", allocation}})),
        "Resource.AlreadyAssociated: Elastic IP address " + allocation + " is already associated");
    EXPECT_EQ(aws.must("DescribeNetworkInterfaces").count("networkInterfaceSet/item"), 1U);
}

TEST(CreateNatGateway, RefusesWhatItsTypeDoesNotHave)
{
    TestEmulator aws;
    const auto subnet = open_subnet(aws);
    const auto allocation = allocate_address(aws);
    EXPECT_EQ(create(aws, subnet, {}).code, "MissingParameter");
    EXPECT_EQ(
        create(aws, subnet, {{"ConnectivityType", "private"}, {"AllocationId", allocation}}).code,
        "InvalidParameterCombination");
    EXPECT_EQ(
        create(aws, subnet, {{"AllocationId", allocation}, {"SecondaryPrivateIpAddressCount", "1"}})
            .code,
        "InvalidParameterCombination");
    EXPECT_EQ(create(aws, subnet,
                     {{"AllocationId", allocation}, {"SecondaryPrivateIpAddress.1", "10.0.0.9"}})
                  .code,
              "InvalidParameterCombination");
    EXPECT_EQ(create(aws, subnet,
                     {{"ConnectivityType", "private"}, {"SecondaryPrivateIpAddressCount", "8"}})
                  .code,
              "PrivateIpAddressLimitExceeded");
    EXPECT_EQ(
        create(aws, subnet, {{"ConnectivityType", "private"}, {"PrivateIpAddress", "10.0.0.1"}})
            .code,
        "InvalidParameterValue");
    EXPECT_EQ(create(aws, "subnet-0123456789abcdef0", {{"AllocationId", allocation}}).code,
              "InvalidSubnetID.NotFound");
}

TEST(CreateNatGateway, OfAPrivateOneNeedsNoInternetGateway)
{
    TestEmulator aws;
    const auto made = create(aws, make_subnet(aws, make_vpc(aws)),
                             {{"ConnectivityType", "private"},
                              {"PrivateIpAddress", "10.0.0.20"},
                              {"SecondaryPrivateIpAddressCount", "2"}});
    ASSERT_TRUE(made.ok()) << made.body;
    const auto shown = described(aws, made.text("natGateway/natGatewayId"));
    EXPECT_EQ(shown.text(kItem + "state"), "available");
    EXPECT_EQ(shown.count(kAddress + "privateIp"), 3U);
    EXPECT_EQ(shown.text(kAddress + "privateIp"), "10.0.0.20");
    EXPECT_EQ(shown.text(kAddress + "isPrimary"), "true");
}

TEST(NatGateways, HoldTheirSubnetTheirGatewayAndTheirAddress)
{
    TestEmulator aws;
    const auto subnet = open_subnet(aws);
    const auto id = create_public(aws, subnet);
    const auto shown = described(aws, id);
    const auto gateway = aws.must("DescribeInternetGateways",
                                  filter("attachment.vpc-id", shown.text(kItem + "vpcId")))
                             .text("internetGatewaySet/item/internetGatewayId");
    EXPECT_EQ(aws.call("DeleteSubnet", {{"SubnetId", subnet}}).code, "DependencyViolation");
    EXPECT_EQ(aws.call("DetachInternetGateway",
                       {{"InternetGatewayId", gateway}, {"VpcId", shown.text(kItem + "vpcId")}})
                  .code,
              "DependencyViolation");
    EXPECT_EQ(
        aws.call("DisassociateAddress", {{"AssociationId", shown.text(kAddress + "associationId")}})
            .code,
        "AuthFailure");
    EXPECT_EQ(aws.call("DeleteNetworkInterface",
                       {{"NetworkInterfaceId", shown.text(kAddress + "networkInterfaceId")}})
                  .code,
              "AuthFailure");
    EXPECT_EQ(
        aws.call("ReleaseAddress", {{"AllocationId", shown.text(kAddress + "allocationId")}}).code,
        "InvalidIPAddress.InUse");
}

TEST(DeleteNatGateway, GivesTheAddressBackAndIsShownForAnHour)
{
    TestEmulator aws;
    const auto subnet = open_subnet(aws);
    const auto id = create_public(aws, subnet);
    const auto allocation = described(aws, id).text(kAddress + "allocationId");
    aws.set_delay("nat-gateway.deleting", 1000);
    aws.must("DeleteNatGateway", {{"NatGatewayId", id}});
    EXPECT_EQ(described(aws, id).text(kItem + "state"), "deleting");
    EXPECT_EQ(aws.must("DeleteNatGateway", {{"NatGatewayId", id}}).text("natGatewayId"), id);
    aws.advance(1000);
    EXPECT_EQ(described(aws, id).text(kItem + "state"), "deleted");
    EXPECT_NE(described(aws, id).text(kItem + "deleteTime"), "");
    EXPECT_EQ(aws.call("DeleteNatGateway", {{"NatGatewayId", id}}).code, "NatGatewayNotFound");
    aws.must("ReleaseAddress", {{"AllocationId", allocation}});
    aws.must("DeleteSubnet", {{"SubnetId", subnet}});
    aws.advance(60 * 60 * 1000);
    EXPECT_EQ(aws.call("DescribeNatGateways", {{"NatGatewayId.1", id}}).code, "NatGatewayNotFound");
}

TEST(NatGateways, ArePendingAsLongAsThatIsSet)
{
    TestEmulator aws;
    aws.set_delay("nat-gateway.pending", 1000);
    const auto id = create_public(aws, open_subnet(aws));
    EXPECT_EQ(described(aws, id).text(kItem + "state"), "pending");
    aws.advance(1000);
    EXPECT_EQ(described(aws, id).text(kItem + "state"), "available");
    EXPECT_EQ(aws.must("DescribeNatGateways", filter("state", "available")).count(kItem + "state"),
              1U);
    EXPECT_EQ(aws.call("DescribeNatGateways", {{"NatGatewayId.1", kUnknown}}).code,
              "NatGatewayNotFound");
}

TEST(NatGateways, AreWhatRoutesLeadTo)
{
    TestEmulator aws;
    const auto id = create_public(aws, open_subnet(aws));
    const auto table = make_route_table(aws, described(aws, id).text(kItem + "vpcId"));
    const Parameters route{{"RouteTableId", table}, {"NatGatewayId", id}};
    EXPECT_EQ(aws.call("CreateRoute", merged(route, {{"DestinationIpv6CidrBlock", "::/0"}})).code,
              "InvalidParameterValue");
    aws.must("CreateRoute", merged(route, {{"DestinationCidrBlock", "0.0.0.0/0"}}));
    const auto state = [&] {
        return aws.must("DescribeRouteTables", filter("route.nat-gateway-id", id))
            .texts("routeTableSet/item/routeSet/item/state");
    };
    EXPECT_THAT(state(), ::testing::Contains("active"));
    EXPECT_THAT(state(), ::testing::Not(::testing::Contains("blackhole")));
    aws.must("DeleteNatGateway", {{"NatGatewayId", id}});
    EXPECT_THAT(state(), ::testing::Contains("blackhole"));
    EXPECT_EQ(
        aws.call("CreateRoute", merged(route, {{"DestinationCidrBlock", "10.9.0.0/16"}})).code,
        "IncorrectState");
}

}  // namespace
}  // namespace amilab::test
