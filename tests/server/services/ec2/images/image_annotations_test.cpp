#include "server/services/ec2/images/image_annotations.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/server/services/ec2/common/sharing_support.h"
#include "tests/server/services/ec2/instances/instance_support.h"

namespace amilab::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* kKeys = "imagesSet/item/imageWatermarkSet/item/watermarkKey";
constexpr const char* kSupported =
    "imagesSet/item/instanceTypeSpecification/supportedInstanceTypeSet/item/instanceType";
constexpr const char* kUnsupported =
    "imagesSet/item/instanceTypeSpecification/unsupportedInstanceTypeSet/item/instanceType";

Parameters of(const std::string& image, Parameters more = {})
{
    more.emplace_back("ImageId", image);
    return more;
}

Answer describe(TestEmulator& aws, const std::string& image)
{
    return aws.must("DescribeImages", {{"ImageId.1", image}});
}

void attach(TestEmulator& aws, const std::string& image, const std::string& name)
{
    aws.must("AttachImageWatermark", of(image, {{"WatermarkName", name}}));
}

/// One supported and one unsupported entry; empty: none.
Answer replace(TestEmulator& aws, const std::string& image, const std::string& supported,
               const std::string& unsupported)
{
    Parameters request = of(image);
    if (!supported.empty()) {
        request.emplace_back("InstanceTypeSpecification.SupportedInstanceType.1", supported);
    }
    if (!unsupported.empty()) {
        request.emplace_back("InstanceTypeSpecification.UnsupportedInstanceType.1", unsupported);
    }
    return aws.call("ReplaceImageInstanceTypeSpecification", request);
}

std::string launch_code(TestEmulator& aws, const std::string& image, const char* type)
{
    return aws.call("RunInstances", launch(image, {{"InstanceType", type}})).code;
}

// Watermarks

TEST(ImageWatermark, IsShownUntilItIsDetached)
{
    TestEmulator aws;
    const auto id = own_image(aws, "one");
    aws.advance(1000);
    const auto answer = aws.must("AttachImageWatermark", of(id, {{"WatermarkName", "approved"}}));
    const auto key = std::string(kAccount) + ":approved";
    EXPECT_EQ(answer.text("watermarkKey"), key);
    const auto shown = describe(aws, id);
    const std::string path = "imagesSet/item/imageWatermarkSet/item/";
    EXPECT_EQ(shown.text(path + "watermarkKey"), key);
    EXPECT_EQ(shown.text(path + "sourceImageId"), id);
    EXPECT_EQ(shown.text(path + "sourceImageRegion"), kRegion);
    EXPECT_EQ(shown.text(path + "sourceImageCreationTime"), "2026-01-02T03:04:05.000Z");
    EXPECT_EQ(shown.text(path + "watermarkCreationTime"), "2026-01-02T03:04:06.000Z");
    aws.advance(1000);
    attach(aws, id, "approved");
    EXPECT_EQ(describe(aws, id).text(path + "watermarkCreationTime"), "2026-01-02T03:04:06.000Z");
    attach(aws, id, "A second (one)");
    EXPECT_THAT(describe(aws, id).texts(kKeys),
                ElementsAre(std::string(kAccount) + ":A second (one)", key));
    EXPECT_EQ(aws.must("DetachImageWatermark", of(id, {{"WatermarkKey", key}})).text("return"),
              "true");
    aws.must("DetachImageWatermark", of(id, {{"WatermarkKey", key}}));
    EXPECT_THAT(describe(aws, id).texts(kKeys),
                ElementsAre(std::string(kAccount) + ":A second (one)"));
}

TEST(ImageWatermark, GoesToImagesThatAreMadeOfTheImage)
{
    TestEmulator aws;
    const auto id = own_image(aws, "one");
    attach(aws, id, "approved");
    const auto instance = aws.must("RunInstances", launch(id)).text(kInstanceId);
    const auto made =
        aws.must("CreateImage", {{"InstanceId", instance}, {"Name", "two"}}).text("imageId");
    const auto key = std::string(kAccount) + ":approved";
    EXPECT_THAT(describe(aws, made).texts(kKeys), ElementsAre(key));
    EXPECT_EQ(describe(aws, made).text("imagesSet/item/imageWatermarkSet/item/sourceImageId"), id);
    aws.must("DetachImageWatermark", of(id, {{"WatermarkKey", key}}));
    EXPECT_THAT(describe(aws, id).texts(kKeys), IsEmpty());
    EXPECT_THAT(describe(aws, made).texts(kKeys), ElementsAre(key));
}

