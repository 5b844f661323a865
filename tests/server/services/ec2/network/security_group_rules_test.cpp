#include "server/services/ec2/network/security_group_rules.h"

#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/metadata/network/security_group_rule_rows.h"
#include "tests/support/emulator_fixture.h"

namespace amilab::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

constexpr const char* kRuleIds = "securityGroupRuleSet/item/securityGroupRuleId";
constexpr const char* kCidrs = "securityGroupInfo/item/ipPermissions/item/ipRanges/item/cidrIp";
constexpr const char* kNoRule = "sgr-0123456789abcdef0";
constexpr const char* kNoProtocol =
    "Invalid value 'null' for protocol. VPC security group rules must specify protocols "
    "explicitly.";

std::string make_group(TestEmulator& aws, const std::string& name = "web")
{
    return aws.must("CreateSecurityGroup", {{"GroupName", name}, {"GroupDescription", "for tests"}})
        .text("groupId");
}

/// The permission of that number, of one block.
Parameters permission(const std::string& protocol, const std::string& from, const std::string& to,
                      const std::string& cidr = "192.0.2.0/24", int number = 1)
{
    const auto prefix = fmt::format("IpPermissions.{}.", number);
    return {{prefix + "IpProtocol", protocol},
            {prefix + "FromPort", from},
            {prefix + "ToPort", to},
            {prefix + "IpRanges.1.CidrIp", cidr}};
}

Parameters ssh(const std::string& group)
{
    return merged({{"GroupId", group}}, permission("tcp", "22", "22"));
}

Parameters all_out(const std::string& group)
{
    return {{"GroupId", group},
            {"IpPermissions.1.IpProtocol", "-1"},
            {"IpPermissions.1.IpRanges.1.CidrIp", "0.0.0.0/0"}};
}

Answer show(TestEmulator& aws, const std::string& group)
{
    return aws.must("DescribeSecurityGroups", {{"GroupId.1", group}});
}

Answer rules_of(TestEmulator& aws, const std::string& group)
{
    return aws.must("DescribeSecurityGroupRules", filter("group-id", group));
}

/// How many rules let in and out.
std::pair<std::size_t, std::size_t> count_rules(TestEmulator& aws, const std::string& group)
{
    std::size_t out = 0;
    const auto directions = rules_of(aws, group).texts("securityGroupRuleSet/item/isEgress");
    for (const auto& is_egress : directions) {
        out += is_egress == "true" ? 1 : 0;
    }
    return {directions.size() - out, out};
}

// AuthorizeSecurityGroupIngress, AuthorizeSecurityGroupEgress

TEST(AuthorizeSecurityGroup, ShowsTheRuleThatItMadeInBothForms)
{
    TestEmulator aws;
    const auto group = make_group(aws);
    const auto made = aws.must(
        "AuthorizeSecurityGroupIngress",
        merged(ssh(group), {{"IpPermissions.1.IpRanges.1.Description", "from the office"}}));
    EXPECT_EQ(made.text("return"), "true");
    const auto rule = made.root().child("securityGroupRuleSet").child("item");
    EXPECT_TRUE(SecurityGroupRuleId::from_text(rule.child_value("securityGroupRuleId")));
    EXPECT_STREQ(rule.child_value("groupId"), group.c_str());
    EXPECT_STREQ(rule.child_value("groupOwnerId"), kAccount);
    EXPECT_STREQ(rule.child_value("isEgress"), "false");
    EXPECT_STREQ(rule.child_value("ipProtocol"), "tcp");
    EXPECT_STREQ(rule.child_value("fromPort"), "22");
    EXPECT_STREQ(rule.child_value("cidrIpv4"), "192.0.2.0/24");
    EXPECT_STREQ(rule.child_value("description"), "from the office");
    EXPECT_EQ(std::string(rule.child_value("securityGroupRuleArn")),
              std::string("arn:aws:ec2:us-east-1:123456789012:security-group-rule/") +
                  rule.child_value("securityGroupRuleId"));

    const auto shown = show(aws, group);
    const auto permission =
        shown.root().child("securityGroupInfo").child("item").child("ipPermissions").child("item");
    EXPECT_STREQ(permission.child_value("toPort"), "22");
    EXPECT_STREQ(permission.child("ipRanges").child("item").child_value("description"),
                 "from the office");
}

TEST(AuthorizeSecurityGroup, GathersPeersOfOneProtocolAndRange)
{
    TestEmulator aws;
    const auto group = make_group(aws);
    aws.must("AuthorizeSecurityGroupIngress", ssh(group));
    aws.must("AuthorizeSecurityGroupIngress",
             merged({{"GroupId", group}}, permission("tcp", "22", "22", "198.51.100.0/24")));
    aws.must("AuthorizeSecurityGroupIngress",
             merged({{"GroupId", group}}, permission("udp", "22", "22")));
    const auto shown = show(aws, group);
    EXPECT_EQ(shown.count("securityGroupInfo/item/ipPermissions/item"), 2U);
    EXPECT_THAT(shown.texts(kCidrs), SizeIs(3));
}

