#include "server/services/ec2/placement_groups/placement_groups.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/metadata/placement_groups/placement_group_rows.h"
#include "tests/support/emulator_fixture.h"

namespace amilab::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::StartsWith;
using ::testing::UnorderedElementsAre;

constexpr const char* kNames = "placementGroupSet/item/groupName";
constexpr const char* kUnknownId = "pg-0123456789abcdef0";

Parameters group(const std::string& name, const std::string& strategy = "cluster",
                 const Parameters& more = {})
{
    return merged({{"GroupName", name}, {"Strategy", strategy}}, more);
}

std::string make_group(TestEmulator& aws, const Parameters& parameters)
{
    return aws.must("CreatePlacementGroup", parameters).text("placementGroup/groupId");
}

std::vector<std::string> names(TestEmulator& aws, const Parameters& parameters = {})
{
    return aws.must("DescribePlacementGroups", parameters).texts(kNames);
}

Parameters one_tag(const std::string& type)
{
    return {{"TagSpecification.1.ResourceType", type},
            {"TagSpecification.1.Tag.1.Key", "of"},
            {"TagSpecification.1.Tag.1.Value", "test"}};
}

// CreatePlacementGroup

TEST(CreatePlacementGroup, AnswersTheGroupAsItIsDescribed)
{
    TestEmulator aws;
    const auto made = aws.must("CreatePlacementGroup", group("mine"));
    const auto shown = aws.must("DescribePlacementGroups");
    for (const auto* answer : {&made, &shown}) {
        const std::string at = answer == &made ? "placementGroup/" : "placementGroupSet/item/";
        EXPECT_TRUE(PlacementGroupId::from_text(answer->text(at + "groupId")));
        EXPECT_EQ(answer->text(at + "groupName"), "mine");
        EXPECT_EQ(answer->text(at + "groupArn"),
                  "arn:aws:ec2:us-east-1:123456789012:placement-group/mine");
        EXPECT_EQ(answer->text(at + "state"), "available");
        EXPECT_EQ(answer->text(at + "strategy"), "cluster");
        EXPECT_EQ(answer->text(at + "operator/managed"), "false");
        EXPECT_EQ(answer->count(at + "partitionCount"), 0U);
        EXPECT_EQ(answer->count(at + "spreadLevel"), 0U);
    }
    EXPECT_EQ(made.text("placementGroup/groupId"), shown.text("placementGroupSet/item/groupId"));
}

TEST(CreatePlacementGroup, GivesAPartitionGroupTwoPartitionsUnlessToldOtherwise)
{
    TestEmulator aws;
    const auto partitions = [&](const std::string& name, const Parameters& more) {
        return aws.must("CreatePlacementGroup", group(name, "partition", more))
            .text("placementGroup/partitionCount");
    };
    EXPECT_EQ(partitions("usual", {}), "2");
    EXPECT_EQ(partitions("least", {{"PartitionCount", "1"}}), "1");
    EXPECT_EQ(partitions("most", {{"PartitionCount", "7"}}), "7");
}

TEST(CreatePlacementGroup, RefusesLessThanOnePartitionAndMoreThanSeven)
{
    TestEmulator aws;
    for (const auto* count : {"0", "8", "-1", "many"}) {
        EXPECT_EQ(aws.call("CreatePlacementGroup",
                           group("mine", "partition", {{"PartitionCount", count}}))
                      .code,
                  "InvalidParameterValue")
            << count;
    }
}

TEST(CreatePlacementGroup, SpreadsOverRacksUnlessToldOtherwise)
{
    TestEmulator aws;
    const auto level = [&](const std::string& name, const Parameters& more) {
        return aws.must("CreatePlacementGroup", group(name, "spread", more))
            .text("placementGroup/spreadLevel");
    };
    EXPECT_EQ(level("usual", {}), "rack");
    EXPECT_EQ(level("racks", {{"SpreadLevel", "rack"}}), "rack");
    EXPECT_EQ(level("hosts", {{"SpreadLevel", "host"}}), "host");
    EXPECT_EQ(
        aws.call("CreatePlacementGroup", group("x", "spread", {{"SpreadLevel", "floor"}})).code,
        "InvalidParameterValue");
}

