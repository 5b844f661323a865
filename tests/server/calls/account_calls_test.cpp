#include "server/calls/account_calls.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace amilab::test {
namespace {

TEST(AccountCalls, AreCountedForEachAccountWithTheTimeOfTheLast)
{
    AccountCalls calls;
    EXPECT_TRUE(calls.all().empty());
    calls.note("111111111111", 10);
    calls.note("222222222222", 20);
    calls.note("111111111111", 30);
    const auto all = calls.all();
    ASSERT_EQ(all.size(), 2U);
    EXPECT_EQ(all.at("111111111111").count, 2U);
    EXPECT_EQ(all.at("111111111111").last_ms, 30);
    EXPECT_EQ(all.at("222222222222").count, 1U);
}

TEST(AccountCalls, OfMoreAccountsThanAreNotedAreLeftOut)
{
    AccountCalls calls;
    for (std::size_t i = 0; i <= AccountCalls::kMostAccounts; ++i) {
        calls.note(fmt::format("{:012}", i), 1);
    }
    calls.note("000000000000", 2);
    const auto all = calls.all();
    EXPECT_EQ(all.size(), AccountCalls::kMostAccounts);
    EXPECT_EQ(all.at("000000000000").count, 2U);
    EXPECT_FALSE(all.contains(fmt::format("{:012}", AccountCalls::kMostAccounts)));
}

}  // namespace
}  // namespace amilab::test
