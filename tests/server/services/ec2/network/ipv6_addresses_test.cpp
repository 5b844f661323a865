#include <algorithm>
#include <functional>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/metadata/network/ipv6_block.h"
#include "tests/server/services/ec2/instances/instance_support.h"
#include "tests/server/services/ec2/network/own_network.h"
#include "tests/support/told_statements.h"

namespace amilab::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

struct Place {
    std::string subnet;
    Ipv6Block block;

    std::string address(std::uint64_t number) const { return block.part(128, number).base.text(); }
};

/// A subnet with an IPv6 block, in us-east-1a.
Place make_place(TestEmulator& aws)
{
    const auto vpc = make_ipv6_vpc(aws);
    const auto block = vpc.block.part(64, 3);
    return {make_ipv6_subnet(aws, vpc, block, {{"AvailabilityZone", "us-east-1a"}}), block};
}

std::string new_interface(TestEmulator& aws, const Place& place, const Parameters& more = {})
{
    return make_interface(aws, place.subnet, more);
}

std::vector<std::string> addresses_of(TestEmulator& aws, const std::string& id)
{
    return aws.must("DescribeNetworkInterfaces", {{"NetworkInterfaceId.1", id}})
        .texts("networkInterfaceSet/item/ipv6AddressesSet/item/ipv6Address");
}

TEST(AssignIpv6Addresses, GivesTheInterfaceAddressesOfItsSubnet)
{
    TestEmulator aws;
    const auto place = make_place(aws);
    const Parameters interface {
        {
            "NetworkInterfaceId", new_interface(aws, place)
        }
    };
    const auto named = aws.must("AssignIpv6Addresses",
                                merged(interface, {{"Ipv6Addresses.1", place.address(0x10)}}));
    EXPECT_EQ(named.text("assignedIpv6Addresses/item"), place.address(0x10));
    const auto chosen =
        aws.must("AssignIpv6Addresses", merged(interface, {{"Ipv6AddressCount", "2"}}));
    for (const auto& text : chosen.texts("assignedIpv6Addresses/item")) {
        EXPECT_TRUE(place.block.contains(Ipv6Address::from_text(text).value())) << text;
    }
    EXPECT_THAT(addresses_of(aws, interface.front().second), SizeIs(3));
    EXPECT_EQ(aws.must("DescribeNetworkInterfaces",
                       filter("ipv6-addresses.ipv6-address", place.address(0x10)))
                  .count("networkInterfaceSet/item"),
              1U);
}

TEST(AssignIpv6Addresses, RefusesWhatTheSubnetDoesNotGive)
{
    TestEmulator aws;
    const auto place = make_place(aws);
    const auto other =
        new_interface(aws, place, {{"Ipv6Addresses.1.Ipv6Address", place.address(0x10)}});
    EXPECT_THAT(addresses_of(aws, other), ElementsAre(place.address(0x10)));
    const Parameters interface {
        {
            "NetworkInterfaceId", new_interface(aws, place)
        }
    };
    const auto code = [&](const Parameters& more) {
        return aws.call("AssignIpv6Addresses", merged(interface, more)).code;
    };
    EXPECT_EQ(code({{"Ipv6Addresses.1", place.address(0x10)}}), "InvalidIPAddress.InUse");
    EXPECT_EQ(code({{"Ipv6Addresses.1", "2001:db9::1"}}), "InvalidParameterValue");
    EXPECT_EQ(code({{"Ipv6Addresses.1", "10.0.0.9"}}), "InvalidParameterValue");
    EXPECT_EQ(code({}), "MissingParameter");
    EXPECT_EQ(code({{"Ipv6AddressCount", "-1"}}), "InvalidParameterValue");
    EXPECT_EQ(code({{"Ipv6AddressCount", "2000000000"}}), "PrivateIpAddressLimitExceeded");
    EXPECT_EQ(code({{"Ipv6PrefixCount", "2000000000"}}), "PrivateIpAddressLimitExceeded");
    EXPECT_EQ(code({{"Ipv6AddressCount", "1"}, {"Ipv6Addresses.1", place.address(0x11)}}),
              "InvalidParameterCombination");
    const auto plain =
        aws.must("CreateNetworkInterface", {{"SubnetId", make_subnet(aws, make_vpc(aws))}});
    EXPECT_EQ(aws.call("AssignIpv6Addresses",
                       {{"NetworkInterfaceId", plain.text("networkInterface/networkInterfaceId")},
                        {"Ipv6AddressCount", "1"}})
                  .code,
              "InvalidParameterValue");
}

