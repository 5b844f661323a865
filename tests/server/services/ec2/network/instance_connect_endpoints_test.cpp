#include "server/services/ec2/network/instance_connect_endpoints.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/server/services/ec2/network/own_network.h"
#include "tests/support/emulator_fixture.h"

namespace amilab::test {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::StartsWith;

constexpr const char* kMadeId = "instanceConnectEndpoint/instanceConnectEndpointId";
const std::string kShown = "instanceConnectEndpointSet/item/";

Answer create(TestEmulator& aws, const std::string& subnet, const Parameters& more = {})
{
    return aws.call("CreateInstanceConnectEndpoint", merged({{"SubnetId", subnet}}, more));
}

Answer described(TestEmulator& aws, const std::string& id)
{
    return aws.must("DescribeInstanceConnectEndpoints", {{"InstanceConnectEndpointId.1", id}});
}

TEST(InstanceConnectEndpoints, PassTheirStatesAndHoldTheirSubnet)
{
    TestEmulator aws;
    for (const auto* name : {"creating", "updating", "deleting"}) {
        aws.set_delay(std::string("instance-connect-endpoint.") + name, 1000);
    }
    const auto subnet = make_subnet(aws, make_vpc(aws));
    const auto made = create(aws, subnet);
    const auto id = made.text(kMadeId);
    const auto state = [&] { return described(aws, id).text(kShown + "state"); };
    const auto modify = [&] {
        return aws.call("ModifyInstanceConnectEndpoint",
                        {{"InstanceConnectEndpointId", id}, {"PreserveClientIp", "true"}});
    };
    EXPECT_EQ(made.text("instanceConnectEndpoint/state"), "create-in-progress");
    EXPECT_EQ(modify().code, "IncorrectState");
    aws.advance(1000);
    EXPECT_EQ(state(), "create-complete");
    EXPECT_TRUE(modify().ok());
    EXPECT_EQ(state(), "update-in-progress");
    aws.advance(1000);
    EXPECT_EQ(state(), "update-complete");
    EXPECT_EQ(described(aws, id).text(kShown + "preserveClientIp"), "true");
    EXPECT_EQ(aws.call("DeleteSubnet", {{"SubnetId", subnet}}).code, "DependencyViolation");
    const auto gone =
        aws.must("DeleteInstanceConnectEndpoint", {{"InstanceConnectEndpointId", id}});
    EXPECT_EQ(gone.text("instanceConnectEndpoint/state"), "delete-in-progress");
    aws.must("DeleteInstanceConnectEndpoint", {{"InstanceConnectEndpointId", id}});
    aws.advance(1000);
    EXPECT_EQ(
        aws.call("DescribeInstanceConnectEndpoints", {{"InstanceConnectEndpointId.1", id}}).code,
        "InvalidInstanceConnectEndpointId.NotFound");
    aws.must("DeleteSubnet", {{"SubnetId", subnet}});
}

TEST(InstanceConnectEndpoints, HaveAnInterfaceGroupsAndNames)
{
    TestEmulator aws;
    const auto vpc = make_vpc(aws);
    const auto subnet = make_subnet(aws, vpc);
    const auto group = make_group_in(aws, vpc);
    const auto id = create(aws, subnet, {{"SecurityGroupId.1", group}}).text(kMadeId);
    const auto shown = described(aws, id);
    const auto interface = aws.must("DescribeNetworkInterfaces", filter("subnet-id", subnet));
    EXPECT_THAT(shown.texts(kShown + "networkInterfaceIdSet/item"),
                ElementsAre(interface.text("networkInterfaceSet/item/networkInterfaceId")));
    EXPECT_EQ(interface.text("networkInterfaceSet/item/interfaceType"),
              "ec2_instance_connect_endpoint");
    EXPECT_EQ(interface.text("networkInterfaceSet/item/requesterManaged"), "true");
    EXPECT_THAT(shown.texts(kShown + "securityGroupIdSet/item"), ElementsAre(group));
    EXPECT_EQ(
        shown.text(kShown + "instanceConnectEndpointArn"),
        std::string("arn:aws:ec2:us-east-1:") + kAccount + ":instance-connect-endpoint/" + id);
    EXPECT_THAT(shown.text(kShown + "dnsName"), StartsWith(id + "."));
    EXPECT_THAT(shown.text(kShown + "dnsName"),
                EndsWith(".ec2-instance-connect-endpoint.us-east-1.amazonaws.com"));
    EXPECT_THAT(shown.text(kShown + "fipsDnsName"),
                EndsWith(".fips.ec2-instance-connect-endpoint.us-east-1.amazonaws.com"));
    EXPECT_EQ(shown.text(kShown + "ipAddressType"), "ipv4");
    EXPECT_EQ(aws.call("DeleteSecurityGroup", {{"GroupId", group}}).code, "DependencyViolation");
}

TEST(InstanceConnectEndpoints, TakeOtherGroups)
{
    TestEmulator aws;
    const auto vpc = make_vpc(aws);
    const auto group = make_group_in(aws, vpc);
    const auto id = create(aws, make_subnet(aws, vpc)).text(kMadeId);
    const Parameters named{{"InstanceConnectEndpointId", id}};
    aws.must("ModifyInstanceConnectEndpoint", merged(named, {{"SecurityGroupId.1", group}}));
    EXPECT_THAT(described(aws, id).texts(kShown + "securityGroupIdSet/item"), ElementsAre(group));
    const auto foreign = make_group_in(aws, make_vpc(aws, "10.9.0.0/16"));
    EXPECT_FALSE(
        aws.call("ModifyInstanceConnectEndpoint", merged(named, {{"SecurityGroupId.1", foreign}}))
            .ok());
    EXPECT_FALSE(aws.call("ModifyInstanceConnectEndpoint", named).ok());
}

TEST(InstanceConnectEndpoints, AreOneOfAVpcAndFiveOfAnAccount)
{
    TestEmulator aws;
    const auto vpc = make_vpc(aws);
    const auto subnet = make_subnet(aws, vpc);
    EXPECT_TRUE(create(aws, subnet).ok());
    EXPECT_EQ(create(aws, make_subnet(aws, vpc, "10.0.1.0/24")).code,
              "InstanceConnectEndpointLimitExceeded");
    for (int number = 1; number <= 5; ++number) {
        const auto begin = "10." + std::to_string(number) + ".0.0/";
        const auto made = create(aws, make_subnet(aws, make_vpc(aws, begin + "16"), begin + "24"));
        EXPECT_EQ(made.code, number == 5 ? "InstanceConnectEndpointLimitExceeded" : "");
    }
}

TEST(InstanceConnectEndpoints, AreForBothFamiliesWhereTheSubnetIs)
{
    TestEmulator aws;
    const auto vpc = make_ipv6_vpc(aws);
    const auto subnet = make_ipv6_subnet(aws, vpc, vpc.block.part(64, 0));
    EXPECT_EQ(create(aws, subnet, {{"PreserveClientIp", "true"}}).code,
              "InvalidParameterCombination");
    const auto made = create(aws, subnet);
    EXPECT_EQ(made.text("instanceConnectEndpoint/ipAddressType"), "dualstack");
    EXPECT_THAT(made.text("instanceConnectEndpoint/publicDnsNames/dualstack/dnsName"),
                EndsWith(".ec2-instance-connect-endpoint.us-east-1.api.aws"));
    EXPECT_EQ(aws.must("DescribeNetworkInterfaces", filter("subnet-id", subnet))
                  .count("networkInterfaceSet/item/ipv6AddressesSet/item"),
              1U);
    const auto plain = make_subnet(aws, make_vpc(aws, "10.9.0.0/16"), "10.9.0.0/24");
    for (const auto* type : {"dualstack", "ipv6"}) {
        EXPECT_EQ(create(aws, plain, {{"IpAddressType", type}}).code, "InvalidParameterValue");
    }
}

TEST(InstanceConnectEndpoints, AreForIpv6WhereTheSubnetHasNothingElse)
{
    TestEmulator aws;
    const auto vpc = make_ipv6_vpc(aws);
    const auto subnet = make_ipv6_only_subnet(aws, vpc, vpc.block.part(64, 0));
    for (const auto* type : {"dualstack", "ipv4"}) {
        EXPECT_EQ(create(aws, subnet, {{"IpAddressType", type}}).code, "InvalidParameterValue");
    }
    EXPECT_EQ(create(aws, subnet, {{"PreserveClientIp", "true"}}).code,
              "InvalidParameterCombination");
    const auto made = create(aws, subnet);
    EXPECT_EQ(made.text("instanceConnectEndpoint/ipAddressType"), "ipv6");
    EXPECT_THAT(made.text("instanceConnectEndpoint/dnsName"), EndsWith(".us-east-1.api.aws"));
    EXPECT_EQ(made.count("instanceConnectEndpoint/publicDnsNames/ipv4"), 0U);
    const auto interface = aws.must("DescribeNetworkInterfaces", filter("subnet-id", subnet));
    EXPECT_EQ(interface.count("networkInterfaceSet/item/ipv6AddressesSet/item"), 1U);
    EXPECT_EQ(interface.count("networkInterfaceSet/item/privateIpAddressesSet/item"), 0U);
}

TEST(InstanceConnectEndpoints, OfADualStackSubnetMayBeForIpv6)
{
    TestEmulator aws;
    const auto vpc = make_ipv6_vpc(aws);
    const auto subnet = make_ipv6_subnet(aws, vpc, vpc.block.part(64, 0));
    EXPECT_EQ(create(aws, subnet, {{"IpAddressType", "ipv6"}})
                  .text("instanceConnectEndpoint/ipAddressType"),
              "ipv6");
}

TEST(InstanceConnectEndpoints, AreMadeOnceForAToken)
{
    TestEmulator aws;
    const auto subnet = make_subnet(aws, make_vpc(aws));
    const Parameters once{{"ClientToken", "once"}};
    EXPECT_EQ(create(aws, subnet, once).text(kMadeId), create(aws, subnet, once).text(kMadeId));
    EXPECT_EQ(create(aws, subnet, merged(once, {{"PreserveClientIp", "true"}})).code,
              "IdempotentParameterMismatch");
}

TEST(InstanceConnectEndpoints, AreFoundByEachFilter)
{
    TestEmulator aws;
    const auto vpc = make_vpc(aws);
    const auto subnet = make_subnet(aws, vpc);
    const auto id = create(aws, subnet).text(kMadeId);
    const std::pair<const char*, std::string> values[] = {{"instance-connect-endpoint-id", id},
                                                          {"state", "create-complete"},
                                                          {"subnet-id", subnet},
                                                          {"vpc-id", vpc}};
    for (const auto& [name, value] : values) {
        const auto found = [&](const std::string& what) {
            return aws.must("DescribeInstanceConnectEndpoints", filter(name, what))
                .count("instanceConnectEndpointSet/item");
        };
        EXPECT_EQ(found(value), 1U) << name;
        EXPECT_EQ(found("other"), 0U) << name;
    }
    EXPECT_EQ(create(aws, "subnet-12345678").code, "InvalidSubnetID.NotFound");
    EXPECT_EQ(create(aws, subnet, {{"DryRun", "true"}}).code, "DryRunOperation");
}

}  // namespace
}  // namespace amilab::test