TEST(CreatePlacementGroup, RefusesWhatIsForAnotherStrategy)
{
    TestEmulator aws;
    const auto code = [&](const std::string& strategy, const std::string& parameter,
                          const std::string& value) {
        return aws.call("CreatePlacementGroup", group("mine", strategy, {{parameter, value}})).code;
    };
    for (const auto* strategy : {"cluster", "spread", "precision-time"}) {
        EXPECT_EQ(code(strategy, "PartitionCount", "2"), "InvalidParameterCombination");
    }
    for (const auto* strategy : {"cluster", "partition", "precision-time"}) {
        EXPECT_EQ(code(strategy, "SpreadLevel", "rack"), "InvalidParameterCombination");
    }
}

TEST(CreatePlacementGroup, TakesEveryStrategyThatTheModelHas)
{
    TestEmulator aws;
    for (const auto* strategy : {"cluster", "spread", "partition", "precision-time"}) {
        make_group(aws, group(strategy, strategy));
    }
    EXPECT_EQ(aws.call("CreatePlacementGroup", group("mine", "random")).code,
              "InvalidParameterValue");
}

TEST(CreatePlacementGroup, WantsANameAndAStrategy)
{
    TestEmulator aws;
    const auto unnamed = aws.call("CreatePlacementGroup", {{"Strategy", "cluster"}});
    EXPECT_EQ(unnamed.code, "MissingParameter");
    EXPECT_EQ(unnamed.message, "The request must contain the parameter GroupName");
    EXPECT_EQ(aws.call("CreatePlacementGroup", {{"GroupName", "mine"}}).code, "MissingParameter");
}

TEST(CreatePlacementGroup, RefusesNamesThatAreTooLongOrNotAscii)
{
    TestEmulator aws;
    const auto message = [&](const std::string& name) {
        return aws.call("CreatePlacementGroup", group(name)).message;
    };
    EXPECT_EQ(message(std::string(256, 'a')),
              "Value for parameter GroupName is invalid. Length exceeds maximum of 255.");
    EXPECT_EQ(message("gr\xC3\xBCn"),
              "Value for parameter GroupName is invalid. Character sets beyond ASCII are not "
              "supported.");
    make_group(aws, group(std::string(255, 'a')));
}

TEST(CreatePlacementGroup, RefusesANameOfNothing)
{
    TestEmulator aws;
    const auto refusal = aws.call("CreatePlacementGroup", group(""));
    EXPECT_EQ(refusal.code, "MissingParameter");
    EXPECT_EQ(refusal.message, "The request must contain the parameter GroupName");
}

TEST(CreatePlacementGroup, RefusesANameThatIsTaken)
{
    TestEmulator aws;
    make_group(aws, group("mine"));
    const auto refusal = aws.call("CreatePlacementGroup", group("mine", "spread"));
    EXPECT_EQ(refusal.code, "InvalidPlacementGroup.Duplicate");
    EXPECT_EQ(refusal.message, "The placement group 'mine' already exists.");
}

TEST(CreatePlacementGroup, TakesANameThatAnotherAccountOrRegionHas)
{
    TestEmulator aws;
    make_group(aws, group("mine"));
    aws.must("CreatePlacementGroup", group("mine"), kOtherAccount);
    const auto elsewhere = aws.must("CreatePlacementGroup", group("mine"), kAccount, "eu-west-1");
    EXPECT_EQ(elsewhere.text("placementGroup/groupArn"),
              "arn:aws:ec2:eu-west-1:123456789012:placement-group/mine");
    EXPECT_THAT(names(aws), ElementsAre("mine"));
}

TEST(CreatePlacementGroup, RefusesMoreThanFiveHundred)
{
    TestEmulator aws;
    for (int index = 0; index < 500; ++index) {
        make_group(aws, group(std::to_string(index)));
    }
    EXPECT_EQ(aws.call("CreatePlacementGroup", group("more")).code, "PlacementGroupLimitExceeded");
    EXPECT_EQ(names(aws).size(), 500U);
    aws.must("DeletePlacementGroup", {{"GroupName", "0"}});
    make_group(aws, group("more"));
}

TEST(CreatePlacementGroup, MakesNothingOnADryRun)
{
    TestEmulator aws;
    EXPECT_EQ(aws.call("CreatePlacementGroup", group("mine", "cluster", {{"DryRun", "true"}})).code,
              "DryRunOperation");
    EXPECT_THAT(names(aws), IsEmpty());
}