TEST(AssignIpv6Addresses, RefusesTheAddressesThatAreAwss)
{
    TestEmulator aws;
    const auto place = make_place(aws);
    const auto last = place.block.last();
    auto next_to_last = last;
    --next_to_last.bytes.back();
    for (const auto& reserved :
         {place.address(0), place.address(1), place.address(3), last.text()}) {
        expect_refused(
            aws.call("CreateNetworkInterface",
                     {{"SubnetId", place.subnet}, {"Ipv6Addresses.1.Ipv6Address", reserved}}),
            "InvalidParameterValue", "Address is in subnet's reserved address range");
    }
    const auto id = new_interface(aws, place);
    for (const auto& free : {place.address(4), next_to_last.text()}) {
        aws.must("AssignIpv6Addresses", {{"NetworkInterfaceId", id}, {"Ipv6Addresses.1", free}});
    }
}

TEST(UnassignIpv6Addresses, TakesThoseOfTheInterfaceAlone)
{
    TestEmulator aws;
    const auto place = make_place(aws);
    const auto id = new_interface(aws, place, {{"Ipv6AddressCount", "2"}});
    const auto has = addresses_of(aws, id);
    const Parameters first{{"NetworkInterfaceId", id}, {"Ipv6Addresses.1", has.at(0)}};
    EXPECT_EQ(aws.must("UnassignIpv6Addresses", first).text("unassignedIpv6Addresses/item"),
              has.at(0));
    EXPECT_THAT(addresses_of(aws, id), ElementsAre(has.at(1)));
    EXPECT_EQ(aws.call("UnassignIpv6Addresses", first).code, "InvalidParameterValue");
}

TEST(AssignIpv6Addresses, GivesPrefixesApartFromAddresses)
{
    TestEmulator aws;
    const auto place = make_place(aws);
    const Parameters interface {
        {
            "NetworkInterfaceId",
                new_interface(aws, place, {{"Ipv6Addresses.1.Ipv6Address", place.address(0x10)}})
        }
    };
    const auto code = [&](const std::string& prefix) {
        return aws.call("AssignIpv6Addresses", merged(interface, {{"Ipv6Prefix.1", prefix}})).code;
    };
    EXPECT_EQ(code(place.block.part(80, 0).text()), "InvalidIPAddress.InUse");
    EXPECT_EQ(code(place.block.text()), "InvalidParameterValue");
    EXPECT_EQ(code("2001:db9::/80"), "InvalidParameterValue");
    const auto prefix = place.block.part(80, 9);
    EXPECT_EQ(code(prefix.text()), "");
    EXPECT_EQ(code(prefix.text()), "InvalidIPAddress.InUse");
    EXPECT_EQ(aws.call("AssignIpv6Addresses",
                       merged(interface, {{"Ipv6Addresses.1", prefix.part(128, 7).base.text()}}))
                  .code,
              "InvalidIPAddress.InUse");
    const auto chosen =
        aws.must("AssignIpv6Addresses", merged(interface, {{"Ipv6PrefixCount", "1"}}));
    const auto given = Ipv6Block::from_text(chosen.text("assignedIpv6PrefixSet/item")).value();
    EXPECT_TRUE(place.block.contains(given));
    EXPECT_EQ(
        aws.must("UnassignIpv6Addresses", merged(interface, {{"Ipv6Prefix.1", prefix.text()}}))
            .text("unassignedIpv6PrefixSet/item"),
        prefix.text());
    EXPECT_EQ(
        aws.must("DescribeNetworkInterfaces", {{"NetworkInterfaceId.1", interface.front().second}})
            .text("networkInterfaceSet/item/ipv6PrefixSet/item/ipv6Prefix"),
        given.text());
}

/// Members 1 to `count` of a list, from 1,000 on where `text` puts them.
Parameters listed(const std::string& name, std::uint64_t count,
                  const std::function<std::string(std::uint64_t)>& text)
{
    constexpr std::uint64_t kFirst = 1'000;
    Parameters parameters;
    for (std::uint64_t i = 0; i < count; ++i) {
        parameters.emplace_back(fmt::format("{}.{}", name, i + 1), text(kFirst + i));
    }
    return parameters;
}

