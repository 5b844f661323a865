// Everything a client sends has a bound, and so has what clients cost together.
#include <future>
#include <optional>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

#include "server/log/log.h"
#include "storage/base/descriptors.h"
#include "tests/server/http/test_server.h"
#include "tests/support/descriptor_limit.h"
#include "tests/support/wait_until.h"

namespace amilab::http {
namespace {

int status_of_last(TestServer& server, std::string_view text)
{
    Client client(server.address());
    const auto answer = client.ask(text);
    EXPECT_TRUE(answer.closes());
    client.finish_sending();
    EXPECT_TRUE(client.is_closed());
    return answer.status;
}

/// A request whose header has that many bytes.
std::string request_of(std::size_t header_bytes, std::size_t headers = 1)
{
    std::string text = "GET / HTTP/1.1\r\nHost: localhost\r\n";
    for (std::size_t header = 1; header < headers; ++header) {
        text += "A: b\r\n";
    }
    text += "X: ";
    return text + std::string(header_bytes - text.size() - 4, 'x') + "\r\n\r\n";
}

TEST(HeaderLimit, IsExact)
{
    auto limits = patient_limits();
    limits.max_header_bytes = 1000;
    TestServer server(echo_handler(), limits);
    Client client(server.address());
    EXPECT_EQ(client.ask(request_of(1000)).status, 200);
    EXPECT_EQ(client.ask(request_of(1000)).status, 200);
    EXPECT_EQ(status_of_last(server, request_of(1001)), 431);
}

TEST(HeaderLimit, CountsWhatCameInPieces)
{
    auto limits = patient_limits();
    limits.max_header_bytes = 1000;
    TestServer server(echo_handler(), limits);
    Client exact(server.address());
    for (const auto byte : request_of(1000, 60)) {
        exact.send({&byte, 1});
    }
    EXPECT_EQ(exact.receive().status, 200);
    Client larger(server.address());
    for (const auto byte : request_of(1001, 60)) {
        larger.send({&byte, 1});
    }
    EXPECT_EQ(larger.receive().status, 431);
}

TEST(HeaderLimit, HoldsForEndlessHeaders)
{
    TestServer server(echo_handler(), patient_limits());
    const auto head = "GET / HTTP/1.1\r\nHost: localhost\r\n";
    EXPECT_EQ(status_of_last(server, std::string(1'000'000, 'x')), 431);
    EXPECT_EQ(status_of_last(server, head + std::string(1'000'000, 'x')), 431);
    EXPECT_EQ(status_of_last(server, head + ("X: " + std::string(1'000'000, 'x'))), 431);
    std::string empty_lines;
    for (auto line = 0; line < 100'000; ++line) {
        empty_lines += "\r\n";
    }
    EXPECT_EQ(status_of_last(server, empty_lines), 431);
}

TEST(HeaderLimit, BoundsTheNumberOfHeadersAndTrailers)
{
    auto limits = patient_limits();
    limits.max_headers = 5;
    TestServer server(echo_handler(), limits);
    const auto request = [](int headers) {
        std::string text = "GET / HTTP/1.1\r\nHost: localhost\r\n";
        for (auto header = 1; header < headers; ++header) {
            text += "A: b\r\n";
        }
        return text + "\r\n";
    };
    EXPECT_EQ(Client(server.address()).ask(request(5)).status, 200);
    EXPECT_EQ(status_of_last(server, request(6)), 431);
    EXPECT_EQ(status_of_last(server,
                             "POST / HTTP/1.1\r\nHost: localhost\r\n"
                             "Transfer-Encoding: chunked\r\n\r\n0\r\n"
                             "A: b\r\nA: b\r\nA: b\r\nA: b\r\n\r\n"),
              400);
}

TEST(TargetLimit, IsExact)
{
    auto limits = patient_limits();
    limits.max_target_bytes = 100;
    TestServer server(echo_handler(), limits);
    EXPECT_EQ(Client(server.address()).ask(get("/" + std::string(99, 'x'))).status, 200);
    EXPECT_EQ(status_of_last(server, get("/" + std::string(100, 'x'))), 414);
}

TEST(BodyLimit, IsExactForBothKindsOfBody)
{
    TestServer server(
        [](Request&, BodyReader& reader) -> asio::awaitable<Response> {
            co_return plain_text(200, co_await reader.read_all(5));
        },
        patient_limits());
    const std::string chunked =
        "POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n";
    Client client(server.address());
    EXPECT_EQ(client.ask(post("12345")).body, "12345\n");
    EXPECT_EQ(client.ask(chunked + "2\r\n12\r\n3\r\n345\r\n0\r\n\r\n").body, "12345\n");
    EXPECT_EQ(client.ask(post("123456")).status, 413);
    EXPECT_EQ(client.ask(chunked + "2\r\n12\r\n4\r\n3456\r\n0\r\n\r\n").status, 413);
    EXPECT_EQ(status_of_last(server,
                             "POST / HTTP/1.1\r\nHost: localhost\r\n"
                             "Content-Length: 18446744073709551615\r\n\r\n"),
              413);
    EXPECT_EQ(status_of_last(server, chunked + "ffffffffffffffff\r\n123456"), 413);
}

TEST(BodyLimit, PromisedBytesCostNothing)
{
    TestServer server(
        [](Request&, BodyReader& reader) -> asio::awaitable<Response> {
            co_return plain_text(200, co_await reader.read_all(SIZE_MAX));
        },
        patient_limits());
    Client client(server.address());
    client.send(
        "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9000000000000000000\r\n\r\nx");
    client.finish_sending();
    EXPECT_EQ(client.receive().status, 400);
}

TEST(MemoryLimit, HoldsForAllBodiesTogether)
{
    constexpr std::size_t kKiB = 1024;
    auto limits = patient_limits();
    limits.memory = std::make_shared<MemoryBudget>(256 * kKiB);
    const auto& memory = *limits.memory;
    TestServer server(echo_handler(), limits);
    const auto large = post(std::string(160 * kKiB, 'x'));
    Client half_sent(server.address());
    half_sent.send(large.substr(0, large.size() - 1));
    test::wait_until([&] { return memory.held() >= 128 * kKiB; });

    const auto refused = Client(server.address()).ask(large);
    EXPECT_EQ(refused.status, 503);
    EXPECT_TRUE(refused.closes());
    EXPECT_EQ(Client(server.address()).ask(post("small")).status, 200);

    EXPECT_EQ(half_sent.ask("x").status, 200);
    test::wait_until([&] { return memory.held() == 0; });
    EXPECT_EQ(half_sent.ask(large).status, 200);
}

TEST(MemoryLimit, CountsAnswersThatTheirClientsDoNotTake)
{
    auto limits = patient_limits();
    limits.memory = std::make_shared<MemoryBudget>();
    constexpr std::size_t kBytes = std::size_t{64} << 20;
    TestServer server(
        [](Request&, BodyReader&) -> asio::awaitable<Response> {
            Response response;
            response.body.assign(kBytes, 'x');
            co_return response;
        },
        limits);
    Client client(server.address(), 4096);
    client.send(get());
    test::wait_until([&] { return limits.memory->held() == kBytes; });
    EXPECT_EQ(client.receive().body.size(), kBytes);
    test::wait_until([&] { return limits.memory->held() == 0; });
}

TEST(ConnectionLimit, OneMoreIsToldSoAndClosed)
{
    auto limits = patient_limits();
    limits.max_connections = 3;
    TestServer server(echo_handler(), limits);
    std::vector<std::unique_ptr<Client>> clients;
    for (auto number = 0; number < 3; ++number) {
        clients.push_back(std::make_unique<Client>(server.address()));
        EXPECT_EQ(clients.back()->ask(get()).status, 200);
    }
    Client refused(server.address());
    EXPECT_EQ(refused.receive().status, 503);
    EXPECT_TRUE(refused.is_closed());
    EXPECT_EQ(clients.front()->ask(get()).status, 200);
    clients.pop_back();
    test::wait_until([&] { return server.server().connections() == 2; });
    EXPECT_EQ(Client(server.address()).ask(get()).status, 200);
}

TEST(ConnectionLimit, RunningOutOfDescriptorsOnlyDelaysNewConnections)
{
    TestServer server(echo_handler(), patient_limits());
    Client served(server.address());
    EXPECT_EQ(served.ask(get()).status, 200);
    asio::io_context io_context;
    asio::ip::tcp::socket waiting(io_context, asio::ip::tcp::v4());
    const asio::ip::tcp::endpoint endpoint(asio::ip::address_v4::loopback(), server.address().port);
    // UBSan checks a class it meets for the first time through a pipe, which it could not make;
    // so the log is used once before.
    log::warn("descriptors run out {}", std::string("now"));
    {
        const test::DescriptorLimit none(test::descriptors_with(0));
        waiting.connect(endpoint);
        asio::write(waiting, asio::buffer(get()));
        for (auto number = 0; number < 100; ++number) {
            EXPECT_EQ(served.ask(get()).status, 200);
        }
        EXPECT_EQ(server.server().connections(), 1u);
    }
    std::array<char, 12> start{};
    asio::read(waiting, asio::buffer(start));
    EXPECT_EQ(std::string_view(start.data(), start.size()), "HTTP/1.1 200");
}

TEST(ConnectionLimit, IsLoweredToWhatTheDescriptorsAllow)
{
    auto few = std::make_optional<test::DescriptorLimit>(kFewestDescriptors);
    TestServer server(echo_handler(), patient_limits());
    few.reset();
    const auto most = share_descriptors(kFewestDescriptors).http_connections;
    std::vector<std::unique_ptr<Client>> clients;
    for (std::size_t number = 0; number < most; ++number) {
        clients.push_back(std::make_unique<Client>(server.address()));
        EXPECT_EQ(clients.back()->ask(get()).status, 200);
    }
    EXPECT_EQ(Client(server.address()).receive().status, 503);
}

TEST(ThousandsOfConnections, IdleOnesDoNotHoldUpTheOthers)
{
    const auto descriptors = raise_descriptor_limit();
    const auto served = share_descriptors(descriptors).http_connections;
    const auto count = std::min({std::size_t{2000}, (descriptors - 200) / 2, served - 10});
    ASSERT_GE(count, 100u) << "RLIMIT_NOFILE is too low for this test";
    TestServer server(echo_handler(), patient_limits());
    asio::io_context io_context;
    const asio::ip::tcp::endpoint endpoint(asio::ip::address_v4::loopback(), server.address().port);
    std::vector<asio::ip::tcp::socket> idle;
    for (std::size_t number = 0; number < count; ++number) {
        idle.emplace_back(io_context).connect(endpoint);
        // Silent ones, ones within a header and ones within a body.
        const auto text = number % 3 == 0   ? std::string()
                          : number % 3 == 1 ? get().substr(0, 20)
                                            : post("12345").substr(0, post("12345").size() - 2);
        asio::write(idle.back(), asio::buffer(text));
    }
    for (auto number = 0; number < 100; ++number) {
        EXPECT_EQ(Client(server.address()).ask(get()).status, 200);
    }
    // Those within a body are still there.
    asio::write(idle[2], asio::buffer("45", 2));
    std::array<char, 12> start{};
    asio::read(idle[2], asio::buffer(start));
    EXPECT_EQ(std::string_view(start.data(), start.size()), "HTTP/1.1 200");
}

}  // namespace
}  // namespace amilab::http
