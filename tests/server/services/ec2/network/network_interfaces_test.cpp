#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/metadata/network/ipv6_block.h"
#include "storage/metadata/network/security_group_rows.h"
#include "storage/metadata/network/vpc_rows.h"
#include "storage/metadata/sql/statement.h"
#include "tests/server/services/ec2/instances/instance_support.h"
#include "tests/server/services/ec2/network/own_network.h"

namespace amilab::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;
using ::testing::UnorderedElementsAre;

const std::string kItem = "networkInterfaceSet/item/";
constexpr const char* kUnknown = "eni-0123456789abcdef0";

Answer make(TestEmulator& emulator, const Parameters& extra = {})
{
    Parameters request{{"SubnetId", default_subnet(emulator, "us-east-1a")}};
    request.insert(request.end(), extra.begin(), extra.end());
    return emulator.call("CreateNetworkInterface", request);
}

std::string made(TestEmulator& emulator, const Parameters& extra = {})
{
    const auto answer = make(emulator, extra);
    EXPECT_EQ(answer.code, "") << answer.body;
    return answer.text("networkInterface/networkInterfaceId");
}

Answer described(TestEmulator& emulator, const std::string& id)
{
    return emulator.must("DescribeNetworkInterfaces", {{"NetworkInterfaceId.1", id}});
}

std::vector<std::string> filtered(TestEmulator& emulator, const std::string& name,
                                  const std::string& value)
{
    return emulator
        .must("DescribeNetworkInterfaces", {{"Filter.1.Name", name}, {"Filter.1.Value.1", value}})
        .texts(kItem + "networkInterfaceId");
}

TEST(CreateNetworkInterface, TellsWhoAskedForIt)
{
    TestEmulator emulator;
    const auto answer = make(emulator);
    EXPECT_EQ(answer.text("networkInterface/requesterId"), kAccount);
    EXPECT_EQ(answer.text("networkInterface/requesterManaged"), "false");
    const auto id = answer.text("networkInterface/networkInterfaceId");
    EXPECT_EQ(described(emulator, id).text(kItem + "requesterId"), kAccount);
    EXPECT_THAT(filtered(emulator, "requester-id", kAccount), ElementsAre(id));
    EXPECT_THAT(filtered(emulator, "requester-managed", "false"), ElementsAre(id));
    EXPECT_THAT(filtered(emulator, "requester-managed", "true"), IsEmpty());
    EXPECT_THAT(filtered(emulator, "status", "available"), ElementsAre(id));
    EXPECT_THAT(filtered(emulator, "attachment.instance-owner-id", "*"), IsEmpty());
    EXPECT_EQ(emulator.call("DeleteNetworkInterface", {{"NetworkInterfaceId", id}}).code, "");
}

TEST(CreateNetworkInterface, MakesOneOfTheSubnetThatIsFree)
{
    TestEmulator emulator;
    const auto subnet = default_subnet(emulator, "us-east-1a");
    const auto answer = make(emulator, {{"Description", "spare"}});
    EXPECT_EQ(answer.text("networkInterface/status"), "pending");
    const auto found = described(emulator, answer.text("networkInterface/networkInterfaceId"));
    EXPECT_EQ(found.text(kItem + "status"), "available");
    EXPECT_EQ(found.text(kItem + "subnetId"), subnet);
    EXPECT_EQ(found.text(kItem + "availabilityZone"), "us-east-1a");
    EXPECT_EQ(found.text(kItem + "description"), "spare");
    EXPECT_EQ(found.text(kItem + "interfaceType"), "interface");
    EXPECT_EQ(found.text(kItem + "ownerId"), kAccount);
    EXPECT_EQ(found.text(kItem + "requesterManaged"), "false");
    EXPECT_EQ(found.text(kItem + "sourceDestCheck"), "true");
    EXPECT_EQ(found.text(kItem + "privateIpAddress"), "172.31.0.4");
    EXPECT_EQ(found.text(kItem + "privateDnsName"), "ip-172-31-0-4.ec2.internal");
    EXPECT_EQ(found.text(kItem + "groupSet/item/groupName"), "default");
    EXPECT_THAT(found.text(kItem + "macAddress"), MatchesRegex("02(:[0-9a-f][0-9a-f]){5}"));
    EXPECT_EQ(found.count(kItem + "association"), 0U);
    EXPECT_EQ(found.count(kItem + "attachment"), 0U);
}

