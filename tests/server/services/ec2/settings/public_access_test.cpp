
#include <algorithm>
#include <set>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/server/services/ec2/common/sharing_support.h"
#include "tests/server/services/ec2/instances/instance_support.h"

namespace amilab::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(ImageBlockPublicAccess, IsUnblockedUntilEnabled)
{
    TestEmulator aws;
    const auto state = [&](std::string_view account, std::string_view region = kRegion) {
        const auto answer = aws.must("GetImageBlockPublicAccessState", {}, account, region);
        EXPECT_EQ(answer.text("managedBy"), "account");
        return answer.text("imageBlockPublicAccessState");
    };
    EXPECT_EQ(state(kAccount), "unblocked");
    EXPECT_EQ(aws.must("EnableImageBlockPublicAccess",
                       {{"ImageBlockPublicAccessState", "block-new-sharing"}})
                  .text("imageBlockPublicAccessState"),
              "block-new-sharing");
    EXPECT_EQ(state(kAccount), "block-new-sharing");
    EXPECT_EQ(state(kOtherAccount), "unblocked");
    EXPECT_EQ(state(kAccount, "eu-west-1"), "unblocked");
    EXPECT_EQ(aws.must("DisableImageBlockPublicAccess").text("imageBlockPublicAccessState"),
              "unblocked");
    EXPECT_EQ(state(kAccount), "unblocked");
    EXPECT_EQ(aws.call("EnableImageBlockPublicAccess").code, "MissingParameter");
    EXPECT_EQ(
        aws.call("EnableImageBlockPublicAccess", {{"ImageBlockPublicAccessState", "unblocked"}})
            .code,
        "InvalidParameterValue");
}

TEST(ImageBlockPublicAccess, RefusesNewPublicImagesAndLeavesTheOthers)
{
    TestEmulator aws;
    const auto published = own_image(aws, "published");
    const auto kept = own_image(aws, "kept");
    ASSERT_TRUE(modify_image(aws, published, {{"LaunchPermission.Add.1.Group", "all"}}).ok());
    aws.must("EnableImageBlockPublicAccess",
             {{"ImageBlockPublicAccessState", "block-new-sharing"}});
    for (const Parameters& wish : {Parameters{{"LaunchPermission.Add.1.Group", "all"}},
                                   Parameters{{"OperationType", "add"}, {"UserGroup.1", "all"}}}) {
        const auto refused = modify_image(aws, kept, wish);
        EXPECT_EQ(refused.code, "OperationNotPermitted");
        EXPECT_THAT(refused.message,
                    HasSubstr("block public access for AMIs is enabled for this account"));
        EXPECT_THAT(refused.message, HasSubstr("DisableImageBlockPublicAccess API"));
    }
    EXPECT_THAT(seen_images(aws, kStranger), ElementsAre(published));
    EXPECT_TRUE(modify_image(aws, kept, {{"LaunchPermission.Add.1.UserId", kStranger}}).ok());
    EXPECT_TRUE(modify_image(aws, published, {{"LaunchPermission.Remove.1.Group", "all"}}).ok());
    aws.must("DisableImageBlockPublicAccess");
    EXPECT_TRUE(modify_image(aws, kept, {{"LaunchPermission.Add.1.Group", "all"}}).ok());
}

}  // namespace
}  // namespace amilab::test
