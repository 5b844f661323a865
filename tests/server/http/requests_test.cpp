// What well-meaning clients send.
#include <atomic>
#include <future>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "tests/server/http/test_server.h"

namespace amilab::http {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;
using testing::Not;

/// A client of the echo server.
class Requests : public testing::Test {
protected:
    Client connect() { return Client(server_.address()); }
    RawAnswer ask(std::string_view text) { return connect().ask(text); }

    TestServer server_{echo_handler(), patient_limits()};
};

TEST_F(Requests, AreAnsweredWithLengthTypeAndDate)
{
    const auto answer = ask(get("/path/to%20it?a=b&c=%64"));
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body, "GET /path/to%20it?a=b&c=%64 []");
    EXPECT_EQ(answer.headers.at("content-type"), "text/plain");
    EXPECT_EQ(answer.headers.at("content-length"), std::to_string(answer.body.size()));
    EXPECT_THAT(answer.headers.at("date"),
                MatchesRegex("[A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} 2[0-9]{3} "
                             "[0-9]{2}:[0-9]{2}:[0-9]{2} GMT"));
    EXPECT_FALSE(answer.headers.contains("connection"));
}

TEST_F(Requests, FollowOneAnotherOnOneConnection)
{
    auto client = connect();
    for (auto number = 0; number < 10; ++number) {
        EXPECT_EQ(client.ask(post(std::to_string(number))).body,
                  fmt::format("POST /? [{}]", number));
    }
    EXPECT_EQ(server_.server().connections(), 1u);
}

TEST_F(Requests, PipelinedAreAnsweredInOrder)
{
    auto client = connect();
    std::string all;
    for (auto number = 0; number < 200; ++number) {
        all += number % 2 == 0 ? get(fmt::format("/{}", number)) : post(std::to_string(number));
    }
    client.send(all);
    for (auto number = 0; number < 200; ++number) {
        EXPECT_EQ(client.receive().body, number % 2 == 0 ? fmt::format("GET /{}? []", number)
                                                         : fmt::format("POST /? [{}]", number));
    }
}

TEST_F(Requests, MayComeByteByByte)
{
    auto client = connect();
    for (const auto byte : post("body", "A: b\r\n")) {
        client.send({&byte, 1});
    }
    EXPECT_EQ(client.receive().body, "POST /? [body]");
}

TEST_F(Requests, MayBeginWithEmptyLines)
{
    auto client = connect();
    EXPECT_EQ(client.ask("\r\n\r\n" + get()).status, 200);
    EXPECT_EQ(client.ask("\r\n" + get()).status, 200);
}

TEST_F(Requests, OfHttp10CloseTheConnection)
{
    auto client = connect();
    const auto answer = client.ask("GET / HTTP/1.0\r\n\r\n");
    EXPECT_EQ(answer.status, 200);
    EXPECT_TRUE(answer.closes());
    EXPECT_TRUE(client.is_closed());
}

TEST_F(Requests, OfHttp10KeepItWhenTheyAskTo)
{
    auto client = connect();
    for (auto number = 0; number < 2; ++number) {
        const auto answer = client.ask("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
        EXPECT_EQ(answer.headers.at("connection"), "keep-alive");
    }
}

TEST_F(Requests, CloseWhenTheClientSaysSo)
{
    auto client = connect();
    EXPECT_TRUE(
        client.ask("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").closes());
    EXPECT_TRUE(client.is_closed());
}

TEST_F(Requests, AreAnsweredToAClientThatIsDoneSending)
{
    auto client = connect();
    client.send(get());
    client.finish_sending();
    EXPECT_EQ(client.receive().status, 200);
    EXPECT_TRUE(client.is_closed());
}

TEST_F(Requests, HeadGetsTheHeadOfGet)
{
    auto client = connect();
    client.send("HEAD /x HTTP/1.1\r\nHost: localhost\r\n\r\n");
    const auto answer = client.receive(Client::Kind::kHead);
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.headers.at("content-length"), std::to_string(sizeof("HEAD /x? []") - 1));
    EXPECT_EQ(client.ask(get()).body, "GET /? []");
}

