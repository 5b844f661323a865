// Lists that are longer than what one call may name.
#include <string>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/emulator_fixture.h"

namespace amilab::test {
namespace {

using ::testing::StartsWith;

struct TooLong {
    const char* action;
    const char* list;
    int most;
    const char* what;
    Parameters more{};
};

TEST(ListsThatAreTooLong, AreRefusedByWhatTheyAreOf)
{
    const TooLong kLists[] = {
        {"DescribeInstanceTopology", "GroupName", 100, "group names"},
        {"DescribeInstanceTopology", "InstanceId", 100, "instance IDs"},
        {"DescribeInstanceStatus", "InstanceId", 100, "instance IDs"},
        {"ListImagesInRecycleBin", "ImageId", 20, "image IDs"},
        {"CreateSnapshots",
         "InstanceSpecification.ExcludeDataVolumeId",
         40,
         "volume IDs",
         {{"InstanceSpecification.InstanceId", "i-0123456789abcdef0"}}},
        {"ModifySnapshotAttribute",
         "CreateVolumePermission.Add",
         500,
         "permissions",
         {{"SnapshotId", "snap-0123456789abcdef0"}}},
        {"DeleteLaunchTemplateVersions",
         "LaunchTemplateVersion",
         200,
         "launch template versions",
         {{"LaunchTemplateName", "one"}}},
    };
    TestEmulator aws;
    for (const auto& list : kLists) {
        auto parameters = list.more;
        const std::string name = list.list;
        for (int i = 1; i <= list.most + 1; ++i) {
            const auto member = fmt::format("{}.{}", name, i);
            if (name == "CreateVolumePermission.Add") {
                parameters.emplace_back(member + ".UserId", fmt::format("{:012}", i));
            } else if (name == "ImageId") {
                parameters.emplace_back(member, fmt::format("ami-{:017x}", i));
            } else {
                parameters.emplace_back(member, fmt::format("{}", i));
            }
        }
        const auto refused = aws.call(list.action, parameters);
        EXPECT_EQ(refused.code, "InvalidParameterValue") << list.action << refused.message;
        EXPECT_THAT(refused.message, StartsWith(fmt::format("{} {} ", list.most + 1, list.what)))
            << list.action;
    }
}

}  // namespace
}  // namespace amilab::test
