#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/server/services/ec2/network/own_network.h"
#include "tests/support/emulator_fixture.h"

namespace amilab::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

Answer create(TestEmulator& aws, const Parameters& extra = {})
{
    return aws.call("CreateManagedPrefixList", merged({{"PrefixListName", "mine"},
                                                       {"AddressFamily", "IPv4"},
                                                       {"MaxEntries", "3"},
                                                       {"Entry.1.Cidr", "10.0.0.1/8"},
                                                       {"Entry.1.Description", "ten"}},
                                                      extra));
}

std::string create_id(TestEmulator& aws)
{
    return create(aws).text("prefixList/prefixListId");
}

std::vector<std::string> entries(TestEmulator& aws, const std::string& id,
                                 const Parameters& extra = {})
{
    return aws.must("GetManagedPrefixListEntries", merged({{"PrefixListId", id}}, extra))
        .texts("entrySet/item/cidr");
}

Answer modify(TestEmulator& aws, const std::string& id, const Parameters& extra)
{
    return aws.call("ModifyManagedPrefixList", merged({{"PrefixListId", id}}, extra));
}

TEST(CreateManagedPrefixList, MakesAFirstVersion)
{
    TestEmulator aws;
    const auto made = create(aws);
    EXPECT_EQ(made.text("prefixList/state"), "create-in-progress");
    EXPECT_EQ(made.text("prefixList/version"), "1");
    const auto id = made.text("prefixList/prefixListId");
    const auto shown = aws.must("DescribeManagedPrefixLists", {{"PrefixListId.1", id}});
    EXPECT_EQ(shown.text("prefixListSet/item/state"), "create-complete");
    EXPECT_EQ(shown.text("prefixListSet/item/maxEntries"), "3");
    EXPECT_THAT(entries(aws, id), ElementsAre("10.0.0.0/8"));
}

TEST(CreateManagedPrefixList, RefusesWhatAListCannotBe)
{
    TestEmulator aws;
    EXPECT_EQ(create(aws, {{"PrefixListName", "com.amazonaws.x"}}).code, "InvalidParameterValue");
    EXPECT_EQ(create(aws, {{"AddressFamily", "IPv5"}}).code, "InvalidParameterValue");
    EXPECT_EQ(create(aws, {{"AddressFamily", "IPv6"}}).code, "InvalidParameterValue");
    EXPECT_EQ(create(aws, {{"MaxEntries", "0"}}).code, "InvalidParameterValue");
    EXPECT_EQ(create(aws, {{"MaxEntries", "1001"}}).code, "InvalidParameterValue");
    EXPECT_EQ(create(aws, {{"Entry.2.Cidr", "10.0.0.0/8"}}).code, "InvalidParameterValue");
    EXPECT_EQ(create(aws, {{"MaxEntries", "1"}, {"Entry.2.Cidr", "11.0.0.0/8"}}).code,
              "PrefixListMaxEntriesExceeded");
}

TEST(ModifyManagedPrefixList, MakesAVersionOfEntriesAlone)
{
    TestEmulator aws;
    const auto id = create_id(aws);
    EXPECT_EQ(modify(aws, id, {{"PrefixListName", "other"}}).text("prefixList/version"), "1");
    EXPECT_EQ(modify(aws, id, {{"AddEntry.1.Cidr", "11.0.0.0/8"}}).code, "MissingParameter");
    EXPECT_EQ(modify(aws, id, {{"CurrentVersion", "2"}, {"AddEntry.1.Cidr", "11.0.0.0/8"}}).code,
              "PrefixListVersionMismatch");
    const auto changed = modify(aws, id,
                                {{"CurrentVersion", "1"},
                                 {"AddEntry.1.Cidr", "11.0.0.0/8"},
                                 {"RemoveEntry.1.Cidr", "10.0.0.0/8"}});
    EXPECT_EQ(changed.text("prefixList/version"), "2");
    EXPECT_EQ(changed.text("prefixList/state"), "modify-in-progress");
    EXPECT_THAT(entries(aws, id), ElementsAre("11.0.0.0/8"));
    EXPECT_THAT(entries(aws, id, {{"TargetVersion", "1"}}), ElementsAre("10.0.0.0/8"));
    EXPECT_EQ(
        aws.call("GetManagedPrefixListEntries", {{"PrefixListId", id}, {"TargetVersion", "3"}})
            .code,
        "InvalidParameterValue");
}

