#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/server/services/ec2/network/own_network.h"
#include "tests/support/emulator_fixture.h"

namespace amilab::test {
namespace {

Parameters option(const std::string& key, const std::string& value)
{
    return {{"DhcpConfiguration.1.Key", key}, {"DhcpConfiguration.1.Value.1", value}};
}

TEST(DhcpOptions, StayWhileAVpcHasThem)
{
    TestEmulator aws;
    const auto vpc = make_vpc(aws);
    const auto id = aws.must("CreateDhcpOptions", option("domain-name", "example.com"))
                        .text("dhcpOptions/dhcpOptionsId");
    aws.must("AssociateDhcpOptions", {{"DhcpOptionsId", id}, {"VpcId", vpc}});
    EXPECT_EQ(aws.must("DescribeVpcs", {{"VpcId.1", vpc}}).text("vpcSet/item/dhcpOptionsId"), id);
    EXPECT_EQ(aws.call("DeleteDhcpOptions", {{"DhcpOptionsId", id}}).code, "DependencyViolation");
    aws.must("AssociateDhcpOptions", {{"DhcpOptionsId", "default"}, {"VpcId", vpc}});
    aws.must("DeleteDhcpOptions", {{"DhcpOptionsId", id}});
    EXPECT_EQ(aws.call("DeleteDhcpOptions", {{"DhcpOptionsId", id}}).code,
              "InvalidDhcpOptionID.NotFound");
}

TEST(DhcpOptions, RefuseUnknownKeysAndKeysWithoutValues)
{
    TestEmulator aws;
    EXPECT_EQ(aws.call("CreateDhcpOptions", option("router", "x")).code, "InvalidParameterValue");
    EXPECT_EQ(aws.call("CreateDhcpOptions", {{"DhcpConfiguration.1.Key", "domain-name"}}).code,
              "MissingParameter");
    EXPECT_EQ(aws.call("CreateDhcpOptions").code, "MissingParameter");
}

TEST(DhcpOptions, TakeFourServersAndOfNtpFourOfEachFamily)
{
    TestEmulator aws;
    const auto code_of = [&](const std::string& key, const std::vector<std::string>& values) {
        Parameters request{{"DhcpConfiguration.1.Key", key}};
        for (const auto& value : values) {
            request.emplace_back("DhcpConfiguration.1.Value." + std::to_string(request.size()),
                                 value);
        }
        return aws.call("CreateDhcpOptions", request).code;
    };
    std::vector<std::string> servers{"192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4"};
    EXPECT_EQ(code_of("domain-name-servers", servers), "");
    for (const auto* more : {"2001:db8::1", "2001:db8::2", "2001:db8::3", "2001:db8::4"}) {
        servers.emplace_back(more);
    }
    EXPECT_EQ(code_of("ntp-servers", servers), "");
    EXPECT_EQ(code_of("domain-name-servers", servers), "InvalidParameterValue");
    servers.emplace_back("192.0.2.5");
    EXPECT_EQ(code_of("ntp-servers", servers), "InvalidParameterValue");
}

TEST(DhcpOptions, RefuseNodeTypesAndLeaseTimesThatAreNone)
{
    TestEmulator aws;
    const auto code_of = [&](const std::string& key, const std::string& value) {
        return aws.call("CreateDhcpOptions", option(key, value)).code;
    };
    EXPECT_EQ(code_of("netbios-node-type", "2"), "");
    EXPECT_EQ(code_of("netbios-node-type", "0"), "InvalidParameterValue");
    EXPECT_EQ(code_of("netbios-node-type", "12"), "InvalidParameterValue");
    EXPECT_EQ(code_of("ipv6-address-preferred-lease-time", "140"), "");
    for (const auto* none : {"139", "2147483648", "soon", "140s"}) {
        EXPECT_EQ(code_of("ipv6-address-preferred-lease-time", none), "InvalidParameterValue");
    }
}

TEST(DhcpOptions, OfAnAccountAreAmazonsUntilOthersAreMade)
{
    TestEmulator aws;
    const auto shown = aws.must("DescribeDhcpOptions");
    EXPECT_EQ(shown.count("dhcpOptionsSet/item"), 1U);
    EXPECT_EQ(shown.text("dhcpOptionsSet/item/dhcpConfigurationSet/item/valueSet/item/value"),
              "ec2.internal");
    EXPECT_EQ(aws.call("DeleteDhcpOptions",
                       {{"DhcpOptionsId", shown.text("dhcpOptionsSet/item/dhcpOptionsId")}})
                  .code,
              "DependencyViolation");
}

}  // namespace
}  // namespace amilab::test
