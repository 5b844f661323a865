#include "server/services/ec2/images/image_manifests.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/wire/api_error.h"
#include "tests/server/services/ec2/images/bundle_support.h"

namespace amilab::test {
namespace {

std::string with(const std::string& from, const std::string& to)
{
    auto text = bundle_manifest();
    const auto at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return text.replace(at, from.size(), to);
}

TEST(ImageManifests, TellOfTheMachineAndItsParts)
{
    const auto manifest = ec2::parse_image_manifest(
        with("</architecture>",
             "</architecture><kernel_id>aki-12345678</kernel_id><ramdisk_id>ari-12345678"
             "</ramdisk_id>"),
        "bucket/m");
    EXPECT_EQ(manifest.architecture, "x86_64");
    EXPECT_EQ(manifest.kernel_id, "aki-12345678");
    EXPECT_EQ(manifest.ramdisk_id, "ari-12345678");
    EXPECT_EQ(manifest.bundled_bytes, 10U);
    ASSERT_EQ(manifest.parts.size(), 2U);
    EXPECT_EQ(manifest.parts[1].name, "image.part.1");
    EXPECT_EQ(manifest.parts[1].digest, "7c211433f02071597741e6ff5a8ea34789abbf43");
}

TEST(ImageManifests, AreRefusedWhenTheyAreNone)
{
    for (const auto& text :
         {std::string(), std::string("no xml"), std::string("<other/>"), std::string("<manifest/>"),
          with("x86_64", "vax"), with("count=\"2\"", "count=\"3\""),
          with("image.part.1", "../image.part.1"), with("image.part.1", ""),
          with("algorithm=\"SHA1\"", "algorithm=\"MD5\""),
          with("<bundled_size>10", "<bundled_size>10737418241"),
          with("<bundled_size>10", "<bundled_size>0")}) {
        EXPECT_THROW(ec2::parse_image_manifest(text, "bucket/m"), ApiError) << text;
    }
}

TEST(ImageManifests, AreRefusedWhenTheyAreNestedWithoutEnd)
{
    const auto nested = [](int depth) {
        std::string inner;
        for (int i = 0; i < depth; ++i) {
            inner += "<a>";
        }
        for (int i = 0; i < depth; ++i) {
            inner += "</a>";
        }
        return with("</parts>", inner + "</parts>");
    };
    EXPECT_NO_THROW(ec2::parse_image_manifest(nested(10), "bucket/m"));
    for (const int depth : {100, 140'000}) {
        EXPECT_THROW(ec2::parse_image_manifest(nested(depth), "bucket/m"), ApiError) << depth;
    }
}

class RegisterStoredImage : public ::testing::Test {
protected:
    RegisterStoredImage() { put_bundle(aws); }

    std::string code(const Parameters& more = {}, std::string_view account = kAccount)
    {
        return aws
            .call("RegisterImage",
                  merged({{"Name", "stored"},
                          {"VirtualizationType", "hvm"},
                          {"ImageLocation", "bucket/image.manifest.xml"}},
                         more),
                  account)
            .code;
    }

    TestEmulator aws;
    S3Caller s3{aws};
};

TEST_F(RegisterStoredImage, TakesWhatTheManifestSaysUnlessTheCallSaysOtherwise)
{
    s3.must(
        "PUT", "/bucket/image.manifest.xml",
        with("x86_64</architecture>", "i386</architecture><kernel_id>aki-12345678</kernel_id>"));
    EXPECT_EQ(code(), "");
    EXPECT_EQ(code({{"Name", "other"}, {"Architecture", "x86_64"}, {"KernelId", "aki-87654321"}}),
              "");
    const auto shown = aws.must("DescribeImages", {{"Owner.1", "self"}});
    EXPECT_THAT(shown.texts("imagesSet/item/architecture"),
                ::testing::UnorderedElementsAre("i386", "x86_64"));
    EXPECT_THAT(shown.texts("imagesSet/item/kernelId"),
                ::testing::UnorderedElementsAre("aki-12345678", "aki-87654321"));
}

TEST_F(RegisterStoredImage, RefusesPartsThatAreMissingOrOtherwise)
{
    s3.must("PUT", "/bucket/image.part.1", "World");
    EXPECT_EQ(code(), "InvalidManifest");
    s3.must("PUT", "/bucket/image.part.1", "world and more");
    EXPECT_EQ(code(), "InvalidManifest");
    s3.must("DELETE", "/bucket/image.part.1");
    EXPECT_EQ(code(), "InvalidManifest");
    s3.must("PUT", "/bucket/image.part.1", "world");
    EXPECT_EQ(code(), "");
}

TEST_F(RegisterStoredImage, RefusesSizesThatDoNotFit)
{
    s3.must("PUT", "/bucket/image.manifest.xml", with("<bundled_size>10", "<bundled_size>11"));
    EXPECT_EQ(code(), "InvalidManifest");
    s3.must("PUT", "/bucket/image.manifest.xml", with("<bundled_size>10", "<bundled_size>9"));
    EXPECT_EQ(code(), "InvalidManifest");
}

TEST_F(RegisterStoredImage, RefusesManifestsOutOfReach)
{
    EXPECT_EQ(code({{"ImageLocation", "bucket/none"}}), "InvalidManifest");
    EXPECT_EQ(code({{"ImageLocation", "nobodys/image.manifest.xml"}}), "InvalidManifest");
    EXPECT_EQ(code({}, kOtherAccount), "InvalidManifest");
    EXPECT_EQ(code({{"DryRun", "true"}}), "DryRunOperation");
}

}  // namespace
}  // namespace amilab::test