TEST(AuthorizeSecurityGroup, TakesTheOlderForm)
{
    TestEmulator aws;
    const auto group = make_group(aws);
    aws.must("AuthorizeSecurityGroupIngress", {{"GroupName", "web"},
                                               {"IpProtocol", "tcp"},
                                               {"FromPort", "80"},
                                               {"ToPort", "80"},
                                               {"CidrIp", "0.0.0.0/0"}});
    EXPECT_THAT(show(aws, group).texts(kCidrs), ElementsAre("0.0.0.0/0"));
    const auto added =
        aws.must("AuthorizeSecurityGroupIngress", {{"GroupId", group},
                                                   {"SourceSecurityGroupName", "default"},
                                                   {"SourceSecurityGroupOwnerId", kAccount}});
    EXPECT_THAT(added.texts("securityGroupRuleSet/item/ipProtocol"),
                UnorderedElementsAre("tcp", "udp", "icmp"));
    EXPECT_EQ(aws.call("AuthorizeSecurityGroupEgress", {{"GroupId", group},
                                                        {"IpProtocol", "tcp"},
                                                        {"FromPort", "80"},
                                                        {"ToPort", "80"},
                                                        {"CidrIp", "0.0.0.0/0"}})
                  .code,
              "UnsupportedOperation");
}

TEST(AuthorizeSecurityGroup, RefusesFormsThatDoNotGoTogether)
{
    TestEmulator aws;
    const auto group = make_group(aws);
    for (const auto& more :
         {Parameters{{"IpProtocol", "tcp"}}, Parameters{{"CidrIp", "0.0.0.0/0"}},
          Parameters{{"FromPort", "1"}}, Parameters{{"SourceSecurityGroupName", "default"}},
          Parameters{{"GroupName", "web"}}}) {
        EXPECT_EQ(aws.call("AuthorizeSecurityGroupIngress", merged(ssh(group), more)).code,
                  "InvalidParameterCombination");
    }
    const Parameters by_name{{"GroupId", group}, {"SourceSecurityGroupName", "default"}};
    for (const auto& more : {Parameters{{"IpProtocol", "tcp"}}, Parameters{{"CidrIp", "::/0"}}}) {
        EXPECT_EQ(aws.call("AuthorizeSecurityGroupIngress", merged(by_name, more)).code,
                  "InvalidParameterCombination");
    }
    EXPECT_EQ(aws.call("AuthorizeSecurityGroupIngress", {{"GroupId", group}}).code,
              "MissingParameter");
    EXPECT_EQ(aws.call("AuthorizeSecurityGroupIngress", permission("tcp", "1", "1")).code,
              "MissingParameter");
}

TEST(AuthorizeSecurityGroup, WantsAProtocol)
{
    TestEmulator aws;
    const auto refused = aws.call(
        "AuthorizeSecurityGroupIngress",
        {{"GroupId", make_group(aws)}, {"IpPermissions.1.IpRanges.1.CidrIp", "192.0.2.0/24"}});
    EXPECT_EQ(refused.code, "InvalidParameterValue");
    EXPECT_EQ(refused.message, kNoProtocol);
}

TEST(AuthorizeSecurityGroup, SucceedsWithoutAnyPeerAndAddsNone)
{
    TestEmulator aws;
    const auto group = make_group(aws);
    aws.must("AuthorizeSecurityGroupIngress", {{"GroupId", group},
                                               {"IpPermissions.1.IpProtocol", "tcp"},
                                               {"IpPermissions.1.FromPort", "22"},
                                               {"IpPermissions.1.ToPort", "22"}});
    EXPECT_EQ(count_rules(aws, group).first, 0U);
}

TEST(AuthorizeSecurityGroup, WantsASourceInTheOlderForm)
{
    TestEmulator aws;
    const auto group = make_group(aws);
    const Parameters flat{
        {"GroupId", group}, {"IpProtocol", "tcp"}, {"FromPort", "22"}, {"ToPort", "22"}};
    for (const auto* operation : {"AuthorizeSecurityGroupIngress", "RevokeSecurityGroupIngress"}) {
        const auto refused = aws.call(operation, flat);
        EXPECT_EQ(refused.code, "MissingParameter") << operation;
        EXPECT_EQ(
            refused.message,
            "Missing source specification: include source security group or CIDR information");
    }
    for (const auto& unnamed : {Parameters{{"SourceSecurityGroupOwnerId", kAccount}},
                                merged(permission("tcp", "22", "22"),
                                       {{"IpPermissions.1.Groups.1.Description", "nobody"}})}) {
        const auto refused =
            aws.call("AuthorizeSecurityGroupIngress", merged({{"GroupId", group}}, unnamed));
        EXPECT_EQ(refused.code, "MissingParameter");
        EXPECT_EQ(refused.message, "Source group ID missing.");
    }
    EXPECT_EQ(count_rules(aws, group).first, 0U);
}

TEST(AuthorizeSecurityGroup, WritesBlocksAndProtocolsInOneWay)
{
    TestEmulator aws;
    const auto group = make_group(aws);
    const auto made = aws.must(
        "AuthorizeSecurityGroupIngress",
        merged({{"GroupId", group}, {"IpPermissions.1.Ipv6Ranges.1.CidrIpv6", "2001:DB8:0::1/32"}},
               permission("6", "22", "22", "100.68.0.18/18")));
    EXPECT_THAT(made.texts("securityGroupRuleSet/item/ipProtocol"), ElementsAre("tcp", "tcp"));
    EXPECT_THAT(made.texts("securityGroupRuleSet/item/cidrIpv4"), ElementsAre("100.68.0.0/18"));
    EXPECT_THAT(made.texts("securityGroupRuleSet/item/cidrIpv6"), ElementsAre("2001:db8::/32"));
    const auto again =
        aws.call("AuthorizeSecurityGroupIngress",
                 merged({{"GroupId", group}}, permission("TCP", "22", "22", "100.68.63.255/18")));
    EXPECT_EQ(again.code, "InvalidPermission.Duplicate");
}