TEST(ModifyManagedPrefixList, RefusesWhatDoesNotFit)
{
    TestEmulator aws;
    const auto id = create_id(aws);
    const auto code = [&](const Parameters& extra) { return modify(aws, id, extra).code; };
    EXPECT_EQ(code({}), "InvalidParameterCombination");
    EXPECT_EQ(
        code({{"CurrentVersion", "1"}, {"MaxEntries", "5"}, {"AddEntry.1.Cidr", "11.0.0.0/8"}}),
        "InvalidParameterCombination");
    EXPECT_EQ(code({{"CurrentVersion", "1"}, {"RemoveEntry.1.Cidr", "11.0.0.0/8"}}),
              "InvalidParameterValue");
    EXPECT_EQ(code({{"CurrentVersion", "1"}, {"AddEntry.1.Cidr", "10.0.0.0/8"}}),
              "InvalidParameterValue");
    EXPECT_EQ(code({{"MaxEntries", "1"}}), "");
    EXPECT_EQ(code({{"CurrentVersion", "1"}, {"AddEntry.1.Cidr", "11.0.0.0/8"}}),
              "PrefixListMaxEntriesExceeded");
    EXPECT_EQ(modify(aws, "pl-0123456789abcdef0", {{"MaxEntries", "5"}}).code,
              "InvalidPrefixListID.NotFound");
}

TEST(RestoreManagedPrefixListVersion, MakesANewVersionOfAnOldOne)
{
    TestEmulator aws;
    const auto id = create_id(aws);
    modify(aws, id, {{"CurrentVersion", "1"}, {"RemoveEntry.1.Cidr", "10.0.0.0/8"}});
    EXPECT_THAT(entries(aws, id), IsEmpty());
    const Parameters restore{{"PrefixListId", id}, {"PreviousVersion", "1"}};
    EXPECT_EQ(
        aws.call("RestoreManagedPrefixListVersion", merged(restore, {{"CurrentVersion", "1"}}))
            .code,
        "PrefixListVersionMismatch");
    const auto restored =
        aws.must("RestoreManagedPrefixListVersion", merged(restore, {{"CurrentVersion", "2"}}));
    EXPECT_EQ(restored.text("prefixList/version"), "3");
    EXPECT_EQ(restored.text("prefixList/state"), "restore-in-progress");
    EXPECT_THAT(entries(aws, id), ElementsAre("10.0.0.0/8"));
}

TEST(ManagedPrefixLists, StayWhileRulesAndRoutesReferToThem)
{
    TestEmulator aws;
    const auto id = create_id(aws);
    const auto group = aws.must("DescribeSecurityGroups").text("securityGroupInfo/item/groupId");
    const Parameters rule{{"GroupId", group},
                          {"IpPermissions.1.IpProtocol", "tcp"},
                          {"IpPermissions.1.FromPort", "22"},
                          {"IpPermissions.1.ToPort", "22"},
                          {"IpPermissions.1.PrefixListIds.1.PrefixListId", id}};
    EXPECT_EQ(aws.must("AuthorizeSecurityGroupIngress", rule)
                  .text("securityGroupRuleSet/item/prefixListId"),
              id);
    EXPECT_EQ(aws.must("DescribeSecurityGroups", filter("ip-permission.prefix-list-id", id))
                  .text("securityGroupInfo/item/groupId"),
              group);
    const auto vpc = make_vpc(aws);
    const auto table = make_route_table(aws, vpc);
    const auto gateway = make_gateway(aws);
    aws.must("AttachInternetGateway", {{"InternetGatewayId", gateway}, {"VpcId", vpc}});
    aws.must("CreateRoute",
             {{"RouteTableId", table}, {"DestinationPrefixListId", id}, {"GatewayId", gateway}});
    EXPECT_EQ(aws.must("GetManagedPrefixListAssociations", {{"PrefixListId", id}})
                  .count("prefixListAssociationSet/item"),
              2U);
    EXPECT_EQ(aws.call("DeleteManagedPrefixList", {{"PrefixListId", id}}).code,
              "DependencyViolation");
    aws.must("RevokeSecurityGroupIngress", rule);
    aws.must("DeleteRoute", {{"RouteTableId", table}, {"DestinationPrefixListId", id}});
    EXPECT_EQ(aws.must("DeleteManagedPrefixList", {{"PrefixListId", id}}).text("prefixList/state"),
              "delete-in-progress");
    EXPECT_EQ(aws.call("AuthorizeSecurityGroupIngress", rule).code, "InvalidPrefixListID.NotFound");
}

