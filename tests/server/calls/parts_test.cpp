#include <algorithm>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/calls/operation.h"
#include "tests/server/services/ec2/common/sharing_support.h"
#include "tests/server/services/ec2/instances/instance_support.h"

namespace amilab::test {
namespace {

/// Gives kAccount so many images, all alike.
void make_images(TestEmulator& aws, std::int64_t count)
{
    own_image(aws, "base");
    run_sql(aws,
            fmt::format("WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
                        " WHERE i < {}) INSERT INTO image (id, region, owner, name, location,"
                        " architecture, image_type, state, root_device_type, virtualization_type,"
                        " hypervisor, platform_details, usage_operation, creation_time_ms)"
                        " SELECT printf('ami-%017x', i), region, owner, printf('copy-%d', i),"
                        " location, architecture, image_type, state, root_device_type,"
                        " virtualization_type, hypervisor, platform_details, usage_operation,"
                        " creation_time_ms FROM image CROSS JOIN n WHERE name = 'base'",
                        count - 1));
}

// The rule is that of a short answer: everything once, in the order of ids, and no token.
TEST(DescribeImages, AnswersAllImagesHoweverManyInBoundedMemory)
{
    TestEmulator aws;
    constexpr std::int64_t kImages = 2 * kRowsInPart + 3;
    make_images(aws, kImages);
    const auto answer = aws.must("DescribeImages", {{"Owner.1", "self"}});
    EXPECT_EQ(answer.count("nextToken"), 0U);
    const auto ids = answer.texts("imagesSet/item/imageId");
    EXPECT_EQ(static_cast<std::int64_t>(ids.size()), kImages);
    EXPECT_TRUE(std::is_sorted(ids.begin(), ids.end()));
    EXPECT_EQ(std::adjacent_find(ids.begin(), ids.end()), ids.end());
    EXPECT_EQ(answer.texts("imagesSet/item/name").size(), ids.size());

    // From a token on, the rest.
    const auto page = aws.must("DescribeImages", {{"Owner.1", "self"}, {"MaxResults", "1000"}});
    const auto rest =
        aws.must("DescribeImages", {{"Owner.1", "self"}, {"NextToken", page.text("nextToken")}});
    EXPECT_THAT(rest.texts("imagesSet/item/imageId"),
                ::testing::ElementsAreArray(ids.begin() + 1000, ids.end()));
}

TEST(DescribeImages, OfExactlyOnePartHasNoMore)
{
    TestEmulator aws;
    make_images(aws, kRowsInPart);
    EXPECT_EQ(static_cast<std::int64_t>(
                  aws.must("DescribeImages", {{"Owner.1", "self"}}).count("imagesSet/item")),
              kRowsInPart);
}

TEST(DescribeImages, TakesNoPartForAPage)
{
    TestEmulator aws;
    EXPECT_EQ(aws.call("DescribeImages", {{"MaxResults", "-1"}}).code, "InvalidParameterValue");
}

}  // namespace
}  // namespace amilab::test