TEST(CreateNetworkInterface, GivesTheAddressesThatAreAskedFor)
{
    TestEmulator emulator;
    const auto id = made(emulator, {{"PrivateIpAddress", "172.31.5.5"},
                                    {"PrivateIpAddresses.1.PrivateIpAddress", "172.31.5.9"}});
    EXPECT_THAT(
        described(emulator, id).texts(kItem + "privateIpAddressesSet/item/privateIpAddress"),
        ElementsAre("172.31.5.5", "172.31.5.9"));
    const auto counted = made(emulator, {{"SecondaryPrivateIpAddressCount", "2"}});
    EXPECT_THAT(
        described(emulator, counted).texts(kItem + "privateIpAddressesSet/item/privateIpAddress"),
        ElementsAre("172.31.0.4", "172.31.0.5", "172.31.0.6"));
}

TEST(CreateNetworkInterface, RefusesAddressesThatItCannotGive)
{
    TestEmulator emulator;
    made(emulator, {{"PrivateIpAddress", "172.31.5.5"}});
    expect_refused(make(emulator, {{"PrivateIpAddress", "172.31.5.5"}}), "InvalidIPAddress.InUse",
                   "Address 172.31.5.5 is in use.");
    EXPECT_EQ(make(emulator, {{"PrivateIpAddress", "172.31.16.5"}}).code, "InvalidParameterValue");
    EXPECT_EQ(make(emulator, {{"PrivateIpAddress", "fe80::1"}}).code, "InvalidParameterValue");
    EXPECT_EQ(make(emulator, {{"SecondaryPrivateIpAddressCount", "-1"}}).code,
              "InvalidParameterValue");
    EXPECT_EQ(make(emulator, {{"SecondaryPrivateIpAddressCount", "1"},
                              {"PrivateIpAddresses.1.PrivateIpAddress", "172.31.5.9"}})
                  .code,
              "InvalidParameterCombination");
}

TEST(CreateNetworkInterface, KeepsHowLongIdleFlowsAreTracked)
{
    TestEmulator emulator;
    const auto subnet = default_subnet(emulator);
    const auto create = [&](const Parameters& more) {
        return emulator.call("CreateNetworkInterface", merged({{"SubnetId", subnet}}, more));
    };
    const std::string said = "ConnectionTrackingSpecification.";
    const auto id =
        create({{said + "TcpEstablishedTimeout", "432000"}, {said + "UdpTimeout", "30"}})
            .text("networkInterface/networkInterfaceId");
    const auto shown = [&](const std::string& member) {
        return emulator.must("DescribeNetworkInterfaces", {{"NetworkInterfaceId.1", id}})
            .text("networkInterfaceSet/item/connectionTrackingConfiguration/" + member);
    };
    EXPECT_EQ(shown("tcpEstablishedTimeout"), "432000");
    EXPECT_EQ(shown("udpTimeout"), "30");
    EXPECT_EQ(shown("udpStreamTimeout"), "");
    emulator.must("ModifyNetworkInterfaceAttribute",
                  {{"NetworkInterfaceId", id}, {said + "UdpStreamTimeout", "180"}});
    EXPECT_EQ(shown("udpStreamTimeout"), "180");
    EXPECT_EQ(shown("tcpEstablishedTimeout"), "432000");
    for (const auto& [name, value] :
         {std::pair("TcpEstablishedTimeout", "59"), std::pair("TcpEstablishedTimeout", "432001"),
          std::pair("UdpStreamTimeout", "181"), std::pair("UdpTimeout", "61")}) {
        EXPECT_EQ(create({{said + name, value}}).code, "InvalidParameterValue") << name << value;
    }
    const auto plain = create({}).text("networkInterface/networkInterfaceId");
    EXPECT_EQ(emulator.must("DescribeNetworkInterfaces", {{"NetworkInterfaceId.1", plain}})
                  .count("networkInterfaceSet/item/connectionTrackingConfiguration"),
              0U);
}

