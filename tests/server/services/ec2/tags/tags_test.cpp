#include "server/services/ec2/tags/tags.h"

#include <algorithm>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/metadata/sql/statement.h"
#include "tests/server/services/ec2/volumes/volume_support.h"
#include "tests/support/emulator_fixture.h"
#include "tests/support/told_statements.h"

namespace amilab::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

Parameters tag(const std::string& id, const std::string& key, const std::string& value)
{
    return {{"ResourceId.1", id}, {"Tag.1.Key", key}, {"Tag.1.Value", value}};
}

/// "key=value" of all that the answer tells.
std::vector<std::string> pairs(const Answer& answer)
{
    std::vector<std::string> all;
    for (const auto& item : answer.root().child("tagSet").children("item")) {
        all.push_back(std::string(item.child_value("key")) + "=" + item.child_value("value"));
    }
    return all;
}

std::vector<std::string> tags_on(TestEmulator& aws, const std::string& id,
                                 const char* account = kAccount)
{
    return pairs(aws.must("DescribeTags",
                          {{"Filter.1.Name", "resource-id"}, {"Filter.1.Value.1", id}}, account));
}

std::string public_image(TestEmulator& aws)
{
    auto lease = aws.generation().reader();
    Statement any(lease.db(), "SELECT id FROM catalogue.image WHERE region = 'us-east-1' LIMIT 1");
    any.bind();
    return any.step() ? any.row().text() : "";
}

// CreateTags

TEST(CreateTags, OfMoreThanAQuickCallMayDoIsNotTriedAsOne)
{
    const ToldStatements told;  // before any connection
    TestEmulator aws;
    std::string ids;
    const auto call_of_volumes = [&](std::size_t from, std::size_t count) {
        for (auto at = from + 1; at <= count; ++at) {
            ids += fmt::format("&ResourceId.{}={}", at, new_volume(aws));
        }
        return aws.emulator().parse(
            {.method = "POST"},
            "Action=CreateTags&Version=2016-11-15&Tag.1.Key=k&Tag.1.Value=v" + ids);
    };
    const auto looks_for_volumes = [](const std::string& text) {
        return text.find("FROM volume") != text.npos;
    };
    auto few = call_of_volumes(0, 100);
    auto texts = told.texts_of([&] {
        const auto answer = few.run_if_quick();
        ASSERT_TRUE(answer);
        EXPECT_EQ(answer->status, 200);
    });
    EXPECT_TRUE(std::ranges::any_of(texts, looks_for_volumes));

    auto many = call_of_volumes(100, 400);
    texts = told.texts_of([&] { EXPECT_EQ(many.run_if_quick(), std::nullopt); });
    EXPECT_TRUE(std::ranges::none_of(texts, looks_for_volumes));
    EXPECT_EQ(many.run().status, 200);
    EXPECT_THAT(pairs(aws.must("DescribeTags", {})), SizeIs(400));
}

TEST(CreateTags, AddsAndOverwrites)
{
    TestEmulator aws;
    const auto id = new_volume(aws);
    const auto answer = aws.must("CreateTags", {{"ResourceId.1", id},
                                                {"Tag.1.Key", "Name"},
                                                {"Tag.1.Value", "one"},
                                                {"Tag.2.Key", "Team"},
                                                {"Tag.2.Value", ""}});
    EXPECT_EQ(answer.text("return"), "true");
    EXPECT_THAT(tags_on(aws, id), ElementsAre("Name=one", "Team="));
    aws.must("CreateTags", tag(id, "Name", "two"));
    EXPECT_THAT(tags_on(aws, id), ElementsAre("Name=two", "Team="));
    EXPECT_EQ(aws.must("DescribeVolumes").text("volumeSet/item/tagSet/item[key='Name']/value"),
              "two");
}

