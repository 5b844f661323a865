#include "server/control/call_list.h"

#include <functional>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "server/http/message.h"

namespace amilab::test {
namespace {

using ::testing::HasSubstr;

class InlineWorkers final : public Workers {
    boost::asio::awaitable<void> run_all(const std::function<void()>& work) override
    {
        work();
        co_return;
    }
};

class TakingSink final : public BodySink {
public:
    explicit TakingSink(std::function<void(std::string)> take) : take_(std::move(take)) {}

    boost::asio::awaitable<void> write(std::span<const std::byte> bytes) override
    {
        take_({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
        co_return;
    }

private:
    std::function<void(std::string)> take_;
};

CallRecord call_of(const std::string& account, const std::string& operation, int status,
                   const std::string& code = {})
{
    CallRecord call;
    call.time_ms = 1'767'323'045'000;  // 2026-01-02T03:04:05Z
    call.account = account;
    call.service = "ec2";
    call.operation = operation;
    call.status = status;
    call.error.code = code;
    return call;
}

bool matches(std::string_view query, const CallRecord& call)
{
    return control::parse_call_query(query).filter.matches(call);
}

TEST(CallFilter, MatchesAllWithoutConditions)
{
    EXPECT_TRUE(matches("", call_of("1", "DescribeImages", 200)));
    EXPECT_TRUE(matches("", CallRecord{}));
}

TEST(CallFilter, MatchesEachConditionThatIsGiven)
{
    const auto refused = call_of("111122223333", "CreateImage", 400, "InvalidAMIName.Duplicate");
    for (const auto* query :
         {"account=111122223333", "service=ec2", "operation=CreateImage", "status=400",
          "status=4xx", "code=InvalidAMIName.Duplicate", "since=2026-01-02T03:04:05Z",
          "operation=CreateImage&status=4xx&account=111122223333"}) {
        EXPECT_TRUE(matches(query, refused)) << query;
    }
    for (const auto* query : {"account=210987654321", "service=ssm", "operation=createimage",
                              "status=401", "status=2xx", "code=InvalidAMIName",
                              "since=2026-01-02T03:04:06Z", "operation=CreateImage&status=2xx"}) {
        EXPECT_FALSE(matches(query, refused)) << query;
    }
}

TEST(CallQuery, TellsNumbersFromTimes)
{
    const auto numbered = control::parse_call_query("since=7&limit=3&follow=true");
    EXPECT_EQ(numbered.after, 7U);
    EXPECT_EQ(numbered.filter.since_ms, std::nullopt);
    EXPECT_EQ(numbered.limit, 3U);
    EXPECT_TRUE(numbered.follow);
    const auto timed = control::parse_call_query("since=1970-01-01T00:00:01Z&follow=false");
    EXPECT_EQ(timed.after, std::nullopt);
    EXPECT_EQ(timed.filter.since_ms, 1'000);
    EXPECT_FALSE(timed.follow);
}

TEST(CallQuery, RefusesWhatIsNone)
{
    struct Wrong {
        const char* query;
        const char* said;
    };
    for (const auto& [query, said] :
         {Wrong{"status=9xx", "status is 9xx; expected"}, Wrong{"status=20", "status is 20"},
          Wrong{"since=yesterday", "since is yesterday; expected a call's number, or a time"},
          Wrong{"limit=10001", "limit is 10001; expected a number of calls from 0 to 10000"},
          Wrong{"limit=-1", "limit is -1"}, Wrong{"follow=yes", "follow is yes"},
          Wrong{"region=us-east-1", "unknown parameter region"}}) {
        try {
            control::parse_call_query(query);
            ADD_FAILURE() << query << " was taken";
        } catch (const http::HttpError& error) {
            EXPECT_EQ(error.status, 400);
            EXPECT_THAT(error.what(), HasSubstr(said));
        }
    }
}

TEST(FollowedCalls, ThatASlowClientHasLostAreCounted)
{
    constexpr std::size_t kBeyond = 7;
    boost::asio::io_context io_context(1);
    CallRing ring(io_context);
    InlineWorkers workers;
    const auto answer =
        control::follow_calls(ring, control::parse_call_query("follow=true"), workers);
    std::string seen;
    TakingSink sink([&](const std::string& text) {
        if (text.starts_with(": calls")) {
            for (std::size_t i = 0; i < CallRing::kMostCalls + kBeyond; ++i) {
                ring.add(std::make_shared<CallRecord>());  // while it does not read
            }
            return;
        }
        seen = text;
        ring.stop();
    });
    boost::asio::co_spawn(io_context, answer.write(sink), boost::asio::detached);
    io_context.run();
    EXPECT_THAT(seen, testing::StartsWith("event: lost\ndata: {\"lost\":7}\n\nid: 8\n"));
}

}  // namespace
}  // namespace amilab::test