TEST(AuthorizeSecurityGroup, KnowsWhichProtocolsHavePorts)
{
    TestEmulator aws;
    const auto group = make_group(aws);
    const auto made = aws.must("AuthorizeSecurityGroupIngress",
                               merged({{"GroupId", group}}, permission("50", "22", "22")));
    EXPECT_EQ(made.text("securityGroupRuleSet/item/fromPort"), "-1");
    EXPECT_EQ(show(aws, group).count("securityGroupInfo/item/ipPermissions/item/fromPort"), 0U);
    aws.must("AuthorizeSecurityGroupIngress",
             merged({{"GroupId", group}}, permission("icmp", "8", "-1")));
    aws.must("AuthorizeSecurityGroupIngress", {{"GroupId", group},
                                               {"IpPermissions.1.IpProtocol", "icmpv6"},
                                               {"IpPermissions.1.Ipv6Ranges.1.CidrIpv6", "::/0"}});
    EXPECT_THAT(show(aws, group).texts("securityGroupInfo/item/ipPermissions/item/toPort"),
                ElementsAre("-1", "-1"));
}

struct BadRule {
    const char* what;
    Parameters parameters;
    const char* code;
    const char* message;
};

TEST(AuthorizeSecurityGroup, RefusesWhatNoRuleMaySay)
{
    TestEmulator aws;
    const auto group = make_group(aws);
    const auto without = [](Parameters parameters, const std::string& name) {
        std::erase_if(parameters, [&](const auto& one) { return one.first == name; });
        return parameters;
    };
    const BadRule bad_rules[] = {
        {"protocol", permission("any", "1", "1"), "InvalidParameterValue",
         "Invalid value 'any' for IP protocol. Unknown protocol."},
        {"number", permission("256", "1", "1"), "InvalidParameterValue",
         "Invalid value '256' for IP protocol. Unknown protocol."},
        {"no port", without(permission("tcp", "1", "1"), "IpPermissions.1.ToPort"),
         "InvalidParameterValue",
         "Invalid value 'Must specify both from and to ports with TCP/UDP.' for portRange."},
        {"no code", without(permission("icmp", "1", "1"), "IpPermissions.1.ToPort"),
         "InvalidParameterValue",
         "Invalid value 'Must specify both from and to ports with ICMP.' for portRange."},
        {"port", permission("tcp", "1", "65536"), "InvalidPermission.Malformed",
         "TCP/UDP port (65536) out of range"},
        {"no such port", permission("udp", "-1", "1"), "InvalidPermission.Malformed",
         "TCP/UDP port (-1) out of range"},
        {"range", permission("tcp", "443", "80"), "InvalidParameterValue",
         "Invalid TCP/UDP port range (443:80)"},
        {"code", permission("icmp", "8", "65535"), "InvalidParameterValue",
         "ICMP code (65535) out of range"},
        {"code of all", permission("icmp", "-1", "0"), "InvalidParameterValue",
         "ICMP code (0) is not allowed when the ICMP type is -1"},
        {"no block", permission("tcp", "1", "1", "192.0.2.1"), "InvalidParameterValue",
         "CIDR block 192.0.2.1 is malformed"},
        {"length", permission("tcp", "1", "1", "192.0.2.0/33"), "InvalidParameterValue",
         "CIDR block 192.0.2.0/33 is malformed"},
        {"IPv6", permission("tcp", "1", "1", "::/0"), "InvalidParameterValue",
         "CIDR block ::/0 is malformed"},
        {"leading zero", permission("tcp", "1", "1", "192.0.2.0/08"), "InvalidParameterValue",
         "CIDR block 192.0.2.0/08 is malformed"},
    };
    for (const auto& bad : bad_rules) {
        const auto refusal =
            aws.call("AuthorizeSecurityGroupIngress", merged({{"GroupId", group}}, bad.parameters));
        EXPECT_EQ(refusal.code, bad.code) << bad.what;
        EXPECT_EQ(refusal.message, bad.message) << bad.what;
    }
    EXPECT_EQ(count_rules(aws, group).first, 0U);
}

TEST(AuthorizeSecurityGroup, RefusesDescriptionsThatEc2DoesNotTake)
{
    TestEmulator aws;
    const auto group = make_group(aws);
    for (const auto& text : {std::string("that's it"), std::string(256, 'x'), std::string("ü")}) {
        const auto refusal =
            aws.call("AuthorizeSecurityGroupIngress",
                     merged(ssh(group), {{"IpPermissions.1.IpRanges.1.Description", text}}));
        EXPECT_EQ(refusal.code, "InvalidParameterValue");
        EXPECT_THAT(refusal.message, ::testing::StartsWith("Invalid rule description."));
    }
    aws.must(
        "AuthorizeSecurityGroupIngress",
        merged(ssh(group), {{"IpPermissions.1.IpRanges.1.Description", std::string(255, '$')}}));
}

TEST(AuthorizeSecurityGroup, RefusesARuleThatIsThereAndAddsNoneOfTheOthers)
{
    TestEmulator aws;
    const auto group = make_group(aws);
    aws.must("AuthorizeSecurityGroupIngress", ssh(group));
    const auto refusal =
        aws.call("AuthorizeSecurityGroupIngress",
                 merged(ssh(group), permission("tcp", "80", "80", "192.0.2.0/24", 2)));
    EXPECT_EQ(refusal.code, "InvalidPermission.Duplicate");
    EXPECT_EQ(refusal.message,
              "the specified rule \"peer: 192.0.2.0/24, TCP, from port: 22, to port: 22, ALLOW\""
              " already exists");
    EXPECT_EQ(count_rules(aws, group).first, 1U);
    EXPECT_EQ(aws.call("AuthorizeSecurityGroupEgress", all_out(group)).message,
              "the specified rule \"peer: 0.0.0.0/0, ALL, ALLOW\" already exists");
    const auto twice =
        aws.call("AuthorizeSecurityGroupEgress",
                 merged({{"GroupId", group}, {"IpPermissions.1.IpRanges.2.CidrIp", "192.0.2.9/24"}},
                        permission("tcp", "1", "1")));
    EXPECT_EQ(twice.code, "InvalidParameterValue");
    EXPECT_EQ(twice.message, "The same permission must not appear multiple times");
}

