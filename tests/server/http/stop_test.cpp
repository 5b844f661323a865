#include <future>

#include <gtest/gtest.h>

#include "tests/server/http/test_server.h"

namespace amilab::http {
namespace {

using asio::ip::tcp;

TEST(Stop, ClosesIdleConnectionsAndTheListener)
{
    TestServer server(echo_handler(), patient_limits());
    Client idle(server.address());
    EXPECT_EQ(idle.ask(get()).status, 200);
    Client silent(server.address());
    server.server().stop();
    EXPECT_TRUE(idle.is_closed());
    EXPECT_TRUE(silent.is_closed());
    server.join();
    EXPECT_EQ(server.server().connections(), 0u);
    EXPECT_THROW(Client(server.address()), boost::system::system_error);
}

TEST(Stop, LetsARunningRequestFinish)
{
    std::promise<void> begun;
    std::promise<void> go_on;
    TestServer server(
        [&](Request&, BodyReader&) -> asio::awaitable<Response> {
            begun.set_value();
            go_on.get_future().wait();
            co_return plain_text(200, "finished");
        },
        patient_limits());
    Client client(server.address());
    Client idle(server.address());
    client.send(get());
    begun.get_future().wait();
    server.server().stop();
    EXPECT_TRUE(idle.is_closed());
    go_on.set_value();
    const auto answer = client.receive();
    EXPECT_EQ(answer.body, "finished\n");
    EXPECT_TRUE(answer.closes());
    client.finish_sending();
    EXPECT_TRUE(client.is_closed());
    server.join();
}

TEST(Stop, CutsOffWhatDoesNotEndInTime)
{
    auto limits = patient_limits();
    limits.stop_timeout = std::chrono::milliseconds(20);
    std::promise<void> begun;
    TestServer server(
        [&](Request&, BodyReader& reader) -> asio::awaitable<Response> {
            begun.set_value();
            co_return plain_text(200, co_await reader.read_all(1000));
        },
        limits);
    Client client(server.address());
    client.send("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\n");
    begun.get_future().wait();
    server.server().stop();
    client.receive_to_end();
    server.join();
    EXPECT_EQ(server.server().connections(), 0u);
}

TEST(Stop, OfAServerThatNobodyCalledIsQuick)
{
    TestServer server(echo_handler(), patient_limits());
    server.server().stop();
    server.server().stop();
    server.join();
}

TEST(Stop, AfterAConnectionHasLeftIsQuick)
{
    TestServer server(echo_handler(), patient_limits());
    {
        Client client(server.address());
        EXPECT_EQ(client.ask(get()).status, 200);
    }
    server.server().stop();
    server.join();
}

TEST(Listening, OnATakenPortSaysWhere)
{
    TestServer server(echo_handler());
    asio::io_context io_context;
    try {
        const Server second(io_context, server.address(), echo_handler());
        FAIL() << "two servers on one port";
    } catch (const std::system_error& error) {
        EXPECT_NE(std::string(error.what()).find(server.address().text()), std::string::npos);
    }
    EXPECT_EQ(Client(server.address()).ask(get()).status, 200);
}

TEST(Listening, WorksOnIpv6)
{
    asio::io_context io_context;
    std::optional<Server> server;
    try {
        server.emplace(io_context, Endpoint::parse("[::1]:0"), echo_handler());
    } catch (const std::system_error&) {
        GTEST_SKIP() << "this machine has no IPv6";
    }
    std::thread thread([&] { io_context.run(); });
    {
        Client client(server->address());
        EXPECT_EQ(
            client.ask("GET / HTTP/1.1\r\nHost: " + server->address().text() + "\r\n\r\n").status,
            200);
    }
    server->stop();
    thread.join();
}

/// Whether this machine has ::1.
bool has_ipv6()
{
    asio::io_context io_context;
    boost::system::error_code error;
    tcp::acceptor probe(io_context);
    probe.open(tcp::v6(), error);
    if (!error) {
        probe.bind({asio::ip::address_v6::loopback(), 0}, error);
    }
    return !error;
}

std::string get_of(const Endpoint& server)
{
    return "GET / HTTP/1.1\r\nHost: " + server.text() + "\r\n\r\n";
}

TEST(Listening, LocalhostIsBothLoopbackAddressesOnOnePort)
{
    asio::io_context io_context;
    Server server(io_context, Endpoint::parse("localhost:0"), echo_handler());
    EXPECT_EQ(server.address().address, "127.0.0.1");
    std::thread thread([&] { io_context.run(); });
    EXPECT_EQ(Client(server.address()).ask(get_of(server.address())).status, 200);
    if (has_ipv6()) {
        const Endpoint v6{.address = "::1", .port = server.address().port};
        EXPECT_EQ(Client(v6).ask(get_of(v6)).status, 200);
    }
    server.stop();
    thread.join();
}

TEST(Listening, AnAddressIsThatOneAlone)
{
    TestServer server(echo_handler());
    const Endpoint v6{.address = "::1", .port = server.address().port};
    EXPECT_THROW(Client{v6}, boost::system::system_error);
}

TEST(Listening, LocalhostIsRefusedWhoseIpv6HalfIsTaken)
{
    if (!has_ipv6()) {
        GTEST_SKIP() << "this machine has no IPv6";
    }
    asio::io_context io_context;
    tcp::acceptor other(io_context, {asio::ip::address_v6::loopback(), 0});
    const auto port = std::to_string(other.local_endpoint().port());
    try {
        const Server server(io_context, Endpoint::parse("localhost:" + port), echo_handler());
        FAIL() << "half of localhost is another program's";
    } catch (const std::system_error& error) {
        EXPECT_NE(std::string(error.what()).find(port), std::string::npos) << error.what();
    }
}

TEST(Listening, TellsWhoIsOnThisMachine)
{
    TestServer server([](Request& request, BodyReader&) -> asio::awaitable<Response> {
        co_return plain_text(200, request.from_loopback ? "near" : "far");
    });
    Client client(server.address());
    EXPECT_EQ(client.ask(get()).body, "near\n");
    EXPECT_EQ(client.ask(get()).body, "near\n");
}

TEST(Destruction, WithConnectionsInEveryStateIsClean)
{
    for (auto round = 0; round < 5; ++round) {
        TestServer server(echo_handler(), patient_limits());
        Client silent(server.address());
        Client in_header(server.address());
        in_header.send("GET / HTTP");
        Client in_body(server.address());
        in_body.send(post("body").substr(0, post("body").size() - 1));
        Client served(server.address());
        EXPECT_EQ(served.ask(get()).status, 200);
    }
}

}  // namespace
}  // namespace amilab::http
