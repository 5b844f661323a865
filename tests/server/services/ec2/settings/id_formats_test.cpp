#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/emulator_fixture.h"

namespace amilab::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr const char* kRoot = "arn:aws:iam::123456789012:root";
constexpr const char* kUser = "arn:aws:iam::123456789012:user/one";

std::vector<std::string> principals(TestEmulator& emulator, const Parameters& more = {})
{
    return emulator.must("DescribePrincipalIdFormat", more).texts("principalSet/item/arn");
}

TEST(DescribeIdFormat, SaysThatAllIdsAreLong)
{
    TestEmulator emulator;
    const auto all = emulator.must("DescribeIdFormat");
    EXPECT_THAT(all.texts("statusSet/item/resource"), SizeIs(31));
    EXPECT_THAT(all.texts("statusSet/item/useLongIds"), ::testing::Each("true"));
    EXPECT_THAT(
        emulator.must("DescribeIdFormat", {{"Resource", "image"}}).texts("statusSet/item/resource"),
        ElementsAre("image"));
    EXPECT_EQ(emulator.call("DescribeIdFormat", {{"Resource", "key-pair"}}).code,
              "InvalidParameterValue");
    const auto aggregate = emulator.must("DescribeAggregateIdFormat");
    EXPECT_EQ(aggregate.text("useLongIdsAggregated"), "true");
    EXPECT_THAT(aggregate.texts("statusSet/item/resource"), SizeIs(31));
}

TEST(DescribeIdentityIdFormat, IsOfPrincipalsOfTheAccount)
{
    TestEmulator emulator;
    const auto code = [&](const std::string& arn) {
        return emulator.call("DescribeIdentityIdFormat", {{"PrincipalArn", arn}}).code;
    };
    EXPECT_EQ(code(kRoot), "");
    EXPECT_EQ(code(kUser), "");
    EXPECT_EQ(code("arn:aws:iam::999999999999:user/one"), "InvalidParameterValue");
    EXPECT_EQ(code("arn:aws:iam::123456789012:group/one"), "InvalidParameterValue");
    EXPECT_EQ(code("all"), "InvalidParameterValue");
}

TEST(ModifyIdFormat, IsToldOfThePrincipal)
{
    TestEmulator emulator;
    EXPECT_THAT(principals(emulator), IsEmpty());
    emulator.must("ModifyIdFormat", {{"Resource", "vpc"}, {"UseLongIds", "true"}});
    emulator.must("ModifyIdentityIdFormat",
                  {{"PrincipalArn", kUser}, {"Resource", "all-current"}, {"UseLongIds", "true"}});
    EXPECT_THAT(principals(emulator), ElementsAre(kRoot, kUser));
    EXPECT_THAT(principals(emulator, {{"Resource.1", "image"}}), ElementsAre(kUser));
    const auto all = emulator.must("DescribePrincipalIdFormat", {{"Resource.1", "vpc"}});
    EXPECT_THAT(all.texts("principalSet/item/statusSet/item/resource"), ElementsAre("vpc", "vpc"));
    const auto page = emulator.must("DescribePrincipalIdFormat", {{"MaxResults", "1"}});
    EXPECT_THAT(principals(emulator, {{"MaxResults", "1"}, {"NextToken", page.text("nextToken")}}),
                ElementsAre(kUser));
}

TEST(ModifyIdFormat, CountsForTheRootUserWhenItIsForAll)
{
    TestEmulator emulator;
    emulator.must("ModifyIdentityIdFormat",
                  {{"PrincipalArn", "all"}, {"Resource", "vpc"}, {"UseLongIds", "true"}});
    EXPECT_THAT(principals(emulator), ElementsAre(kRoot));
}

TEST(ModifyIdFormat, RefusesWhatIsSettled)
{
    TestEmulator emulator;
    const auto code = [&](const std::string& resource, const std::string& are_long) {
        return emulator.call("ModifyIdFormat", {{"Resource", resource}, {"UseLongIds", are_long}})
            .code;
    };
    EXPECT_EQ(code("vpc", "false"), "InvalidParameterValue");
    EXPECT_EQ(code("instance", "true"), "InvalidParameterValue");
    EXPECT_EQ(code("key-pair", "true"), "InvalidParameterValue");
    EXPECT_THAT(principals(emulator), IsEmpty());
}

}  // namespace
}  // namespace amilab::test
