#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/emulator_fixture.h"

namespace amilab::test {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

constexpr const char* kValue = "accountAttributeSet/item/attributeValueSet/item/attributeValue";

TEST(DescribeAccountAttributes, AnswersThoseThatAreAskedFor)
{
    TestEmulator emulator;
    EXPECT_THAT(
        emulator.must("DescribeAccountAttributes", {{"AttributeName.1", "supported-platforms"}})
            .texts(kValue),
        ElementsAre("VPC"));
    EXPECT_THAT(emulator.must("DescribeAccountAttributes").texts(kValue), SizeIs(6));
}

TEST(DescribeAccountAttributes, NamesTheDefaultVpc)
{
    TestEmulator emulator;
    const auto answer =
        emulator.must("DescribeAccountAttributes", {{"AttributeName.1", "default-vpc"}});
    EXPECT_EQ(answer.text(kValue), emulator.must("DescribeVpcs").text("vpcSet/item/vpcId"));
}

TEST(DescribeAccountAttributes, RefusesOtherNames)
{
    TestEmulator emulator;
    EXPECT_EQ(emulator.call("DescribeAccountAttributes", {{"AttributeName.1", "colour"}}).code,
              "InvalidParameterValue");
    EXPECT_EQ(emulator.call("DescribeAccountAttributes", {{"DryRun", "true"}}).code,
              "DryRunOperation");
}

}  // namespace
}  // namespace amilab::test
