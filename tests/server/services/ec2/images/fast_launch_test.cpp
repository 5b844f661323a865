#include "server/services/ec2/images/fast_launch.h"

#include <algorithm>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/metadata/sql/statement.h"
#include "tests/server/services/ec2/instances/instance_support.h"

namespace amilab::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr const char* kIds = "fastLaunchImageSet/item/imageId";

Parameters of(const std::string& image, Parameters more = {})
{
    more.emplace_back("ImageId", image);
    return more;
}

std::string windows_image(TestEmulator& aws, const std::string& name = "windows")
{
    const auto id = own_image(aws, name);
    auto writer = aws.generation().writer();
    Statement(writer.db(), "UPDATE image SET platform = 'windows' WHERE id = ?1").execute(id);
    return id;
}

std::vector<std::string> listed(TestEmulator& aws, const Parameters& parameters = {})
{
    return aws.must("DescribeFastLaunchImages", parameters).texts(kIds);
}

TEST(FastLaunch, IsEnabledWithAWindowsImagesSettings)
{
    TestEmulator aws;
    aws.set_delay("fast-launch.enabling", 1000);
    const auto id = windows_image(aws);
    const auto answer =
        aws.must("EnableFastLaunch", of(id, {{"ResourceType", "snapshot"},
                                             {"SnapshotConfiguration.TargetResourceCount", "9"},
                                             {"MaxParallelLaunches", "7"}}));
    EXPECT_EQ(answer.text("imageId"), id);
    EXPECT_EQ(answer.text("resourceType"), "snapshot");
    EXPECT_EQ(answer.text("snapshotConfiguration/targetResourceCount"), "9");
    EXPECT_EQ(answer.text("maxParallelLaunches"), "7");
    EXPECT_EQ(answer.text("ownerId"), kAccount);
    EXPECT_EQ(answer.text("state"), "enabling");
    EXPECT_EQ(answer.text("stateTransitionReason"), "Client.UserInitiated");
    aws.advance(1000);
    const auto shown = aws.must("DescribeFastLaunchImages");
    const std::string path = "fastLaunchImageSet/item/";
    EXPECT_EQ(shown.text(path + "state"), "enabled");
    EXPECT_EQ(shown.text(path + "snapshotConfiguration/targetResourceCount"), "9");
    EXPECT_EQ(shown.text(path + "stateTransitionTime"), "2026-01-02T03:04:06.000Z");
}

TEST(FastLaunch, HasDefaultsAndSettingsThatChange)
{
    TestEmulator aws;
    const auto id = windows_image(aws);
    const auto plain = aws.must("EnableFastLaunch", of(id));
    EXPECT_EQ(plain.text("snapshotConfiguration/targetResourceCount"), "5");
    EXPECT_EQ(plain.text("maxParallelLaunches"), "6");
    aws.must("EnableFastLaunch", of(id, {{"MaxParallelLaunches", "20"}}));
    const auto shown = aws.must("DescribeFastLaunchImages");
    EXPECT_THAT(shown.texts(kIds), SizeIs(1));
    EXPECT_EQ(shown.text("fastLaunchImageSet/item/maxParallelLaunches"), "20");
}

TEST(FastLaunch, GoesWhenItIsDisabledOrTheImageIsGone)
{
    TestEmulator aws;
    aws.set_delay("fast-launch.disabling", 1000);
    const auto id = windows_image(aws);
    aws.must("EnableFastLaunch", of(id));
    EXPECT_EQ(aws.must("DisableFastLaunch", of(id)).text("state"), "disabling");
    EXPECT_THAT(listed(aws), ElementsAre(id));
    EXPECT_EQ(aws.call("EnableFastLaunch", of(id)).code, "IncorrectState");
    aws.advance(1000);
    EXPECT_THAT(listed(aws), IsEmpty());
    aws.must("EnableFastLaunch", of(id));
    aws.must("DisableFastLaunch", of(id, {{"Force", "true"}}));
    EXPECT_THAT(listed(aws), IsEmpty());
    aws.must("EnableFastLaunch", of(id));
    aws.must("DeregisterImage", of(id));
    EXPECT_THAT(listed(aws), IsEmpty());
    EXPECT_EQ(aws.call("DisableFastLaunch", of(id)).code, "InvalidAMIID.Unavailable");
}