TEST(AuthorizeSecurityGroup, NamesOtherGroupsByIdAndByName)
{
    TestEmulator aws;
    const auto group = make_group(aws);
    const auto other = make_group(aws, "other");
    const Parameters all{{"GroupId", group}, {"IpPermissions.1.IpProtocol", "-1"}};
    const auto made = aws.must("AuthorizeSecurityGroupIngress",
                               merged(all, {{"IpPermissions.1.Groups.1.GroupName", "other"},
                                            {"IpPermissions.1.Groups.1.UserId", kAccount}}));
    const auto info =
        made.root().child("securityGroupRuleSet").child("item").child("referencedGroupInfo");
    EXPECT_STREQ(info.child_value("groupId"), other.c_str());
    EXPECT_STREQ(info.child_value("userId"), kAccount);
    EXPECT_FALSE(info.child("vpcId"));
    EXPECT_EQ(aws.call("AuthorizeSecurityGroupIngress",
                       merged(all, {{"IpPermissions.1.Groups.1.GroupId", other}}))
                  .code,
              "InvalidPermission.Duplicate");
}

TEST(AuthorizeSecurityGroup, RefusesGroupsThatAreNotOfItsNetwork)
{
    TestEmulator aws;
    const auto group = make_group(aws);
    const auto theirs = aws.must("DescribeSecurityGroups", {}, kOtherAccount)
                            .text("securityGroupInfo/item/groupId");
    const Parameters all{{"GroupId", group}, {"IpPermissions.1.IpProtocol", "-1"}};
    for (const auto& peer :
         {Parameters{{"IpPermissions.1.Groups.1.GroupId", theirs}},
          Parameters{{"IpPermissions.1.Groups.1.GroupId", theirs},
                     {"IpPermissions.1.Groups.1.UserId", kOtherAccount}},
          Parameters{{"IpPermissions.1.Groups.1.GroupName", "none"}},
          Parameters{{"IpPermissions.1.Groups.1.GroupId", group},
                     {"IpPermissions.1.Groups.1.VpcId", "vpc-0123456789abcdef0"}}}) {
        EXPECT_EQ(aws.call("AuthorizeSecurityGroupIngress", merged(all, peer)).code,
                  "InvalidGroup.NotFound");
    }
    EXPECT_EQ(aws.call("AuthorizeSecurityGroupIngress", ssh(theirs)).code, "InvalidGroup.NotFound");
    EXPECT_EQ(aws.call("AuthorizeSecurityGroupIngress", ssh("sg-x")).code,
              "InvalidGroupId.Malformed");
    EXPECT_EQ(aws.call("AuthorizeSecurityGroupIngress",
                       merged(all, {{"IpPermissions.1.Groups.1.GroupId", "x"}}))
                  .code,
              "InvalidGroupId.Malformed");
}

TEST(AuthorizeSecurityGroup, TakesSixtyRulesOfEachFamilyInEachDirection)
{
    TestEmulator aws;
    const auto group = make_group(aws);
    Parameters sixty{{"GroupId", group}, {"IpPermissions.1.IpProtocol", "-1"}};
    for (int number = 1; number <= 60; ++number) {
        sixty.emplace_back(fmt::format("IpPermissions.1.IpRanges.{}.CidrIp", number),
                           fmt::format("10.0.{}.0/24", number));
    }
    EXPECT_EQ(aws.call("AuthorizeSecurityGroupEgress", sixty).code,
              "RulesPerSecurityGroupLimitExceeded");
    EXPECT_EQ(count_rules(aws, group), std::pair(std::size_t{0}, std::size_t{1}));
    aws.must("AuthorizeSecurityGroupIngress", sixty);
    const auto one_more = aws.call("AuthorizeSecurityGroupIngress", ssh(group));
    EXPECT_EQ(one_more.code, "RulesPerSecurityGroupLimitExceeded");
    EXPECT_EQ(one_more.message, "The maximum number of rules per security group has been reached.");
    aws.must("AuthorizeSecurityGroupIngress", {{"GroupId", group},
                                               {"IpPermissions.1.IpProtocol", "-1"},
                                               {"IpPermissions.1.Ipv6Ranges.1.CidrIpv6", "::/0"}});
    EXPECT_EQ(
        aws.call("AuthorizeSecurityGroupIngress", {{"GroupId", group},
                                                   {"IpPermissions.1.IpProtocol", "-1"},
                                                   {"IpPermissions.1.Groups.1.GroupId", group}})
            .code,
        "RulesPerSecurityGroupLimitExceeded");
}

TEST(AuthorizeSecurityGroup, RefusesTenThousandRulesAndAddsNone)
{
    TestEmulator aws;
    const auto group = make_group(aws);
    Parameters many{{"GroupId", group}, {"IpPermissions.1.IpProtocol", "-1"}};
    for (int number = 0; number < 10'000; ++number) {
        many.emplace_back(fmt::format("IpPermissions.1.IpRanges.{}.CidrIp", number + 1),
                          fmt::format("10.{}.{}.0/24", number / 256, number % 256));
    }
    EXPECT_EQ(aws.call("AuthorizeSecurityGroupIngress", many).code,
              "RulesPerSecurityGroupLimitExceeded");
    EXPECT_EQ(count_rules(aws, group).first, 0U);
}