TEST(ImageWatermark, GoesToCopiesInOtherRegionsAndAccounts)
{
    TestEmulator aws;
    const auto id = own_image(aws, "one");
    attach(aws, id, "approved");
    const auto key = std::string(kAccount) + ":approved";
    const Parameters request{{"SourceImageId", id}, {"SourceRegion", kRegion}, {"Name", "copy"}};
    const auto far = aws.must("CopyImage", request, kAccount, "eu-west-1").text("imageId");
    const auto shown = aws.must("DescribeImages", {{"ImageId.1", far}}, kAccount, "eu-west-1");
    EXPECT_THAT(shown.texts(kKeys), ElementsAre(key));
    const std::string path = "imagesSet/item/imageWatermarkSet/item/";
    EXPECT_EQ(shown.text(path + "sourceImageId"), id);
    EXPECT_EQ(shown.text(path + "sourceImageRegion"), kRegion);

    run_sql(aws, "UPDATE image SET public = 1");
    run_sql(aws, "UPDATE snapshot SET public = 1");
    const auto theirs = aws.must("CopyImage", request, kOtherAccount).text("imageId");
    EXPECT_THAT(aws.must("DescribeImages", {{"ImageId.1", theirs}}, kOtherAccount).texts(kKeys),
                ElementsAre(key));
    aws.must("DetachImageWatermark", of(id, {{"WatermarkKey", key}}));
    EXPECT_THAT(aws.must("DescribeImages", {{"ImageId.1", theirs}}, kOtherAccount).texts(kKeys),
                ElementsAre(key));
}

TEST(ImageWatermark, IsForOnesOwnImagesThatAreNotPublic)
{
    TestEmulator aws;
    const auto id = own_image(aws, "one");
    const auto code = [&](const std::string& image, const std::string& name,
                          std::string_view account = kAccount) {
        return aws.call("AttachImageWatermark", of(image, {{"WatermarkName", name}}), account).code;
    };
    EXPECT_NE(code(id, "approved", kOtherAccount), "");
    EXPECT_EQ(code(public_image(aws), "approved"), "AuthFailure");
    for (const auto& name :
         {std::string("ab"), std::string(129, 'a'), std::string("a*b"), std::string("a:bc")}) {
        EXPECT_EQ(code(id, name), "InvalidParameterValue") << name;
    }
    for (const char* key : {"approved", "123:approved", "123456789012:", "123456789012:a*b"}) {
        EXPECT_EQ(aws.call("DetachImageWatermark", of(id, {{"WatermarkKey", key}})).code,
                  "InvalidParameterValue")
            << key;
    }
    aws.must("ModifyImageAttribute", of(id, {{"LaunchPermission.Add.1.Group", "all"}}));
    EXPECT_EQ(code(id, "approved"), "OperationNotPermitted");
    aws.must("DeregisterImage", of(id));
    EXPECT_EQ(code(id, "approved"), "InvalidAMIID.Unavailable");
}

// Instance types

TEST(InstanceTypeSpecification, IsShownReplacedAndRemoved)
{
    TestEmulator aws;
    const auto id = own_image(aws, "one");
    EXPECT_EQ(replace(aws, id, "t3.*", "t3.nano").text("returnValue"), "true");
    EXPECT_THAT(describe(aws, id).texts(kSupported), ElementsAre("t3.*"));
    EXPECT_THAT(describe(aws, id).texts(kUnsupported), ElementsAre("t3.nano"));
    EXPECT_TRUE(replace(aws, id, "", "m5.large").ok());
    EXPECT_THAT(describe(aws, id).texts(kSupported), IsEmpty());
    EXPECT_THAT(describe(aws, id).texts(kUnsupported), ElementsAre("m5.large"));
    EXPECT_TRUE(replace(aws, id, "", "").ok());
    EXPECT_EQ(describe(aws, id).count("imagesSet/item/instanceTypeSpecification"), 0U);
}

