#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/emulator_fixture.h"

namespace amilab::test {
namespace {

using ::testing::ElementsAre;

constexpr const char* kNumbers = "launchTemplateVersionSet/item/versionNumber";
constexpr const char* kData = "launchTemplateVersionSet/item/launchTemplateData/";

Parameters version(const Parameters& data, const std::string& name = "web")
{
    return merged({{"LaunchTemplateName", name}}, data);
}

/// A template with three versions.
void make_three(TestEmulator& emulator)
{
    emulator.must("CreateLaunchTemplate", version({{"LaunchTemplateData.InstanceType", "t3.small"},
                                                   {"LaunchTemplateData.KeyName", "mine"}}));
    emulator.must("CreateLaunchTemplateVersion",
                  version({{"LaunchTemplateData.InstanceType", "t3.large"},
                           {"SourceVersion", "1"},
                           {"VersionDescription", "larger"}}));
    emulator.must("CreateLaunchTemplateVersion",
                  version({{"LaunchTemplateData.InstanceType", "t3.nano"}}));
}

Answer versions(TestEmulator& emulator, const Parameters& extra)
{
    return emulator.must("DescribeLaunchTemplateVersions", version(extra));
}

TEST(CreateLaunchTemplateVersion, LaysItsDataOverThatOfItsSource)
{
    TestEmulator emulator;
    make_three(emulator);
    const auto second = versions(emulator, {{"LaunchTemplateVersion.1", "2"}});
    EXPECT_EQ(second.text(std::string(kData) + "keyName"), "mine");
    EXPECT_EQ(second.text(std::string(kData) + "instanceType"), "t3.large");
    EXPECT_EQ(second.text("launchTemplateVersionSet/item/versionDescription"), "larger");
    const auto third = versions(emulator, {{"LaunchTemplateVersion.1", "$Latest"}});
    EXPECT_EQ(third.count(std::string(kData) + "keyName"), 0U);
}

constexpr const char* kVcpus = "LaunchTemplateData.InstanceRequirements.VCpuCount.Min";
constexpr const char* kMemory = "LaunchTemplateData.InstanceRequirements.MemoryMiB.Min";
constexpr const char* kAllowed = "LaunchTemplateData.InstanceRequirements.AllowedInstanceType.1";

TEST(CreateLaunchTemplateVersion, LaysRequirementsOverThoseOfItsSourceAsAWhole)
{
    TestEmulator emulator;
    emulator.must("CreateLaunchTemplate",
                  version({{kVcpus, "2"}, {kMemory, "4096"}, {kAllowed, "m5.*"}}));
    emulator.must("CreateLaunchTemplateVersion",
                  version({{"SourceVersion", "1"}, {kVcpus, "4"}, {kMemory, "1024"}}));
    emulator.must("CreateLaunchTemplateVersion",
                  version({{"SourceVersion", "1"}, {"LaunchTemplateData.KeyName", "mine"}}));
    const auto in_data = [](const std::string& path) {
        return kData + std::string("instanceRequirements/") + path;
    };
    const auto second = versions(emulator, {{"LaunchTemplateVersion.1", "2"}});
    EXPECT_EQ(second.text(in_data("vCpuCount/min")), "4");
    EXPECT_EQ(second.text(in_data("memoryMiB/min")), "1024");
    EXPECT_EQ(second.count(in_data("allowedInstanceTypeSet/item")), 0U);
    const auto third = versions(emulator, {{"LaunchTemplateVersion.1", "3"}});
    EXPECT_EQ(third.text(in_data("vCpuCount/min")), "2");
    EXPECT_EQ(third.text(in_data("allowedInstanceTypeSet/item")), "m5.*");
}

TEST(CreateLaunchTemplateVersion, RefusesATypeBesideRequirements)
{
    TestEmulator emulator;
    make_three(emulator);
    const Parameters least = {{kVcpus, "2"}, {kMemory, "4096"}};
    const Parameters typed = {{"LaunchTemplateData.InstanceType", "t3.nano"}};
    const auto code = [&](const Parameters& parameters) {
        return emulator.call("CreateLaunchTemplateVersion", version(parameters)).code;
    };
    EXPECT_EQ(code(merged(least, typed)), "InvalidParameterCombination");
    EXPECT_EQ(code(merged(least, {{"SourceVersion", "1"}})), "InvalidParameterCombination");
    EXPECT_EQ(code(least), "");
    EXPECT_EQ(code(merged(typed, {{"SourceVersion", "4"}})), "InvalidParameterCombination");
}

TEST(CreateLaunchTemplateVersion, RefusesRequirementsThatNoTypeCouldMeet)
{
    TestEmulator emulator;
    make_three(emulator);
    const auto code = [&](const Parameters& more) {
        const Parameters least = {{kVcpus, "2"}, {kMemory, "4096"}};
        return emulator.call("CreateLaunchTemplateVersion", version(merged(least, more))).code;
    };
    const std::string of = "LaunchTemplateData.InstanceRequirements.";
    EXPECT_EQ(code({{of + "VCpuCount.Max", "1"}}), "InvalidParameterValue");
    EXPECT_EQ(code({{of + "NetworkBandwidthGbps.Min", "-0.5"}}), "InvalidParameterValue");
    EXPECT_EQ(code({{kAllowed, "m5.*"}, {of + "ExcludedInstanceType.1", "c5.*"}}),
              "InvalidParameterCombination");
    EXPECT_EQ(code({{of + "SpotMaxPricePercentageOverLowestPrice", "40"},
                    {of + "MaxSpotPriceAsPercentageOfOptimalOnDemandPrice", "60"}}),
              "InvalidParameterCombination");
    const auto reference = of + "BaselinePerformanceFactors.Cpu.Reference.";
    EXPECT_EQ(
        code({{reference + "1.InstanceFamily", "c6i"}, {reference + "2.InstanceFamily", "m6i"}}),
        "InvalidParameterValue");
    EXPECT_EQ(emulator.call("CreateLaunchTemplateVersion", version({{kVcpus, "2"}})).code,
              "MissingParameter");
}

TEST(CreateLaunchTemplateVersion, RefusesMoreThanTenThousandThatAreThere)
{
    TestEmulator emulator;
    make_three(emulator);
    emulator.generation().writer().db().run(
        "WITH RECURSIVE number (n) AS (SELECT 4 UNION ALL SELECT n + 1 FROM number WHERE n < 10000)"
        " INSERT INTO launch_template_version (template_id, version, create_time_ms, created_by,"
        " parameters) SELECT l.id, n, 0, '', '' FROM launch_template l, number");
    emulator.generation().writer().db().run("UPDATE launch_template SET next_version = 10001");
    const auto more = version({{"LaunchTemplateData.InstanceType", "t3.nano"}});
    const auto refused = emulator.call("CreateLaunchTemplateVersion", more);
    EXPECT_EQ(refused.code, "VersionLimitExceeded");
    EXPECT_EQ(refused.message, "A launch template may have 10000 versions.");
    emulator.must("DeleteLaunchTemplateVersions", version({{"LaunchTemplateVersion.1", "2"}}));
    EXPECT_EQ(emulator.must("CreateLaunchTemplateVersion", more)
                  .text("launchTemplateVersion/versionNumber"),
              "10001");
    EXPECT_EQ(emulator.call("CreateLaunchTemplateVersion", more).code, "VersionLimitExceeded");
}

TEST(DescribeLaunchTemplateVersions, GivesTheNewestFirst)
{
    TestEmulator emulator;
    make_three(emulator);
    EXPECT_THAT(versions(emulator, {}).texts(kNumbers), ElementsAre("3", "2", "1"));
    EXPECT_THAT(versions(emulator, {{"MinVersion", "2"}}).texts(kNumbers), ElementsAre("3", "2"));
    EXPECT_THAT(versions(emulator, {{"MaxVersion", "2"}}).texts(kNumbers), ElementsAre("2", "1"));
    EXPECT_THAT(versions(emulator, filter("is-default-version", "true")).texts(kNumbers),
                ElementsAre("1"));
    EXPECT_THAT(versions(emulator, filter("instance-type", "t3.l*")).texts(kNumbers),
                ElementsAre("2"));
}

TEST(DescribeLaunchTemplateVersions, PagesThroughThem)
{
    TestEmulator emulator;
    make_three(emulator);
    const auto page = versions(emulator, {{"MaxResults", "2"}});
    EXPECT_THAT(page.texts(kNumbers), ElementsAre("3", "2"));
    EXPECT_THAT(versions(emulator, {{"MaxResults", "2"}, {"NextToken", page.text("nextToken")}})
                    .texts(kNumbers),
                ElementsAre("1"));
}

TEST(DescribeLaunchTemplateVersions, RefusesAPageOfNoneOrOfMoreThan200)
{
    TestEmulator emulator;
    make_three(emulator);
    const auto code_of = [&](const std::string& size) {
        return emulator.call("DescribeLaunchTemplateVersions", version({{"MaxResults", size}}))
            .code;
    };
    EXPECT_EQ(code_of("-1"), "InvalidParameterValue");
    EXPECT_EQ(code_of("0"), "InvalidParameterValue");
    EXPECT_EQ(code_of("201"), "InvalidParameterValue");
    EXPECT_EQ(code_of("200"), "");
}

TEST(DescribeLaunchTemplateVersions, KnowsTheLatestAndTheDefaultOfAllTemplates)
{
    TestEmulator emulator;
    make_three(emulator);
    const auto all = [&](const std::string& which) {
        return emulator.must("DescribeLaunchTemplateVersions", {{"LaunchTemplateVersion.1", which}})
            .texts(kNumbers);
    };
    EXPECT_THAT(all("$Latest"), ElementsAre("3"));
    EXPECT_THAT(all("$Default"), ElementsAre("1"));
    const auto by_number =
        emulator.call("DescribeLaunchTemplateVersions", {{"LaunchTemplateVersion.1", "2"}});
    EXPECT_EQ(by_number.code, "InvalidParameterValue");
    EXPECT_THAT(by_number.message, ::testing::HasSubstr("for ‘--versions’ specify ‘$Latest’"));
    const auto of_none = emulator.call("DescribeLaunchTemplateVersions");
    EXPECT_EQ(of_none.code, "MissingParameter");
    EXPECT_EQ(of_none.message, by_number.message);
}

TEST(DescribeLaunchTemplateVersions, NamesTheTemplateThatHasNoSuchVersion)
{
    TestEmulator emulator;
    make_three(emulator);
    const auto refused = emulator.call("DescribeLaunchTemplateVersions",
                                       version({{"LaunchTemplateVersion.1", "4"}}));
    EXPECT_EQ(refused.code, "InvalidLaunchTemplateId.VersionNotFound");
    EXPECT_THAT(refused.message,
                ::testing::MatchesRegex("Could not find the specified version 4 for the launch "
                                        "template with ID lt-[0-9a-f]{17}\\."));
}

TEST(DescribeLaunchTemplateVersions, ResolveTheAliasOfAnImageWhenAsked)
{
    TestEmulator emulator;
    const std::string alias =
        "resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64";
    const Parameters of_alias = {{"LaunchTemplateData.ImageId", alias}};
    emulator.must("CreateLaunchTemplate", version(of_alias));
    const auto image = [&](const Parameters& extra) {
        return versions(emulator, extra).text(std::string(kData) + "imageId");
    };
    EXPECT_EQ(image({}), alias);
    EXPECT_THAT(image({{"ResolveAlias", "true"}}), ::testing::StartsWith("ami-"));
    const auto made = emulator.must("CreateLaunchTemplateVersion",
                                    version(merged(of_alias, {{"ResolveAlias", "true"}})));
    EXPECT_THAT(made.text("launchTemplateVersion/launchTemplateData/imageId"),
                ::testing::StartsWith("ami-"));
    emulator.must("CreateLaunchTemplateVersion",
                  version({{"LaunchTemplateData.ImageId", "resolve:ssm:/none"}}));
    EXPECT_EQ(
        emulator.call("DescribeLaunchTemplateVersions", version({{"ResolveAlias", "true"}})).code,
        "SsmInvalidParameter");
}

TEST(DeleteLaunchTemplateVersions, TakesTwoHundredACall)
{
    TestEmulator emulator;
    make_three(emulator);
    Parameters many;
    for (int number = 1; number <= 200; ++number) {
        many.emplace_back("LaunchTemplateVersion." + std::to_string(number),
                          std::to_string(number + 1));
    }
    EXPECT_THAT(emulator.must("DeleteLaunchTemplateVersions", version(many))
                    .texts("successfullyDeletedLaunchTemplateVersionSet/item/versionNumber"),
                ElementsAre("2", "3"));
    many.emplace_back("LaunchTemplateVersion.201", "202");
    EXPECT_EQ(emulator.call("DeleteLaunchTemplateVersions", version(many)).code,
              "InvalidParameterValue");
}

TEST(DeleteLaunchTemplateVersions, DeletesEachButTheDefault)
{
    TestEmulator emulator;
    make_three(emulator);
    const auto answer =
        emulator.must("DeleteLaunchTemplateVersions", version({{"LaunchTemplateVersion.1", "1"},
                                                               {"LaunchTemplateVersion.2", "3"},
                                                               {"LaunchTemplateVersion.3", "9"}}));
    EXPECT_THAT(answer.texts("successfullyDeletedLaunchTemplateVersionSet/item/versionNumber"),
                ElementsAre("3"));
    EXPECT_THAT(
        answer.texts("unsuccessfullyDeletedLaunchTemplateVersionSet/item/responseError/code"),
        ElementsAre("unexpectedError", "launchTemplateVersionDoesNotExist"));
    emulator.must("CreateLaunchTemplateVersion",
                  version({{"LaunchTemplateData.InstanceType", "t3.nano"}}));
    EXPECT_THAT(versions(emulator, {}).texts(kNumbers), ElementsAre("4", "2", "1"));
}

}  // namespace
}  // namespace amilab::test