TEST(CreateTags, TellsKeysByTheirCase)
{
    TestEmulator aws;
    const auto id = new_volume(aws);
    aws.must("CreateTags", {{"ResourceId.1", id},
                            {"Tag.1.Key", "name"},
                            {"Tag.1.Value", "a"},
                            {"Tag.2.Key", "Name"},
                            {"Tag.2.Value", "b"}});
    EXPECT_THAT(tags_on(aws, id), ElementsAre("Name=b", "name=a"));
}

TEST(CreateTags, TagsSeveralResourcesOrNone)
{
    TestEmulator aws;
    const auto one = new_volume(aws);
    const auto two = new_volume(aws);
    Parameters wanted = tag(one, "Name", "x");
    wanted.emplace_back("ResourceId.2", two);
    wanted.emplace_back("ResourceId.3", one);
    aws.must("CreateTags", wanted);
    EXPECT_THAT(tags_on(aws, one), SizeIs(1));
    EXPECT_THAT(tags_on(aws, two), SizeIs(1));
    wanted = tag(one, "Other", "x");
    wanted.emplace_back("ResourceId.2", "vol-0123456789abcdef0");
    EXPECT_EQ(aws.call("CreateTags", wanted).code, "InvalidVolume.NotFound");
    EXPECT_THAT(tags_on(aws, one), ElementsAre("Name=x"));
}

TEST(CreateTags, RefusesEachKindOfUnknownResourceInItsOwnWords)
{
    TestEmulator aws;
    const auto code = [&](const std::string& id) {
        return aws.call("CreateTags", tag(id, "a", "b")).code;
    };
    EXPECT_EQ(code("ami-0123456789abcdef0"), "InvalidAMIID.NotFound");
    EXPECT_EQ(code("i-0123456789abcdef0"), "InvalidInstanceID.NotFound");
    EXPECT_EQ(code("eni-0123456789abcdef0"), "InvalidNetworkInterfaceID.NotFound");
    EXPECT_EQ(code("sg-0123456789abcdef0"), "InvalidGroup.NotFound");
    EXPECT_EQ(code("snap-0123456789abcdef0"), "InvalidSnapshot.NotFound");
    EXPECT_EQ(code("subnet-0123456789abcdef0"), "InvalidSubnetID.NotFound");
    EXPECT_EQ(code("vol-0123456789abcdef0"), "InvalidVolume.NotFound");
    EXPECT_EQ(code("vpc-0123456789abcdef0"), "InvalidVpcID.NotFound");
}

TEST(CreateTags, RefusesWhatIsNoId)
{
    TestEmulator aws;
    for (const auto* id : {"107.20.243.249", "i-eCHmOTcEW0OZ9KbNe", "vol-123", "thing-01234567",
                           "r-0123456789abcdef0", ""}) {
        const auto refused = aws.call("CreateTags", tag(id, "a", "b"));
        EXPECT_EQ(refused.code, "InvalidID") << id;
        EXPECT_EQ(refused.message, "The ID '" + std::string(id) + "' is not valid");
    }
    const auto of_none = aws.call("CreateTags", {{"Tag.1.Key", "a"}, {"Tag.1.Value", "b"}});
    EXPECT_EQ(of_none.code, "MissingParameter");
    EXPECT_EQ(of_none.message, "The request must contain the parameter resourceIdSet");
}

