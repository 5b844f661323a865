#include "tests/server/http/test_server.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <cstdlib>
#include <iostream>
#include <random>
#include <utility>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <boost/asio/buffer.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

namespace amilab::http {
namespace {

namespace beast_http = boost::beast::http;
using boost::system::error_code;

constexpr std::chrono::seconds kPatience{30};

std::string lower(std::string_view text)
{
    std::string result;
    for (const auto letter : text) {
        result += letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter + 32) : letter;
    }
    return result;
}

}  // namespace

bool RawAnswer::closes() const
{
    const auto found = headers.find("connection");
    return found != headers.end() && found->second == "close";
}

Client::Client(const Endpoint& server, std::optional<int> receive_buffer_bytes)
    : socket_(io_context_)
{
    const boost::asio::ip::tcp::endpoint endpoint(boost::asio::ip::make_address(server.address),
                                                  server.port);
    socket_.open(endpoint.protocol());
    if (receive_buffer_bytes) {
        socket_.set_option(boost::asio::socket_base::receive_buffer_size(*receive_buffer_bytes));
    }
    socket_.connect(endpoint);
    socket_.set_option(boost::asio::ip::tcp::no_delay(true));
    const timeval patience{.tv_sec = kPatience.count(), .tv_usec = 0};
    ::setsockopt(socket_.native_handle(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    ::setsockopt(socket_.native_handle(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
}

Client::~Client() = default;

bool Client::send(std::string_view text)
{
    error_code error;
    boost::asio::write(socket_, boost::asio::buffer(text), error);
    EXPECT_NE(error, boost::asio::error::try_again) << "the server does not read";
    return !error;
}

void Client::finish_sending()
{
    error_code ignored;
    socket_.shutdown(boost::asio::socket_base::shutdown_send, ignored);
}

RawAnswer Client::receive(Kind kind)
{
    beast_http::response_parser<beast_http::string_body> parser;
    parser.body_limit(boost::none);
    parser.eager(true);
    parser.skip(kind == Kind::kHead);
    std::array<char, 64 * 1024> block;
    for (error_code error; !parser.is_done();) {
        if (!unread_.empty()) {
            const auto taken = parser.put(boost::asio::buffer(unread_), error);
            unread_.erase(0, taken);
            if (error && error != beast_http::error::need_more) {
                ADD_FAILURE() << "not an HTTP answer: " << error.message();
                return {};
            }
            if (parser.is_done()) {
                break;
            }
        }
        const auto bytes = socket_.read_some(boost::asio::buffer(block), error);
        EXPECT_NE(error, boost::asio::error::try_again) << "no answer";
        unread_.append(block.data(), bytes);
        if (error) {
            if (error == boost::asio::error::eof && parser.got_some()) {
                parser.put_eof(error);
            }
            if (!parser.is_done()) {
                return {};
            }
        }
    }
    RawAnswer answer{.status = static_cast<int>(parser.get().result_int()),
                     .headers = {},
                     .body = parser.get().body()};
    for (const auto& field : parser.get()) {
        answer.headers.emplace(lower(std::string(field.name_string())), field.value());
    }
    return answer;
}

RawAnswer Client::ask(std::string_view text)
{
    send(text);
    return receive();
}

std::string Client::receive_to_end()
{
    error_code error;
    boost::asio::read(socket_, boost::asio::dynamic_buffer(unread_), error);
    EXPECT_NE(error, boost::asio::error::try_again) << "the server keeps the connection";
    return std::exchange(unread_, {});
}

std::string Client::receive_bytes(std::size_t bytes)
{
    error_code error;
    if (unread_.size() < bytes) {
        boost::asio::read(socket_, boost::asio::dynamic_buffer(unread_),
                          boost::asio::transfer_exactly(bytes - unread_.size()), error);
    }
    EXPECT_NE(error, boost::asio::error::try_again) << "no bytes";
    auto received = unread_.substr(0, bytes);
    unread_.erase(0, bytes);
    return received;
}

bool Client::is_closed()
{
    return receive_to_end().empty();
}

bool Client::hears_something(std::chrono::milliseconds within)
{
    pollfd poll{.fd = socket_.native_handle(), .events = POLLIN, .revents = 0};
    return ::poll(&poll, 1, static_cast<int>(within.count())) != 0;
}

bool Client::is_reset_within(std::chrono::milliseconds within)
{
    pollfd poll{.fd = socket_.native_handle(), .events = 0, .revents = 0};
    return ::poll(&poll, 1, static_cast<int>(within.count())) != 0;
}

void Client::abort()
{
    socket_.set_option(boost::asio::socket_base::linger(true, 0));
    socket_.close();
}

TestServer::TestServer(Handler handler, const Limits& limits,
                       const std::vector<std::string>& allowed_hosts, Start start,
                       RefusalForm refusal_form)
    : server_(io_context_, {}, std::move(handler), limits, allowed_hosts, std::move(refusal_form))
{
    if (start == Start::kAtOnce) {
        this->start();
    }
}

void TestServer::start()
{
    constexpr auto kThreads = 2;
    for (auto thread = 0; thread < kThreads; ++thread) {
        threads_.emplace_back([this] { io_context_.run(); });
    }
}

TestServer::~TestServer()
{
    end();
}

void TestServer::end()
{
    io_context_.stop();
    join();
}

void TestServer::join()
{
    for (auto& thread : threads_) {
        if (thread.joinable()) {
            thread.join();
        }
    }
}

Limits patient_limits()
{
    Limits limits;
    limits.header_timeout = limits.idle_timeout = limits.progress_timeout = kPatience * 4;
    limits.linger_timeout = limits.stop_timeout = kPatience * 4;
    return limits;
}

Handler echo_handler()
{
    return [](Request& request, BodyReader& reader) -> asio::awaitable<Response> {
        constexpr std::size_t kMaxBodyBytes = 1024 * 1024;
        const auto body = co_await reader.read_all(kMaxBodyBytes);
        Response response;
        response.content_type = "text/plain";
        response.body =
            fmt::format("{} {}?{} [{}]", request.method, request.path, request.query, body);
        co_return response;
    };
}

std::string get(std::string_view target)
{
    return fmt::format("GET {} HTTP/1.1\r\nHost: localhost\r\n\r\n", target);
}

std::string post(std::string_view body, std::string_view headers)
{
    return fmt::format("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: {}\r\n{}\r\n{}",
                       body.size(), headers, body);
}

std::uint64_t test_seed()
{
    const auto* given = std::getenv("AMILAB_SEED");
    const std::uint64_t seed = given ? std::strtoull(given, nullptr, 10) : std::random_device{}();
    std::cout << "AMILAB_SEED=" << seed << std::endl;
    return seed;
}

}  // namespace amilab::http