TEST(DescribeNetworkInterfaces, FindsThemByTheNamesOfTheirGroups)
{
    TestEmulator emulator;
    const auto plain = made(emulator);
    const auto group =
        emulator
            .must("CreateSecurityGroup", {{"GroupName", "web"}, {"GroupDescription", "of the web"}})
            .text("groupId");
    const auto grouped = made(emulator, {{"SecurityGroupId.1", group}});
    EXPECT_THAT(filtered(emulator, "group-name", "w*"), ElementsAre(grouped));
    EXPECT_THAT(filtered(emulator, "group-name", "default"), ElementsAre(plain));
}

TEST(CreateNetworkInterface, RefusesSubnetsAndGroupsThatAreNotTheCallers)
{
    TestEmulator emulator;
    expect_refused(
        emulator.call("CreateNetworkInterface", {{"SubnetId", "subnet-0123456789abcdef0"}}),
        "InvalidSubnetID.NotFound", "The subnet ID 'subnet-0123456789abcdef0' does not exist");
    const auto theirs = emulator.must("DescribeSubnets", {}, kOtherAccount);
    EXPECT_EQ(
        emulator
            .call("CreateNetworkInterface", {{"SubnetId", theirs.text("subnetSet/item/subnetId")}})
            .code,
        "InvalidSubnetID.NotFound");
    const auto group = emulator.must("DescribeSecurityGroups", {}, kOtherAccount);
    EXPECT_EQ(
        make(emulator, {{"SecurityGroupId.1", group.text("securityGroupInfo/item/groupId")}}).code,
        "InvalidGroup.NotFound");
}

TEST(CreateNetworkInterface, RefusesGroupsOfAnotherNetworkAndMoreThanFive)
{
    TestEmulator emulator;
    const auto vpc = emulator.must("DescribeVpcs").text("vpcSet/item/vpcId");
    const auto other_vpc = VpcId::trusted("vpc-00000000000000001");
    Parameters many;
    {
        auto writer = emulator.generation().writer();
        insert_vpc(
            writer.db(),
            {.id = other_vpc, .region = kRegion, .owner = kAccount, .cidr_block = "10.0.0.0/16"});
        for (int i = 1; i <= 7; ++i) {
            const auto id = SecurityGroupId::trusted("sg-0000000000000000" + std::to_string(i));
            insert_row<kSecurityGroupColumns>(writer.db(),
                                              {.id = id,
                                               .region = kRegion,
                                               .owner = kAccount,
                                               .vpc_id = i == 7 ? other_vpc : VpcId::trusted(vpc),
                                               .name = "g" + std::to_string(i)});
            if (i <= 6) {
                many.emplace_back("SecurityGroupId." + std::to_string(i), id.text());
            }
        }
    }
    EXPECT_EQ(make(emulator, many).code, "SecurityGroupsPerInterfaceLimitExceeded");
    many.pop_back();
    EXPECT_EQ(make(emulator, many).code, "");
    EXPECT_EQ(make(emulator, {{"SecurityGroupId.1", "sg-00000000000000007"}}).code,
              "InvalidParameter");
}

TEST(CreateNetworkInterface, RefusesASubnetWithoutFreeAddresses)
{
    TestEmulator emulator;
    const auto subnet = default_subnet(emulator, "us-east-1a");
    {
        auto writer = emulator.generation().writer();
        Statement(writer.db(), "UPDATE subnet SET cidr_block = '172.31.0.0/28' WHERE id = ?1")
            .execute(subnet);
    }
    EXPECT_EQ(make(emulator, {{"SecondaryPrivateIpAddressCount", "11"}}).code,
              "InsufficientFreeAddressesInSubnet");
    made(emulator, {{"SecondaryPrivateIpAddressCount", "10"}});
    EXPECT_EQ(emulator.must("DescribeSubnets", {{"SubnetId.1", subnet}})
                  .text("subnetSet/item/availableIpAddressCount"),
              "0");
    EXPECT_EQ(make(emulator).code, "InsufficientFreeAddressesInSubnet");
}