TEST(AuthorizeSecurityGroup, RefusesTenThousandPermissionsAsTooManyRules)
{
    TestEmulator aws;
    const auto group = make_group(aws);
    Parameters many{{"GroupId", group}};
    for (int number = 0; number < 10'000; ++number) {
        const auto permission = fmt::format("IpPermissions.{}.", number + 1);
        many.emplace_back(permission + "IpProtocol", "tcp");
        many.emplace_back(permission + "FromPort", "22");
        many.emplace_back(permission + "ToPort", "22");
        many.emplace_back(permission + "IpRanges.1.CidrIp",
                          fmt::format("10.{}.{}.0/24", number / 256, number % 256));
    }
    EXPECT_EQ(aws.call("AuthorizeSecurityGroupIngress", many).code,
              "RulesPerSecurityGroupLimitExceeded");
    EXPECT_EQ(count_rules(aws, group).first, 0U);
}

TEST(AuthorizeSecurityGroup, TagsItsRules)
{
    TestEmulator aws;
    const auto group = make_group(aws);
    const auto made =
        aws.must("AuthorizeSecurityGroupIngress",
                 merged(ssh(group), {{"TagSpecification.1.ResourceType", "security-group-rule"},
                                     {"TagSpecification.1.Tag.1.Key", "k"},
                                     {"TagSpecification.1.Tag.1.Value", "v"}}));
    EXPECT_EQ(made.text("securityGroupRuleSet/item/tagSet/item/key"), "k");
    EXPECT_EQ(aws.must("DescribeSecurityGroupRules", filter("tag-key", "k")).texts(kRuleIds).size(),
              1U);
    EXPECT_THAT(aws.must("DescribeSecurityGroupRules", filter("tag:k", "v")).texts(kRuleIds),
                ElementsAre(made.text(kRuleIds)));
    aws.must("RevokeSecurityGroupIngress", ssh(group));
    EXPECT_EQ(aws.must("DescribeTags").count("tagSet/item"), 0U);
}

TEST(AuthorizeSecurityGroup, AddsNothingOnADryRun)
{
    TestEmulator aws;
    const auto group = make_group(aws);
    for (const char* action : {"AuthorizeSecurityGroupIngress", "AuthorizeSecurityGroupEgress",
                               "RevokeSecurityGroupIngress", "RevokeSecurityGroupEgress",
                               "UpdateSecurityGroupRuleDescriptionsIngress",
                               "UpdateSecurityGroupRuleDescriptionsEgress"}) {
        EXPECT_EQ(aws.call(action, merged(ssh(group), {{"DryRun", "true"}})).code,
                  "DryRunOperation");
    }
    EXPECT_EQ(count_rules(aws, group), std::pair(std::size_t{0}, std::size_t{1}));
}

// RevokeSecurityGroupIngress, RevokeSecurityGroupEgress

TEST(RevokeSecurityGroup, TakesTheFirstRuleAwayAndAuthorizeBringsItBack)
{
    TestEmulator aws;
    const auto group = make_group(aws);
    const auto gone = aws.must("RevokeSecurityGroupEgress", all_out(group));
    EXPECT_EQ(gone.text("return"), "true");
    EXPECT_EQ(gone.text("revokedSecurityGroupRuleSet/item/cidrIpv4"), "0.0.0.0/0");
    EXPECT_THAT(rules_of(aws, group).texts(kRuleIds), IsEmpty());
    EXPECT_EQ(show(aws, group).count("securityGroupInfo/item/ipPermissionsEgress/item"), 0U);
    aws.must("AuthorizeSecurityGroupEgress", all_out(group));
    EXPECT_EQ(count_rules(aws, group), std::pair(std::size_t{0}, std::size_t{1}));
}

TEST(RevokeSecurityGroup, TakesRulesAwayByTheirIds)
{
    TestEmulator aws;
    const auto group = make_group(aws);
    const auto made =
        aws.must("AuthorizeSecurityGroupIngress",
                 merged(ssh(group), {{"IpPermissions.1.Groups.1.GroupId", group},
                                     {"IpPermissions.1.Ipv6Ranges.1.CidrIpv6", "::/0"}}));
    const auto ids = made.texts(kRuleIds);
    const auto gone = aws.must(
        "RevokeSecurityGroupIngress",
        {{"GroupId", group}, {"SecurityGroupRuleId.1", ids[1]}, {"SecurityGroupRuleId.2", ids[2]}});
    EXPECT_THAT(gone.texts("revokedSecurityGroupRuleSet/item/securityGroupRuleId"),
                UnorderedElementsAre(ids[1], ids[2]));
    EXPECT_THAT(show(aws, group).texts(kCidrs), ElementsAre("192.0.2.0/24"));
}