TEST(CreatePlacementGroup, PutsTagsOnGroupsAlone)
{
    TestEmulator aws;
    const auto made =
        aws.must("CreatePlacementGroup", group("mine", "cluster", one_tag("placement-group")));
    EXPECT_EQ(made.text("placementGroup/tagSet/item/value"), "test");
    EXPECT_EQ(aws.call("CreatePlacementGroup", group("other", "cluster", one_tag("volume"))).code,
              "InvalidParameterValue");
}

TEST(CreatePlacementGroup, DoesNotOfferWhatIsReserved)
{
    TestEmulator aws;
    for (const auto& [name, value] : Parameters{{"LinkedGroupId", kUnknownId},
                                                {"Operator.Principal", "ecs.amazonaws.com"},
                                                {"ParentGroupId", kUnknownId}}) {
        EXPECT_EQ(aws.call("CreatePlacementGroup", group("mine", "cluster", {{name, value}})).code,
                  "UnsupportedOperation")
            << name;
    }
}

// DescribePlacementGroups

TEST(DescribePlacementGroups, FindsByNameAndById)
{
    TestEmulator aws;
    const auto id = make_group(aws, group("one"));
    make_group(aws, group("two"));
    make_group(aws, group("three"));
    EXPECT_THAT(names(aws, {{"GroupId.1", id}}), ElementsAre("one"));
    EXPECT_THAT(names(aws, {{"GroupName.1", "two"}, {"GroupName.2", "three"}}),
                UnorderedElementsAre("two", "three"));
    EXPECT_THAT(names(aws, {{"GroupName.1", "two"}, {"GroupId.1", id}}),
                UnorderedElementsAre("one", "two"));
    EXPECT_THAT(names(aws), UnorderedElementsAre("one", "two", "three"));
}

TEST(DescribePlacementGroups, RefusesTheWholeCallForOneThatIsUnknown)
{
    TestEmulator aws;
    make_group(aws, group("mine"));
    const auto by_name =
        aws.call("DescribePlacementGroups", {{"GroupName.1", "mine"}, {"GroupName.2", "none"}});
    EXPECT_EQ(by_name.code, "InvalidPlacementGroup.Unknown");
    EXPECT_EQ(by_name.message, "The Placement Group 'none' is unknown.");
    const auto by_id = aws.call("DescribePlacementGroups", {{"GroupId.1", kUnknownId}});
    EXPECT_EQ(by_id.code, "InvalidPlacementGroup.Unknown");
    EXPECT_EQ(by_id.message, "The Placement Group 'pg-0123456789abcdef0' is unknown.");
}

TEST(DescribePlacementGroups, RefusesAnIdThatIsNone)
{
    TestEmulator aws;
    EXPECT_EQ(aws.call("DescribePlacementGroups", {{"GroupId.1", "mine"}}).code,
              "InvalidPlacementGroupId.Malformed");
}

TEST(DescribePlacementGroups, ShowsNobodyElses)
{
    TestEmulator aws;
    const auto id = make_group(aws, group("mine"));
    for (const auto& parameters :
         {Parameters{{"GroupId.1", id}}, Parameters{{"GroupName.1", "mine"}}}) {
        EXPECT_EQ(aws.call("DescribePlacementGroups", parameters, kOtherAccount).code,
                  "InvalidPlacementGroup.Unknown");
        EXPECT_EQ(aws.call("DescribePlacementGroups", parameters, kAccount, "eu-west-1").code,
                  "InvalidPlacementGroup.Unknown");
    }
    EXPECT_EQ(aws.must("DescribePlacementGroups", {}, kOtherAccount).count(kNames), 0U);
}

TEST(DescribePlacementGroups, FiltersByWhatItShows)
{
    TestEmulator aws;
    make_group(aws, group("clustered", "cluster", one_tag("placement-group")));
    make_group(aws, group("spread", "spread", {{"SpreadLevel", "host"}}));
    make_group(aws, group("parted", "partition"));
    const auto found = [&](const std::string& name, const std::string& value) {
        return names(aws, filter(name, value));
    };
    EXPECT_THAT(found("group-name", "*d"), UnorderedElementsAre("clustered", "spread", "parted"));
    EXPECT_THAT(found("group-name", "p*"), ElementsAre("parted"));
    EXPECT_THAT(found("group-arn", "arn:aws:ec2:us-east-1:123456789012:placement-group/spread"),
                ElementsAre("spread"));
    EXPECT_THAT(found("spread-level", "host"), ElementsAre("spread"));
    EXPECT_THAT(found("spread-level", "rack"), IsEmpty());
    EXPECT_THAT(found("state", "available"), UnorderedElementsAre("clustered", "spread", "parted"));
    EXPECT_THAT(found("state", "deleted"), IsEmpty());
    EXPECT_THAT(found("strategy", "partition"), ElementsAre("parted"));
    EXPECT_THAT(found("tag:of", "test"), ElementsAre("clustered"));
    EXPECT_THAT(found("tag-key", "of"), ElementsAre("clustered"));
    EXPECT_EQ(aws.call("DescribePlacementGroups", filter("group-id", "*")).code,
              "InvalidParameterValue");
}