TEST(CreateTags, RefusesKeysAndValuesThatAwsRefuses)
{
    TestEmulator aws;
    const auto id = new_volume(aws);
    const auto message = [&](const Parameters& parameters) {
        const auto refused = aws.call("CreateTags", parameters);
        EXPECT_EQ(refused.code, "InvalidParameterValue");
        return refused.message;
    };
    EXPECT_EQ(message(tag(id, "aws:created", "x")),
              "Value ( aws:created ) for parameter key is invalid. Tag keys starting with 'aws:' "
              "are reserved for internal use");
    EXPECT_THAT(message(tag(id, "AWS:x", "x")), ::testing::HasSubstr("reserved"));
    EXPECT_EQ(message(tag(id, "", "x")),
              "Value ( '' ) for parameter Tag key is invalid. Tag key cannot be null or empty.");
    EXPECT_EQ(message({{"ResourceId.1", id}, {"Tag.1.Key", "x"}}),
              "Tag value cannot be null. Use empty string instead.");
    EXPECT_EQ(message({{"ResourceId.1", id}}), "You must specify one or more tags to create");
    EXPECT_EQ(message({{"ResourceId.1", id},
                       {"Tag.1.Key", "x"},
                       {"Tag.1.Value", "1"},
                       {"Tag.2.Key", "x"},
                       {"Tag.2.Value", "2"}}),
              "Duplicate tag key 'x' specified.");
    EXPECT_THAT(message(tag(id, std::string(129, 'k'), "x")), ::testing::HasSubstr("128"));
    EXPECT_EQ(message(tag(id, "x", std::string(257, 'v'))),
              "Tag value exceeds the maximum length of 256 characters");
    EXPECT_THAT(tags_on(aws, id), IsEmpty());
}

TEST(CreateTags, CountsCharactersAndNotBytes)
{
    TestEmulator aws;
    const auto id = new_volume(aws);
    std::string key;
    std::string value;
    for (int i = 0; i < 128; ++i) {
        key += "\xc3\xa9";
        value += "\xe2\x82\xac\xf0\x9f\x90\x9f";
    }
    aws.must("CreateTags", tag(id, key, value));
    EXPECT_THAT(tags_on(aws, id), ElementsAre(key + "=" + value));
    EXPECT_EQ(aws.call("CreateTags", tag(id, key + "\xc3\xa9", value)).code,
              "InvalidParameterValue");
    aws.must("CreateTags", tag(id, "awsome", "x"));
}

TEST(CreateTags, GivesAResourceFiftyAndNoMore)
{
    TestEmulator aws;
    const auto id = new_volume(aws);
    Parameters fifty = {{"ResourceId.1", id}};
    for (int i = 1; i <= 50; ++i) {
        const auto n = std::to_string(i);
        fifty.emplace_back("Tag." + n + ".Key", "key" + n);
        fifty.emplace_back("Tag." + n + ".Value", "v");
    }
    aws.must("CreateTags", fifty);
    const auto refused = aws.call("CreateTags", tag(id, "one more", "x"));
    EXPECT_EQ(refused.code, "TagLimitExceeded");
    aws.must("CreateTags", tag(id, "key7", "overwritten"));
    EXPECT_THAT(tags_on(aws, id), SizeIs(50));
    fifty.emplace_back("Tag.51.Key", "key51");
    fifty.emplace_back("Tag.51.Value", "v");
    EXPECT_EQ(aws.call("CreateTags", fifty).code, "TagLimitExceeded");
}

TEST(CreateTags, TakesAThousandResources)
{
    TestEmulator aws;
    const auto id = new_volume(aws);
    Parameters wanted = {{"Tag.1.Key", "a"}, {"Tag.1.Value", "b"}};
    for (int i = 1; i <= 1001; ++i) {
        wanted.emplace_back("ResourceId." + std::to_string(i), id);
    }
    EXPECT_EQ(aws.call("CreateTags", wanted).code, "ResourceCountExceeded");
    wanted.pop_back();
    aws.must("CreateTags", wanted);
    EXPECT_THAT(tags_on(aws, id), ElementsAre("a=b"));
}

// However much a call asks for, it is not done row by row.
TEST(CreateTags, SetsTagsOfManyResourcesByOneStatement)
{
    const ToldStatements told;
    TestEmulator aws;
    const auto inserts_of = [&](std::size_t resources) {
        Parameters wanted;
        for (std::size_t i = 1; i <= resources; ++i) {
            wanted.emplace_back("ResourceId." + std::to_string(i), new_volume(aws));
        }
        for (const auto* number : {"1", "2", "3"}) {
            wanted.emplace_back("Tag." + std::string(number) + ".Key", number);
            wanted.emplace_back("Tag." + std::string(number) + ".Value", "x");
        }
        const auto texts = told.texts_of([&] { aws.must("CreateTags", wanted); });
        return std::count_if(texts.begin(), texts.end(), [](const std::string& text) {
            return text.find("INSERT INTO tag") != text.npos;
        });
    };
    EXPECT_EQ(inserts_of(2), 1);
    EXPECT_EQ(inserts_of(40), 1);
}

