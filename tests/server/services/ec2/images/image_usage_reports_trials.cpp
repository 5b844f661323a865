#include "tests/server/services/ec2/images/image_usage_reports_trials.h"

#include "tests/server/services/trial_makers.h"

namespace amilab::test {

namespace {

TrialTable trials()
{
    const std::string option = "ResourceType.1.ResourceTypeOption.1.";
    const Parameters template_depth{{"ResourceType.1.ResourceType", "ec2:LaunchTemplate"},
                                    {option + "OptionName", "version-depth"},
                                    {option + "OptionValue.1", "10"}};
    TrialTable table;
    table["CreateImageUsageReport"] = {
        {{"ImageId", "{image}"}, {"ResourceType.1.ResourceType", "ec2:Instance"}},
        changes("AccountId.1", World::kThirdAccount) + token_trial() +
            changes("ImageId", "{image_2}") +
            changes("ResourceType.1.ResourceType", "ec2:LaunchTemplate") +
            refused("ResourceType.1.ResourceTypeOption.1.OptionName", "depth", template_depth) +
            changes("ResourceType.1.ResourceTypeOption.1.OptionValue.1", "20", template_depth) +
            tag_trials("image-usage-report")};
    const auto shown = changes("ImageId.1", "{image_2}") + changes("MaxResults", "1") +
                       refused("NextToken", "bm90IG91cnM=") + changes("ReportId.1", "{report}");
    table["DescribeImageUsageReports"] =
        describe_operation(filter_trials("state", "available") + shown);
    table["DescribeImageUsageReportEntries"] =
        describe_operation(filter_trials("account-id", kOtherAccount) + shown);
    table["DeleteImageUsageReport"] = either_of("ReportId", "{report}", "{report_2}");
    return table;
}

std::vector<Telling> tellings()
{
    const Parameters by_id{{"ReportId.1", "{}"}};
    return {{"image_usage_report", "id", "DescribeImageUsageReports", by_id},
            {"image_usage_report_type", "report_id", "DescribeImageUsageReports", by_id},
            {"image_usage_report_account", "report_id", "DescribeImageUsageReports", by_id},
            {"image_usage_entry", "report_id", "DescribeImageUsageReportEntries", by_id}};
}

}  // namespace

void add_image_usage_reports(World& world)
{
    world.must("CreateTags",
               {{"ResourceId.1", "{image_4}"}, {"Tag.1.Key", "built"}, {"Tag.1.Value", "nightly"}});
    world.must("RunInstances",
               {{"ImageId", "{image}"},
                {"InstanceType", "t3.micro"},
                {"MinCount", "1"},
                {"MaxCount", "1"}},
               kOtherAccount);
    for (const char* name : {"report", "report_2"}) {
        world.set_id(name, world
                               .must("CreateImageUsageReport",
                                     {{"ImageId", "{image}"},
                                      {"ResourceType.1.ResourceType", "ec2:Instance"}})
                               .text("reportId"));
    }
}

constinit const TrialSet kImageUsageReportsTrials{
    .trials = trials, .tellings = tellings, .add_to_world = add_image_usage_reports};

}  // namespace amilab::test
