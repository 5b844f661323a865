#include <gtest/gtest.h>

#include "tests/support/emulator_fixture.h"

namespace amilab::test {
namespace {

TEST(SpotDatafeedSubscription, IsOneForEachAccount)
{
    TestEmulator aws;
    EXPECT_EQ(aws.call("DescribeSpotDatafeedSubscription").code, "InvalidSpotDatafeed.NotFound");
    const auto made =
        aws.must("CreateSpotDatafeedSubscription", {{"Bucket", "some-bucket"}, {"Prefix", "spot"}});
    EXPECT_EQ(made.text("spotDatafeedSubscription/ownerId"), kAccount);
    EXPECT_EQ(made.text("spotDatafeedSubscription/state"), "Active");
    aws.must("CreateSpotDatafeedSubscription", {{"Bucket", "other-bucket"}});
    const auto shown = aws.must("DescribeSpotDatafeedSubscription");
    EXPECT_EQ(shown.text("spotDatafeedSubscription/bucket"), "other-bucket");
    EXPECT_EQ(shown.count("spotDatafeedSubscription/prefix"), 0U);
    EXPECT_EQ(aws.call("DescribeSpotDatafeedSubscription", {}, "222222222222").code,
              "InvalidSpotDatafeed.NotFound");
    aws.must("DeleteSpotDatafeedSubscription");
    aws.must("DeleteSpotDatafeedSubscription");
    EXPECT_EQ(aws.call("DescribeSpotDatafeedSubscription").code, "InvalidSpotDatafeed.NotFound");
}

TEST(SpotDatafeedSubscription, WantsTheNameOfABucket)
{
    TestEmulator aws;
    for (const char* name : {"x", "Some-Bucket", "some bucket"}) {
        EXPECT_EQ(aws.call("CreateSpotDatafeedSubscription", {{"Bucket", name}}).code,
                  "InvalidParameterValue")
            << name;
    }
    EXPECT_EQ(aws.call("CreateSpotDatafeedSubscription").code, "MissingParameter");
}

}  // namespace
}  // namespace amilab::test