TEST_F(Requests, AbsoluteTargetsLoseSchemeAndHost)
{
    EXPECT_EQ(ask(get("http://localhost:4566/a?b")).body, "GET /a?b []");
    EXPECT_EQ(ask(get("HTTP://127.0.0.1?b")).body, "GET /?b []");
    EXPECT_EQ(ask(get("http://localhost")).body, "GET /? []");
    EXPECT_EQ(ask(get("http://elsewhere.example/")).status, 403);
    EXPECT_EQ(ask(get("ftp://localhost/")).status, 400);
    EXPECT_EQ(ask(get("localhost/")).status, 400);
    EXPECT_EQ(ask(get("*")).status, 400);
    EXPECT_EQ(ask("OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n").body, "OPTIONS *? []");
}

TEST_F(Requests, ChunkedBodiesAreJoined)
{
    auto client = connect();
    const std::string head =
        "POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: Chunked\r\n\r\n";
    EXPECT_EQ(client.ask(head + "3\r\nabc\r\n00A;ext=\"x\"\r\n0123456789\r\n0\r\n\r\n").body,
              "POST /? [abc0123456789]");
    EXPECT_EQ(client.ask(head + "0\r\nTrailer-Field: x\r\n\r\n").body, "POST /? []");
    for (const auto byte : head + "3;a\r\nabc\r\n1\r\nd\r\n0\r\n\r\n") {
        client.send({&byte, 1});
    }
    EXPECT_EQ(client.receive().body, "POST /? [abcd]");
}

TEST_F(Requests, LargeBodiesComeThroughUnharmed)
{
    std::string body(1024 * 1024, '.');
    for (std::size_t at = 0; at < body.size(); ++at) {
        body[at] = static_cast<char>('a' + at * 7 % 26);
    }
    auto client = connect();
    EXPECT_EQ(client.ask(post(body)).body, "POST /? [" + body + "]");
    auto chunked =
        std::string("POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n");
    for (std::size_t at = 0, size = 1; at < body.size(); at += size, size = size * 3 % 100'003) {
        const auto chunk = std::string_view(body).substr(at, size);
        chunked += fmt::format("{:x}\r\n{}\r\n", chunk.size(), chunk);
    }
    EXPECT_EQ(client.ask(chunked + "0\r\n\r\n").body, "POST /? [" + body + "]");
}

TEST(RequestHeaders, AreFoundInAnyCaseAndTrailersAreNone)
{
    TestServer server(
        [](Request& request, BodyReader& reader) -> asio::awaitable<Response> {
            co_await reader.read_all(100);
            Response response;
            response.body =
                fmt::format("{} {} {}", request.header("x-TEST").value_or("none"),
                            request.header("X-Trailer").value_or("none"), request.headers.size());
            co_return response;
        },
        patient_limits());
    Client client(server.address());
    EXPECT_EQ(client
                  .ask("POST / HTTP/1.1\r\nHost: localhost\r\nX-Test:  a b \r\n"
                       "Transfer-Encoding: chunked\r\n\r\n0\r\nX-Trailer: y\r\n\r\n")
                  .body,
              "a b none 3");
    EXPECT_EQ(client
                  .ask("GET / HTTP/1.1\r\nX-Test: a\r\nHost: localhost\r\nX-TEST: b, c\r\n"
                       "x-test:\r\n\r\n")
                  .body,
              "a,b, c, none 2")
        << "lines of one name are one list";
    std::string lines;
    for (int name = 0; name < 45; ++name) {
        lines += fmt::format("y{0}: 1\r\nY{0}: 2\r\n", name);
    }
    EXPECT_EQ(
        client.ask("GET / HTTP/1.1\r\nHost: localhost\r\n" + lines + "x-test: a\r\n\r\n").body,
        "a none 47");
    // What one request left behind is not seen by the next.
    EXPECT_EQ(client.ask(get()).body, "none none 1");
}