TEST(RevokeSecurityGroup, RefusesIdsThatAreNotOfTheGroupAndItsDirection)
{
    TestEmulator aws;
    const auto group = make_group(aws);
    const auto other = make_group(aws, "other");
    const auto id = aws.must("AuthorizeSecurityGroupIngress", ssh(group)).text(kRuleIds);
    const auto refusal = aws.call(
        "RevokeSecurityGroupIngress",
        {{"GroupId", group}, {"SecurityGroupRuleId.1", id}, {"SecurityGroupRuleId.2", kNoRule}});
    EXPECT_EQ(refusal.code, "InvalidSecurityGroupRuleId.NotFound");
    EXPECT_EQ(refusal.message,
              std::string("The security group rule ID '") + kNoRule + "' does not exist");
    for (const auto& [action, of] : {std::pair{"RevokeSecurityGroupIngress", other},
                                     std::pair{"RevokeSecurityGroupEgress", group}}) {
        EXPECT_EQ(aws.call(action, {{"GroupId", of}, {"SecurityGroupRuleId.1", id}}).code,
                  "InvalidSecurityGroupRuleId.NotFound");
    }
    EXPECT_EQ(
        aws.call("RevokeSecurityGroupIngress", {{"GroupId", group}, {"SecurityGroupRuleId.1", "x"}})
            .code,
        "InvalidSecurityGroupRuleId.Malformed");
    EXPECT_EQ(
        aws.call("RevokeSecurityGroupIngress", merged(ssh(group), {{"SecurityGroupRuleId.1", id}}))
            .code,
        "InvalidParameterCombination");
    EXPECT_EQ(aws.call("RevokeSecurityGroupIngress", {{"GroupId", group}}).code,
              "MissingParameter");
    EXPECT_EQ(count_rules(aws, group).first, 1U);
}

TEST(RevokeSecurityGroup, TellsInTheDefaultVpcWhichRulesWereNotThere)
{
    TestEmulator aws;
    const auto group = make_group(aws);
    aws.must("AuthorizeSecurityGroupIngress", ssh(group));
    const auto answer =
        aws.must("RevokeSecurityGroupIngress",
                 merged(ssh(group), permission("udp", "53", "53", "192.0.2.0/24", 2)));
    EXPECT_EQ(answer.text("unknownIpPermissionSet/item/ipProtocol"), "udp");
    EXPECT_EQ(answer.count("revokedSecurityGroupRuleSet/item"), 1U);
    EXPECT_EQ(count_rules(aws, group).first, 0U);
}

TEST(RevokeSecurityGroup, TakesTheOlderForm)
{
    TestEmulator aws;
    const auto group = make_group(aws);
    aws.must("AuthorizeSecurityGroupIngress", ssh(group));
    aws.must("RevokeSecurityGroupIngress", {{"GroupName", "web"},
                                            {"IpProtocol", "tcp"},
                                            {"FromPort", "22"},
                                            {"ToPort", "22"},
                                            {"CidrIp", "192.0.2.0/24"}});
    EXPECT_EQ(count_rules(aws, group).first, 0U);
}

// DescribeSecurityGroupRules

TEST(DescribeSecurityGroupRules, ShowsTheRulesOfTheDefaultGroup)
{
    TestEmulator aws;
    const auto answer = aws.must("DescribeSecurityGroupRules");
    EXPECT_THAT(answer.texts("securityGroupRuleSet/item/isEgress"),
                UnorderedElementsAre("true", "false"));
    EXPECT_THAT(answer.texts("securityGroupRuleSet/item/fromPort"), ElementsAre("-1", "-1"));
    EXPECT_EQ(answer.texts("securityGroupRuleSet/item/referencedGroupInfo/groupId").front(),
              answer.text("securityGroupRuleSet/item/groupId"));
}

TEST(DescribeSecurityGroupRules, TellsOfNoTagsWhereTheCallThatMadeThemDoesNot)
{
    TestEmulator aws;
    const auto made = aws.must("AuthorizeSecurityGroupIngress", ssh(make_group(aws)));
    EXPECT_EQ(made.count("securityGroupRuleSet/item/tagSet"), 0U);
    const auto shown =
        aws.must("DescribeSecurityGroupRules", {{"SecurityGroupRuleId.1", made.text(kRuleIds)}});
    EXPECT_EQ(shown.count("securityGroupRuleSet/item/tagSet"), 1U);
    EXPECT_EQ(shown.count("securityGroupRuleSet/item/tagSet/item"), 0U);
}

TEST(DescribeSecurityGroupRules, RefusesAGroupThatIsNone)
{
    TestEmulator aws;
    const auto refused = aws.call("DescribeSecurityGroupRules", filter("group-id", "foobar"));
    EXPECT_EQ(refused.code, "InvalidGroupId.Malformed");
    EXPECT_EQ(refused.message, "The security group ID 'foobar' is malformed");
    EXPECT_EQ(aws.must("DescribeSecurityGroupRules", filter("group-id", "sg-0123456789abcdef0"))
                  .count("securityGroupRuleSet/item"),
              0U);
    EXPECT_EQ(aws.must("DescribeSecurityGroupRules", filter("group-id", "sg-*"))
                  .count("securityGroupRuleSet/item"),
              2U);
}

TEST(DescribeSecurityGroupRules, FindsByIdAndRefusesOthers)
{
    TestEmulator aws;
    const auto group = make_group(aws);
    const auto id = aws.must("AuthorizeSecurityGroupIngress", ssh(group)).text(kRuleIds);
    EXPECT_THAT(
        aws.must("DescribeSecurityGroupRules", {{"SecurityGroupRuleId.1", id}}).texts(kRuleIds),
        ElementsAre(id));
    EXPECT_THAT(aws.must("DescribeSecurityGroupRules", filter("security-group-rule-id", id))
                    .texts(kRuleIds),
                ElementsAre(id));
    EXPECT_EQ(aws.call("DescribeSecurityGroupRules", {{"SecurityGroupRuleId.1", kNoRule}}).code,
              "InvalidSecurityGroupRuleId.NotFound");
    EXPECT_EQ(
        aws.call("DescribeSecurityGroupRules", {{"SecurityGroupRuleId.1", id}}, kOtherAccount).code,
        "InvalidSecurityGroupRuleId.NotFound");
    EXPECT_EQ(aws.call("DescribeSecurityGroupRules", {{"SecurityGroupRuleId.1", group}}).code,
              "InvalidSecurityGroupRuleId.Malformed");
}

