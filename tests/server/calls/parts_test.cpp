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

// Which of them are missing is told of all at once.
TEST(DescribeImages, OfNamedOnesIsMadeWhole)
{
    TestEmulator aws;
    make_images(aws, kRowsInPart + 2);
    Parameters named;
    for (const auto& id :
         aws.must("DescribeImages", {{"Owner.1", "self"}}).texts("imagesSet/item/imageId")) {
        named.emplace_back(fmt::format("ImageId.{}", named.size() + 1), id);
    }
    EXPECT_EQ(aws.must("DescribeImages", named).count("imagesSet/item"), named.size());
    named.emplace_back(fmt::format("ImageId.{}", named.size() + 1), "ami-0ff00000000000000");
    EXPECT_EQ(aws.call("DescribeImages", named).code, "InvalidAMIID.NotFound");
}

/// Gives the caller so many volumes beside one that is there, and tags on them.
void make_volumes(TestEmulator& aws, std::int64_t count)
{
    aws.must("CreateVolume", {{"AvailabilityZone", "us-east-1a"}, {"Size", "1"}});
    run_sql(aws, fmt::format("WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
                             " WHERE i < {}) INSERT INTO tag (resource_id, resource_type, key,"
                             " value, owner, region) SELECT printf('vol-%017x', i), 'volume',"
                             " printf('key-%d', i % 7), 'v', owner, region"
                             " FROM volume CROSS JOIN n",
                             count));
}

// The list needs no key of its own for pages: the rule is that of every list.
TEST(DescribeTags, AnswersAllTagsInParts)
{
    TestEmulator aws;
    constexpr std::int64_t kTags = 3 * kRowsInPart;
    make_volumes(aws, kTags);
    const auto answer = aws.must("DescribeTags");
    EXPECT_EQ(answer.count("nextToken"), 0U);
    auto ids = answer.texts("tagSet/item/resourceId");
    std::ranges::sort(ids);
    EXPECT_EQ(static_cast<std::int64_t>(ids.size()), kTags);
    EXPECT_EQ(std::ranges::adjacent_find(ids), ids.end());
}

TEST(DescribeKeyPairs, WhichHasNoPagesIsAnsweredInParts)
{
    TestEmulator aws;
    aws.must("CreateKeyPair", {{"KeyName", "first"}, {"KeyType", "ed25519"}});
    run_sql(aws, fmt::format("WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
                             " WHERE i < {}) INSERT INTO key_pair (id, owner, region, name, type,"
                             " public_key, fingerprint, create_time_ms)"
                             " SELECT printf('key-%017x', i), owner, region, printf('key-%d', i),"
                             " type, public_key, fingerprint, create_time_ms"
                             " FROM key_pair CROSS JOIN n",
                             2 * kRowsInPart));
    const auto ids = aws.must("DescribeKeyPairs").texts("keySet/item/keyPairId");
    EXPECT_EQ(static_cast<std::int64_t>(ids.size()), 2 * kRowsInPart + 1);
    EXPECT_TRUE(std::ranges::is_sorted(ids));
}

// Source: an item of the answer is a reservation with its instances (documented).
TEST(DescribeInstances, KeepsReservationsWholeInParts)
{
    TestEmulator aws;
    constexpr int kLaunches = 4;
    for (int i = 0; i < kLaunches; ++i) {
        aws.must("RunInstances",
                 launch(public_image(aws), {{"MinCount", "450"}, {"MaxCount", "450"}}));
    }
    const auto answer = aws.must("DescribeInstances");
    auto reservations = answer.texts("reservationSet/item/reservationId");
    std::ranges::sort(reservations);
    EXPECT_EQ(reservations.size(), std::size_t{kLaunches});
    EXPECT_EQ(std::ranges::adjacent_find(reservations), reservations.end());
    auto ids = answer.texts(kFound);
    std::ranges::sort(ids);
    EXPECT_EQ(ids.size(), std::size_t{kLaunches} * 450);
    EXPECT_EQ(std::ranges::adjacent_find(ids), ids.end());

    // From a token on, what is left of each.
    const auto page = aws.must("DescribeInstances", {{"MaxResults", "5"}});
    const auto rest = aws.must("DescribeInstances", {{"NextToken", page.text("nextToken")}});
    auto left = rest.texts(kFound);
    std::ranges::sort(left);
    EXPECT_EQ(left, std::vector<std::string>(ids.begin() + 5, ids.end()));
    auto of_rest = rest.texts("reservationSet/item/reservationId");
    std::ranges::sort(of_rest);
    EXPECT_EQ(std::ranges::adjacent_find(of_rest), of_rest.end());
}

}  // namespace
}  // namespace amilab::test
