#include "server/services/ec2/images/image_lineage.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/base/units.h"
#include "tests/server/services/ec2/instances/instance_support.h"
#include "tests/support/emulator_fixture.h"
#include "tests/support/json_caller.h"

namespace amilab::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;
constexpr const char* kEntry = "imageAncestryEntrySet/item/";

std::string copy(TestEmulator& aws, const std::string& source, const std::string& name,
                 const char* from = kRegion, const char* to = kRegion,
                 const char* account = kAccount)
{
    return aws
        .must("CopyImage", {{"Name", name}, {"SourceImageId", source}, {"SourceRegion", from}},
              account, to)
        .text("imageId");
}

std::vector<std::string> ancestry(TestEmulator& aws, const std::string& id,
                                  const char* region = kRegion)
{
    return aws.must("GetImageAncestry", {{"ImageId", id}}, kAccount, region)
        .texts(std::string(kEntry) + "imageId");
}

TEST(GetImageAncestry, GoesBackOverRegionsAndInstancesToThePublicImage)
{
    TestEmulator aws;
    const auto root = public_image(aws);
    const auto instance = run_one(aws, {{"ImageId", root}});
    const auto first =
        aws.must("CreateImage", {{"InstanceId", instance}, {"Name", "v1.0"}}).text("imageId");
    const auto second = copy(aws, first, "v2.0", kRegion, "eu-west-1");
    const auto third = copy(aws, second, "v3.0", "eu-west-1", "eu-west-1");
    EXPECT_THAT(ancestry(aws, third, "eu-west-1"), ElementsAre(third, second, first, root));
    const auto answer = aws.must("GetImageAncestry", {{"ImageId", third}}, kAccount, "eu-west-1");
    EXPECT_THAT(answer.texts(std::string(kEntry) + "sourceImageRegion"),
                ElementsAre("eu-west-1", kRegion, kRegion));
    EXPECT_THAT(answer.texts(std::string(kEntry) + "imageOwnerAlias"), ElementsAre("amazon"));
    EXPECT_EQ(answer.text(std::string(kEntry) + "creationDate"), "2026-01-02T03:04:05.000Z");
}

TEST(GetImageAncestry, GoesThroughImagesThatAreGone)
{
    TestEmulator aws;
    const auto first = own_image(aws, "v1.0");
    const auto second = copy(aws, first, "v2.0");
    const auto third = copy(aws, second, "v3.0");
    aws.must("DeregisterImage", {{"ImageId", second}});
    EXPECT_THAT(ancestry(aws, third), ElementsAre(third, second, first));
    aws.advance(30 * kDayMs);
    EXPECT_THAT(ancestry(aws, third), ElementsAre(third, second, first));
}

TEST(GetImageAncestry, TellsOfFiftyAtMost)
{
    TestEmulator aws;
    auto id = own_image(aws, "v0.0");
    for (int i = 1; i <= 50; ++i) {
        id = copy(aws, id, fmt::format("v{} of many", i));
    }
    EXPECT_THAT(ancestry(aws, id), SizeIs(50));
}

TEST(GetImageAncestry, RefusesWhatTheCallerDoesNotSee)
{
    TestEmulator aws;
    const auto image = own_image(aws, "mine");
    EXPECT_THAT(ancestry(aws, image), ElementsAre(image));
    EXPECT_EQ(aws.call("GetImageAncestry", {{"ImageId", image}}, kOtherAccount).code,
              "InvalidAMIID.NotFound");
    EXPECT_EQ(aws.call("GetImageAncestry", {{"ImageId", image}}, kAccount, "eu-west-1").code,
              "InvalidAMIID.NotFound");
    EXPECT_EQ(aws.call("GetImageAncestry", {{"ImageId", "ami-x"}}).code, "InvalidAMIID.Malformed");
    EXPECT_EQ(aws.call("GetImageAncestry", {{"ImageId", image}, {"DryRun", "true"}}).code,
              "DryRunOperation");
}

class DescribeImageReferences : public ::testing::Test {
protected:
    DescribeImageReferences() : image(own_image(aws, "used")), other(own_image(aws, "other"))
    {
        running = aws.must("RunInstances", launch(image)).text(kInstanceId);
        stopped = aws.must("RunInstances", launch(image)).text(kInstanceId);
        aws.must("StopInstances", {{"InstanceId.1", stopped}});
        aws.must("RunInstances", launch(other));
    }

