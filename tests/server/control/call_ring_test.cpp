#include "server/control/call_ring.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace amilab::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class CallRings : public testing::Test {
protected:
    void add(const std::string& account, std::string message = {})
    {
        auto call = std::make_shared<CallRecord>();
        call->account = account;
        call->error.message = std::move(message);
        ring_.add(std::move(call));
    }
    void add_many(std::size_t count, const std::string& account = "111122223333")
    {
        for (std::size_t i = 0; i < count; ++i) {
            add(account);
        }
    }
    CallRing::Part part_after(std::uint64_t number, const std::string& account = {}) const
    {
        return ring_.part(number, ring_.last_number(), matching(account));
    }
    static CallRing::Matches matching(const std::string& account)
    {
        return [account](const CallRecord& call) {
            return account.empty() || call.account == account;
        };
    }
    static std::vector<std::uint64_t> numbers(const CallRing::Part& part)
    {
        std::vector<std::uint64_t> all;
        for (const auto& call : part.calls) {
            all.push_back(call->number);
        }
        return all;
    }

    boost::asio::io_context io_context_{1};
    CallRing ring_{io_context_};
};

TEST_F(CallRings, NumberCallsAndGiveThoseThatMatch)
{
    EXPECT_EQ(ring_.last_number(), 0U);
    add("a");
    add("b");
    add("a");
    EXPECT_EQ(ring_.last_number(), 3U);
    EXPECT_THAT(numbers(part_after(0)), ElementsAre(1, 2, 3));
    EXPECT_THAT(numbers(part_after(1)), ElementsAre(2, 3));
    EXPECT_THAT(numbers(part_after(0, "a")), ElementsAre(1, 3));
    EXPECT_THAT(numbers(part_after(3)), IsEmpty());
    EXPECT_THAT(numbers(part_after(77)), IsEmpty());
}

TEST_F(CallRings, ForgetTheFirstBeyondTenThousandCalls)
{
    add_many(CallRing::kMostCalls + 5);
    EXPECT_EQ(ring_.size(), CallRing::kMostCalls);
    EXPECT_EQ(part_after(0).calls.front()->number, 6U);
    EXPECT_EQ(part_after(0).lost, 5U);
    EXPECT_EQ(part_after(3).lost, 2U);
    EXPECT_EQ(part_after(5).lost, 0U);
}

TEST_F(CallRings, ForgetTheFirstBeyondSixteenMebibytes)
{
    constexpr std::size_t kLong = 64 << 10;
    for (int i = 0; i < 1000; ++i) {
        add("a", std::string(kLong, 'x'));
    }
    EXPECT_LE(ring_.size(), CallRing::kMostBytes / kLong);
    EXPECT_GE(ring_.size(), CallRing::kMostBytes / kLong * 9 / 10);
}

TEST_F(CallRings, GiveLongListsInParts)
{
    add_many(5'000);
    std::uint64_t at = 0;
    std::size_t count = 0;
    int parts = 0;
    while (at < ring_.last_number()) {
        const auto part = part_after(at);
        ASSERT_GT(part.through, at);
        at = part.through;
        count += part.calls.size();
        ++parts;
    }
    EXPECT_EQ(count, 5'000U);
    EXPECT_GT(parts, 5);
}

TEST_F(CallRings, FindTheLastOnes)
{
    add("a");
    add("b");
    add("a");
    EXPECT_EQ(ring_.before_last(0, matching("")), 3U);
    EXPECT_EQ(ring_.before_last(1, matching("b")), 1U);
    EXPECT_EQ(ring_.before_last(2, matching("a")), 0U);
    EXPECT_EQ(ring_.before_last(9, matching("a")), 0U);
}

TEST_F(CallRings, AreEmptyAfterAResetWithoutLosses)
{
    add_many(CallRing::kMostCalls + 5);
    ring_.clear();
    EXPECT_EQ(ring_.size(), 0U);
    EXPECT_EQ(part_after(0).lost, 0U);
    add("a");
    EXPECT_THAT(numbers(part_after(0)), ElementsAre(CallRing::kMostCalls + 6));
}

TEST_F(CallRings, LetOneAccountsCallsGo)
{
    add("a");
    add("b");
    add("a");
    ring_.remove_account("a");
    EXPECT_THAT(numbers(part_after(0)), ElementsAre(2));
    EXPECT_EQ(part_after(0).lost, 0U);
}

TEST_F(CallRings, BoundThoseWhoFollow)
{
    std::vector<std::shared_ptr<CallRing::Follower>> followers;
    for (std::size_t i = 0; i < CallRing::kMostFollowers; ++i) {
        followers.push_back(ring_.follow());
        ASSERT_NE(followers.back(), nullptr);
    }
    EXPECT_EQ(ring_.follow(), nullptr);
    followers.pop_back();
    EXPECT_NE(ring_.follow(), nullptr);
}

}  // namespace
}  // namespace amilab::test