TEST(AssignIpv6Addresses, ReadsTheSubnetsAddressesOnceForAllPrefixes)
{
    const ToldStatements told;
    TestEmulator aws;
    const auto place = make_place(aws);
    const Parameters id{{"NetworkInterfaceId", new_interface(aws, place)}};
    const auto reads = [&](const Parameters& more) {
        const auto texts =
            told.texts_of([&] { aws.must("AssignIpv6Addresses", merged(id, more)); });
        return std::ranges::count_if(texts, [](const auto& text) {
            return text.find("FROM interface_ipv6_address WHERE subnet_id") != text.npos;
        });
    };
    const auto prefix = [&](std::uint64_t number) { return place.block.part(80, number).text(); };
    EXPECT_EQ(reads(listed("Ipv6Prefix", 30, prefix)), 1);
    EXPECT_EQ(reads({{"Ipv6PrefixCount", "30"}}), 1);
}

TEST(AssignIpv6Addresses, NamesThePrefixThatIsThereTwice)
{
    TestEmulator aws;
    const auto place = make_place(aws);
    const auto prefix = [&](std::uint64_t number) { return place.block.part(80, number).text(); };
    const auto refused =
        aws.call("AssignIpv6Addresses", {{"NetworkInterfaceId", new_interface(aws, place)},
                                         {"Ipv6Prefix.1", prefix(1)},
                                         {"Ipv6Prefix.2", prefix(2)},
                                         {"Ipv6Prefix.3", prefix(2)}});
    EXPECT_EQ(refused.code, "InvalidParameterValue");
    EXPECT_THAT(refused.message, HasSubstr(prefix(2)));
}

TEST(AssignIpv6Addresses, RefusesToNameMoreThanAnInterfaceMayHave)
{
    constexpr std::uint64_t kMost = 255;
    TestEmulator aws;
    const auto place = make_place(aws);
    const Parameters id{{"NetworkInterfaceId", new_interface(aws, place)}};
    const auto code = [&](const Parameters& more) {
        return aws.call("AssignIpv6Addresses", merged(id, more)).code;
    };
    const auto address = [&](std::uint64_t number) { return place.address(number); };
    const auto prefix = [&](std::uint64_t number) { return place.block.part(80, number).text(); };
    const auto refused = "PrivateIpAddressLimitExceeded";
    EXPECT_EQ(code(listed("Ipv6Addresses", kMost + 1, address)), refused);
    EXPECT_EQ(code(listed("Ipv6Prefix", kMost + 1, prefix)), refused);
    EXPECT_EQ(code(listed("Ipv6Addresses", kMost, address)), "");
    EXPECT_EQ(code(listed("Ipv6Prefix", kMost, prefix)), "");
}

/// Of each of the interface's addresses, whether it is the primary one.
std::vector<std::string> primaries_of(TestEmulator& aws, const std::string& id)
{
    return aws.must("DescribeNetworkInterfaces", {{"NetworkInterfaceId.1", id}})
        .texts("networkInterfaceSet/item/ipv6AddressesSet/item/isPrimaryIpv6");
}

TEST(PrimaryIpv6, IsTheFirstAddressOfAnInterfaceThatIsToHaveOne)
{
    TestEmulator aws;
    const auto place = make_place(aws);
    const auto id =
        new_interface(aws, place, {{"EnablePrimaryIpv6", "true"}, {"Ipv6AddressCount", "2"}});
    EXPECT_THAT(primaries_of(aws, id), ElementsAre("true", "false"));
    const auto said = new_interface(aws, place,
                                    {{"Ipv6Addresses.1.Ipv6Address", place.address(0x10)},
                                     {"Ipv6Addresses.1.IsPrimaryIpv6", "true"}});
    EXPECT_THAT(primaries_of(aws, said), ElementsAre("true"));
    // One that has no address yet: the first that it gets.
    const auto empty = new_interface(aws, place, {{"EnablePrimaryIpv6", "true"}});
    aws.must("AssignIpv6Addresses", {{"NetworkInterfaceId", empty}, {"Ipv6AddressCount", "2"}});
    EXPECT_THAT(primaries_of(aws, empty), ElementsAre("true", "false"));
    const auto plain = new_interface(aws, place, {{"Ipv6AddressCount", "1"}});
    EXPECT_THAT(primaries_of(aws, plain), ElementsAre("false"));
    const Parameters enable{{"NetworkInterfaceId", plain}, {"EnablePrimaryIpv6", "true"}};
    EXPECT_EQ(
        aws.call("ModifyNetworkInterfaceAttribute", merged(enable, {{"DryRun", "true"}})).code,
        "DryRunOperation");
    EXPECT_THAT(primaries_of(aws, plain), ElementsAre("false"));
    aws.must("ModifyNetworkInterfaceAttribute", enable);
    EXPECT_THAT(primaries_of(aws, plain), ElementsAre("true"));
}

