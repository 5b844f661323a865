#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/emulator_fixture.h"

namespace amilab::test {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

constexpr const char* kOperation = "DescribeInstanceTypeOfferings";
constexpr const char* kTypes = "instanceTypeOfferingSet/item/instanceType";
constexpr const char* kLocations = "instanceTypeOfferingSet/item/location";
constexpr const char* kLocationTypes = "instanceTypeOfferingSet/item/locationType";

Parameters of_type(const char* type, const char* location_type)
{
    auto asked = filter("instance-type", type);
    asked.emplace_back("LocationType", location_type);
    return asked;
}

TEST(DescribeInstanceTypeOfferings, AreTheRegionsUnlessZonesAreAskedFor)
{
    TestEmulator emulator;
    const auto answer = emulator.must(kOperation, filter("instance-type", "t3.*"));
    EXPECT_THAT(answer.texts(kTypes), ElementsAre("t3.2xlarge", "t3.large", "t3.medium", "t3.micro",
                                                  "t3.nano", "t3.small", "t3.xlarge"));
    EXPECT_THAT(answer.texts(kLocations), Each("us-east-1"));
    EXPECT_THAT(answer.texts(kLocationTypes), Each("region"));
    EXPECT_EQ(emulator.must(kOperation, of_type("t3.*", "region")).texts(kTypes),
              answer.texts(kTypes));
}

TEST(DescribeInstanceTypeOfferings, NameZonesByNameAndById)
{
    TestEmulator emulator;
    const auto named = emulator.must(kOperation, of_type("t3.micro", "availability-zone"));
    EXPECT_THAT(named.texts(kLocations),
                ElementsAre("us-east-1a", "us-east-1b", "us-east-1c", "us-east-1d", "us-east-1f"));
    EXPECT_THAT(named.texts(kLocationTypes), Each("availability-zone"));
    EXPECT_THAT(
        emulator.must(kOperation, of_type("t3.micro", "availability-zone-id")).texts(kLocations),
        ElementsAre("use1-az1", "use1-az2", "use1-az4", "use1-az5", "use1-az6"));
}

TEST(DescribeInstanceTypeOfferings, FilterByLocation)
{
    TestEmulator emulator;
    auto asked = of_type("t?.micro", "availability-zone");
    asked.emplace_back("Filter.2.Name", "location");
    asked.emplace_back("Filter.2.Value.1", "us-east-1e");
    EXPECT_THAT(emulator.must(kOperation, asked).texts(kTypes), ElementsAre("t2.micro"));
    // Another region's matches nothing.
    EXPECT_THAT(emulator.must(kOperation, filter("location", "eu-west-1")).texts(kTypes),
                IsEmpty());
    EXPECT_EQ(emulator.call(kOperation, filter("zone", "us-east-1a")).code,
              "InvalidParameterValue");
}

TEST(DescribeInstanceTypeOfferings, PreviousGenerationsAreOnlyInOldRegions)
{
    TestEmulator emulator;
    const auto m1 = filter("instance-type", "m1.small");
    EXPECT_THAT(emulator.must(kOperation, m1).texts(kTypes), SizeIs(1));
    EXPECT_THAT(emulator.must(kOperation, m1, kAccount, "eu-north-1").texts(kTypes), IsEmpty());
}

TEST(DescribeInstanceTypeOfferings, OfAnOutpostThereAreNone)
{
    TestEmulator emulator;
    EXPECT_THAT(emulator.must(kOperation, {{"LocationType", "outpost"}}).texts(kTypes), IsEmpty());
    EXPECT_EQ(emulator.call(kOperation, {{"LocationType", "rack"}}).code, "InvalidParameterValue");
}

TEST(DescribeInstanceTypeOfferings, PageByTypeAndLocation)
{
    TestEmulator emulator;
    const auto asked = of_type("t3.*", "availability-zone");
    std::set<std::pair<std::string, std::string>> seen;
    std::size_t count = 0;
    std::string token;
    do {
        auto parameters = asked;
        parameters.emplace_back("MaxResults", "6");
        if (!token.empty()) {
            parameters.emplace_back("NextToken", token);
        }
        const auto answer = emulator.must(kOperation, parameters);
        const auto types = answer.texts(kTypes);
        const auto locations = answer.texts(kLocations);
        ASSERT_EQ(types.size(), locations.size());
        for (std::size_t i = 0; i < types.size(); ++i, ++count) {
            seen.emplace(types[i], locations[i]);
        }
        token = answer.text("nextToken");
    } while (!token.empty());
    EXPECT_EQ(count, 35U);
    EXPECT_EQ(seen.size(), count);
    EXPECT_THAT(emulator.must(kOperation).texts(kTypes), SizeIs(100));
    EXPECT_THAT(emulator.must(kOperation).text("nextToken"), Not(IsEmpty()));
    EXPECT_EQ(emulator.call(kOperation, {{"MaxResults", "4"}}).code, "InvalidParameterValue");
    EXPECT_EQ(emulator.call(kOperation, {{"MaxResults", "1001"}}).code, "InvalidParameterValue");
    EXPECT_EQ(emulator.call(kOperation, {{"NextToken", "x"}}).code, "InvalidParameterValue");
}

TEST(DescribeInstanceTypeOfferings, DryRunAnswersSo)
{
    TestEmulator emulator;
    EXPECT_EQ(emulator.call(kOperation, {{"DryRun", "true"}}).code, "DryRunOperation");
}

}  // namespace
}  // namespace amilab::test