TEST(CreateNetworkInterface, RefusesAnAddressOfItsOwnPrefix)
{
    TestEmulator emulator;
    const Parameters prefix{{"Ipv4Prefix.1.Ipv4Prefix", "172.31.9.16/28"}};
    EXPECT_EQ(make(emulator, merged(prefix, {{"PrivateIpAddress", "172.31.9.17"}})).code,
              "InvalidIPAddress.InUse");
    EXPECT_EQ(make(emulator, merged(prefix, {{"PrivateIpAddress", "172.31.9.32"}})).code, "");
}

TEST(CreateNetworkInterface, ChoosesNoAddressOfItsOwnPrefix)
{
    TestEmulator emulator;
    const Parameters subnet{{"SubnetId", make_subnet(emulator, make_vpc(emulator), "10.0.0.0/26")}};
    emulator.must("CreateNetworkInterface",
                  merged(subnet, {{"SecondaryPrivateIpAddressCount", "11"}}));
    EXPECT_EQ(emulator
                  .must("CreateNetworkInterface",
                        merged(subnet, {{"Ipv4Prefix.1.Ipv4Prefix", "10.0.0.16/28"}}))
                  .text("networkInterface/privateIpAddress"),
              "10.0.0.32");
}

TEST(CreateNetworkInterface, GivesIpv6AddressesAloneWhereTheSubnetHasNoOthers)
{
    TestEmulator emulator;
    const auto vpc = make_ipv6_vpc(emulator);
    const auto subnet = make_ipv6_only_subnet(emulator, vpc, vpc.block.part(64, 0));
    const auto id = make_interface(emulator, subnet);
    const auto found = described(emulator, id);
    EXPECT_EQ(found.text(kItem + "ipv6Native"), "true");
    EXPECT_EQ(found.count(kItem + "privateIpAddress"), 0U);
    EXPECT_EQ(found.count(kItem + "privateIpAddressesSet/item"), 0U);
    EXPECT_EQ(found.count(kItem + "ipv6AddressesSet/item"), 1U);
    EXPECT_TRUE(vpc.block.part(64, 0).contains(
        Ipv6Address::from_text(found.text(kItem + "ipv6Address")).value()));
    const auto two = make_interface(emulator, subnet, {{"Ipv6AddressCount", "2"}});
    EXPECT_EQ(described(emulator, two).count(kItem + "ipv6AddressesSet/item"), 2U);
    EXPECT_EQ(described(emulator, made(emulator)).count(kItem + "ipv6Native"), 0U);
}

TEST(CreateNetworkInterface, RefusesIpv4AddressesWhereTheSubnetHasNone)
{
    TestEmulator emulator;
    const auto vpc = make_ipv6_vpc(emulator);
    const auto subnet = make_ipv6_only_subnet(emulator, vpc, vpc.block.part(64, 0));
    for (const auto& wrong :
         {Parameters{{"PrivateIpAddress", "10.0.0.9"}},
          Parameters{{"PrivateIpAddresses.1.PrivateIpAddress", "10.0.0.9"}},
          Parameters{{"SecondaryPrivateIpAddressCount", "1"}}, Parameters{{"Ipv4PrefixCount", "1"}},
          Parameters{{"Ipv4Prefix.1.Ipv4Prefix", "10.0.0.16/28"}}}) {
        expect_refused(
            emulator.call("CreateNetworkInterface", merged({{"SubnetId", subnet}}, wrong)),
            "InvalidParameterValue",
            "The subnet '" + subnet + "' does not have an IPv4 CIDR block.");
    }
}

