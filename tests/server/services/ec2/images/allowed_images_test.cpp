#include "server/services/ec2/images/allowed_images.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/base/units.h"
#include "tests/server/services/ec2/common/sharing_support.h"
#include "tests/server/services/ec2/instances/instance_support.h"

namespace amilab::test {
namespace {

using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr const char* kIds = "imagesSet/item/imageId";
constexpr const char* kMarks = "imagesSet/item/imageAllowed";

/// One public image of kAccount, looked at by kOtherAccount, which sets what is allowed.
class AllowedImagesTest : public ::testing::Test {
protected:
    AllowedImagesTest()
    {
        image = own_image(aws, "base image 1");
        EXPECT_TRUE(modify_image(aws, image, {{"LaunchPermission.Add.1.Group", "all"}}).ok());
    }

    void enable(const std::string& state = "enabled")
    {
        aws.must("EnableAllowedImagesSettings", {{"AllowedImagesSettingsState", state}},
                 kOtherAccount);
    }
    Answer try_replace(Parameters criteria)
    {
        for (auto& criterion : criteria) {
            criterion.first = "ImageCriterion." + criterion.first;
        }
        return aws.call("ReplaceImageCriteriaInAllowedImagesSettings", criteria, kOtherAccount);
    }
    void replace(const Parameters& criteria)
    {
        const auto answer = try_replace(criteria);
        ASSERT_TRUE(answer.ok()) << answer.code << ": " << answer.message;
        EXPECT_EQ(answer.text("return"), "true");
    }
    Answer settings() { return aws.must("GetAllowedImagesSettings", {}, kOtherAccount); }
    bool is_seen() { return !seen_images(aws, kOtherAccount).empty(); }