    Answer references(Parameters more)
    {
        more.emplace_back("ImageId.1", image);
        return aws.must("DescribeImageReferences", more);
    }
    std::string refusal(Parameters more)
    {
        more.emplace_back("ImageId.1", image);
        return aws.call("DescribeImageReferences", more).code;
    }
    void put_parameter(const std::string& name, const std::string& value,
                       const char* data_type = "aws:ec2:image")
    {
        const boost::json::object body{{"Name", name},
                                       {"Value", value},
                                       {"Type", "String"},
                                       {"DataType", data_type},
                                       {"Overwrite", true}};
        const auto answer = JsonCaller(aws, "ssm")
                                .call("POST", "/", boost::json::serialize(body),
                                      {{"X-Amz-Target", "AmazonSSM.PutParameter"}});
        EXPECT_TRUE(answer.ok()) << answer.body;
    }
    static std::string arn(const std::string& instance)
    {
        return "arn:aws:ec2:us-east-1:123456789012:instance/" + instance;
    }

    TestEmulator aws;
    std::string image;
    std::string other;
    std::string running;
    std::string stopped;
};

TEST_F(DescribeImageReferences, TellsOfTheInstances)
{
    const auto all = references({{"IncludeAllResourceTypes", "true"}});
    EXPECT_THAT(all.texts("imageReferenceSet/item/arn"),
                UnorderedElementsAre(arn(running), arn(stopped)));
    EXPECT_THAT(all.texts("imageReferenceSet/item/imageId"), ElementsAre(image, image));
    EXPECT_EQ(all.text("imageReferenceSet/item/resourceType"), "ec2:Instance");
    EXPECT_THAT(references({{"ImageId.2", other}, {"IncludeAllResourceTypes", "true"}})
                    .texts("imageReferenceSet/item/arn"),
                SizeIs(3));
    EXPECT_THAT(references({{"ResourceType.1.ResourceType", "imagebuilder:ImageRecipe"}})
                    .texts("imageReferenceSet/item/arn"),
                IsEmpty());
}

TEST_F(DescribeImageReferences, LooksAtStatesWhenAsked)
{
    const std::string option = "ResourceType.1.ResourceTypeOption.1.";
    EXPECT_THAT(references({{"ResourceType.1.ResourceType", "ec2:Instance"},
                            {option + "OptionName", "state-name"},
                            {option + "OptionValue.1", "stopped"},
                            {option + "OptionValue.2", "terminated"}})
                    .texts("imageReferenceSet/item/arn"),
                ElementsAre(arn(stopped)));
    EXPECT_EQ(refusal({{"ResourceType.1.ResourceType", "ec2:Instance"},
                       {option + "OptionName", "state-name"},
                       {option + "OptionValue.1", "asleep"}}),
              "InvalidParameterValue");
    EXPECT_EQ(refusal({{"ResourceType.1.ResourceType", "ec2:Instance"},
                       {option + "OptionName", "version-depth"},
                       {option + "OptionValue.1", "10"}}),
              "InvalidParameterCombination");
    for (const char* depth : {"0", "10001", "ten"}) {
        EXPECT_EQ(refusal({{"ResourceType.1.ResourceType", "ec2:LaunchTemplate"},
                           {option + "OptionName", "version-depth"},
                           {option + "OptionValue.1", depth}}),
                  "InvalidParameterValue");
    }
    EXPECT_EQ(refusal({}), "MissingParameter");
    EXPECT_EQ(refusal({{"ResourceType.1.ResourceType", "s3:Bucket"}}), "InvalidParameterValue");
}

