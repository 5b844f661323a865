#include "server/services/ec2/images/image_usage_reports.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/base/units.h"
#include "tests/server/services/ec2/instances/instance_support.h"
#include "tests/support/emulator_fixture.h"

namespace amilab::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;
using ::testing::SizeIs;
constexpr const char* kThird = "444455556666";

constexpr const char* kReport = "imageUsageReportSet/item/";

constexpr const char* kEntry = "imageUsageReportEntrySet/item/";

class UsageReport : public ::testing::Test {
protected:
    UsageReport() : image(own_image(aws, "shared"))
    {
        aws.must("ModifyImageAttribute", {{"ImageId", image},
                                          {"LaunchPermission.Add.1.UserId", kOtherAccount},
                                          {"LaunchPermission.Add.2.UserId", kThird}});
        aws.must("RunInstances", launch(image));
        aws.must("RunInstances", launch(image), kOtherAccount);
        aws.must("RunInstances", launch(image), kOtherAccount);
        aws.must("RunInstances", launch(image), kThird);
    }

    Parameters request(Parameters more = {}) const
    {
        more.emplace_back("ImageId", image);
        more.emplace_back("ResourceType.1.ResourceType", "ec2:Instance");
        return more;
    }
    std::string create(const Parameters& more = {})
    {
        return aws.must("CreateImageUsageReport", request(more)).text("reportId");
    }
    std::string refusal(const Parameters& parameters, const char* account = kAccount)
    {
        return aws.call("CreateImageUsageReport", parameters, account).code;
    }
    Answer entries(const Parameters& parameters = {})
    {
        return aws.must("DescribeImageUsageReportEntries", parameters);
    }

    TestEmulator aws;
    std::string image;
};

TEST_F(UsageReport, CountsWhatOtherAccountsUse)
{
    const auto id = create();
    EXPECT_THAT(id, MatchesRegex("amiur-0[0-9a-f]{16}"));
    const auto shown = entries({{"ReportId.1", id}});
    EXPECT_THAT(shown.texts(std::string(kEntry) + "accountId"), ElementsAre(kOtherAccount, kThird));
    EXPECT_THAT(shown.texts(std::string(kEntry) + "usageCount"), ElementsAre("2", "1"));
    EXPECT_EQ(shown.text(std::string(kEntry) + "imageId"), image);
    EXPECT_EQ(shown.text(std::string(kEntry) + "reportId"), id);
    EXPECT_EQ(shown.text(std::string(kEntry) + "resourceType"), "ec2:Instance");
    EXPECT_EQ(shown.text(std::string(kEntry) + "reportCreationTime"), "2026-01-02T03:04:05.000Z");
    // It is of the time when it was made.
    aws.must("RunInstances", launch(image), kThird);
    EXPECT_THAT(entries({{"ReportId.1", id}}).texts(std::string(kEntry) + "usageCount"),
                ElementsAre("2", "1"));
}

TEST_F(UsageReport, LooksAtTheAccountsThatAreNamed)
{
    const auto id = create({{"AccountId.1", kThird}});
    EXPECT_THAT(entries({{"ReportId.1", id}}).texts(std::string(kEntry) + "accountId"),
                ElementsAre(kThird));
    EXPECT_EQ(
        aws.must("DescribeImageUsageReports").text(std::string(kReport) + "accountIdSet/item"),
        kThird);
    EXPECT_EQ(refusal(request({{"AccountId.1", "me"}})), "InvalidParameterValue");
}