TEST(DescribePlacementGroups, StopsAtADryRun)
{
    TestEmulator aws;
    EXPECT_EQ(
        aws.call("DescribePlacementGroups", {{"DryRun", "true"}, {"GroupName.1", "none"}}).code,
        "DryRunOperation");
}

// DeletePlacementGroup

TEST(DeletePlacementGroup, DeletesTheGroupAndItsTags)
{
    TestEmulator aws;
    const auto id = make_group(aws, group("mine", "cluster", one_tag("placement-group")));
    make_group(aws, group("other"));
    EXPECT_EQ(aws.must("DeletePlacementGroup", {{"GroupName", "mine"}}).text("return"), "true");
    EXPECT_THAT(names(aws), ElementsAre("other"));
    EXPECT_EQ(aws.must("DescribeTags").count("tagSet/item"), 0U);
    EXPECT_NE(make_group(aws, group("mine")), id);
}

TEST(DeletePlacementGroup, RefusesOneThatTheCallerDoesNotHave)
{
    TestEmulator aws;
    make_group(aws, group("mine"));
    const auto refusal = aws.call("DeletePlacementGroup", {{"GroupName", "none"}});
    EXPECT_EQ(refusal.code, "InvalidPlacementGroup.Unknown");
    EXPECT_EQ(refusal.message, "The Placement Group 'none' is unknown.");
    EXPECT_EQ(aws.call("DeletePlacementGroup", {{"GroupName", "mine"}}, kOtherAccount).code,
              "InvalidPlacementGroup.Unknown");
    EXPECT_EQ(aws.call("DeletePlacementGroup", {{"GroupName", "mine"}}, kAccount, "eu-west-1").code,
              "InvalidPlacementGroup.Unknown");
    EXPECT_EQ(aws.call("DeletePlacementGroup").code, "MissingParameter");
    EXPECT_THAT(names(aws), ElementsAre("mine"));
}

TEST(DeletePlacementGroup, DeletesNothingOnADryRun)
{
    TestEmulator aws;
    make_group(aws, group("mine"));
    EXPECT_EQ(aws.call("DeletePlacementGroup", {{"GroupName", "mine"}, {"DryRun", "true"}}).code,
              "DryRunOperation");
    EXPECT_THAT(names(aws), ElementsAre("mine"));
}

// CreateTags, DeleteTags

TEST(PlacementGroupTags, GoOnAndOffByTheGroupsId)
{
    TestEmulator aws;
    const auto id = make_group(aws, group("mine"));
    const Parameters tag{{"ResourceId.1", id}, {"Tag.1.Key", "k"}, {"Tag.1.Value", "v"}};
    aws.must("CreateTags", tag);
    const auto shown = aws.must("DescribePlacementGroups");
    EXPECT_EQ(shown.text("placementGroupSet/item/tagSet/item/key"), "k");
    EXPECT_EQ(aws.must("DescribeTags").text("tagSet/item/resourceType"), "placement-group");
    aws.must("DeleteTags", tag);
    EXPECT_EQ(aws.must("DescribePlacementGroups").count("placementGroupSet/item/tagSet"), 0U);
}

TEST(PlacementGroupTags, AreRefusedOnAGroupThatTheCallerDoesNotHave)
{
    TestEmulator aws;
    const auto id = make_group(aws, group("mine"));
    const Parameters tag{{"Tag.1.Key", "k"}, {"Tag.1.Value", "v"}};
    const auto refusal = aws.call("CreateTags", merged(tag, {{"ResourceId.1", kUnknownId}}));
    EXPECT_EQ(refusal.code, "InvalidPlacementGroup.Unknown");
    EXPECT_THAT(refusal.message, StartsWith("The Placement Group 'pg-"));
    EXPECT_EQ(aws.call("CreateTags", merged(tag, {{"ResourceId.1", id}}), kOtherAccount).code,
              "InvalidPlacementGroup.Unknown");
}

}  // namespace
}  // namespace amilab::test