// ModifySecurityGroupRules

Parameters update(const std::string& group, const std::string& id, const Parameters& to)
{
    Parameters parameters{{"GroupId", group}, {"SecurityGroupRule.1.SecurityGroupRuleId", id}};
    for (const auto& [name, value] : to) {
        parameters.emplace_back("SecurityGroupRule.1.SecurityGroupRule." + name, value);
    }
    return parameters;
}

const Parameters kHttps{{"IpProtocol", "tcp"}, {"FromPort", "443"}, {"ToPort", "443"}};

TEST(ModifySecurityGroupRules, PutsAnotherRuleInThePlaceOfItsId)
{
    TestEmulator aws;
    const auto group = make_group(aws);
    const auto id =
        aws.must("AuthorizeSecurityGroupIngress",
                 merged(ssh(group), {{"IpPermissions.1.IpRanges.1.Description", "old"}}))
            .text(kRuleIds);
    const auto done = aws.must("ModifySecurityGroupRules",
                               update(group, id, merged(kHttps, {{"CidrIpv6", "2001:db8::1/64"}})));
    EXPECT_EQ(done.text("return"), "true");
    const auto shown = aws.must("DescribeSecurityGroupRules", {{"SecurityGroupRuleId.1", id}});
    EXPECT_EQ(shown.text("securityGroupRuleSet/item/cidrIpv6"), "2001:db8::/64");
    EXPECT_EQ(shown.text("securityGroupRuleSet/item/fromPort"), "443");
    EXPECT_EQ(shown.count("securityGroupRuleSet/item/description"), 0U);
    EXPECT_EQ(shown.text("securityGroupRuleSet/item/isEgress"), "false");
}

TEST(ModifySecurityGroupRules, RefusesWhatIsNoOtherRuleOfTheGroup)
{
    TestEmulator aws;
    const auto group = make_group(aws);
    const auto id = aws.must("AuthorizeSecurityGroupIngress", ssh(group)).text(kRuleIds);
    const auto https = merged(kHttps, {{"CidrIpv4", "192.0.2.0/24"}});
    const auto code = [&](const Parameters& parameters) {
        return aws.call("ModifySecurityGroupRules", parameters).code;
    };
    EXPECT_EQ(code(update(group, id, kHttps)), "InvalidParameterCombination");
    EXPECT_EQ(code(update(group, id, merged(https, {{"CidrIpv6", "::/0"}}))),
              "InvalidParameterCombination");
    const auto nameless =
        aws.call("ModifySecurityGroupRules", update(group, id, {{"CidrIpv4", "192.0.2.0/24"}}));
    EXPECT_EQ(nameless.code, "InvalidParameterValue");
    EXPECT_EQ(nameless.message, kNoProtocol);
    EXPECT_EQ(code({{"GroupId", group}}), "MissingParameter");
    EXPECT_EQ(code(update(group, kNoRule, https)), "InvalidSecurityGroupRuleId.NotFound");
    EXPECT_EQ(code(update(make_group(aws, "other"), id, https)),
              "InvalidSecurityGroupRuleId.NotFound");
    EXPECT_EQ(code(merged(update(group, id, https), {{"DryRun", "true"}})), "DryRunOperation");
    aws.must("AuthorizeSecurityGroupIngress",
             merged({{"GroupId", group}}, permission("tcp", "443", "443")));
    EXPECT_EQ(code(update(group, id, https)), "InvalidPermission.Duplicate");
    EXPECT_EQ(aws.must("DescribeSecurityGroupRules", {{"SecurityGroupRuleId.1", id}})
                  .text("securityGroupRuleSet/item/fromPort"),
              "22");
}

/// An update of several rules, each of an id and what it is to say.
Parameters updates(const std::string& group,
                   const std::vector<std::pair<std::string, Parameters>>& changes)
{
    Parameters parameters{{"GroupId", group}};
    for (std::size_t i = 0; i < changes.size(); ++i) {
        const auto member = fmt::format("SecurityGroupRule.{}.", i + 1);
        parameters.emplace_back(member + "SecurityGroupRuleId", changes[i].first);
        for (const auto& [name, value] : changes[i].second) {
            parameters.emplace_back(member + "SecurityGroupRule." + name, value);
        }
    }
    return parameters;
}

TEST(ModifySecurityGroupRules, LetsRulesTakeOverWhatOthersSaid)
{
    TestEmulator aws;
    const auto group = make_group(aws);
    const auto add = [&](const char* port) {
        return aws
            .must("AuthorizeSecurityGroupIngress",
                  merged({{"GroupId", group}}, permission("tcp", port, port)))
            .text(kRuleIds);
    };
    const auto of_port = [](const char* port) {
        return Parameters{{"IpProtocol", "tcp"},
                          {"FromPort", port},
                          {"ToPort", port},
                          {"CidrIpv4", "192.0.2.0/24"}};
    };
    const auto first = add("80");
    const auto second = add("443");
    const auto port_of = [&](const std::string& id) {
        return aws.must("DescribeSecurityGroupRules", {{"SecurityGroupRuleId.1", id}})
            .text("securityGroupRuleSet/item/fromPort");
    };
    aws.must("ModifySecurityGroupRules",
             updates(group, {{first, of_port("443")}, {second, of_port("8080")}}));
    EXPECT_EQ(port_of(first), "443");
    EXPECT_EQ(port_of(second), "8080");
    aws.must("ModifySecurityGroupRules",
             updates(group, {{first, of_port("8080")}, {second, of_port("443")}}));
    EXPECT_EQ(port_of(first), "8080");
    EXPECT_EQ(port_of(second), "443");
    EXPECT_EQ(aws.call("ModifySecurityGroupRules",
                       updates(group, {{first, of_port("22")}, {second, of_port("22")}}))
                  .code,
              "InvalidPermission.Duplicate");
    EXPECT_EQ(port_of(first), "8080");
    EXPECT_EQ(port_of(second), "443");
}