TEST(PrimaryIpv6, StaysOnceItIsThere)
{
    TestEmulator aws;
    const auto place = make_place(aws);
    const auto id =
        new_interface(aws, place, {{"EnablePrimaryIpv6", "true"}, {"Ipv6AddressCount", "2"}});
    const auto has = addresses_of(aws, id);
    const auto unassign = [&](const std::string& address) {
        return aws
            .call("UnassignIpv6Addresses",
                  {{"NetworkInterfaceId", id}, {"Ipv6Addresses.1", address}})
            .code;
    };
    EXPECT_EQ(unassign(has.at(0)), "InvalidParameterValue");
    EXPECT_EQ(unassign(has.at(1)), "");
    EXPECT_THAT(addresses_of(aws, id), ElementsAre(has.at(0)));
    const auto disable = [&](const std::string& interface) {
        return aws
            .call("ModifyNetworkInterfaceAttribute",
                  {{"NetworkInterfaceId", interface}, {"EnablePrimaryIpv6", "false"}})
            .code;
    };
    EXPECT_EQ(disable(id), "OperationNotPermitted");
    EXPECT_EQ(disable(new_interface(aws, place)), "");
}

TEST(PrimaryIpv6, EndsWhenTheInterfaceIsDetached)
{
    TestEmulator aws;
    const auto place = make_place(aws);
    const auto instance =
        aws.must("RunInstances", launch(public_image(aws), {{"SubnetId", place.subnet}}))
            .text(kInstanceId);
    const auto id =
        new_interface(aws, place, {{"EnablePrimaryIpv6", "true"}, {"Ipv6AddressCount", "1"}});
    const auto attached =
        aws.must("AttachNetworkInterface",
                 {{"NetworkInterfaceId", id}, {"InstanceId", instance}, {"DeviceIndex", "1"}});
    EXPECT_THAT(primaries_of(aws, id), ElementsAre("true"));
    aws.must("DetachNetworkInterface", {{"AttachmentId", attached.text("attachmentId")}});
    EXPECT_THAT(primaries_of(aws, id), ElementsAre("false"));
}

TEST(PrimaryIpv6, IsRefusedWhereThereIsNone)
{
    TestEmulator aws;
    const auto plain = default_subnet(aws);  // before there is one with IPv6
    const auto place = make_place(aws);
    const Parameters wanted{{"EnablePrimaryIpv6", "true"}};
    EXPECT_EQ(aws.call("CreateNetworkInterface", merged(wanted, {{"SubnetId", plain}})).code,
              "InvalidParameterValue");
    EXPECT_EQ(aws.call("ModifyNetworkInterfaceAttribute",
                       merged(wanted, {{"NetworkInterfaceId", make_interface(aws, plain)}}))
                  .code,
              "InvalidParameterValue");
    EXPECT_EQ(
        aws.call("CreateNetworkInterface", {{"SubnetId", place.subnet},
                                            {"Ipv6Addresses.1.Ipv6Address", place.address(0x10)},
                                            {"Ipv6Addresses.2.Ipv6Address", place.address(0x11)},
                                            {"Ipv6Addresses.2.IsPrimaryIpv6", "true"}})
            .code,
        "InvalidParameterValue");
}

