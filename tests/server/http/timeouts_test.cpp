// Nobody holds a connection by doing nothing, or next to nothing. Timeouts are short here and each
// test waits for what they bring about.
#include <future>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "server/http/transport.h"
#include "tests/server/http/test_server.h"

namespace amilab::http {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr milliseconds kShort{60};

Limits with(milliseconds Limits::*timeout)
{
    auto limits = patient_limits();
    limits.*timeout = kShort;
    return limits;
}

/// Sends a byte at a time until the server has something to say.
void trickle(Client& client, std::string_view byte)
{
    constexpr milliseconds kBetween{3};
    for (auto sent = 0; sent < 10'000; ++sent) {
        if (client.hears_something(kBetween)) {
            return;
        }
        client.send(byte);
    }
    FAIL() << "the server listens for ever";
}

TEST(IdleTimeout, ClosesWithoutAWord)
{
    TestServer server(echo_handler(), with(&Limits::idle_timeout), {}, TestServer::Start::kLater);
    Client served(server.address());
    served.send(get());
    server.start();
    EXPECT_EQ(served.receive().status, 200);
    EXPECT_TRUE(served.is_closed());
    EXPECT_TRUE(Client(server.address()).is_closed());
}

TEST(IdleTimeout, HoldsHoweverManyConnectionsComeMeanwhile)
{
    constexpr milliseconds kBetween{1};
    TestServer server(echo_handler(), with(&Limits::idle_timeout));
    Client idle(server.address());
    for (auto come = 0; come < 10'000 && !idle.hears_something(kBetween); ++come) {
        const Client next(server.address());
    }
    EXPECT_TRUE(idle.hears_something(milliseconds(0)));
    EXPECT_TRUE(idle.is_closed());
}

TEST(HeaderTimeout, EndsAHeaderThatStops)
{
    TestServer server(echo_handler(), with(&Limits::header_timeout));
    Client client(server.address());
    const auto answer = client.ask("GET / HTTP/1.1\r\nHost: loc");
    EXPECT_EQ(answer.status, 408);
    EXPECT_TRUE(answer.closes());
    EXPECT_TRUE(client.is_closed());
}

TEST(HeaderTimeout, EndsAHeaderThatTrickles)
{
    TestServer server(echo_handler(), with(&Limits::header_timeout));
    Client client(server.address());
    client.send("GET / HTTP/1.1\r\nHost: localhost\r\nX: ");
    trickle(client, "x");
    EXPECT_EQ(client.receive().status, 408);
}

TEST(ProgressTimeout, EndsABodyThatStops)
{
    TestServer server(echo_handler(), with(&Limits::progress_timeout));
    Client counted(server.address());
    const auto answer =
        counted.ask("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n123");
    EXPECT_EQ(answer.status, 408);
    EXPECT_TRUE(answer.closes());
    EXPECT_TRUE(counted.is_closed());
    Client chunked(server.address());
    EXPECT_EQ(chunked
                  .ask("POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
                       "10\r\n123")
                  .status,
              408);
}

TEST(ProgressTimeout, EndsABodyThatTrickles)
{
    TestServer server(echo_handler(), with(&Limits::progress_timeout));
    Client client(server.address());
    client.send("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n");
    trickle(client, "x");
    EXPECT_EQ(client.receive().status, 408);
}

TEST(ProgressTimeout, EndsABodyThatNobodyWantsAndThatStops)
{
    TestServer server(
        [](Request&, BodyReader&) -> asio::awaitable<Response> {
            co_return plain_text(200, "not read");
        },
        with(&Limits::progress_timeout));
    Client client(server.address());
    EXPECT_EQ(
        client.ask("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n1").status,
        200);
    EXPECT_TRUE(client.is_closed());
}

TEST(ProgressTimeout, CutsOffAReaderOfAStreamWhoStops)
{
    std::promise<void> cut_off;
    TestServer server(
        [&](Request&, BodyReader&) -> asio::awaitable<Response> {
            Response response;
            response.stream = [&](BodyWriter& writer) -> asio::awaitable<void> {
                const std::vector<std::byte> block(64 * 1024);
                try {
                    for (;;) {
                        co_await writer.write(block);
                    }
                } catch (const ConnectionLost&) {
                    cut_off.set_value();
                    throw;
                }
            };
            co_return response;
        },
        with(&Limits::progress_timeout));
    Client client(server.address());
    client.send(get());
    EXPECT_EQ(cut_off.get_future().wait_for(seconds(30)), std::future_status::ready);
}

TEST(ProgressTimeout, CutsOffAReaderOfALargeAnswerWhoStops)
{
    const std::string body(32 * 1024 * 1024, 'x');
    TestServer server(
        [&](Request&, BodyReader&) -> asio::awaitable<Response> {
            co_return plain_text(200, body);
        },
        with(&Limits::progress_timeout));
    Client client(server.address());
    client.send(get());
    EXPECT_TRUE(client.is_reset_within(seconds(30)));
}

TEST(ProgressTimeout, DoesNotCountTheHandlersOwnTime)
{
    auto limits = with(&Limits::progress_timeout);
    limits.idle_timeout = kShort;
    std::promise<void> begun;
    std::promise<void> go_on;
    TestServer server(
        [&](Request& request, BodyReader& reader) -> asio::awaitable<Response> {
            std::array<std::byte, 1> first{};
            co_await reader.read_some(first);
            begun.set_value();
            go_on.get_future().wait();
            co_return plain_text(200, request.path + co_await reader.read_all(100));
        },
        limits, {}, TestServer::Start::kLater);
    Client client(server.address());
    client.send(post("body"));
    server.start();
    begun.get_future().wait();
    // Two connections that are idle one after the other take longer than the timeout.
    EXPECT_TRUE(Client(server.address()).is_closed());
    EXPECT_TRUE(Client(server.address()).is_closed());
    go_on.set_value();
    EXPECT_EQ(client.receive().body, "/ody\n");
}

TEST(LingerTimeout, EndsAClientThatSendsForEver)
{
    TestServer server(echo_handler(), with(&Limits::linger_timeout));
    Client client(server.address());
    EXPECT_EQ(client.ask("nonsense\r\n\r\n").status, 400);
    const std::string block(64 * 1024, 'x');
    auto blocks = 0;
    while (client.send(block)) {
        ++blocks;
    }
    SUCCEED() << "closed after " << blocks << " blocks";
}

TEST(ProgressBudget, IsRenewedByEnoughBytes)
{
    Limits limits;
    limits.progress_timeout = seconds(10);
    limits.min_progress_bytes = 100;
    ProgressBudget budget(limits);
    const SteadyClock::time_point now{};
    EXPECT_EQ(budget.deadline(now) - now, seconds(10));
    budget.count(50, seconds(4));
    EXPECT_EQ(budget.deadline(now) - now, seconds(6));
    budget.count(49, seconds(4));
    EXPECT_EQ(budget.deadline(now) - now, seconds(2));
    budget.count(1, seconds(1));
    EXPECT_EQ(budget.deadline(now) - now, seconds(10));
    budget.count(99, seconds(9));
    budget.restart();
    EXPECT_EQ(budget.deadline(now) - now, seconds(10));
    budget.count(99, seconds(1));
    EXPECT_EQ(budget.deadline(now) - now, seconds(9));
}

}  // namespace
}  // namespace amilab::http