TEST(Expectation, ContinueIsSaidWhenTheBodyIsWanted)
{
    TestServer server(echo_handler(), patient_limits());
    Client client(server.address());
    client.send(
        "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n"
        "Expect: 100-continue\r\n\r\n");
    const std::string go_on = "HTTP/1.1 100 Continue\r\n\r\n";
    EXPECT_EQ(client.receive_bytes(go_on.size()), go_on);
    EXPECT_EQ(client.ask("body").body, "POST /? [body]");
    // A body that is there already needs no encouragement.
    EXPECT_EQ(client.ask(post("here", "Expect: 100-Continue\r\n")).body, "POST /? [here]");
}

TEST(Expectation, ContinueIsNotSaidWhenNobodyReads)
{
    TestServer server(
        [](Request&, BodyReader&) -> asio::awaitable<Response> {
            co_return plain_text(404, "no such thing");
        },
        patient_limits());
    Client client(server.address());
    const auto answer = client.ask(
        "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n"
        "Expect: 100-continue\r\n\r\n");
    EXPECT_EQ(answer.status, 404);
    EXPECT_TRUE(answer.closes());
    client.finish_sending();
    EXPECT_TRUE(client.is_closed());
}

TEST(Expectation, ContinueIsNotSaidForABodyThatIsTooLarge)
{
    TestServer server(
        [](Request&, BodyReader& reader) -> asio::awaitable<Response> {
            co_return plain_text(200, co_await reader.read_all(3));
        },
        patient_limits());
    EXPECT_EQ(Client(server.address())
                  .ask("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n"
                       "Expect: 100-continue\r\n\r\n")
                  .status,
              413);
}

TEST(Expectation, OthersAreRefused)
{
    TestServer server(echo_handler(), patient_limits());
    EXPECT_EQ(Client(server.address()).ask(post("body", "Expect: miracles\r\n")).status, 417);
}

TEST(UnreadBody, IsDroppedWhenItIsSmall)
{
    TestServer server(
        [](Request& request, BodyReader&) -> asio::awaitable<Response> {
            co_return plain_text(200, request.path);
        },
        patient_limits());
    Client client(server.address());
    // All of it there at once; nothing yet; chunked.
    EXPECT_EQ(client.ask(post("body")).status, 200);
    const auto answer =
        client.ask("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\r\n");
    EXPECT_FALSE(answer.closes());
    EXPECT_EQ(client.ask("body" + get("/next")).body, "/next\n");
    EXPECT_EQ(client
                  .ask("POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
                       "4\r\nbody\r\n0\r\n\r\n")
                  .status,
              200);
    EXPECT_EQ(client.ask(get("/last")).body, "/last\n");
}

TEST(UnreadBody, ClosesTheConnectionWhenItIsLargeButTheAnswerArrives)
{
    TestServer server(
        [](Request&, BodyReader& reader) -> asio::awaitable<Response> {
            co_return plain_text(200, co_await reader.read_all(1000));
        },
        patient_limits());
    Client client(server.address());
    // A client that sends everything before it listens.
    EXPECT_TRUE(client.send(post(std::string(16 * 1024 * 1024, 'x'))));
    const auto answer = client.receive();
    EXPECT_EQ(answer.status, 413);
    EXPECT_EQ(answer.body, "The request's body is larger than 1000 bytes.\n");
    EXPECT_TRUE(answer.closes());
    client.finish_sending();
    EXPECT_TRUE(client.is_closed());
}

