#include <gtest/gtest.h>

#include "tests/server/services/ec2/network/own_network.h"
#include "tests/support/emulator_fixture.h"

namespace amilab::test {
namespace {

Parameters entry(const std::string& acl, const Parameters& more = {})
{
    return merged({{"NetworkAclId", acl},
                   {"Egress", "false"},
                   {"RuleNumber", "100"},
                   {"Protocol", "6"},
                   {"RuleAction", "allow"},
                   {"CidrBlock", "10.0.0.0/8"},
                   {"PortRange.From", "22"},
                   {"PortRange.To", "22"}},
                  more);
}

TEST(NetworkAclEntries, HaveANumberEachInTheirDirection)
{
    TestEmulator aws;
    const auto acl = make_network_acl(aws, make_vpc(aws));
    EXPECT_EQ(aws.call("ReplaceNetworkAclEntry", entry(acl)).code,
              "InvalidNetworkAclEntry.NotFound");
    aws.must("CreateNetworkAclEntry", entry(acl));
    EXPECT_EQ(aws.call("CreateNetworkAclEntry", entry(acl)).code, "NetworkAclEntryAlreadyExists");
    aws.must("CreateNetworkAclEntry", entry(acl, {{"Egress", "true"}}));
    aws.must("ReplaceNetworkAclEntry", entry(acl, {{"RuleAction", "deny"}}));
    const Parameters gone{{"NetworkAclId", acl}, {"Egress", "false"}, {"RuleNumber", "100"}};
    aws.must("DeleteNetworkAclEntry", gone);
    EXPECT_EQ(aws.call("DeleteNetworkAclEntry", gone).code, "InvalidNetworkAclEntry.NotFound");
}

TEST(NetworkAclEntries, RefuseWhatIsNoRule)
{
    TestEmulator aws;
    const auto acl = make_network_acl(aws, make_vpc(aws));
    const auto code = [&](const Parameters& more) {
        return aws.call("CreateNetworkAclEntry", entry(acl, more)).code;
    };
    EXPECT_EQ(code({{"RuleNumber", "32767"}}), "InvalidParameterValue");
    EXPECT_EQ(code({{"CidrBlock", "10.0.0"}}), "InvalidParameterValue");
    EXPECT_EQ(code({{"Protocol", "256"}}), "InvalidParameterValue");
    EXPECT_EQ(code({{"Protocol", "1"}}), "MissingParameter");
    EXPECT_EQ(code({{"PortRange.To", "21"}}), "InvalidParameterValue");
    EXPECT_EQ(code({{"Ipv6CidrBlock", "::/0"}}), "InvalidParameterCombination");
    // What stands behind a per cent sign is of one machine's interfaces.
    for (const auto* block : {"fe80::1%1/64", "2001:db8::/129", "2001:db8::"}) {
        EXPECT_EQ(code({{"CidrBlock", ""}, {"Ipv6CidrBlock", block}}), "InvalidParameterValue")
            << block;
    }
}

TEST(NetworkAclEntries, AreFortyInADirectionAtMost)
{
    TestEmulator aws;
    const auto acl = make_network_acl(aws, make_vpc(aws));
    for (int number = 1; number <= 40; ++number) {
        aws.must("CreateNetworkAclEntry", entry(acl, {{"RuleNumber", std::to_string(number)}}));
    }
    EXPECT_EQ(aws.call("CreateNetworkAclEntry", entry(acl, {{"RuleNumber", "41"}})).code,
              "NetworkAclEntryLimitExceeded");
    aws.must("CreateNetworkAclEntry", entry(acl, {{"Egress", "true"}}));
}

}  // namespace
}  // namespace amilab::test