TEST(ModifySecurityGroupRules, CountsTheRulesThatThereAreInTheEnd)
{
    TestEmulator aws;
    const auto group = make_group(aws);
    Parameters sixty{{"GroupId", group}, {"IpPermissions.1.IpProtocol", "-1"}};
    for (int number = 1; number <= 60; ++number) {
        sixty.emplace_back(fmt::format("IpPermissions.1.IpRanges.{}.CidrIp", number),
                           fmt::format("10.0.{}.0/24", number));
    }
    const auto ipv4 = aws.must("AuthorizeSecurityGroupIngress", sixty).texts(kRuleIds).front();
    const auto ipv6 = aws.must("AuthorizeSecurityGroupIngress",
                               {{"GroupId", group},
                                {"IpPermissions.1.IpProtocol", "-1"},
                                {"IpPermissions.1.Ipv6Ranges.1.CidrIpv6", "::/0"}})
                          .text(kRuleIds);
    const Parameters to_ipv4{{"IpProtocol", "-1"}, {"CidrIpv4", "192.0.2.0/24"}};
    const Parameters to_ipv6{{"IpProtocol", "-1"}, {"CidrIpv6", "2001:db8::/32"}};
    EXPECT_EQ(aws.call("ModifySecurityGroupRules", updates(group, {{ipv6, to_ipv4}})).code,
              "RulesPerSecurityGroupLimitExceeded");
    EXPECT_EQ(
        aws.call("ModifySecurityGroupRules", updates(group, {{ipv6, to_ipv4}, {ipv4, to_ipv6}}))
            .code,
        "");
}

// UpdateSecurityGroupRuleDescriptionsIngress, UpdateSecurityGroupRuleDescriptionsEgress

TEST(UpdateSecurityGroupRuleDescriptions, DescribesAnewByRuleAndById)
{
    TestEmulator aws;
    const auto group = make_group(aws);
    const auto id = aws.must("AuthorizeSecurityGroupIngress", ssh(group)).text(kRuleIds);
    const auto description = [&] {
        return aws.must("DescribeSecurityGroupRules", {{"SecurityGroupRuleId.1", id}})
            .text("securityGroupRuleSet/item/description");
    };
    aws.must("UpdateSecurityGroupRuleDescriptionsIngress",
             merged(ssh(group), {{"IpPermissions.1.IpRanges.1.Description", "one"}}));
    EXPECT_EQ(description(), "one");
    const Parameters by_id{{"GroupId", group},
                           {"SecurityGroupRuleDescription.1.SecurityGroupRuleId", id}};
    aws.must("UpdateSecurityGroupRuleDescriptionsIngress",
             merged(by_id, {{"SecurityGroupRuleDescription.1.Description", "two"}}));
    EXPECT_EQ(description(), "two");
    EXPECT_EQ(aws.call("UpdateSecurityGroupRuleDescriptionsEgress", by_id).code,
              "InvalidSecurityGroupRuleId.NotFound");
    aws.must("UpdateSecurityGroupRuleDescriptionsIngress", ssh(group));
    EXPECT_EQ(description(), "");
}

TEST(UpdateSecurityGroupRuleDescriptions, RefusesRulesThatAreNotThere)
{
    TestEmulator aws;
    const auto group = make_group(aws);
    const auto refusal = aws.call("UpdateSecurityGroupRuleDescriptionsEgress", ssh(group));
    EXPECT_EQ(refusal.code, "InvalidPermission.NotFound");
    EXPECT_EQ(refusal.message, "The specified rule does not exist in this security group.");
    const auto code = [&](const Parameters& parameters) {
        return aws.call("UpdateSecurityGroupRuleDescriptionsIngress", parameters).code;
    };
    EXPECT_EQ(code({{"GroupId", group}}), "MissingParameter");
    EXPECT_EQ(code({{"GroupId", group}, {"SecurityGroupRuleDescription.1.Description", "x"}}),
              "MissingParameter");
    EXPECT_EQ(
        code(merged(ssh(group), {{"SecurityGroupRuleDescription.1.SecurityGroupRuleId", kNoRule}})),
        "InvalidParameterCombination");
}

TEST(AuthorizeSecurityGroupIngress, TakesAllAsAllProtocols)
{
    TestEmulator aws;
    const auto group =
        aws.must("CreateSecurityGroup", {{"GroupName", "any"}, {"GroupDescription", "any"}})
            .text("groupId");
    const Parameters all{{"GroupId", group}, {"IpProtocol", "all"}, {"CidrIp", "10.0.0.0/8"}};
    EXPECT_EQ(
        aws.must("AuthorizeSecurityGroupIngress", all).text("securityGroupRuleSet/item/ipProtocol"),
        "-1");
    EXPECT_EQ(aws.call("AuthorizeSecurityGroupIngress", merged(all, {{"IpProtocol", "-1"}})).code,
              "InvalidPermission.Duplicate");
}

}  // namespace
}  // namespace amilab::test