TEST(ManagedPrefixLists, CountForAsManyRulesAsTheyMayHaveEntries)
{
    TestEmulator aws;
    const auto group = aws.must("DescribeSecurityGroups").text("securityGroupInfo/item/groupId");
    const auto id = create(aws, {{"MaxEntries", "60"}}).text("prefixList/prefixListId");
    EXPECT_EQ(aws.call("AuthorizeSecurityGroupIngress",
                       {{"GroupId", group},
                        {"IpPermissions.1.IpProtocol", "-1"},
                        {"IpPermissions.1.PrefixListIds.1.PrefixListId", id}})
                  .code,
              "RulesPerSecurityGroupLimitExceeded");
}

TEST(ModifyManagedPrefixList, RefusesASizeThatAGroupHasNoRoomFor)
{
    TestEmulator aws;
    const auto group = aws.must("DescribeSecurityGroups").text("securityGroupInfo/item/groupId");
    const auto id = create_id(aws);
    aws.must("AuthorizeSecurityGroupIngress",
             {{"GroupId", group},
              {"IpPermissions.1.IpProtocol", "-1"},
              {"IpPermissions.1.PrefixListIds.1.PrefixListId", id}});
    const auto refused = modify(aws, id, {{"MaxEntries", "60"}});
    EXPECT_EQ(refused.code, "RulesPerSecurityGroupLimitExceeded");
    EXPECT_NE(refused.message.find(group), std::string::npos) << refused.message;
    EXPECT_EQ(aws.must("DescribeManagedPrefixLists", {{"PrefixListId.1", id}})
                  .text("prefixListSet/item/maxEntries"),
              "3");
    EXPECT_EQ(modify(aws, id, {{"MaxEntries", "59"}}).code, "");
    EXPECT_EQ(modify(aws, id, {{"MaxEntries", "2"}}).code, "");
}

TEST(ModifyManagedPrefixList, RefusesASizeThatARouteTableHasNoRoomFor)
{
    TestEmulator aws;
    const auto vpc = aws.must("DescribeVpcs").text("vpcSet/item/vpcId");
    const auto table =
        aws.must("CreateRouteTable", {{"VpcId", vpc}}).text("routeTable/routeTableId");
    const auto gateway =
        aws.must("DescribeInternetGateways").text("internetGatewaySet/item/internetGatewayId");
    const auto route_to = [&](const std::string& list) {
        aws.must(
            "CreateRoute",
            {{"RouteTableId", table}, {"DestinationPrefixListId", list}, {"GatewayId", gateway}});
    };
    const auto id = create_id(aws);
    route_to(id);
    // The table has a route within the VPC beside.
    route_to(create(aws, {{"MaxEntries", "900"}}).text("prefixList/prefixListId"));
    const auto refused = modify(aws, id, {{"MaxEntries", "100"}});
    EXPECT_EQ(refused.code, "RouteLimitExceeded");
    EXPECT_NE(refused.message.find(table), std::string::npos) << refused.message;
    EXPECT_EQ(aws.must("DescribeManagedPrefixLists", {{"PrefixListId.1", id}})
                  .text("prefixListSet/item/maxEntries"),
              "3");
    EXPECT_EQ(modify(aws, id, {{"MaxEntries", "99"}}).code, "");
}

TEST(DescribePrefixLists, ShowsThoseOfAwsWithTheirBlocks)
{
    TestEmulator aws;
    const auto all = aws.must("DescribePrefixLists");
    EXPECT_THAT(
        all.texts("prefixListSet/item/prefixListName"),
        UnorderedElementsAre("com.amazonaws.us-east-1.s3", "com.amazonaws.us-east-1.dynamodb",
                             "com.amazonaws.global.cloudfront.origin-facing"));
    const auto s3 =
        aws.must("DescribePrefixLists", filter("prefix-list-name", "com.amazonaws.us-east-1.s3"));
    EXPECT_EQ(s3.text("prefixListSet/item/prefixListId"), "pl-63a5400a");
    EXPECT_GT(s3.count("prefixListSet/item/cidrSet/item"), 0U);
    EXPECT_EQ(aws.call("DescribePrefixLists", {{"PrefixListId.1", "pl-0123456789abcdef0"}}).code,
              "InvalidPrefixListID.NotFound");
    EXPECT_EQ(
        aws.must("DescribePrefixLists", {}, kAccount, "cn-north-1").count("prefixListSet/item"),
        2U);
}

