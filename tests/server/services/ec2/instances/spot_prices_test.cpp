#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/wire/types.h"
#include "storage/base/units.h"
#include "tests/server/services/ec2/instances/instance_support.h"

namespace amilab::test {
namespace {

using ::testing::Each;
using ::testing::SizeIs;

std::string iso(TimeMs time_ms)
{
    return wire::format_timestamp({time_ms});
}

constexpr const char* kTypes = "spotPriceHistorySet/item/instanceType";
constexpr const char* kPrices = "spotPriceHistorySet/item/spotPrice";

Parameters prices_of(const std::string& type, const Parameters& extra = {})
{
    return merged({{"InstanceType.1", type}, {"ProductDescription.1", "Linux/UNIX"}}, extra);
}

TEST(DescribeSpotPriceHistory, HasAPriceForEachZoneAndProduct)
{
    TestEmulator aws;
    const auto answer = aws.must("DescribeSpotPriceHistory", prices_of("t3.micro"));
    EXPECT_EQ(
        answer.count("spotPriceHistorySet/item"),
        aws.must("DescribeInstanceTypeOfferings", merged(filter("instance-type", "t3.micro"),
                                                         {{"LocationType", "availability-zone"}}))
            .count("instanceTypeOfferingSet/item"));
    EXPECT_THAT(answer.texts(kTypes), Each("t3.micro"));
    EXPECT_EQ(answer.text(kPrices), "0.003535");
    const auto windows =
        aws.must("DescribeSpotPriceHistory",
                 merged(prices_of("t3.micro"),
                        {{"ProductDescription.1", "Windows"}, {"AvailabilityZone", "us-east-1a"}}));
    EXPECT_THAT(windows.texts(kPrices), SizeIs(1));
    EXPECT_GT(windows.text(kPrices), answer.text(kPrices));
    EXPECT_EQ(aws.must("DescribeSpotPriceHistory",
                       prices_of("t4g.micro", {{"ProductDescription.1", "Windows"}}))
                  .count("spotPriceHistorySet/item"),
              0U);
    EXPECT_EQ(aws.must("DescribeSpotPriceHistory", prices_of("mac1.metal"))
                  .count("spotPriceHistorySet/item"),
              0U);
}

TEST(DescribeSpotPriceHistory, TellsTheLastChangeBeforeTheTimeThatIsAsked)
{
    TestEmulator aws;
    const auto now_ms = aws.generation().timing().clock.now_ms();
    const auto time_of = [&](const Parameters& extra) {
        return aws.must("DescribeSpotPriceHistory", prices_of("t3.micro", extra))
            .text("spotPriceHistorySet/item/timestamp");
    };
    const auto today = iso(now_ms).substr(0, 10);
    EXPECT_EQ(time_of({}).substr(0, 10), today);
    EXPECT_EQ(time_of({{"StartTime", iso(now_ms)}}).substr(0, 10), today);
    EXPECT_LT(time_of({{"StartTime", iso(now_ms - 3 * kDayMs)}}).substr(0, 10), today);
    EXPECT_EQ(aws.call("DescribeSpotPriceHistory",
                       prices_of("t3.micro",
                                 {{"StartTime", iso(now_ms)}, {"EndTime", iso(now_ms - kDayMs)}}))
                  .code,
              "InvalidParameterValue");
}

TEST(DescribeSpotPriceHistory, PagesAndFilters)
{
    TestEmulator aws;
    const auto first = aws.must("DescribeSpotPriceHistory", {{"MaxResults", "3"}});
    EXPECT_THAT(first.texts(kTypes), SizeIs(3));
    const auto second = aws.must("DescribeSpotPriceHistory",
                                 {{"MaxResults", "3"}, {"NextToken", first.text("nextToken")}});
    EXPECT_NE(second.text("spotPriceHistorySet/item/productDescription"),
              first.text("spotPriceHistorySet/item/productDescription"));
    EXPECT_THAT(aws.must("DescribeSpotPriceHistory",
                         merged(filter("instance-type", "m5.large"), {{"MaxResults", "5"}}))
                    .texts(kTypes),
                Each("m5.large"));
    EXPECT_EQ(aws.call("DescribeSpotPriceHistory", {{"InstanceType.1", "t9.micro"}}).code,
              "InvalidParameterValue");
    EXPECT_EQ(aws.call("DescribeSpotPriceHistory", {{"AvailabilityZone", "us-east-9a"}}).code,
              "InvalidParameterValue");
    EXPECT_EQ(aws.call("DescribeSpotPriceHistory",
                       {{"AvailabilityZone", "us-east-1a"}, {"AvailabilityZoneId", "use1-az1"}})
                  .code,
              "InvalidParameterCombination");
}

}  // namespace
}  // namespace amilab::test
