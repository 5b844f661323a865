#include "server/services/ec2/images/image_lineage.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/server/services/ec2/instances/instance_support.h"
#include "tests/support/emulator_fixture.h"
#include "tests/support/json_caller.h"

namespace amilab::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
constexpr const char* kMetadata = "instanceImageMetadataSet/item/";

TEST(DescribeInstanceImageMetadata, TellsOfTheImageWhateverBecameOfIt)
{
    TestEmulator aws;
    const auto image = own_image(aws, "short lived");
    const auto instance = aws.must("RunInstances", launch(image)).text(kInstanceId);
    aws.must("CreateTags",
             {{"ResourceId.1", instance}, {"Tag.1.Key", "Name"}, {"Tag.1.Value", "web"}});
    aws.must("DeregisterImage", {{"ImageId", image}});
    const auto answer = aws.must("DescribeInstanceImageMetadata", {{"InstanceId.1", instance}});
    const auto field = [&](const std::string& name) { return answer.text(kMetadata + name); };
    EXPECT_EQ(field("instanceId"), instance);
    EXPECT_EQ(field("instanceType"), "t3.micro");
    EXPECT_EQ(field("launchTime"), "2026-01-02T03:04:05.000Z");
    EXPECT_EQ(field("availabilityZone"), "us-east-1a");
    EXPECT_EQ(field("zoneId"), "use1-az2");
    EXPECT_EQ(field("instanceState/name"), "running");
    EXPECT_EQ(field("instanceState/code"), "16");
    EXPECT_EQ(field("instanceOwnerId"), kAccount);
    EXPECT_EQ(field("tagSet/item/value"), "web");
    EXPECT_EQ(field("imageMetadata/imageId"), image);
    EXPECT_EQ(field("imageMetadata/name"), "short lived");
    EXPECT_EQ(field("imageMetadata/imageOwnerId"), kAccount);
    EXPECT_EQ(field("imageMetadata/imageState"), "deregistered");
    EXPECT_EQ(field("imageMetadata/creationDate"), "2026-01-02T03:04:05.000Z");
    EXPECT_EQ(field("imageMetadata/isPublic"), "false");
}

TEST(DescribeInstanceImageMetadata, TellsOfPublicImages)
{
    TestEmulator aws;
    run_one(aws, {{"ImageId", public_image(aws)}});
    const auto answer = aws.must("DescribeInstanceImageMetadata");
    EXPECT_EQ(answer.text(std::string(kMetadata) + "imageMetadata/imageOwnerAlias"), "amazon");
    EXPECT_EQ(answer.text(std::string(kMetadata) + "imageMetadata/isPublic"), "true");
    EXPECT_EQ(answer.text(std::string(kMetadata) + "imageMetadata/imageState"), "available");
    EXPECT_NE(answer.text(std::string(kMetadata) + "imageMetadata/deprecationTime"), "");
}

TEST(DescribeInstanceImageMetadata, FiltersAsDocumented)
{
    TestEmulator aws;
    const auto own = aws.must("RunInstances", launch(own_image(aws, "own"))).text(kInstanceId);
    const auto amazon = run_one(aws, {{"ImageId", public_image(aws)},
                                      {"InstanceType", "t3.small"},
                                      {"Placement.AvailabilityZone", "us-east-1b"}});
    aws.must("StopInstances", {{"InstanceId.1", amazon}});
    aws.must("CreateTags", {{"ResourceId.1", own}, {"Tag.1.Key", "Name"}, {"Tag.1.Value", "web"}});
    const auto found = [&](const std::string& name, const std::string& value) {
        return aws
            .must("DescribeInstanceImageMetadata",
                  {{"Filter.1.Name", name}, {"Filter.1.Value.1", value}})
            .texts(std::string(kMetadata) + "instanceId");
    };
    EXPECT_THAT(found("availability-zone", "us-east-1b"), ElementsAre(amazon));
    EXPECT_THAT(found("zone-id", "use1-az2"), ElementsAre(own));
    EXPECT_THAT(found("instance-id", own), ElementsAre(own));
    EXPECT_THAT(found("instance-state-name", "stopped"), ElementsAre(amazon));
    EXPECT_THAT(found("instance-type", "t3.small"), ElementsAre(amazon));
    EXPECT_THAT(found("launch-time", "2026-01-02T*"), SizeIs(2));
    EXPECT_THAT(found("owner-alias", "amazon"), ElementsAre(amazon));
    EXPECT_THAT(found("owner-id", kAccount), ElementsAre(own));
    EXPECT_THAT(found("tag:Name", "web"), ElementsAre(own));
    EXPECT_THAT(found("tag-key", "Name"), ElementsAre(own));
    EXPECT_THAT(found("image-allowed", "false"), IsEmpty());
    EXPECT_EQ(
        aws.call("DescribeInstanceImageMetadata", {{"InstanceId.1", "i-0123456789abcdef0"}}).code,
        "InvalidInstanceID.NotFound");
    EXPECT_THAT(aws.must("DescribeInstanceImageMetadata", {}, kOtherAccount)
                    .texts(std::string(kMetadata) + "instanceId"),
                IsEmpty());
}

TEST(DescribeInstanceImageMetadata, FiltersByWhatTheSettingsAllow)
{
    TestEmulator aws;
    const auto own = aws.must("RunInstances", launch(own_image(aws, "own"))).text(kInstanceId);
    const auto amazon = run_one(aws, {{"ImageId", public_image(aws)}});
    const auto found = [&](const std::string& value) {
        return aws
            .must("DescribeInstanceImageMetadata",
                  {{"Filter.1.Name", "image-allowed"}, {"Filter.1.Value.1", value}})
            .texts(std::string(kMetadata) + "instanceId");
    };
    EXPECT_THAT(found("*"), IsEmpty());
    aws.must("ReplaceImageCriteriaInAllowedImagesSettings",
             {{"ImageCriterion.1.ImageName.1", "nothing"}});
    aws.must("EnableAllowedImagesSettings", {{"AllowedImagesSettingsState", "audit-mode"}});
    EXPECT_THAT(found("true"), ElementsAre(own));
    EXPECT_THAT(found("false"), ElementsAre(amazon));
    EXPECT_THAT(found("*"), SizeIs(2));
    aws.must("ReplaceImageCriteriaInAllowedImagesSettings",
             {{"ImageCriterion.1.ImageProvider.1", "amazon"}});
    EXPECT_THAT(found("true"), SizeIs(2));
    EXPECT_THAT(found("false"), IsEmpty());
}

}  // namespace
}  // namespace amilab::test