TEST(FastLaunch, RefusesWhatIsNoneOfItsSettings)
{
    TestEmulator aws;
    const auto id = windows_image(aws);
    const auto code = [&](const Parameters& more) {
        return aws.call("EnableFastLaunch", of(id, more)).code;
    };
    EXPECT_EQ(code({{"ResourceType", "volume"}}), "InvalidParameterValue");
    EXPECT_EQ(code({{"MaxParallelLaunches", "5"}}), "InvalidParameterValue");
    EXPECT_EQ(code({{"SnapshotConfiguration.TargetResourceCount", "0"}}), "InvalidParameterValue");
    const std::pair<std::string, std::string> version{"LaunchTemplate.Version", "1"};
    const std::pair<std::string, std::string> by_id{"LaunchTemplate.LaunchTemplateId",
                                                    "lt-0123456789abcdef0"};
    const std::pair<std::string, std::string> by_name{"LaunchTemplate.LaunchTemplateName", "web"};
    EXPECT_EQ(code({version, by_id}), "InvalidLaunchTemplateId.NotFound");
    EXPECT_EQ(code({version, by_name}), "InvalidLaunchTemplateName.NotFoundException");
    EXPECT_EQ(code({version, by_id, by_name}), "InvalidParameterCombination");
    EXPECT_EQ(code({version}), "MissingParameter");
    EXPECT_EQ(code({by_id}), "MissingParameter");
    EXPECT_THAT(listed(aws), IsEmpty());
}

TEST(FastLaunch, NotesTheLaunchTemplate)
{
    TestEmulator aws;
    const auto id = windows_image(aws);
    const auto made = aws.must("CreateLaunchTemplate", {{"LaunchTemplateName", "web"},
                                                        {"LaunchTemplateData.KeyName", "mine"}})
                          .text("launchTemplate/launchTemplateId");
    for (const auto& named : {std::pair<std::string, std::string>("LaunchTemplateName", "web"),
                              std::pair<std::string, std::string>("LaunchTemplateId", made)}) {
        const auto answer =
            aws.must("EnableFastLaunch", of(id, {{"LaunchTemplate." + named.first, named.second},
                                                 {"LaunchTemplate.Version", "$Latest"}}));
        EXPECT_EQ(answer.text("launchTemplate/launchTemplateId"), made);
        EXPECT_EQ(answer.text("launchTemplate/launchTemplateName"), "web");
        EXPECT_EQ(answer.text("launchTemplate/version"), "$Latest");
    }
    EXPECT_EQ(aws.must("DescribeFastLaunchImages")
                  .text("fastLaunchImageSet/item/launchTemplate/launchTemplateId"),
              made);
}

TEST(FastLaunch, IsForWindowsImagesThatOneMayLaunch)
{
    TestEmulator aws;
    const auto id = windows_image(aws);
    const auto code = [&](const std::string& image, std::string_view account = kAccount) {
        return aws.call("EnableFastLaunch", of(image), account).code;
    };
    EXPECT_EQ(code(own_image(aws, "linux")), "InvalidParameterValue");
    EXPECT_EQ(code("ami-00000000000000001"), "InvalidAMIID.NotFound");
    EXPECT_EQ(code(id, kOtherAccount), "InvalidAMIID.NotFound");
    aws.must("ModifyImageAttribute", of(id, {{"LaunchPermission.Add.1.UserId", kOtherAccount}}));
    EXPECT_EQ(code(id, kOtherAccount), "");
    EXPECT_THAT(listed(aws), IsEmpty());
    EXPECT_THAT(aws.must("DescribeFastLaunchImages", {}, kOtherAccount).texts(kIds),
                ElementsAre(id));
    EXPECT_EQ(aws.call("DisableFastLaunch", of(id)).code, "InvalidRequest");
    aws.must("DisableImage", of(id));
    EXPECT_EQ(code(id), "InvalidAMIID.Unavailable");
}

TEST(FastLaunch, IsListedByIdsFiltersAndPages)
{
    TestEmulator aws;
    std::vector<std::string> ids;
    for (int i = 0; i < 3; ++i) {
        ids.push_back(windows_image(aws, fmt::format("windows {}", i)));
        aws.must("EnableFastLaunch", of(ids.back()));
    }
    std::sort(ids.begin(), ids.end());
    EXPECT_THAT(listed(aws, {{"ImageId.1", ids[1]}}), ElementsAre(ids[1]));
    const auto filtered = [&](const char* name, const char* value) {
        return listed(aws, {{"Filter.1.Name", name}, {"Filter.1.Value.1", value}});
    };
    EXPECT_THAT(filtered("state", "enabled"), SizeIs(3));
    EXPECT_THAT(filtered("state", "enabling"), IsEmpty());
    EXPECT_THAT(filtered("resource-type", "snapshot"), SizeIs(3));
    EXPECT_THAT(filtered("owner-id", kAccount), SizeIs(3));
    EXPECT_THAT(filtered("owner-id", kOtherAccount), IsEmpty());
    const auto first = aws.must("DescribeFastLaunchImages", {{"MaxResults", "2"}});
    EXPECT_THAT(first.texts(kIds), ElementsAre(ids[0], ids[1]));
    EXPECT_THAT(listed(aws, {{"MaxResults", "2"}, {"NextToken", first.text("nextToken")}}),
                ElementsAre(ids[2]));
    EXPECT_EQ(aws.call("DescribeFastLaunchImages", {{"MaxResults", "201"}}).code,
              "InvalidParameterValue");
    EXPECT_EQ(aws.call("DescribeFastLaunchImages", {{"MaxResults", "0"}}).code,
              "InvalidParameterValue");
}

}  // namespace
}  // namespace amilab::test