TEST(HandlerFailure, IsAPlain500AndTheConnectionGoesOn)
{
    TestServer server(
        [](Request& request, BodyReader&) -> asio::awaitable<Response> {
            if (request.path == "/bug") {
                throw std::runtime_error("secret");
            }
            if (request.path == "/refused") {
                throw HttpError(409, "not now", {{"X-Why", "because"}});
            }
            co_return plain_text(200, "fine");
        },
        patient_limits());
    Client client(server.address());
    const auto bug = client.ask(get("/bug"));
    EXPECT_EQ(bug.status, 500);
    EXPECT_THAT(bug.body, Not(HasSubstr("secret")));
    const auto refused = client.ask(get("/refused"));
    EXPECT_EQ(refused.status, 409);
    EXPECT_EQ(refused.body, "not now\n");
    EXPECT_EQ(refused.headers.at("x-why"), "because");
    EXPECT_EQ(client.ask(get("/")).body, "fine\n");
}

TEST(ResponseHeaders, WithLineBreaksOrFramingAreNeverSent)
{
    TestServer server(
        [](Request& request, BodyReader&) -> asio::awaitable<Response> {
            auto response = plain_text(200, "fine");
            if (request.path == "/value") {
                response.headers.push_back({"X-Name", "a\r\nSet-Cookie: b"});
            } else if (request.path == "/name") {
                response.headers.push_back({"X-Name\nSet-Cookie", "b"});
            } else if (request.path == "/type") {
                response.content_type = "a\r\nSet-Cookie: b";
            } else if (request.path == "/length") {
                response.headers.push_back({"content-length", "1"});
            } else {
                response.headers.push_back({"X-Name", "a b"});
            }
            co_return response;
        },
        patient_limits());
    Client client(server.address());
    for (const auto* target : {"/value", "/name", "/type", "/length"}) {
        const auto answer = client.ask(get(target));
        EXPECT_EQ(answer.status, 500) << target;
        EXPECT_FALSE(answer.headers.contains("set-cookie")) << target;
    }
    EXPECT_EQ(client.ask(get("/")).headers.at("x-name"), "a b");
}

TEST(ResponseStatus, WithoutBodyHasNoLength)
{
    TestServer server(
        [](Request&, BodyReader&) -> asio::awaitable<Response> {
            Response response;
            response.status = 204;
            response.body = "not sent";
            co_return response;
        },
        patient_limits());
    Client client(server.address());
    for (auto number = 0; number < 2; ++number) {
        const auto answer = client.ask(get());
        EXPECT_EQ(answer.status, 204);
        EXPECT_EQ(answer.body, "");
        EXPECT_FALSE(answer.headers.contains("content-length"));
    }
}

TEST(Handler, MayHopToOtherThreadsAndBack)
{
    asio::thread_pool pool(2);
    TestServer server(
        [&](Request& request, BodyReader& reader) -> asio::awaitable<Response> {
            const auto body = co_await reader.read_all(1000);
            co_await asio::post(asio::bind_executor(pool.get_executor(), asio::use_awaitable));
            const auto there = pool.get_executor().running_in_this_thread();
            if (request.path == "/back") {
                co_await asio::post(asio::use_awaitable);
            }
            co_return plain_text(200, fmt::format("{} {}", there, body));
        },
        patient_limits());
    Client client(server.address());
    EXPECT_EQ(client.ask(post("a")).body, "true a\n");
    EXPECT_EQ(client.ask(get("/back")).body, "true \n");
    pool.join();  // before the server's io_context goes, which its threads may still be waking
}

TEST(Handler, IsCalledForManyConnectionsAtOnce)
{
    TestServer server(echo_handler(), patient_limits());
    std::vector<std::future<int>> clients;
    for (auto number = 0; number < 16; ++number) {
        clients.push_back(std::async(std::launch::async, [&, number] {
            auto right = 0;
            for (auto connection = 0; connection < 4; ++connection) {
                Client client(server.address());
                for (auto request = 0; request < 50; ++request) {
                    const auto text = fmt::format("{} {} {}", number, connection, request);
                    right += client.ask(post(text)).body == "POST /? [" + text + "]";
                }
            }
            return right;
        }));
    }
    for (auto& client : clients) {
        EXPECT_EQ(client.get(), 200);
    }
}

}  // namespace
}  // namespace amilab::http
