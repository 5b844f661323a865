#include "server/calls/unknown_keys.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace amilab::test {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::Optional;

constexpr const char* kDefault = "123456789012";

TEST(UnknownKeys, AreToldOfOnceEach)
{
    UnknownKeys keys(kDefault);
    EXPECT_THAT(keys.meet("alice"), Optional(HasSubstr("alice")));
    EXPECT_EQ(keys.meet("alice"), std::nullopt);
    EXPECT_THAT(keys.meet("bob"), Optional(HasSubstr("bob")));
    EXPECT_EQ(keys.meet("alice"), std::nullopt);
}

TEST(UnknownKeys, ThatLookLikeAccountNumbersAreCalledThat)
{
    UnknownKeys keys(kDefault);
    for (const auto* key : {"12345678901", "1234567890123", "1234-5678-9012", "12345678901 ",
                            "1234567890l2", "123456"}) {
        EXPECT_THAT(keys.meet(key), Optional(HasSubstr("is no account number, which has 12 digits: "
                                                       "its calls are those of the default account "
                                                       "123456789012")))
            << key;
    }
}

TEST(UnknownKeys, OfAnyOtherShapeNameNoAccount)
{
    UnknownKeys keys(kDefault);
    for (const auto* key : {"test", "AKIAIOSFODNN7EXAMPLE", "1234567890123456", "student7", "12"}) {
        EXPECT_THAT(keys.meet(key), Optional(HasSubstr("names no account: its calls are those of "
                                                       "the default account 123456789012")))
            << key;
    }
}

TEST(UnknownKeys, ThatAreRefusedAreSaidToBe)
{
    UnknownKeys keys("");
    EXPECT_THAT(keys.meet("alice"),
                Optional(HasSubstr("its calls are refused (--strict-accounts)")));
}

TEST(UnknownKeys, AreEscapedAndCutForTheLog)
{
    UnknownKeys keys(kDefault);
    EXPECT_THAT(keys.meet("a\n\x1b[31m b"), Optional(HasSubstr(R"(key a\x0a\x1b[31m\x20b names)")));
    const std::string start(128, 'x');
    EXPECT_THAT(keys.meet(start + "1"), Optional(Not(HasSubstr(start + "x"))));
    EXPECT_EQ(keys.meet(start + "2"), std::nullopt);  // as far as it is kept, the same
}

TEST(UnknownKeys, AreRememberedUpToABoundThatIsToldOnce)
{
    UnknownKeys keys(kDefault);
    for (std::size_t i = 0; i < UnknownKeys::kMostKeys; ++i) {
        ASSERT_NE(keys.meet(fmt::format("key{}", i)), std::nullopt);
    }
    EXPECT_THAT(keys.meet("one more"), Optional(HasSubstr("more than 1000 access keys")));
    EXPECT_EQ(keys.meet("and another"), std::nullopt);
    EXPECT_EQ(keys.meet("key0"), std::nullopt);
}

}  // namespace
}  // namespace amilab::test