TEST_F(UsageReport, TellsWhatItWasAskedFor)
{
    const std::string option = "ResourceType.2.ResourceTypeOption.1.";
    const auto id = create({{"ResourceType.2.ResourceType", "ec2:LaunchTemplate"},
                            {option + "OptionName", "version-depth"},
                            {option + "OptionValue.1", "100"},
                            {"TagSpecification.1.ResourceType", "image-usage-report"},
                            {"TagSpecification.1.Tag.1.Key", "Owner"},
                            {"TagSpecification.1.Tag.1.Value", "ops"}});
    const auto shown = aws.must("DescribeImageUsageReports", {{"ReportId.1", id}});
    const auto field = [&](const std::string& name) { return shown.text(kReport + name); };
    EXPECT_EQ(field("imageId"), image);
    EXPECT_EQ(field("state"), "available");
    EXPECT_EQ(field("creationTime"), "2026-01-02T03:04:05.000Z");
    EXPECT_EQ(field("expirationTime"), "2026-02-01T03:04:05.000Z");
    EXPECT_THAT(shown.texts(std::string(kReport) + "resourceTypeSet/item/resourceType"),
                ElementsAre("ec2:Instance", "ec2:LaunchTemplate"));
    EXPECT_EQ(field("resourceTypeSet/item/resourceTypeOptionSet/item/optionName"), "version-depth");
    EXPECT_EQ(field("resourceTypeSet/item/resourceTypeOptionSet/item/optionValueSet/item"), "100");
    EXPECT_EQ(field("tagSet/item/value"), "ops");
    aws.must("CreateTags", {{"ResourceId.1", id}, {"Tag.1.Key", "More"}, {"Tag.1.Value", "1"}});
    EXPECT_THAT(aws.must("DescribeTags", {{"Filter.1.Name", "resource-type"},
                                          {"Filter.1.Value.1", "image-usage-report"}})
                    .texts("tagSet/item"),
                SizeIs(2));
}

TEST_F(UsageReport, CountsLaunchTemplatesAsFarBackAsAsked)
{
    for (const char* name : {"web", "worker"}) {
        aws.must("CreateLaunchTemplate",
                 {{"LaunchTemplateName", name}, {"LaunchTemplateData.ImageId", image}},
                 kOtherAccount);
    }
    const auto next_version = [&](const Parameters& data) {
        aws.must("CreateLaunchTemplateVersion", merged({{"LaunchTemplateName", "web"}}, data),
                 kOtherAccount);
    };
    next_version({{"LaunchTemplateData.ImageId", image}});
    next_version({{"LaunchTemplateData.InstanceType", "t3.nano"}});
    const auto count = [&](const Parameters& more) {
        const auto id =
            create(merged({{"ResourceType.2.ResourceType", "ec2:LaunchTemplate"}}, more));
        return entries(merged(filter("resource-type", "ec2:LaunchTemplate"), {{"ReportId.1", id}}))
            .texts(std::string(kEntry) + "usageCount");
    };
    const std::string option = "ResourceType.2.ResourceTypeOption.1.";
    EXPECT_THAT(count({}), ElementsAre("2"));
    EXPECT_THAT(count({{option + "OptionName", "version-depth"}, {option + "OptionValue.1", "1"}}),
                ElementsAre("1"));
}

TEST_F(UsageReport, IsListedWithItsOwnAccountsTypesAndTags)
{
    const auto all = create();
    const auto some = create({{"AccountId.1", kThird},
                              {"ResourceType.2.ResourceType", "ec2:LaunchTemplate"},
                              {"TagSpecification.1.ResourceType", "image-usage-report"},
                              {"TagSpecification.1.Tag.1.Key", "Owner"},
                              {"TagSpecification.1.Tag.1.Value", "ops"}});
    const auto list = aws.must("DescribeImageUsageReports");
    EXPECT_EQ(list.count("imageUsageReportSet/item"), 2U);
    for (const auto& item : list.root().child("imageUsageReportSet").children()) {
        const bool is_all = item.child("reportId").text().as_string() == all;
        EXPECT_EQ(item.child("accountIdSet").select_nodes("item").size(), is_all ? 0U : 1U);
        EXPECT_EQ(item.child("resourceTypeSet").select_nodes("item").size(), is_all ? 1U : 2U);
        EXPECT_EQ(item.child("tagSet").select_nodes("item").size(), is_all ? 0U : 1U);
    }
    EXPECT_EQ(aws.must("DescribeImageUsageReports", {{"ReportId.1", some}})
                  .text(std::string(kReport) + "accountIdSet/item"),
              kThird);
}

TEST_F(UsageReport, IsPendingForAWhileAndKeptForThirtyDays)
{
    aws.set_delay("image-usage-report.pending", 1000);
    const auto id = create();
    const auto state = [&] {
        return aws.must("DescribeImageUsageReports").text(std::string(kReport) + "state");
    };
    EXPECT_EQ(state(), "pending");
    EXPECT_THAT(entries().texts(std::string(kEntry) + "accountId"), IsEmpty());
    aws.advance(1000);
    EXPECT_EQ(state(), "available");
    EXPECT_THAT(entries().texts(std::string(kEntry) + "accountId"), SizeIs(2));
    aws.advance(30 * kDayMs);
    EXPECT_EQ(aws.call("DescribeImageUsageReports", {{"ReportId.1", id}}).code,
              "InvalidImageUsageReportId.NotFound");
    EXPECT_THAT(entries().texts(std::string(kEntry) + "accountId"), IsEmpty());
}