TEST(NetworkInterfaces, OfIpv6AloneGetNoIpv4AddressesLater)
{
    TestEmulator emulator;
    const auto vpc = make_ipv6_vpc(emulator);
    make_attached_gateway(emulator, vpc.id);
    const auto subnet = make_ipv6_only_subnet(emulator, vpc, vpc.block.part(64, 0));
    const auto id = make_interface(emulator, subnet);
    const auto refuse = [&](const std::string& action, const Parameters& more) {
        expect_refused(emulator.call(action, merged({{"NetworkInterfaceId", id}}, more)),
                       "InvalidParameterValue",
                       "The subnet '" + subnet + "' does not have an IPv4 CIDR block.");
    };
    refuse("AssignPrivateIpAddresses", {{"SecondaryPrivateIpAddressCount", "1"}});
    refuse("AssignPrivateIpAddresses", {{"PrivateIpAddress.1", "10.0.0.9"}});
    refuse("AssignPrivateIpAddresses", {{"Ipv4PrefixCount", "1"}});
    refuse("AssociateAddress", {{"AllocationId", allocate_address(emulator)}});
    refuse("ModifyNetworkInterfaceAttribute", {{"AssociatePublicIpAddress", "true"}});
    EXPECT_EQ(emulator
                  .call("UnassignPrivateIpAddresses",
                        {{"NetworkInterfaceId", id}, {"PrivateIpAddress.1", "10.0.0.9"}})
                  .code,
              "InvalidParameterValue");
    emulator.must("AssignIpv6Addresses", {{"NetworkInterfaceId", id}, {"Ipv6AddressCount", "1"}});
    EXPECT_EQ(described(emulator, id).count(kItem + "ipv6AddressesSet/item"), 2U);
    emulator.must("DeleteNetworkInterface", {{"NetworkInterfaceId", id}});
    emulator.must("DeleteSubnet", {{"SubnetId", subnet}});
}

TEST(CreateNetworkInterface, GivesTheSameForTheSameClientToken)
{
    TestEmulator emulator;
    const auto first = make(emulator, {{"ClientToken", "one"}});
    EXPECT_EQ(first.text("clientToken"), "one");
    EXPECT_EQ(made(emulator, {{"ClientToken", "one"}}),
              first.text("networkInterface/networkInterfaceId"));
    EXPECT_EQ(make(emulator, {{"ClientToken", "one"}, {"Description", "other"}}).code,
              "IdempotentParameterMismatch");
}

TEST(CreateNetworkInterface, TagsWhatItMakes)
{
    TestEmulator emulator;
    const auto id = made(emulator, {{"TagSpecification.1.ResourceType", "network-interface"},
                                    {"TagSpecification.1.Tag.1.Key", "of"},
                                    {"TagSpecification.1.Tag.1.Value", "test"}});
    EXPECT_EQ(described(emulator, id).text(kItem + "tagSet/item/value"), "test");
    EXPECT_THAT(filtered(emulator, "tag:of", "test"), ElementsAre(id));
}

TEST(DescribeNetworkInterfaces, ShowsThoseOfInstancesToo)
{
    TestEmulator emulator;
    const auto spare = made(emulator);
    const auto instance = run_one(emulator);
    const auto of_instance =
        field_of(emulator, instance, "networkInterfaceSet/item/networkInterfaceId");
    EXPECT_THAT(emulator.must("DescribeNetworkInterfaces").texts(kItem + "networkInterfaceId"),
                UnorderedElementsAre(spare, of_instance));
    const auto found = described(emulator, of_instance);
    EXPECT_EQ(found.text(kItem + "attachment/instanceId"), instance);
    EXPECT_EQ(found.text(kItem + "attachment/deviceIndex"), "0");
    EXPECT_EQ(found.text(kItem + "attachment/instanceOwnerId"), kAccount);
    EXPECT_EQ(found.text(kItem + "attachment/status"), "attached");
    EXPECT_EQ(found.text(kItem + "association/publicIp"),
              field_of(emulator, instance, "ipAddress"));
    EXPECT_EQ(found.text(kItem + "association/ipOwnerId"), "amazon");
    EXPECT_THAT(filtered(emulator, "attachment.instance-id", instance), ElementsAre(of_instance));
    EXPECT_THAT(filtered(emulator, "attachment.instance-owner-id", kAccount),
                ElementsAre(of_instance));
    EXPECT_THAT(filtered(emulator, "status", "available"), ElementsAre(spare));
    EXPECT_THAT(
        filtered(emulator, "addresses.private-ip-address", found.text(kItem + "privateIpAddress")),
        ElementsAre(of_instance));
    EXPECT_THAT(filtered(emulator, "association.public-ip", "198.1*"), ElementsAre(of_instance));
    EXPECT_THAT(filtered(emulator, "attachment.device-index", "1"), IsEmpty());
}