TEST(PrimaryIpv6, IsAnInstancesByItsLaunch)
{
    TestEmulator aws;
    const auto place = make_place(aws);
    const auto run = [&](const Parameters& more) {
        return aws.call("RunInstances", launch(public_image(aws), more));
    };
    const Parameters interface {
        {"NetworkInterface.1.DeviceIndex", "0"}, { "NetworkInterface.1.SubnetId", place.subnet }
    };
    const std::string shown =
        "instancesSet/item/networkInterfaceSet/item/ipv6AddressesSet/item/isPrimaryIpv6";
    const auto whole =
        run({{"SubnetId", place.subnet}, {"EnablePrimaryIpv6", "true"}, {"Ipv6AddressCount", "1"}});
    EXPECT_EQ(whole.text(shown), "true");
    const auto one = run(merged(interface, {{"NetworkInterface.1.PrimaryIpv6", "true"},
                                            {"NetworkInterface.1.Ipv6AddressCount", "2"}}));
    EXPECT_THAT(one.texts(shown), ElementsAre("true", "false"));
    run({{"SubnetId", place.subnet}, {"Ipv6AddressCount", "1"}});
    EXPECT_EQ(aws.must("DescribeInstances",
                       filter("network-interface.ipv6-addresses.is-primary-ipv6", "true"))
                  .count("reservationSet/item"),
              2U);
    EXPECT_EQ(aws.must("GetLaunchTemplateData", {{"InstanceId", one.text(kInstanceId)}})
                  .text("launchTemplateData/networkInterfaceSet/item/primaryIpv6"),
              "true");
    EXPECT_EQ(run({{"EnablePrimaryIpv6", "true"}}).code, "InvalidParameterValue");
    EXPECT_EQ(run(merged(interface, {{"EnablePrimaryIpv6", "true"}})).code,
              "InvalidParameterCombination");
    EXPECT_EQ(run({{"NetworkInterface.1.DeviceIndex", "0"},
                   {"NetworkInterface.1.NetworkInterfaceId", new_interface(aws, place)},
                   {"NetworkInterface.1.PrimaryIpv6", "true"}})
                  .code,
              "InvalidParameterCombination");
}

TEST(PrimaryIpv6, ComesOfALaunchTemplate)
{
    TestEmulator aws;
    const auto place = make_place(aws);
    const std::string data = "LaunchTemplateData.NetworkInterface.1.";
    const auto made = aws.must("CreateLaunchTemplate", {{"LaunchTemplateName", "first"},
                                                        {data + "DeviceIndex", "0"},
                                                        {data + "SubnetId", place.subnet},
                                                        {data + "Ipv6AddressCount", "1"},
                                                        {data + "PrimaryIpv6", "true"}});
    const auto id = made.text("launchTemplate/launchTemplateId");
    EXPECT_EQ(aws.must("DescribeLaunchTemplateVersions", {{"LaunchTemplateId", id}})
                  .text("launchTemplateVersionSet/item/launchTemplateData/networkInterfaceSet/item/"
                        "primaryIpv6"),
              "true");
    EXPECT_EQ(
        aws.must("RunInstances",
                 launch(public_image(aws), {{"LaunchTemplate.LaunchTemplateId", id}}))
            .text("instancesSet/item/networkInterfaceSet/item/ipv6AddressesSet/item/isPrimaryIpv6"),
        "true");
}

TEST(LaunchIpv6, GivesInstancesTheAddressesThatTheyAskFor)
{
    TestEmulator aws;
    const auto place = make_place(aws);
    const auto image = public_image(aws);
    const auto run = [&](const Parameters& more) {
        return aws.call("RunInstances", launch(image, more));
    };
    const auto named =
        run({{"SubnetId", place.subnet}, {"Ipv6Address.1.Ipv6Address", place.address(0x20)}});
    EXPECT_EQ(named.text("instancesSet/item/ipv6Address"), place.address(0x20));
    EXPECT_EQ(
        run({{"SubnetId", place.subnet}, {"Ipv6Address.1.Ipv6Address", place.address(0x20)}}).code,
        "InvalidIPAddress.InUse");
    const auto counted = run({{"NetworkInterface.1.DeviceIndex", "0"},
                              {"NetworkInterface.1.SubnetId", place.subnet},
                              {"NetworkInterface.1.Ipv6AddressCount", "2"}});
    EXPECT_EQ(counted.count("instancesSet/item/networkInterfaceSet/item/ipv6AddressesSet/item"),
              2U);
    EXPECT_EQ(run({{"SubnetId", place.subnet}, {"Ipv6AddressCount", "3"}}).code,
              "PrivateIpAddressLimitExceeded");
    EXPECT_EQ(run({{"Ipv6AddressCount", "1"}}).code, "InvalidParameterValue");
    EXPECT_EQ(aws.must("DescribeInstances", filter("ipv6-address", place.address(0x20)))
                  .text("reservationSet/item/instancesSet/item/instanceId"),
              named.text("instancesSet/item/instanceId"));
}

}  // namespace
}  // namespace amilab::test