TEST(DescribeManagedPrefixLists, FindsThemByTheirTags)
{
    TestEmulator aws;
    create(aws);
    const auto id = create(aws, {{"TagSpecification.1.ResourceType", "prefix-list"},
                                 {"TagSpecification.1.Tag.1.Key", "of"},
                                 {"TagSpecification.1.Tag.1.Value", "web"}})
                        .text("prefixList/prefixListId");
    const auto found = [&](const std::string& name, const std::string& value) {
        return aws.must("DescribeManagedPrefixLists", filter(name, value))
            .texts("prefixListSet/item/prefixListId");
    };
    EXPECT_THAT(found("tag:of", "web"), ElementsAre(id));
    EXPECT_THAT(found("tag-key", "of"), ElementsAre(id));
    EXPECT_THAT(found("tag:of", "mail"), IsEmpty());
}

TEST(ManagedPrefixLists, OfAwsAreSeenAndUsedAndNotChanged)
{
    TestEmulator aws;
    const auto found = aws.must("DescribeManagedPrefixLists", {{"PrefixListId.1", "pl-3b927c52"}});
    EXPECT_EQ(found.text("prefixListSet/item/ownerId"), "AWS");
    EXPECT_EQ(found.text("prefixListSet/item/prefixListArn"),
              "arn:aws:ec2:us-east-1:aws:prefix-list/pl-3b927c52");
    EXPECT_EQ(found.count("prefixListSet/item/version"), 0U);
    EXPECT_EQ(aws.must("DescribeManagedPrefixLists", filter("owner-id", "AWS"))
                  .count("prefixListSet/item"),
              3U);
    const Parameters list{{"PrefixListId", "pl-3b927c52"}};
    EXPECT_EQ(aws.must("GetManagedPrefixListEntries", list).count("entrySet/item"), 2U);
    EXPECT_EQ(aws.call("DeleteManagedPrefixList", list).code, "OperationNotPermitted");
    EXPECT_EQ(aws.call("ModifyManagedPrefixList", merged(list, {{"PrefixListName", "x"}})).code,
              "OperationNotPermitted");
    const auto group =
        aws.must("CreateSecurityGroup", {{"GroupName", "web"}, {"GroupDescription", "web"}})
            .text("groupId");
    const auto rule = [&](const char* id, const char* port) {
        return aws.call("AuthorizeSecurityGroupIngress",
                        {{"GroupId", group},
                         {"IpPermissions.1.IpProtocol", "tcp"},
                         {"IpPermissions.1.FromPort", port},
                         {"IpPermissions.1.ToPort", port},
                         {"IpPermissions.1.PrefixListIds.1.PrefixListId", id}});
    };
    EXPECT_TRUE(rule("pl-63a5400a", "443").ok());
    EXPECT_TRUE(rule("pl-3b927c52", "443").ok());
    EXPECT_EQ(rule("pl-3b927c52", "80").code, "RulesPerSecurityGroupLimitExceeded");
    EXPECT_EQ(aws.must("GetManagedPrefixListAssociations", list)
                  .text("prefixListAssociationSet/item/resourceId"),
              group);
    const auto table = aws.must("DescribeRouteTables").text("routeTableSet/item/routeTableId");
    const auto gateway =
        aws.must("DescribeInternetGateways").text("internetGatewaySet/item/internetGatewayId");
    aws.must("CreateRoute", {{"RouteTableId", table},
                             {"DestinationPrefixListId", "pl-63a5400a"},
                             {"GatewayId", gateway}});
    EXPECT_THAT(aws.must("DescribeRouteTables")
                    .texts("routeTableSet/item/routeSet/item/destinationPrefixListId"),
                ElementsAre("pl-63a5400a"));
}

}  // namespace
}  // namespace amilab::test