TEST(InstanceTypeSpecification, DecidesWhichTypesLaunchTheImage)
{
    TestEmulator aws;
    const auto id = own_image(aws, "one");
    replace(aws, id, "t3.*", "t3.small");
    EXPECT_EQ(launch_code(aws, id, "t3.micro"), "");
    EXPECT_EQ(launch_code(aws, id, "t3.small"), "InvalidParameterCombination");
    EXPECT_EQ(launch_code(aws, id, "m5.large"), "InvalidParameterCombination");
    replace(aws, id, "", "t3.*");
    EXPECT_EQ(launch_code(aws, id, "m5.large"), "");
    EXPECT_EQ(launch_code(aws, id, "t3.micro"), "InvalidParameterCombination");
    replace(aws, id, "*.m*o", "");
    EXPECT_EQ(launch_code(aws, id, "t3.micro"), "");
    EXPECT_EQ(launch_code(aws, id, "t3.small"), "InvalidParameterCombination");
    replace(aws, id, "", "");
    EXPECT_EQ(launch_code(aws, id, "t3.small"), "");
    const auto refused = [&] {
        replace(aws, id, "m5.large", "");
        return aws.call("RunInstances", launch(id)).message;
    }();
    EXPECT_THAT(refused, HasSubstr("t3.micro"));
}

TEST(InstanceTypeSpecification, IsMadeOfEntriesThatArePatterns)
{
    TestEmulator aws;
    const auto id = own_image(aws, "one");
    for (const auto& entry : {std::string("t3.**"), std::string(25, 'a'), std::string("t3 micro"),
                              std::string("t3?micro")}) {
        EXPECT_EQ(replace(aws, id, entry, "").code, "InvalidParameterValue") << entry;
        EXPECT_EQ(replace(aws, id, "", entry).code, "InvalidParameterValue") << entry;
    }
    EXPECT_EQ(replace(aws, id, "t3.micro", "t3.micro").code, "InvalidParameterValue");
    EXPECT_TRUE(replace(aws, id, std::string(24, 'a'), "").ok());
    Parameters many = of(id);
    for (int i = 1; i <= 101; ++i) {
        many.emplace_back(fmt::format("InstanceTypeSpecification.SupportedInstanceType.{}", i),
                          fmt::format("t3.n{}", i));
    }
    EXPECT_EQ(aws.call("ReplaceImageInstanceTypeSpecification", many).code,
              "InvalidParameterValue");
    many.pop_back();
    aws.must("ReplaceImageInstanceTypeSpecification", many);
    EXPECT_EQ(describe(aws, id).count(kSupported), 100U);
}

TEST(InstanceTypeSpecification, IsTheOwnersToSet)
{
    TestEmulator aws;
    const auto id = own_image(aws, "one");
    const auto code = [&](std::string_view account) {
        return aws.call("ReplaceImageInstanceTypeSpecification", of(id), account).code;
    };
    EXPECT_NE(code(kOtherAccount), "");
    aws.must("ModifyImageAttribute", of(id, {{"LaunchPermission.Add.1.UserId", kOtherAccount}}));
    EXPECT_EQ(code(kOtherAccount), "AuthFailure");
    replace(aws, id, "m5.large", "");
    EXPECT_EQ(aws.call("RunInstances", launch(id), kOtherAccount).code,
              "InvalidParameterCombination");
}

TEST(InstanceTypeSpecification, IsNotForMarketplaceImages)
{
    TestEmulator aws;
    const auto id = own_image(aws, "one");
    give_product_code(aws, id);
    EXPECT_EQ(replace(aws, id, "m5.large", "").code, "OperationNotPermitted");
    EXPECT_TRUE(replace(aws, id, "", "").ok());
}

// Findings

TEST(ImageFindings, AreNoneOfAnImageThatNobodyScanned)
{
    TestEmulator aws;
    const auto id = own_image(aws, "one");
    for (const auto& image : {id, public_image(aws)}) {
        const auto answer = aws.must("GetImageFindings", of(image, {{"MaxResults", "1"}}));
        EXPECT_EQ(answer.count("imageFindingSet/item"), 0U);
        EXPECT_EQ(answer.count("nextToken"), 0U);
    }
    EXPECT_EQ(aws.call("GetImageFindings", of(id), kOtherAccount).code, "InvalidAMIID.NotFound");
    EXPECT_EQ(aws.call("GetImageFindings", of(id, {{"NextToken", "nonsense"}})).code,
              "InvalidParameterValue");
    EXPECT_EQ(aws.call("GetImageFindings", of(id, {{"MaxResults", "1001"}})).code,
              "InvalidParameterValue");
    aws.must("DeregisterImage", of(id));
    EXPECT_EQ(aws.call("GetImageFindings", of(id)).code, "InvalidAMIID.Unavailable");
}

}  // namespace
}  // namespace amilab::test