TEST(CreateTags, OnAPublicImageAreTheCallersOwn)
{
    TestEmulator aws;
    const auto image = public_image(aws);
    aws.must("CreateTags", tag(image, "Name", "mine"));
    aws.must("CreateTags", tag(image, "Name", "theirs"), kOtherAccount);
    EXPECT_THAT(tags_on(aws, image), ElementsAre("Name=mine"));
    EXPECT_THAT(tags_on(aws, image, kOtherAccount), ElementsAre("Name=theirs"));
    aws.must("DeleteTags", {{"ResourceId.1", image}});
    EXPECT_THAT(tags_on(aws, image), IsEmpty());
    EXPECT_THAT(tags_on(aws, image, kOtherAccount), ElementsAre("Name=theirs"));
    EXPECT_EQ(aws.call("CreateTags", tag(image, "a", "b"), kAccount, "eu-west-1").code,
              "InvalidAMIID.NotFound");
}

TEST(CreateTags, RefusesResourcesOfOthers)
{
    TestEmulator aws;
    const auto id = new_volume(aws);
    EXPECT_EQ(aws.call("CreateTags", tag(id, "a", "b"), kOtherAccount).code,
              "InvalidVolume.NotFound");
    EXPECT_EQ(aws.call("CreateTags", tag(id, "a", "b"), kAccount, "eu-west-1").code,
              "InvalidVolume.NotFound");
}

TEST(CreateTags, TagsTheDefaultNetwork)
{
    TestEmulator aws;
    const auto vpc = aws.must("DescribeVpcs").text("vpcSet/item/vpcId");
    const auto subnet = aws.must("DescribeSubnets").text("subnetSet/item[1]/subnetId");
    const auto group = aws.must("DescribeSecurityGroups").text("securityGroupInfo/item[1]/groupId");
    for (const auto& id : {vpc, subnet, group}) {
        aws.must("CreateTags", tag(id, "Name", "default"));
    }
    EXPECT_THAT(aws.must("DescribeTags").texts("tagSet/item/resourceType"),
                ::testing::UnorderedElementsAre("security-group", "subnet", "vpc"));
}

TEST(CreateTags, OnlySaysWhatADryRunWouldDo)
{
    TestEmulator aws;
    auto wanted = tag(new_volume(aws), "a", "b");
    wanted.emplace_back("DryRun", "true");
    EXPECT_EQ(aws.call("CreateTags", wanted).code, "DryRunOperation");
    EXPECT_THAT(pairs(aws.must("DescribeTags")), IsEmpty());
}

TEST(TagSpecifications, AreRefusedInTheWordsOfCreateCalls)
{
    TestEmulator aws;
    const auto message = [&](Parameters more) {
        more.insert(more.begin(), {{"AvailabilityZone", "us-east-1a"}, {"Size", "1"}});
        const auto refused = aws.call("CreateVolume", more);
        EXPECT_EQ(refused.code, "InvalidParameterValue");
        return refused.message;
    };
    const std::string type = "TagSpecification.1.ResourceType";
    const std::string key = "TagSpecification.1.Tag.1.Key";
    const std::string value = "TagSpecification.1.Tag.1.Value";
    EXPECT_EQ(message({{type, "volume"}, {key, "aws:x"}, {value, "y"}}),
              "Tag keys starting with 'aws:' are reserved for internal use");
    EXPECT_EQ(message({{type, "volume"}}), "Tag specification must have at least one tag");
    EXPECT_EQ(message({{key, "x"}, {value, "y"}}),
              "Tag specification resource type must have a value");
    EXPECT_EQ(message({{type, "volume"}, {key, "x"}}),
              "Tag value cannot be null. Use empty string instead.");
    EXPECT_EQ(message({{type, "snapshot"}, {key, "x"}, {value, "y"}}),
              "'snapshot' is not a valid taggable resource type for this operation.");
    EXPECT_THAT(message({{type, "volume"},
                         {key, "x"},
                         {value, "y"},
                         {"TagSpecification.2.ResourceType", "volume"},
                         {"TagSpecification.2.Tag.1.Key", "x"},
                         {"TagSpecification.2.Tag.1.Value", "y"}}),
                ::testing::HasSubstr("Duplicate"));
}

