#include <algorithm>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/server/services/ec2/instances/instance_support.h"
#include "tests/server/services/ec2/network/own_network.h"
#include "tests/support/told_statements.h"

namespace amilab::test {
namespace {

using ::testing::ElementsAre;

const std::string kAssigned = "assignedPrivateIpAddressesSet/item/privateIpAddress";

std::string spare(TestEmulator& emulator, const Parameters& extra = {})
{
    return make_interface(emulator, default_subnet(emulator), extra);
}

std::vector<std::string> addresses(TestEmulator& emulator, const std::string& id)
{
    return emulator.must("DescribeNetworkInterfaces", {{"NetworkInterfaceId.1", id}})
        .texts("networkInterfaceSet/item/privateIpAddressesSet/item/privateIpAddress");
}

Answer assign(TestEmulator& emulator, const std::string& id, const Parameters& extra)
{
    return emulator.call("AssignPrivateIpAddresses", merged({{"NetworkInterfaceId", id}}, extra));
}

Answer unassign(TestEmulator& emulator, const std::string& id, const std::string& address)
{
    return emulator.call("UnassignPrivateIpAddresses",
                         {{"NetworkInterfaceId", id}, {"PrivateIpAddress.1", address}});
}

TEST(AssignPrivateIpAddresses, AddsSecondaryAddresses)
{
    TestEmulator emulator;
    const auto id = spare(emulator);
    const auto counted = assign(emulator, id, {{"SecondaryPrivateIpAddressCount", "2"}});
    EXPECT_EQ(counted.text("networkInterfaceId"), id);
    EXPECT_THAT(counted.texts(kAssigned), ElementsAre("172.31.0.5", "172.31.0.6"));
    EXPECT_EQ(assign(emulator, id, {{"PrivateIpAddress.1", "172.31.9.9"}}).code, "");
    EXPECT_THAT(addresses(emulator, id),
                ElementsAre("172.31.0.4", "172.31.0.5", "172.31.0.6", "172.31.9.9"));
}

TEST(AssignPrivateIpAddresses, RefusesTakenAndForeignAddresses)
{
    TestEmulator emulator;
    const auto id = spare(emulator);
    EXPECT_EQ(assign(emulator, id, {{"PrivateIpAddress.1", "172.31.0.4"}}).code,
              "InvalidIPAddress.InUse");
    EXPECT_EQ(assign(emulator, id, {{"PrivateIpAddress.1", "10.0.0.4"}}).code,
              "InvalidParameterValue");
    EXPECT_EQ(assign(emulator, id, {}).code, "MissingParameter");
    EXPECT_EQ(
        assign(emulator, "eni-0123456789abcdef0", {{"PrivateIpAddress.1", "172.31.9.9"}}).code,
        "InvalidNetworkInterfaceID.NotFound");
}

TEST(AssignPrivateIpAddresses, MovesASecondaryAddressWhenItMay)
{
    TestEmulator emulator;
    const auto from = spare(emulator, {{"PrivateIpAddresses.1.PrivateIpAddress", "172.31.9.9"}});
    const auto to = spare(emulator);
    EXPECT_EQ(assign(emulator, to, {{"PrivateIpAddress.1", "172.31.9.9"}}).code,
              "InvalidIPAddress.InUse");
    const Parameters move{{"PrivateIpAddress.1", "172.31.9.9"}, {"AllowReassignment", "true"}};
    EXPECT_EQ(assign(emulator, to, move).code, "");
    EXPECT_EQ(addresses(emulator, from).size(), 1U);
    EXPECT_EQ(addresses(emulator, to).size(), 2U);
    EXPECT_EQ(assign(emulator, to,
                     {{"PrivateIpAddress.1", addresses(emulator, from).front()},
                      {"AllowReassignment", "true"}})
                  .code,
              "InvalidIPAddress.InUse");
}

TEST(AssignPrivateIpAddresses, MovesTheElasticAddressOfOneThatMoves)
{
    TestEmulator emulator;
    const auto from = spare(emulator, {{"PrivateIpAddresses.1.PrivateIpAddress", "172.31.9.9"}});
    const auto to = spare(emulator);
    const auto allocation = emulator.must("AllocateAddress").text("allocationId");
    const auto association = emulator
                                 .must("AssociateAddress", {{"AllocationId", allocation},
                                                            {"NetworkInterfaceId", from},
                                                            {"PrivateIpAddress", "172.31.9.9"}})
                                 .text("associationId");
    ASSERT_EQ(
        assign(emulator, to, {{"PrivateIpAddress.1", "172.31.9.9"}, {"AllowReassignment", "true"}})
            .code,
        "");
    const auto elastic = emulator.must("DescribeAddresses", {{"AllocationId.1", allocation}});
    EXPECT_EQ(elastic.text("addressesSet/item/networkInterfaceId"), to);
    EXPECT_EQ(elastic.text("addressesSet/item/privateIpAddress"), "172.31.9.9");
    EXPECT_EQ(elastic.text("addressesSet/item/associationId"), association);
    EXPECT_THAT(addresses(emulator, to), ElementsAre("172.31.0.5", "172.31.9.9"));
}

TEST(AssignPrivateIpAddresses, MovesNothingOfANatGatewayAndNoAddressOfAPrefix)
{
    TestEmulator emulator;
    const auto to = spare(emulator);
    emulator.must("CreateNatGateway", {{"SubnetId", default_subnet(emulator)},
                                       {"ConnectivityType", "private"},
                                       {"SecondaryPrivateIpAddress.1", "172.31.9.9"}});
    spare(emulator, {{"Ipv4Prefix.1.Ipv4Prefix", "172.31.8.16/28"}});
    for (const auto* address : {"172.31.9.9", "172.31.8.17"}) {
        EXPECT_EQ(
            assign(emulator, to, {{"PrivateIpAddress.1", address}, {"AllowReassignment", "true"}})
                .code,
            "InvalidIPAddress.InUse")
            << address;
    }
}

TEST(AssignPrivateIpAddresses, StopsAtWhatTheInstanceTypeHas)
{
    TestEmulator emulator;
    const auto id =
        field_of(emulator, run_one(emulator), "networkInterfaceSet/item/networkInterfaceId");
    EXPECT_EQ(assign(emulator, id, {{"SecondaryPrivateIpAddressCount", "1"}}).code, "");
    const auto more = assign(emulator, id, {{"SecondaryPrivateIpAddressCount", "1"}});
    EXPECT_EQ(more.code, "PrivateIpAddressLimitExceeded");
    EXPECT_EQ(more.message, "Number of private addresses will exceed limit.");
}

TEST(AssignPrivateIpAddresses, GivesPrefixesWhoseAddressesAreNobodyElses)
{
    TestEmulator emulator;
    const auto id = spare(emulator);
    const auto free_addresses = [&] {
        return std::stoi(emulator.must("DescribeSubnets", filter("availability-zone", "us-east-1a"))
                             .text("subnetSet/item/availableIpAddressCount"));
    };
    const auto before = free_addresses();
    const auto named = assign(emulator, id, {{"Ipv4Prefix.1", "172.31.9.16/28"}});
    EXPECT_EQ(named.text("assignedIpv4PrefixSet/item/ipv4Prefix"), "172.31.9.16/28");
    EXPECT_EQ(free_addresses(), before - 16);
    EXPECT_EQ(assign(emulator, id, {{"PrivateIpAddress.1", "172.31.9.20"}}).code,
              "InvalidIPAddress.InUse");
    EXPECT_EQ(assign(emulator, id, {{"Ipv4PrefixCount", "1"}})
                  .text("assignedIpv4PrefixSet/item/ipv4Prefix"),
              "172.31.15.224/28");
    EXPECT_EQ(emulator.must("DescribeNetworkInterfaces", {{"NetworkInterfaceId.1", id}})
                  .count("networkInterfaceSet/item/ipv4PrefixSet/item"),
              2U);
    const Parameters first{{"NetworkInterfaceId", id}, {"Ipv4Prefix.1", "172.31.9.16/28"}};
    emulator.must("UnassignPrivateIpAddresses", first);
    EXPECT_EQ(emulator.call("UnassignPrivateIpAddresses", first).code, "InvalidParameterValue");
    EXPECT_EQ(assign(emulator, id, {{"PrivateIpAddress.1", "172.31.9.20"}}).code, "");
}

TEST(AssignPrivateIpAddresses, RefusesPrefixesThatAreNotFree)
{
    TestEmulator emulator;
    const auto id = spare(emulator, {{"PrivateIpAddress", "172.31.9.20"}});
    const auto code = [&](const Parameters& extra) { return assign(emulator, id, extra).code; };
    EXPECT_EQ(code({{"Ipv4Prefix.1", "172.31.9.16/28"}}), "InvalidIPAddress.InUse");
    EXPECT_EQ(code({{"Ipv4Prefix.1", "172.31.0.0/28"}}), "InvalidParameterValue");
    EXPECT_EQ(code({{"Ipv4Prefix.1", "172.31.15.240/28"}}), "InvalidParameterValue");
    EXPECT_EQ(code({{"Ipv4Prefix.1", "172.31.9.0/24"}}), "InvalidParameterValue");
    EXPECT_EQ(code({{"Ipv4Prefix.1", "172.31.9.1/28"}}), "InvalidParameterValue");
    EXPECT_EQ(code({{"Ipv4Prefix.1", "10.0.0.16/28"}}), "InvalidParameterValue");
    EXPECT_EQ(code({{"Ipv4Prefix.1", "172.31.10.0/28"}, {"Ipv4PrefixCount", "1"}}),
              "InvalidParameterCombination");
    EXPECT_EQ(code({{"Ipv4PrefixCount", "1"}, {"SecondaryPrivateIpAddressCount", "1"}}),
              "InvalidParameterCombination");
}

TEST(AssignPrivateIpAddresses, RefusesToNameMoreThanAnInterfaceMayHave)
{
    constexpr int kMore = 256;
    TestEmulator emulator;
    const auto id = spare(emulator);
    Parameters addresses;
    Parameters prefixes;
    for (int i = 0; i < kMore; ++i) {
        addresses.emplace_back(fmt::format("PrivateIpAddress.{}", i + 1),
                               fmt::format("172.31.1.{}", i));
        prefixes.emplace_back(fmt::format("Ipv4Prefix.{}", i + 1),
                              fmt::format("172.31.{}.{}/28", i / 16, i % 16 * 16));
    }
    EXPECT_EQ(assign(emulator, id, addresses).code, "PrivateIpAddressLimitExceeded");
    EXPECT_EQ(assign(emulator, id, prefixes).code, "PrivateIpAddressLimitExceeded");
}

TEST(AssignPrivateIpAddresses, LooksOnceAtEachPrefixOfTheSubnetThatMayBeFree)
{
    constexpr std::int64_t kCount = 40;
    const ToldStatements told;
    TestEmulator emulator;
    const auto id = spare(emulator);
    const auto texts = told.texts_of([&] {
        EXPECT_EQ(assign(emulator, id, {{"Ipv4PrefixCount", std::to_string(kCount)}}).code, "");
    });
    const auto looks = std::ranges::count_if(texts, [](const auto& text) {
        return text.find("FROM interface_prefix WHERE subnet_id") != text.npos;
    });
    EXPECT_EQ(looks, kCount);
}

TEST(UnassignPrivateIpAddresses, TakesSecondaryAddressesAlone)
{
    TestEmulator emulator;
    const auto id = spare(emulator, {{"PrivateIpAddresses.1.PrivateIpAddress", "172.31.9.9"}});
    EXPECT_EQ(unassign(emulator, id, "172.31.9.9").code, "");
    EXPECT_EQ(addresses(emulator, id).size(), 1U);
    EXPECT_EQ(unassign(emulator, id, "172.31.9.9").code, "InvalidParameterValue");
    EXPECT_EQ(unassign(emulator, id, addresses(emulator, id).front()).code,
              "InvalidParameterValue");
    EXPECT_EQ(emulator.call("UnassignPrivateIpAddresses", {{"NetworkInterfaceId", id}}).code,
              "MissingParameter");
}

}  // namespace
}  // namespace amilab::test