TEST(DescribeNetworkInterfaces, AreAttachingWhileTheirInstanceStarts)
{
    TestEmulator emulator;
    emulator.set_delay("instance.pending", 1000);
    run_one(emulator);
    EXPECT_EQ(emulator.must("DescribeNetworkInterfaces").text(kItem + "attachment/status"),
              "attaching");
    EXPECT_EQ(filtered(emulator, "attachment.status", "attaching").size(), 1U);
    emulator.advance(1000);
    EXPECT_EQ(filtered(emulator, "attachment.status", "attached").size(), 1U);
}

TEST(DescribeNetworkInterfaces, TakesIdsOrMaxResults)
{
    TestEmulator emulator;
    const auto id = made(emulator);
    expect_refused(
        emulator.call("DescribeNetworkInterfaces",
                      {{"NetworkInterfaceId.1", id}, {"MaxResults", "5"}}),
        "InvalidParameterCombination",
        "The parameter NetworkInterfaceIds cannot be used with the parameter MaxResults");
}

TEST(DescribeNetworkInterfaces, ShowsNobodyElses)
{
    TestEmulator emulator;
    const auto id = made(emulator);
    EXPECT_EQ(emulator.must("DescribeNetworkInterfaces", {}, kOtherAccount)
                  .count("networkInterfaceSet/item"),
              0U);
    expect_refused(
        emulator.call("DescribeNetworkInterfaces", {{"NetworkInterfaceId.1", id}}, kOtherAccount),
        "InvalidNetworkInterfaceID.NotFound",
        "The networkInterface ID '" + id + "' does not exist");
    EXPECT_EQ(emulator.call("DescribeNetworkInterfaces", {{"NetworkInterfaceId.1", "eni-x"}}).code,
              "InvalidNetworkInterfaceId.Malformed");
}

TEST(DeleteNetworkInterface, FreesItsAddressAndTakesItsTags)
{
    TestEmulator emulator;
    const auto id = made(emulator, {{"PrivateIpAddress", "172.31.5.5"},
                                    {"TagSpecification.1.ResourceType", "network-interface"},
                                    {"TagSpecification.1.Tag.1.Key", "of"},
                                    {"TagSpecification.1.Tag.1.Value", "test"}});
    emulator.must("DeleteNetworkInterface", {{"NetworkInterfaceId", id}});
    EXPECT_EQ(emulator.call("DeleteNetworkInterface", {{"NetworkInterfaceId", id}}).code,
              "InvalidNetworkInterfaceID.NotFound");
    EXPECT_EQ(emulator.must("DescribeTags").count("tagSet/item"), 0U);
    made(emulator, {{"PrivateIpAddress", "172.31.5.5"}});
}

TEST(DeleteNetworkInterface, RefusesOneInUseAndUnknownOnes)
{
    TestEmulator emulator;
    const auto instance = run_one(emulator);
    const auto id = field_of(emulator, instance, "networkInterfaceSet/item/networkInterfaceId");
    expect_refused(emulator.call("DeleteNetworkInterface", {{"NetworkInterfaceId", id}}),
                   "InvalidParameterValue", "Network interface '" + id + "' is currently in use.");
    expect_refused(emulator.call("DeleteNetworkInterface", {{"NetworkInterfaceId", kUnknown}}),
                   "InvalidNetworkInterfaceID.NotFound",
                   "The networkInterface ID 'eni-0123456789abcdef0' does not exist");
    const auto spare = made(emulator);
    EXPECT_EQ(
        emulator.call("DeleteNetworkInterface", {{"NetworkInterfaceId", spare}}, kOtherAccount)
            .code,
        "InvalidNetworkInterfaceID.NotFound");
}

}  // namespace
}  // namespace amilab::test