// DeleteTags

class Tagged : public ::testing::Test {
protected:
    Tagged()
    {
        id = new_volume(aws);
        aws.must("CreateTags", {{"ResourceId.1", id},
                                {"Tag.1.Key", "Name"},
                                {"Tag.1.Value", "one"},
                                {"Tag.2.Key", "Stack"},
                                {"Tag.2.Value", ""},
                                {"Tag.3.Key", "Team"},
                                {"Tag.3.Value", "blue"}});
    }

    TestEmulator aws;
    std::string id;
};

TEST_F(Tagged, LosesATagWhateverItsValueIs)
{
    EXPECT_EQ(aws.must("DeleteTags", {{"ResourceId.1", id}, {"Tag.1.Key", "Name"}}).text("return"),
              "true");
    EXPECT_THAT(tags_on(aws, id), ElementsAre("Stack=", "Team=blue"));
}

TEST_F(Tagged, LosesATagOfAValueOnlyIfItHasThat)
{
    aws.must("DeleteTags", tag(id, "Name", "two"));
    aws.must("DeleteTags", tag(id, "Team", ""));
    EXPECT_THAT(tags_on(aws, id), SizeIs(3));
    aws.must("DeleteTags", tag(id, "Name", "one"));
    aws.must("DeleteTags", tag(id, "Stack", ""));
    EXPECT_THAT(tags_on(aws, id), ElementsAre("Team=blue"));
}

TEST_F(Tagged, LosesAllTagsWhenNoneIsNamed)
{
    aws.must("DeleteTags", {{"ResourceId.1", id}});
    EXPECT_THAT(tags_on(aws, id), IsEmpty());
    aws.must("DeleteTags", {{"ResourceId.1", id}, {"Tag.1.Key", "Name"}});
}

TEST_F(Tagged, KeepsItsTagsWhenTheCallIsRefused)
{
    const auto code = [&](const Parameters& parameters, const char* account = kAccount) {
        return aws.call("DeleteTags", parameters, account).code;
    };
    EXPECT_EQ(code(tag(id, "aws:x", "y")), "InvalidParameterValue");
    EXPECT_EQ(code({{"ResourceId.1", id}, {"Tag.1.Value", "y"}}), "InvalidParameterValue");
    EXPECT_EQ(code({{"ResourceId.1", id}}, kOtherAccount), "InvalidVolume.NotFound");
    EXPECT_EQ(code({{"ResourceId.1", "nonsense"}}), "InvalidID");
    EXPECT_EQ(code({{"ResourceId.1", id}, {"DryRun", "true"}}), "DryRunOperation");
    EXPECT_EQ(code({{"Tag.1.Key", "Name"}}), "MissingParameter");
    EXPECT_THAT(tags_on(aws, id), SizeIs(3));
}

// DescribeTags

