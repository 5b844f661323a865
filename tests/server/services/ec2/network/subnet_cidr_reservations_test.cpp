#include "server/services/ec2/network/subnet_cidr_reservations.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/server/services/ec2/network/own_network.h"
#include "tests/support/emulator_fixture.h"

namespace amilab::test {
namespace {

using ::testing::StartsWith;
using ::testing::UnorderedElementsAre;

constexpr const char* kIpv4 = "subnetIpv4CidrReservationSet/item";
constexpr const char* kIpv6 = "subnetIpv6CidrReservationSet/item";

Answer reserve(TestEmulator& aws, const std::string& subnet, const std::string& cidr,
               const char* type = "explicit")
{
    return aws.call("CreateSubnetCidrReservation",
                    {{"SubnetId", subnet}, {"Cidr", cidr}, {"ReservationType", type}});
}

std::string id_of(const Answer& made)
{
    EXPECT_TRUE(made.ok()) << made.body;
    return made.text("subnetCidrReservation/subnetCidrReservationId");
}

std::string new_address(TestEmulator& aws, const std::string& subnet, const Parameters& more = {})
{
    return aws.must("CreateNetworkInterface", merged({{"SubnetId", subnet}}, more))
        .text("networkInterface/privateIpAddress");
}

TEST(SubnetCidrReservations, AreMadeGotAndDeleted)
{
    TestEmulator aws;
    const auto subnet = make_subnet(aws, make_vpc(aws));
    const auto made = aws.must("CreateSubnetCidrReservation", {{"SubnetId", subnet},
                                                               {"Cidr", "10.0.0.20/28"},
                                                               {"ReservationType", "prefix"},
                                                               {"Description", "for pods"}});
    const auto id = id_of(made);
    EXPECT_THAT(id, StartsWith("scr-"));
    EXPECT_EQ(made.text("subnetCidrReservation/cidr"), "10.0.0.16/28");
    const auto shown = aws.must("GetSubnetCidrReservations", {{"SubnetId", subnet}});
    EXPECT_EQ(shown.count(kIpv4), 1U);
    EXPECT_EQ(shown.count(kIpv6), 0U);
    EXPECT_EQ(shown.text(std::string(kIpv4) + "/description"), "for pods");
    EXPECT_EQ(shown.text(std::string(kIpv4) + "/ownerId"), kAccount);
    const auto gone = aws.must("DeleteSubnetCidrReservation", {{"SubnetCidrReservationId", id}});
    EXPECT_EQ(gone.text("deletedSubnetCidrReservation/reservationType"), "prefix");
    EXPECT_EQ(aws.call("DeleteSubnetCidrReservation", {{"SubnetCidrReservationId", id}}).code,
              "InvalidSubnetCidrReservationID.NotFound");
    EXPECT_EQ(aws.call("GetSubnetCidrReservations", {{"SubnetId", "subnet-12345678"}}).code,
              "InvalidSubnetID.NotFound");
}

TEST(SubnetCidrReservations, AreApartWithinTheirSubnet)
{
    TestEmulator aws;
    const auto subnet = make_subnet(aws, make_vpc(aws));
    EXPECT_TRUE(reserve(aws, subnet, "10.0.0.64/26").ok());
    EXPECT_EQ(reserve(aws, subnet, "10.0.0.80/28", "prefix").code, "InvalidCidr.Conflict");
    EXPECT_EQ(reserve(aws, subnet, "10.0.1.0/28").code, "InvalidParameterValue");
    EXPECT_EQ(reserve(aws, subnet, "10.0.0.0/23").code, "InvalidParameterValue");
    EXPECT_EQ(reserve(aws, subnet, "2001:db8::/80").code, "InvalidParameterValue");
    EXPECT_EQ(reserve(aws, subnet, "here").code, "InvalidParameterValue");
    EXPECT_EQ(reserve(aws, subnet, "10.0.0.128/26", "mine").code, "InvalidParameterValue");
    EXPECT_EQ(reserve(aws, "subnet-12345678", "10.0.0.128/26").code, "InvalidSubnetID.NotFound");
}

TEST(SubnetCidrReservations, KeepTheirAddressesFromWhoNamesNone)
{
    TestEmulator aws;
    const auto subnet = make_subnet(aws, make_vpc(aws));
    const auto id = id_of(reserve(aws, subnet, "10.0.0.4/31"));
    EXPECT_EQ(new_address(aws, subnet), "10.0.0.6");
    EXPECT_EQ(new_address(aws, subnet, {{"PrivateIpAddress", "10.0.0.5"}}), "10.0.0.5");
    aws.must("DeleteSubnetCidrReservation", {{"SubnetCidrReservationId", id}});
    EXPECT_EQ(new_address(aws, subnet, {{"PrivateIpAddress", "10.0.0.4"}}), "10.0.0.4");
}

TEST(SubnetCidrReservations, MayHoldAWholeSubnet)
{
    TestEmulator aws;
    const auto subnet = make_subnet(aws, make_vpc(aws), "10.0.0.0/28");
    EXPECT_TRUE(reserve(aws, subnet, "10.0.0.0/28").ok());
    EXPECT_EQ(aws.call("CreateNetworkInterface", {{"SubnetId", subnet}}).code,
              "InsufficientFreeAddressesInSubnet");
    EXPECT_EQ(new_address(aws, subnet, {{"PrivateIpAddress", "10.0.0.9"}}), "10.0.0.9");
}

TEST(SubnetCidrReservations, ForPrefixesAreWherePrefixesComeFrom)
{
    TestEmulator aws;
    const auto subnet = make_subnet(aws, make_vpc(aws));
    EXPECT_TRUE(reserve(aws, subnet, "10.0.0.64/27", "prefix").ok());
    EXPECT_TRUE(reserve(aws, subnet, "10.0.0.192/26").ok());
    const auto made =
        aws.must("CreateNetworkInterface", {{"SubnetId", subnet}, {"Ipv4PrefixCount", "3"}});
    EXPECT_THAT(made.texts("networkInterface/ipv4PrefixSet/item/ipv4Prefix"),
                UnorderedElementsAre("10.0.0.64/28", "10.0.0.80/28", "10.0.0.176/28"));
}

TEST(SubnetCidrReservations, AreOfIpv6Too)
{
    TestEmulator aws;
    const auto vpc = make_ipv6_vpc(aws);
    const auto subnet = make_ipv6_subnet(aws, vpc, vpc.block.part(64, 0));
    const auto begin = vpc.block.base.text();
    const auto id = id_of(reserve(aws, subnet, begin + "/80", "prefix"));
    EXPECT_EQ(aws.must("GetSubnetCidrReservations", {{"SubnetId", subnet}}).count(kIpv6), 1U);
    const auto prefixed =
        aws.must("CreateNetworkInterface", {{"SubnetId", subnet}, {"Ipv6PrefixCount", "1"}});
    EXPECT_EQ(prefixed.text("networkInterface/ipv6PrefixSet/item/ipv6Prefix"), begin + "/80");
    const Parameters address{{"SubnetId", subnet}, {"Ipv6AddressCount", "1"}};
    EXPECT_TRUE(aws.call("CreateNetworkInterface", address).ok());
    aws.must("DeleteSubnetCidrReservation", {{"SubnetCidrReservationId", id}});
    // All that addresses are chosen from.
    EXPECT_TRUE(reserve(aws, subnet, begin + "/64").ok());
    EXPECT_EQ(aws.call("CreateNetworkInterface", address).code,
              "InsufficientFreeAddressesInSubnet");
}

TEST(SubnetCidrReservations, GoWithTheirSubnet)
{
    TestEmulator aws;
    const auto subnet = make_subnet(aws, make_vpc(aws));
    const auto id = id_of(reserve(aws, subnet, "10.0.0.64/26"));
    aws.must("DeleteSubnet", {{"SubnetId", subnet}});
    EXPECT_EQ(aws.call("DeleteSubnetCidrReservation", {{"SubnetCidrReservationId", id}}).code,
              "InvalidSubnetCidrReservationID.NotFound");
}

TEST(SubnetCidrReservations, AreFoundByEachFilter)
{
    TestEmulator aws;
    const auto subnet = make_subnet(aws, make_vpc(aws));
    EXPECT_TRUE(reserve(aws, subnet, "10.0.0.64/26").ok());
    EXPECT_TRUE(reserve(aws, subnet, "10.0.0.128/26", "prefix").ok());
    const auto found = [&](const std::string& name, const std::string& value) {
        return aws
            .must("GetSubnetCidrReservations", merged({{"SubnetId", subnet}}, filter(name, value)))
            .count(kIpv4);
    };
    EXPECT_EQ(found("reservationType", "prefix"), 1U);
    EXPECT_EQ(found("subnet-id", subnet), 2U);
    EXPECT_EQ(found("subnet-id", "other"), 0U);
}

TEST(SubnetCidrReservations, AreOfIpv6AloneWhereTheSubnetIs)
{
    TestEmulator aws;
    const auto vpc = make_ipv6_vpc(aws);
    const auto subnet = make_ipv6_only_subnet(aws, vpc, vpc.block.part(64, 0));
    const auto code = [&](const std::string& cidr) {
        return aws
            .call("CreateSubnetCidrReservation",
                  {{"SubnetId", subnet}, {"Cidr", cidr}, {"ReservationType", "explicit"}})
            .code;
    };
    EXPECT_EQ(code("10.0.0.0/28"), "InvalidParameterValue");
    EXPECT_EQ(code(vpc.block.part(80, 0).text()), "");
}

}  // namespace
}  // namespace amilab::test