    TestEmulator aws;
    std::string image;
};

TEST_F(AllowedImagesTest, AreDisabledUntilEnabled)
{
    EXPECT_EQ(settings().text("state"), "disabled");
    EXPECT_EQ(settings().text("managedBy"), "account");
    EXPECT_EQ(settings().count("imageCriterionSet/item"), 0U);
    const auto described = aws.must("DescribeImages", {{"ImageId.1", image}}, kOtherAccount);
    EXPECT_EQ(described.count(kMarks), 0U);
    enable("audit-mode");
    EXPECT_EQ(settings().text("state"), "audit-mode");
    EXPECT_EQ(aws.must("GetAllowedImagesSettings").text("state"), "disabled");
    EXPECT_EQ(aws.must("DisableAllowedImagesSettings", {}, kOtherAccount)
                  .text("allowedImagesSettingsState"),
              "disabled");
    EXPECT_EQ(settings().text("state"), "disabled");
    EXPECT_EQ(
        aws.call("EnableAllowedImagesSettings", {{"AllowedImagesSettingsState", "disabled"}}).code,
        "InvalidParameterValue");
}

TEST_F(AllowedImagesTest, EnabledHideAndRefuseOtherImages)
{
    enable();
    replace({{"1.ImageProvider.1", "amazon"}});
    EXPECT_FALSE(is_seen());
    EXPECT_THAT(seen_images(aws, kOtherAccount, {{"ImageId.1", image}}), IsEmpty());
    const auto refused = aws.call("RunInstances", launch(image), kOtherAccount);
    EXPECT_EQ(refused.code, "AuthFailure");
    EXPECT_EQ(refused.message, "Not authorized for images: [" + image + "]");
    const auto rest = aws.must("DescribeImages", {{"MaxResults", "5"}}, kOtherAccount);
    EXPECT_THAT(rest.texts("imagesSet/item/imageOwnerAlias"), Each("amazon"));
    EXPECT_THAT(rest.texts(kMarks), Each("true"));
    EXPECT_EQ(rest.count(kMarks), rest.count(kIds));

    replace({{"1.ImageProvider.1", "amazon"}, {"2.ImageProvider.1", kAccount}});
    EXPECT_TRUE(is_seen());
    EXPECT_TRUE(aws.call("RunInstances", launch(image), kOtherAccount).ok());
}

TEST_F(AllowedImagesTest, NeverHideOnesOwn)
{
    aws.must("EnableAllowedImagesSettings", {{"AllowedImagesSettingsState", "enabled"}});
    aws.must("ReplaceImageCriteriaInAllowedImagesSettings",
             {{"ImageCriterion.1.ImageProvider.1", "none"}});
    const auto all = aws.must("DescribeImages");
    EXPECT_THAT(all.texts(kIds), ElementsAre(image));
    EXPECT_THAT(all.texts(kMarks), ElementsAre("true"));
    EXPECT_TRUE(aws.call("RunInstances", launch(image)).ok());
    EXPECT_EQ(aws.call("RunInstances", launch(image), kOtherAccount).code, "");
}

TEST_F(AllowedImagesTest, WithoutCriteriaAllowOnesOwnAlone)
{
    enable();
    EXPECT_THAT(aws.must("DescribeImages", {}, kOtherAccount).texts(kIds), IsEmpty());
}

TEST_F(AllowedImagesTest, InAuditModeMarkAndHideNothing)
{
    enable("audit-mode");
    replace({{"1.ImageProvider.1", "amazon"}});
    const auto seen = aws.must("DescribeImages", {{"ImageId.1", image}}, kOtherAccount);
    EXPECT_THAT(seen.texts(kMarks), ElementsAre("false"));
    EXPECT_TRUE(aws.call("RunInstances", launch(image), kOtherAccount).ok());
    const auto all = aws.must("DescribeImages", {}, kOtherAccount);
    EXPECT_EQ(all.count(kMarks), all.count(kIds));
    EXPECT_THAT(all.texts(kMarks), Contains("true"));
}

TEST_F(AllowedImagesTest, AreAFilter)
{
    const auto matching = [&](const std::string& value) {
        return seen_images(aws, kOtherAccount,
                           {{"Filter.1.Name", "image-allowed"}, {"Filter.1.Value.1", value}});
    };
    EXPECT_THAT(matching("true"), IsEmpty());
    EXPECT_THAT(matching("false"), IsEmpty());
    enable("audit-mode");
    EXPECT_THAT(matching("false"), ElementsAre(image));
    EXPECT_THAT(matching("true"), IsEmpty());
    EXPECT_THAT(matching("*e"), ElementsAre(image));
    replace({{"1.ImageProvider.1", kAccount}});
    EXPECT_THAT(matching("true"), ElementsAre(image));
    EXPECT_THAT(matching("f*"), IsEmpty());
    enable();
    EXPECT_THAT(matching("true"), ElementsAre(image));
    EXPECT_THAT(matching("false"), IsEmpty());
}

TEST_F(AllowedImagesTest, MatchNamesWithWildcards)
{
    enable();
    for (const auto& [pattern, matches] :
         {std::pair("base image 1", true), std::pair("base*", true),
          std::pair("base image ?", true), std::pair("Base*", false), std::pair("base", false),
          std::pair("*[1]", false)}) {
        replace({{"1.ImageName.1", pattern}});
        EXPECT_EQ(is_seen(), matches) << pattern;
    }
    replace({{"1.ImageName.1", "other"}, {"1.ImageName.2", "*1"}});
    EXPECT_TRUE(is_seen());
}

TEST_F(AllowedImagesTest, WantAllOfOneCriterionAndOneOfAll)
{
    enable();
    replace({{"1.ImageName.1", "base*"}, {"1.ImageProvider.1", "amazon"}});
    EXPECT_FALSE(is_seen());
    replace({{"1.ImageName.1", "base*"}, {"1.ImageProvider.1", kAccount}});
    EXPECT_TRUE(is_seen());
    replace({{"1.ImageProvider.1", "amazon"}, {"2.ImageName.1", "base*"}});
    EXPECT_TRUE(is_seen());
}

TEST_F(AllowedImagesTest, LimitTheAge)
{
    enable();
    replace({{"1.CreationDateCondition.MaximumDaysSinceCreated", "10"}});
    EXPECT_TRUE(is_seen());
    aws.advance(10 * kDayMs);
    EXPECT_TRUE(is_seen());
    aws.advance(1);
    EXPECT_FALSE(is_seen());
    replace({{"1.CreationDateCondition.MaximumDaysSinceCreated", "2147483647"}});
    EXPECT_TRUE(is_seen());
}

TEST_F(AllowedImagesTest, LimitTheTimeSinceDeprecation)
{
    enable();
    run_sql(aws, fmt::format("UPDATE image SET deprecation_time_ms = {}", kStartMs + kDayMs));
    const auto is_named = [&] {
        return !seen_images(aws, kOtherAccount, {{"ImageId.1", image}}).empty();
    };
    replace({{"1.DeprecationTimeCondition.MaximumDaysSinceDeprecated", "0"}});
    EXPECT_TRUE(is_named());
    aws.advance(kDayMs);
    EXPECT_FALSE(is_named());
    replace({{"1.DeprecationTimeCondition.MaximumDaysSinceDeprecated", "2"}});
    EXPECT_TRUE(is_named());
    aws.advance(2 * kDayMs);
    EXPECT_FALSE(is_named());
}

TEST_F(AllowedImagesTest, MatchMarketplaceProductCodes)
{
    give_product_code(aws, image);
    enable();
    replace({{"1.MarketplaceProductCode.1", "other"}});
    EXPECT_FALSE(is_seen());
    replace({{"1.MarketplaceProductCode.1", "other"},
             {"1.MarketplaceProductCode.2", kMarketplaceCode}});
    EXPECT_TRUE(is_seen());
}

TEST_F(AllowedImagesTest, MeetNoScanAndNoWatermarkWhereThereIsNone)
{
    enable();
    replace(
        {{"1.ImageName.1", "base*"}, {"1.ScanResultCondition.MaximumSeverityLabel", "critical"}});
    EXPECT_FALSE(is_seen());
    replace({{"1.ImageName.1", "base*"}, {"1.ImageWatermark.1.WatermarkKey", "*"}});
    EXPECT_FALSE(is_seen());
}

TEST_F(AllowedImagesTest, MatchWatermarksWithAllThatOneFilterSays)
{
    run_sql(aws, "UPDATE image SET public = 0");
    aws.advance(2 * kDayMs);
    aws.must("AttachImageWatermark", {{"ImageId", image}, {"WatermarkName", "approved"}});
    run_sql(aws, "UPDATE image SET public = 1");
    aws.advance(kDayMs);
    enable();
    const auto is_met_by = [&](const Parameters& filter) {
        Parameters criteria;
        for (const auto& [name, value] : filter) {
            criteria.emplace_back("1.ImageWatermark." + name, value);
        }
        replace(criteria);
        return is_seen();
    };
    const auto key = std::string(kAccount) + ":approved";
    EXPECT_TRUE(is_met_by({{"1.WatermarkKey", key}}));
    EXPECT_TRUE(is_met_by({{"1.WatermarkKey", "*:appr?ved"}}));
    EXPECT_FALSE(is_met_by({{"1.WatermarkKey", std::string(kOtherAccount) + ":*"}}));
    EXPECT_TRUE(is_met_by({{"1.SourceImageRegion", "us-*"}}));
    EXPECT_FALSE(is_met_by({{"1.SourceImageRegion", "eu-*"}}));
    EXPECT_TRUE(is_met_by({{"1.MaximumDaysSinceWatermarkCreated", "1"}}));
    EXPECT_FALSE(is_met_by({{"1.MaximumDaysSinceWatermarkCreated", "0"}}));
    EXPECT_TRUE(is_met_by({{"1.MaximumDaysSinceSourceImageCreated", "3"}}));
    EXPECT_FALSE(is_met_by({{"1.MaximumDaysSinceSourceImageCreated", "2"}}));
    EXPECT_FALSE(is_met_by({{"1.WatermarkKey", key}, {"1.SourceImageRegion", "eu-*"}}));
    EXPECT_TRUE(is_met_by({{"1.WatermarkKey", "no"}, {"2.WatermarkKey", key}}));
}

TEST_F(AllowedImagesTest, KeepOtherImagesFromBeingCopied)
{
    run_sql(aws, "UPDATE snapshot SET public = 1");
    const Parameters request{{"SourceImageId", image}, {"SourceRegion", kRegion}, {"Name", "copy"}};
    enable();
    replace({{"1.ImageProvider.1", "amazon"}});
    EXPECT_EQ(aws.call("CopyImage", request, kOtherAccount).code, "InvalidAMIID.NotFound");
    replace({{"1.ImageProvider.1", kAccount}});
    EXPECT_TRUE(aws.call("CopyImage", request, kOtherAccount).ok());
}

TEST_F(AllowedImagesTest, AreReportedAsTheyWereGiven)
{
    replace({{"1.ImageProvider.1", "amazon"},
             {"1.ImageProvider.2", kAccount},
             {"1.ImageName.1", "b*"},
             {"1.ImageName.2", "a*"},
             {"1.MarketplaceProductCode.1", "abc123"},
             {"1.DeprecationTimeCondition.MaximumDaysSinceDeprecated", "0"},
             {"1.CreationDateCondition.MaximumDaysSinceCreated", "300"},
             {"2.ImageWatermark.1.WatermarkKey", "111122223333:gold"},
             {"2.ImageWatermark.1.SourceImageRegion", "us-*"},
             {"2.ImageWatermark.1.MaximumDaysSinceSourceImageCreated", "7"},
             {"2.ImageWatermark.2.MaximumDaysSinceWatermarkCreated", "8"},
             {"2.ScanResultCondition.MaxDaysSinceLastFindingScan", "1"},
             {"2.ScanResultCondition.MaximumSeverityLabel", "low"},
             {"2.ScanResultCondition.MaxDaysSinceCriticalFixAvailable", "3"}});
    const auto answer = settings();
    const std::string first = "imageCriterionSet/item[1]/";
    EXPECT_THAT(answer.texts(first + "imageProviderSet/item"), ElementsAre("amazon", kAccount));
    EXPECT_THAT(answer.texts(first + "imageNameSet/item"), ElementsAre("b*", "a*"));
    EXPECT_THAT(answer.texts(first + "marketplaceProductCodeSet/item"), ElementsAre("abc123"));
    EXPECT_EQ(answer.text(first + "deprecationTimeCondition/maximumDaysSinceDeprecated"), "0");
    EXPECT_EQ(answer.text(first + "creationDateCondition/maximumDaysSinceCreated"), "300");
    EXPECT_EQ(answer.count(first + "scanResultCondition"), 0U);
    const std::string second = "imageCriterionSet/item[2]/";
    const auto watermark = second + "imageWatermarkSet/item";
    EXPECT_EQ(answer.count(watermark), 2U);
    EXPECT_EQ(answer.text(watermark + "[1]/watermarkKey"), "111122223333:gold");
    EXPECT_EQ(answer.text(watermark + "[1]/sourceImageRegion"), "us-*");
    EXPECT_EQ(answer.text(watermark + "[1]/maximumDaysSinceSourceImageCreated"), "7");
    EXPECT_EQ(answer.text(watermark + "[2]/maximumDaysSinceWatermarkCreated"), "8");
    const auto scan = second + "scanResultCondition/";
    EXPECT_EQ(answer.text(scan + "maxDaysSinceLastFindingScan"), "1");
    EXPECT_EQ(answer.text(scan + "maximumSeverityLabel"), "low");
    EXPECT_EQ(answer.text(scan + "maxDaysSinceCriticalFixAvailable"), "3");
    EXPECT_EQ(answer.count(scan + "maxDaysSinceLowFixAvailable"), 0U);

    replace({{"1.ImageProvider.1", "none"}});
    EXPECT_THAT(settings().texts("imageCriterionSet/item/imageProviderSet/item"),
                ElementsAre("none"));
    replace({});
    EXPECT_EQ(settings().count("imageCriterionSet/item"), 0U);
}

TEST_F(AllowedImagesTest, RefuseCriteriaThatCannotBe)
{
    replace({{"1.ImageProvider.1", "amazon"}});
    const std::string long_name(129, 'a');
    for (const Parameters& bad : {
             Parameters{{"1.ImageProvider.1", "none"}, {"1.ImageProvider.2", "amazon"}},
             Parameters{{"1.ImageProvider.1", "microsoft"}},
             Parameters{{"1.ImageProvider.1", "1234"}},
             Parameters{{"1.ImageName.1", long_name}},
             Parameters{{"1.ImageName.1", "a?"}},
             Parameters{{"1.ImageName.1", "a#b"}},
             Parameters{{"1.ImageName.1", ""}},
             Parameters{{"1.MarketplaceProductCode.1", "with-dash"}},
             Parameters{{"1.MarketplaceProductCode.1", std::string(26, 'a')}},
             Parameters{{"1.CreationDateCondition.MaximumDaysSinceCreated", "-1"}},
             Parameters{{"1.CreationDateCondition.MaximumDaysSinceCreated", "2147483648"}},
             Parameters{{"1.ScanResultCondition.MaximumSeverityLabel", "severe"}},
             Parameters{{"1.ImageWatermark.1.MaximumDaysSinceWatermarkCreated", "-1"}},
         }) {
        EXPECT_EQ(try_replace(bad).code, "InvalidParameterValue")
            << bad[0].first << " " << bad[0].second;
    }
    const auto many = [](std::size_t count, const std::string& format) {
        Parameters all;
        for (std::size_t i = 1; i <= count; ++i) {
            all.emplace_back(fmt::format(fmt::runtime(format), i), fmt::format("{:012}", i));
        }
        return all;
    };
    for (const auto& [most, format] :
         {std::pair(std::size_t{200}, "1.ImageProvider.{}"),
          std::pair(std::size_t{50}, "1.ImageName.{}"),
          std::pair(std::size_t{50}, "1.MarketplaceProductCode.{}"),
          std::pair(std::size_t{50}, "1.ImageWatermark.{}.WatermarkKey"),
          std::pair(std::size_t{10}, "{}.ImageProvider.1")}) {
        EXPECT_EQ(try_replace(many(most + 1, format)).code, "InvalidParameterValue") << format;
    }
    EXPECT_EQ(settings().count("imageCriterionSet/item"), 1U);
    EXPECT_TRUE(try_replace(many(200, "1.ImageProvider.{}")).ok());
    EXPECT_TRUE(try_replace(many(10, "{}.ImageProvider.1")).ok());
}

}  // namespace
}  // namespace amilab::test