TEST_F(UsageReport, IsMadeOnceForOneToken)
{
    const auto id = create({{"ClientToken", "once"}});
    EXPECT_EQ(create({{"ClientToken", "once"}}), id);
    EXPECT_EQ(refusal(request({{"ClientToken", "once"}, {"AccountId.1", kThird}})),
              "IdempotentParameterMismatch");
}

TEST_F(UsageReport, IsOfOnesOwnImagesAlone)
{
    EXPECT_EQ(refusal(request(), kOtherAccount), "AuthFailure");
    EXPECT_EQ(refusal({{"ImageId", "ami-0123456789abcdef0"},
                       {"ResourceType.1.ResourceType", "ec2:Instance"}}),
              "InvalidAMIID.NotFound");
    EXPECT_EQ(refusal({{"ImageId", image}}), "MissingParameter");
    EXPECT_EQ(refusal({{"ImageId", image}, {"ResourceType.1.ResourceType", "ec2:Volume"}}),
              "InvalidParameterValue");
    EXPECT_EQ(refusal(request({{"ResourceType.1.ResourceTypeOption.1.OptionName", "version-depth"},
                               {"ResourceType.1.ResourceTypeOption.1.OptionValue.1", "1"}})),
              "InvalidParameterCombination");
    EXPECT_EQ(refusal(request({{"TagSpecification.1.ResourceType", "image"},
                               {"TagSpecification.1.Tag.1.Key", "k"},
                               {"TagSpecification.1.Tag.1.Value", "v"}})),
              "InvalidParameterValue");
    EXPECT_EQ(refusal(request({{"DryRun", "true"}})), "DryRunOperation");
    EXPECT_THAT(aws.must("DescribeImageUsageReports").texts("imageUsageReportSet/item"), IsEmpty());
}

TEST_F(UsageReport, IsFoundByImageAndState)
{
    const auto first = create();
    aws.advance(1000);
    const auto other_image = own_image(aws, "unused");
    const auto second =
        aws.must("CreateImageUsageReport",
                 {{"ImageId", other_image}, {"ResourceType.1.ResourceType", "ec2:Instance"}})
            .text("reportId");
    const auto found = [&](const Parameters& parameters) {
        return aws.must("DescribeImageUsageReports", parameters)
            .texts(std::string(kReport) + "reportId");
    };
    EXPECT_THAT(found({{"ImageId.1", other_image}}), ElementsAre(second));
    EXPECT_THAT(
        found({{"Filter.1.Name", "creation-time"}, {"Filter.1.Value.1", "2026-01-02T03:04:05*"}}),
        ElementsAre(first));
    EXPECT_THAT(found({{"Filter.1.Name", "state"}, {"Filter.1.Value.1", "pending"}}), IsEmpty());
    EXPECT_THAT(entries({{"ImageId.1", other_image}}).texts(std::string(kEntry) + "accountId"),
                IsEmpty());
    EXPECT_THAT(entries({{"Filter.1.Name", "account-id"}, {"Filter.1.Value.1", kThird}})
                    .texts(std::string(kEntry) + "usageCount"),
                ElementsAre("1"));
    const auto page = entries({{"MaxResults", "1"}});
    EXPECT_THAT(page.texts(std::string(kEntry) + "accountId"), ElementsAre(kOtherAccount));
    EXPECT_THAT(entries({{"MaxResults", "1"}, {"NextToken", page.text("nextToken")}})
                    .texts(std::string(kEntry) + "accountId"),
                ElementsAre(kThird));
}

TEST_F(UsageReport, CanBeDeleted)
{
    const auto id = create();
    EXPECT_EQ(aws.must("DeleteImageUsageReport", {{"ReportId", id}}).text("return"), "true");
    EXPECT_EQ(aws.call("DeleteImageUsageReport", {{"ReportId", id}}).code,
              "InvalidImageUsageReportId.NotFound");
    EXPECT_EQ(aws.call("DeleteImageUsageReport", {{"ReportId", "amiur-x"}}).code,
              "InvalidImageUsageReportId.Malformed");
    EXPECT_EQ(aws.call("DeleteImageUsageReport", {{"ReportId", create()}}, kOtherAccount).code,
              "InvalidImageUsageReportId.NotFound");
}

}  // namespace
}  // namespace amilab::test