TEST_F(DescribeImageReferences, TellsOfParametersThatHoldTheImageNow)
{
    put_parameter("/golden/now", image);
    put_parameter("plain", image);
    put_parameter("/golden/past", image);
    put_parameter("/golden/past", other);
    put_parameter("/golden/text", image, "text");
    const auto found = references({{"ResourceType.1.ResourceType", "ssm:Parameter"}});
    EXPECT_THAT(found.texts("imageReferenceSet/item/arn"),
                ElementsAre("arn:aws:ssm:us-east-1:123456789012:parameter/golden/now",
                            "arn:aws:ssm:us-east-1:123456789012:parameter/plain"));
    EXPECT_THAT(found.texts("imageReferenceSet/item/resourceType"),
                ElementsAre("ssm:Parameter", "ssm:Parameter"));
    EXPECT_THAT(references({{"IncludeAllResourceTypes", "true"}})
                    .texts("imageReferenceSet/item/resourceType"),
                ElementsAre("ec2:Instance", "ec2:Instance", "ssm:Parameter", "ssm:Parameter"));
    for (const auto& [account, region] :
         {std::pair(kOtherAccount, kRegion), std::pair(kAccount, "eu-west-1")}) {
        EXPECT_THAT(
            aws.must("DescribeImageReferences",
                     {{"ImageId.1", image}, {"IncludeAllResourceTypes", "true"}}, account, region)
                .texts("imageReferenceSet/item/arn"),
            IsEmpty());
    }
    EXPECT_EQ(refusal({{"ResourceType.1.ResourceType", "ssm:Parameter"},
                       {"ResourceType.1.ResourceTypeOption.1.OptionName", "state-name"},
                       {"ResourceType.1.ResourceTypeOption.1.OptionValue.1", "running"}}),
              "InvalidParameterCombination");
}

TEST_F(DescribeImageReferences, TellsOfLaunchTemplatesAsFarBackAsAsked)
{
    const Parameters named = {{"LaunchTemplateName", "web"}};
    const auto template_id =
        aws.must("CreateLaunchTemplate", merged(named, {{"LaunchTemplateData.ImageId", image}}))
            .text("launchTemplate/launchTemplateId");
    const auto next_version = [&](const std::string& of) {
        aws.must("CreateLaunchTemplateVersion",
                 merged(named, {{"LaunchTemplateData.ImageId", of}}));
    };
    const auto arns = [&](const Parameters& more) {
        return references(merged({{"ResourceType.1.ResourceType", "ec2:LaunchTemplate"}}, more))
            .texts("imageReferenceSet/item/arn");
    };
    const auto to_depth = [&](const char* depth) {
        const std::string option = "ResourceType.1.ResourceTypeOption.1.";
        return arns({{option + "OptionName", "version-depth"}, {option + "OptionValue.1", depth}});
    };
    const auto expected = "arn:aws:ec2:us-east-1:123456789012:launch-template/" + template_id;
    next_version(image);
    EXPECT_THAT(arns({}), ElementsAre(expected));
    next_version(other);
    EXPECT_THAT(to_depth("2"), ElementsAre(expected));
    EXPECT_THAT(to_depth("1"), IsEmpty());
    for (int version = 4; version <= 12; ++version) {
        next_version(other);
    }
    EXPECT_THAT(arns({}), IsEmpty());
    EXPECT_THAT(to_depth("11"), ElementsAre(expected));
    aws.must("DeleteLaunchTemplate", named);
    EXPECT_THAT(to_depth("11"), IsEmpty());
}

TEST_F(DescribeImageReferences, AnswersPageByPage)
{
    for (int i = 0; i < 4; ++i) {
        aws.must("RunInstances", launch(image));
        put_parameter(fmt::format("/golden/{}", i), image);
        put_parameter(fmt::format("/other/{}", i), other);
    }
    const Parameters all = {{"ImageId.2", other}, {"IncludeAllResourceTypes", "true"}};
    const auto expected = references(all).texts("imageReferenceSet/item/arn");
    EXPECT_THAT(expected, SizeIs(7 + 8));
    std::vector<std::string> paged;
    std::string token;
    do {
        auto page = all;
        page.emplace_back("MaxResults", "5");
        if (!token.empty()) {
            page.emplace_back("NextToken", token);
        }
        const auto answer = references(page);
        const auto arns = answer.texts("imageReferenceSet/item/arn");
        EXPECT_THAT(arns, SizeIs(5));
        paged.insert(paged.end(), arns.begin(), arns.end());
        token = answer.text("nextToken");
    } while (!token.empty() && paged.size() <= expected.size());
    EXPECT_EQ(paged, expected);
}

}  // namespace
}  // namespace amilab::test