TEST_F(Tagged, IsFoundByEachDocumentedFilter)
{
    const auto image = public_image(aws);
    aws.must("CreateTags", tag(image, "Team", "red"));
    const auto matching = [&](const std::string& name, const std::string& value) {
        return pairs(
            aws.must("DescribeTags", {{"Filter.1.Name", name}, {"Filter.1.Value.1", value}}));
    };
    EXPECT_THAT(matching("key", "Team"), ElementsAre("Team=blue", "Team=red"));
    EXPECT_THAT(matching("key", "?ame"), ElementsAre("Name=one"));
    EXPECT_THAT(matching("resource-id", image), ElementsAre("Team=red"));
    EXPECT_THAT(matching("resource-type", "volume"), SizeIs(3));
    EXPECT_THAT(matching("resource-type", "image"), ElementsAre("Team=red"));
    EXPECT_THAT(matching("value", "*e"), ElementsAre("Name=one", "Team=blue"));
    EXPECT_THAT(matching("tag:Team", "blue"), ElementsAre("Team=blue"));
    EXPECT_THAT(matching("tag:Team", "b*"), ElementsAre("Team=blue"));
    EXPECT_THAT(matching("tag:Name", "blue"), IsEmpty());
    EXPECT_EQ(
        aws.call("DescribeTags", {{"Filter.1.Name", "tag-key"}, {"Filter.1.Value.1", "x"}}).code,
        "InvalidParameterValue");
}

TEST_F(Tagged, IsDescribedInFull)
{
    const auto answer =
        aws.must("DescribeTags", {{"Filter.1.Name", "key"}, {"Filter.1.Value.1", "Name"}});
    EXPECT_EQ(answer.text("tagSet/item/resourceId"), id);
    EXPECT_EQ(answer.text("tagSet/item/resourceType"), "volume");
    EXPECT_EQ(answer.text("tagSet/item/key"), "Name");
    EXPECT_EQ(answer.text("tagSet/item/value"), "one");
    EXPECT_THAT(pairs(aws.must("DescribeTags", {}, kOtherAccount)), IsEmpty());
    EXPECT_THAT(pairs(aws.must("DescribeTags", {}, kAccount, "eu-west-1")), IsEmpty());
    EXPECT_EQ(aws.call("DescribeTags", {{"DryRun", "true"}}).code, "DryRunOperation");
}

TEST(DescribeTags, AnswersPageByPageInOneOrder)
{
    TestEmulator aws;
    std::vector<std::string> expected;
    const std::vector<std::string> ids = {new_volume(aws), new_volume(aws)};
    for (const auto& id : ids) {
        // Keys and values that hold what tokens are made of.
        for (const auto* key : {"a", "1:a", "a:b", "9:", "\xc3\xa9"}) {
            aws.must("CreateTags", tag(id, key, std::string(key) + ":2"));
        }
    }
    const auto all = aws.must("DescribeTags");
    std::vector<std::string> paged;
    Parameters parameters = {{"MaxResults", "5"}};
    std::vector<std::size_t> sizes;
    for (;;) {
        const auto page = aws.must("DescribeTags", parameters);
        sizes.push_back(page.count("tagSet/item"));
        for (const auto& item : page.root().child("tagSet").children("item")) {
            paged.push_back(std::string(item.child_value("key")) + item.child_value("resourceId"));
        }
        if (page.text("nextToken").empty()) {
            break;
        }
        parameters = {{"MaxResults", "5"}, {"NextToken", page.text("nextToken")}};
    }
    for (const auto& item : all.root().child("tagSet").children("item")) {
        expected.push_back(std::string(item.child_value("key")) + item.child_value("resourceId"));
    }
    EXPECT_THAT(sizes, ElementsAre(5, 5));
    EXPECT_EQ(paged, expected);
    EXPECT_EQ(aws.call("DescribeTags", {{"MaxResults", "4"}}).code, "InvalidParameterValue");
    EXPECT_EQ(aws.call("DescribeTags", {{"MaxResults", "1001"}}).code, "InvalidParameterValue");
    EXPECT_EQ(aws.call("DescribeTags", {{"NextToken", "bad"}}).code, "InvalidParameterValue");
}

}  // namespace
}  // namespace amilab::test
