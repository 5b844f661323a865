#include <algorithm>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/calls/session.h"
#include "storage/metadata/network/network_ids.h"
#include "storage/metadata/sql/statement.h"
#include "storage/metadata/sql/transaction.h"
#include "storage/metadata/tags/tag_rows.h"
#include "tests/support/emulator_fixture.h"

namespace amilab::test {
namespace {

using ::testing::ElementsAre;
constexpr const char* kVpcIds = "vpcSet/item/vpcId";
constexpr const char* kGroupIds = "securityGroupInfo/item/groupId";

std::string make_group(TestEmulator& aws, const std::string& name, const char* region = kRegion)
{
    return aws
        .must("CreateSecurityGroup", {{"GroupName", name}, {"GroupDescription", "for tests"}},
              kAccount, region)
        .text("groupId");
}

TEST(DescribeSecurityGroups, ShowsTheDefaultGroup)
{
    TestEmulator emulator;
    const auto answer = emulator.must("DescribeSecurityGroups");
    ASSERT_EQ(answer.count("securityGroupInfo/item"), 1U);
    const auto group = answer.root().child("securityGroupInfo").child("item");
    EXPECT_STREQ(group.child_value("groupName"), "default");
    EXPECT_STREQ(group.child_value("groupDescription"), "default VPC security group");
    EXPECT_STREQ(group.child_value("ownerId"), kAccount);
    const auto in = group.child("ipPermissions").child("item");
    EXPECT_STREQ(in.child_value("ipProtocol"), "-1");
    EXPECT_STREQ(in.child("groups").child("item").child_value("groupId"),
                 group.child_value("groupId"));
    EXPECT_STREQ(in.child("groups").child("item").child_value("userId"), kAccount);
    EXPECT_FALSE(in.child("fromPort"));
    const auto out = group.child("ipPermissionsEgress").child("item");
    EXPECT_STREQ(out.child_value("ipProtocol"), "-1");
    EXPECT_STREQ(out.child("ipRanges").child("item").child_value("cidrIp"), "0.0.0.0/0");
    EXPECT_TRUE(out.child("groups"));
}

TEST(DescribeSecurityGroups, FindsByIdAndByName)
{
    TestEmulator emulator;
    const auto id = emulator.must("DescribeSecurityGroups").text(kGroupIds);
    for (const auto& parameters :
         {Parameters{{"GroupId.1", id}}, Parameters{{"GroupName.1", "default"}},
          Parameters{{"GroupName.1", id}},
          Parameters{{"GroupId.1", id}, {"GroupName.1", "default"}}}) {
        EXPECT_THAT(emulator.must("DescribeSecurityGroups", parameters).texts(kGroupIds),
                    ElementsAre(id));
    }
}

TEST(DescribeSecurityGroups, RefusesWhatIsUnknownOrMalformed)
{
    TestEmulator emulator;
    const auto vpc = emulator.must("DescribeVpcs").text(kVpcIds);
    const auto unknown = emulator.call("DescribeSecurityGroups", {{"GroupId.1", "sg-12345678"}});
    EXPECT_EQ(unknown.code, "InvalidGroup.NotFound");
    EXPECT_EQ(unknown.message, "The security group 'sg-12345678' does not exist");
    const auto malformed = emulator.call("DescribeSecurityGroups", {{"GroupId.1", "default"}});
    EXPECT_EQ(malformed.code, "InvalidGroupId.Malformed");
    EXPECT_EQ(malformed.message, "Invalid id: \"default\" (expecting \"sg-...\")");
    const auto name = emulator.call("DescribeSecurityGroups", {{"GroupName.1", "web"}});
    EXPECT_EQ(name.code, "InvalidGroup.NotFound");
    EXPECT_EQ(name.message, "The security group 'web' does not exist in default VPC '" + vpc + "'");
}

TEST(DescribeSecurityGroups, Filters)
{
    TestEmulator emulator;
    const auto all = emulator.must("DescribeSecurityGroups");
    const auto id = all.text(kGroupIds);
    const auto found = [&](const std::string& name, const std::string& value) {
        return emulator.must("DescribeSecurityGroups", filter(name, value))
            .count("securityGroupInfo/item");
    };
    EXPECT_EQ(found("description", "default VPC*"), 1U);
    EXPECT_EQ(found("description", "other"), 0U);
    EXPECT_EQ(found("egress.ip-permission.cidr", "0.0.0.0/0"), 1U);
    EXPECT_EQ(found("egress.ip-permission.cidr", "10.0.0.0/8"), 0U);
    EXPECT_EQ(found("egress.ip-permission.protocol", "-1"), 1U);
    EXPECT_EQ(found("egress.ip-permission.group-id", "*"), 0U);
    EXPECT_EQ(found("egress.ip-permission.from-port", "*"), 0U);
    EXPECT_EQ(found("egress.ip-permission.ipv6-cidr", "*"), 0U);
    EXPECT_EQ(found("group-id", id), 1U);
    EXPECT_EQ(found("group-name", "default"), 1U);
    EXPECT_EQ(found("group-name", "web"), 0U);
    EXPECT_EQ(found("ip-permission.cidr", "*"), 0U);
    EXPECT_EQ(found("ip-permission.group-id", id), 1U);
    EXPECT_EQ(found("ip-permission.group-name", "default"), 1U);
    EXPECT_EQ(found("ip-permission.protocol", "-1"), 1U);
    EXPECT_EQ(found("ip-permission.protocol", "tcp"), 0U);
    EXPECT_EQ(found("ip-permission.user-id", kAccount), 1U);
    EXPECT_EQ(found("owner-id", kAccount), 1U);
    EXPECT_EQ(found("vpc-id", all.text("securityGroupInfo/item/vpcId")), 1U);
    EXPECT_EQ(found("vpc-id", "vpc-12345678"), 0U);
}

TEST(DescribeSecurityGroups, FiltersByTheRulesOfEachDirection)
{
    TestEmulator aws;
    const auto id = make_group(aws, "web");
    const auto other = make_group(aws, "other");
    aws.must("AuthorizeSecurityGroupIngress", {{"GroupId", id},
                                               {"IpPermissions.1.IpProtocol", "tcp"},
                                               {"IpPermissions.1.FromPort", "80"},
                                               {"IpPermissions.1.ToPort", "81"},
                                               {"IpPermissions.1.IpRanges.1.CidrIp", "10.0.0.0/8"},
                                               {"IpPermissions.1.Ipv6Ranges.1.CidrIpv6", "::/0"},
                                               {"IpPermissions.1.Groups.1.GroupId", other}});
    const std::pair<const char*, std::string> filters[] = {
        {"from-port", "80"},  {"to-port", "81"},       {"protocol", "tcp"}, {"cidr", "10.*"},
        {"ipv6-cidr", "::*"}, {"group-name", "other"}, {"group-id", other}};
    for (const auto& [name, value] : filters) {
        const auto found = [&](const std::string& prefix) {
            return aws
                .must("DescribeSecurityGroups", filter(prefix + "ip-permission." + name, value))
                .texts(kGroupIds);
        };
        EXPECT_THAT(found(""), ElementsAre(id)) << name;
        EXPECT_THAT(found("egress."), ::testing::IsEmpty()) << name;
    }
}

// CreateSecurityGroup

TEST(CreateSecurityGroup, MakesAGroupOfTheDefaultVpcThatLetsAllOut)
{
    TestEmulator aws;
    const auto made =
        aws.must("CreateSecurityGroup", {{"GroupName", "web"},
                                         {"GroupDescription", "for the web"},
                                         {"TagSpecification.1.ResourceType", "security-group"},
                                         {"TagSpecification.1.Tag.1.Key", "k"},
                                         {"TagSpecification.1.Tag.1.Value", "v"}});
    const auto id = made.text("groupId");
    EXPECT_TRUE(SecurityGroupId::from_text(id));
    EXPECT_EQ(made.text("securityGroupArn"),
              "arn:aws:ec2:us-east-1:123456789012:security-group/" + id);
    EXPECT_EQ(made.text("tagSet/item/key"), "k");
    const auto shown = aws.must("DescribeSecurityGroups", {{"GroupName.1", "web"}});
    EXPECT_EQ(shown.text("securityGroupInfo/item/groupDescription"), "for the web");
    EXPECT_EQ(shown.text("securityGroupInfo/item/vpcId"), aws.must("DescribeVpcs").text(kVpcIds));
    EXPECT_EQ(shown.text("securityGroupInfo/item/tagSet/item/value"), "v");
    EXPECT_EQ(shown.count("securityGroupInfo/item/ipPermissions/item"), 0U);
    EXPECT_EQ(shown.text("securityGroupInfo/item/ipPermissionsEgress/item/ipRanges/item/cidrIp"),
              "0.0.0.0/0");
}

TEST(CreateSecurityGroup, RefusesANameThatIsTakenWhateverItsCase)
{
    TestEmulator aws;
    const auto vpc = aws.must("DescribeVpcs").text(kVpcIds);
    make_group(aws, "web");
    for (const char* name : {"web", "WEB"}) {
        const auto refusal =
            aws.call("CreateSecurityGroup",
                     {{"GroupName", name}, {"GroupDescription", "another"}, {"VpcId", vpc}});
        EXPECT_EQ(refusal.code, "InvalidGroup.Duplicate");
        EXPECT_EQ(refusal.message, std::string("The security group '") + name +
                                       "' already exists for VPC '" + vpc + "'");
    }
    EXPECT_FALSE(make_group(aws, "web", "eu-west-1").empty());
}

TEST(CreateSecurityGroup, TrimsSpacesAtTheEndOfAName)
{
    TestEmulator aws;
    const auto make = [&](const char* name) {
        return aws.call("CreateSecurityGroup",
                        {{"GroupName", name}, {"GroupDescription", "spaced"}});
    };
    EXPECT_EQ(make("web  ").code, "");
    EXPECT_EQ(aws.must("DescribeSecurityGroups", filter("description", "spaced"))
                  .text("securityGroupInfo/item/groupName"),
              "web");
    EXPECT_EQ(make("web").code, "InvalidGroup.Duplicate");
    EXPECT_EQ(make("web ").code, "InvalidGroup.Duplicate");
    EXPECT_EQ(make(" web").code, "");
    EXPECT_EQ(make("default ").code, "InvalidParameterValue");
    EXPECT_EQ(make("  ").code, "MissingParameter");
}

TEST(CreateSecurityGroup, RefusesNamesAndDescriptionsThatEc2DoesNotTake)
{
    TestEmulator aws;
    const auto refusal = [&](const std::string& name, const std::string& description) {
        return aws.call("CreateSecurityGroup",
                        {{"GroupName", name}, {"GroupDescription", description}});
    };
    EXPECT_EQ(refusal("default", "x").message, "Cannot use reserved security group name: default");
    EXPECT_EQ(refusal("sg-86c8964", "x").message,
              "Value (sg-86c8964) for parameter GroupName is invalid. Group names may not be in the"
              " format sg-*.");
    EXPECT_EQ(refusal("web", "it's").message,
              "Invalid security group description. Valid descriptions are strings less than 256"
              " characters from the following set:  a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*");
    for (const auto& [name, description] : {std::pair{std::string(256, 'x'), std::string("x")},
                                            std::pair{std::string("what?"), std::string("x")},
                                            std::pair{std::string("grün"), std::string("x")},
                                            std::pair{std::string("web"), std::string(256, 'x')},
                                            std::pair{std::string("web"), std::string("ü")}}) {
        EXPECT_EQ(refusal(name, description).code, "InvalidParameterValue") << name;
    }
    EXPECT_EQ(refusal("", "x").code, "MissingParameter");
    EXPECT_EQ(refusal("web", "").code, "MissingParameter");
    EXPECT_TRUE(refusal(std::string(255, 'x'), std::string(255, 'x')).ok());
}

TEST(CreateSecurityGroup, RefusesMoreThanTwoThousandFiveHundredInARegion)
{
    TestEmulator aws;
    make_group(aws, "first");
    {
        // Beside this one and the default one.
        auto writer = aws.generation().writer();
        Statement(writer.db(),
                  "WITH RECURSIVE number (n) AS"
                  " (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < 2498)"
                  " INSERT INTO security_group (id, region, owner, vpc_id, name, description)"
                  " SELECT printf('sg-%017x', n), g.region, g.owner, g.vpc_id, 'name-' || n, 'many'"
                  " FROM security_group g, number WHERE g.name = ?1")
            .execute("first");
    }
    const Parameters more = {{"GroupName", "more"}, {"GroupDescription", "for tests"}};
    EXPECT_EQ(aws.call("CreateSecurityGroup", more).code, "SecurityGroupLimitExceeded");
    make_group(aws, "elsewhere", "eu-west-1");
    aws.must("DeleteSecurityGroup", {{"GroupName", "name-1"}});
    EXPECT_EQ(aws.call("CreateSecurityGroup", more).code, "");
}

TEST(CreateSecurityGroup, RefusesAVpcThatTheCallerDoesNotHave)
{
    TestEmulator aws;
    const auto theirs = aws.must("DescribeVpcs", {}, kOtherAccount).text(kVpcIds);
    for (const auto& [vpc, code] : {std::pair{theirs, "InvalidVpcID.NotFound"},
                                    std::pair{std::string("x"), "InvalidVpcID.Malformed"}}) {
        EXPECT_EQ(aws.call("CreateSecurityGroup",
                           {{"GroupName", "web"}, {"GroupDescription", "x"}, {"VpcId", vpc}})
                      .code,
                  code);
    }
}

TEST(CreateSecurityGroup, MakesNothingOnADryRun)
{
    TestEmulator aws;
    EXPECT_EQ(aws.call("CreateSecurityGroup",
                       {{"GroupName", "web"}, {"GroupDescription", "x"}, {"DryRun", "true"}})
                  .code,
              "DryRunOperation");
    EXPECT_THAT(aws.must("DescribeSecurityGroups").texts(kGroupIds), ::testing::SizeIs(1));
}

// DeleteSecurityGroup

TEST(DeleteSecurityGroup, TakesTheGroupItsRulesAndTheirTagsAway)
{
    TestEmulator aws;
    const auto id = make_group(aws, "web");
    const auto rule = aws.must("DescribeSecurityGroupRules", filter("group-id", id))
                          .text("securityGroupRuleSet/item/securityGroupRuleId");
    aws.must(
        "CreateTags",
        {{"ResourceId.1", id}, {"ResourceId.2", rule}, {"Tag.1.Key", "k"}, {"Tag.1.Value", "v"}});
    const auto gone = aws.must("DeleteSecurityGroup", {{"GroupId", id}});
    EXPECT_EQ(gone.text("return"), "true");
    EXPECT_EQ(gone.text("groupId"), id);
    EXPECT_EQ(aws.must("DescribeTags").count("tagSet/item"), 0U);
    EXPECT_EQ(aws.call("DescribeSecurityGroupRules", {{"SecurityGroupRuleId.1", rule}}).code,
              "InvalidSecurityGroupRuleId.NotFound");
    EXPECT_EQ(aws.call("DeleteSecurityGroup", {{"GroupId", id}}).code, "InvalidGroup.NotFound");
    make_group(aws, "web");
    aws.must("DeleteSecurityGroup", {{"GroupName", "web"}});
    EXPECT_EQ(aws.call("DeleteSecurityGroup", {{"GroupName", "web"}}).code,
              "InvalidGroup.NotFound");
}

TEST(DeleteSecurityGroup, RefusesTheDefaultGroup)
{
    TestEmulator aws;
    const auto id = aws.must("DescribeSecurityGroups").text(kGroupIds);
    const auto refusal = aws.call("DeleteSecurityGroup", {{"GroupId", id}});
    EXPECT_EQ(refusal.code, "CannotDelete");
    EXPECT_EQ(refusal.message,
              "the specified group: \"" + id + "\" name: \"default\" cannot be deleted by a user");
}

TEST(DeleteSecurityGroup, RefusesAGroupThatARuleOfAnotherNames)
{
    TestEmulator aws;
    const auto id = make_group(aws, "web");
    const auto other = make_group(aws, "other");
    const auto from_web = [&](const std::string& group) {
        return Parameters{{"GroupId", group},
                          {"IpPermissions.1.IpProtocol", "-1"},
                          {"IpPermissions.1.Groups.1.GroupId", id}};
    };
    aws.must("AuthorizeSecurityGroupIngress", from_web(other));
    aws.must("AuthorizeSecurityGroupIngress", from_web(id));
    const auto refusal = aws.call("DeleteSecurityGroup", {{"GroupId", id}});
    EXPECT_EQ(refusal.code, "DependencyViolation");
    EXPECT_EQ(refusal.message, "resource " + id + " has a dependent object");
    aws.must("RevokeSecurityGroupIngress", from_web(other));
    aws.must("DeleteSecurityGroup", {{"GroupId", id}});
}

TEST(DeleteSecurityGroup, RefusesGroupsThatNameEachOtherUntilOneIsLetGo)
{
    TestEmulator aws;
    const auto one = make_group(aws, "one");
    const auto other = make_group(aws, "other");
    const auto rule = [](const std::string& group, const std::string& named) {
        return Parameters{{"GroupId", group},
                          {"IpPermissions.1.IpProtocol", "-1"},
                          {"IpPermissions.1.Groups.1.GroupId", named}};
    };
    aws.must("AuthorizeSecurityGroupIngress", rule(one, other));
    aws.must("AuthorizeSecurityGroupEgress", rule(other, one));
    const auto code = [&](const std::string& id) {
        return aws.call("DeleteSecurityGroup", {{"GroupId", id}}).code;
    };
    EXPECT_EQ(code(one), "DependencyViolation");
    EXPECT_EQ(code(other), "DependencyViolation");
    aws.must("RevokeSecurityGroupEgress", rule(other, one));
    EXPECT_EQ(code(other), "DependencyViolation");
    EXPECT_EQ(code(one), "");
    EXPECT_EQ(code(other), "");
}

TEST(DeleteSecurityGroup, RefusesAGroupOfAnInstanceUntilThatIsTerminated)
{
    TestEmulator aws;
    const auto id = make_group(aws, "web");
    const auto image =
        aws.must("DescribeImages", {{"Owner.1", "amazon"},
                                    {"Filter.1.Name", "name"},
                                    {"Filter.1.Value.1", "al2023-ami-2023.*-kernel-6.1-x86_64"}})
            .text("imagesSet/item/imageId");
    const auto instance = aws.must("RunInstances", {{"ImageId", image},
                                                    {"InstanceType", "t3.micro"},
                                                    {"MinCount", "1"},
                                                    {"MaxCount", "1"},
                                                    {"SecurityGroupId.1", id}})
                              .text("instancesSet/item/instanceId");
    EXPECT_EQ(aws.call("DeleteSecurityGroup", {{"GroupId", id}}).code, "DependencyViolation");
    aws.must("TerminateInstances", {{"InstanceId.1", instance}});
    aws.must("DeleteSecurityGroup", {{"GroupId", id}});
}

TEST(DeleteSecurityGroup, WantsAnIdOrAName)
{
    TestEmulator aws;
    EXPECT_EQ(aws.call("DeleteSecurityGroup").code, "MissingParameter");
    EXPECT_EQ(aws.call("DeleteSecurityGroup", {{"GroupId", "x"}}).code, "InvalidGroupId.Malformed");
    EXPECT_EQ(
        aws.call("DeleteSecurityGroup", {{"GroupId", "sg-0123456789abcdef0"}, {"GroupName", "web"}})
            .code,
        "InvalidParameterCombination");
    EXPECT_EQ(aws.call("DeleteSecurityGroup", {{"GroupName", "web"}, {"DryRun", "true"}}).code,
              "DryRunOperation");
}

// DescribeSecurityGroupReferences, DescribeStaleSecurityGroups

TEST(SecurityGroupReferences, AreNoneWithoutPeering)
{
    TestEmulator aws;
    const auto all = aws.must("DescribeSecurityGroups");
    const auto id = all.text(kGroupIds);
    EXPECT_EQ(aws.must("DescribeSecurityGroupReferences", {{"GroupId.1", id}})
                  .count("securityGroupReferenceSet/item"),
              0U);
    const Parameters vpc{{"VpcId", all.text("securityGroupInfo/item/vpcId")}};
    EXPECT_EQ(aws.must("DescribeStaleSecurityGroups", vpc).count("staleSecurityGroupSet/item"), 0U);
    EXPECT_EQ(
        aws.call("DescribeSecurityGroupReferences", {{"GroupId.1", "sg-0123456789abcdef0"}}).code,
        "InvalidGroup.NotFound");
    EXPECT_EQ(aws.call("DescribeSecurityGroupReferences", {{"GroupId.1", "x"}}).code,
              "InvalidGroupId.Malformed");
    EXPECT_EQ(aws.call("DescribeStaleSecurityGroups", {{"VpcId", "vpc-0123456789abcdef0"}}).code,
              "InvalidVpcID.NotFound");
    EXPECT_EQ(aws.call("DescribeStaleSecurityGroups", {{"VpcId", "x"}}).code,
              "InvalidVpcID.Malformed");
    EXPECT_EQ(aws.call("DescribeStaleSecurityGroups", merged(vpc, {{"DryRun", "true"}})).code,
              "DryRunOperation");
}

}  // namespace
}  // namespace amilab::test
