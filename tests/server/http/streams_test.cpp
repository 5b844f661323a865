// Bodies too large to hold, both ways.
#include <cstring>
#include <fstream>
#include <future>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/asio/read.hpp>
#include <boost/asio/thread_pool.hpp>

#include "tests/server/http/test_server.h"

namespace amilab::http {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

constexpr std::uint64_t kLargeBytes = 64 * 1024 * 1024;
constexpr std::size_t kBlockBytes = 256 * 1024;

/// Byte `offset` of a stream in which no two places look alike for long.
std::byte pattern_at(std::uint64_t offset)
{
    return static_cast<std::byte>(offset * 0x9e3779b97f4a7c15 >> 56);
}

std::span<const std::byte> bytes_of(std::string_view text)
{
    return std::as_bytes(std::span(text));
}

/// Highest resident memory since the last call, in bytes.
std::size_t peak_memory_bytes()
{
    std::size_t peak_kib = 0;
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);) {
        if (line.starts_with("VmHWM:")) {
            peak_kib = std::stoul(line.substr(6));
        }
    }
    std::ofstream("/proc/self/clear_refs") << "5";
    return peak_kib * 1024;
}

Response streamed(std::function<asio::awaitable<void>(BodyWriter&)> stream,
                  std::optional<std::uint64_t> content_length = {})
{
    Response response;
    response.content_type = "application/octet-stream";
    response.stream = std::move(stream);
    response.content_length = content_length;
    return response;
}

/// Counts the bytes of a body that are not what the pattern says.
asio::awaitable<Response> check_pattern(BodyReader& reader)
{
    std::vector<std::byte> block(kBlockBytes);
    std::uint64_t offset = 0;
    std::uint64_t wrong = 0;
    for (;;) {
        const auto bytes = co_await reader.read_some(block);
        if (bytes == 0) {
            break;
        }
        for (std::size_t at = 0; at < bytes; ++at, ++offset) {
            wrong += block[at] != pattern_at(offset);
        }
    }
    co_return plain_text(200, fmt::format("{} bytes, {} wrong", offset, wrong));
}

asio::awaitable<void> write_pattern(BodyWriter& writer, std::uint64_t size)
{
    std::vector<std::byte> block(kBlockBytes);
    for (std::uint64_t offset = 0; offset < size;) {
        for (auto& byte : block) {
            byte = pattern_at(offset++);
        }
        co_await writer.write(block);
    }
}

asio::awaitable<void> echo(BodyReader& reader, BodyWriter& writer)
{
    std::vector<std::byte> block(kBlockBytes);
    for (;;) {
        const auto bytes = co_await reader.read_some(block);
        if (bytes == 0) {
            co_return;
        }
        co_await writer.write(std::span(block).first(bytes));
    }
}

/// /in checks a body, /out and /out-chunked make one, /echo gives it back.
asio::awaitable<Response> serve_large(Request& request, BodyReader& reader)
{
    if (request.path == "/in") {
        co_return co_await check_pattern(reader);
    }
    if (request.path == "/echo") {
        co_return streamed([&reader](BodyWriter& writer) -> asio::awaitable<void> {
            return echo(reader, writer);
        });
    }
    const auto length =
        request.path == "/out" ? std::optional(kLargeBytes) : std::optional<std::uint64_t>();
    co_return streamed(
        [](BodyWriter& writer) -> asio::awaitable<void> {
            return write_pattern(writer, kLargeBytes);
        },
        length);
}

class LargeStreams : public testing::Test {
protected:
    void send_pattern(bool chunked)
    {
        std::string block(kBlockBytes, '\0');
        for (std::uint64_t offset = 0; offset < kLargeBytes;) {
            for (auto& byte : block) {
                byte = static_cast<char>(pattern_at(offset++));
            }
            client_.send(chunked ? fmt::format("{:x}\r\n{}\r\n", block.size(), block) : block);
        }
        if (chunked) {
            client_.send("0\r\n\r\n");
        }
    }

    /// Reads a body from the socket and returns how many bytes came and were right.
    std::uint64_t receive_pattern()
    {
        std::uint64_t right = 0;
        for (std::uint64_t offset = 0; offset < kLargeBytes;) {
            const auto block = client_.receive_bytes(kBlockBytes);
            for (const auto byte : block) {
                right += static_cast<std::byte>(byte) == pattern_at(offset++);
            }
            if (block.size() < kBlockBytes) {
                break;
            }
        }
        return right;
    }

    std::string receive_head()
    {
        std::string head;
        while (!head.ends_with("\r\n\r\n")) {
            const auto byte = client_.receive_bytes(1);
            if (byte.empty()) {
                break;
            }
            head += byte;
        }
        return head;
    }

    TestServer server_{serve_large, patient_limits()};
    Client client_{server_.address()};
    std::size_t memory_before_ = peak_memory_bytes();
};

#ifdef __SANITIZE_ADDRESS__
constexpr std::size_t kKeptAfterFree = 256 << 20;  // by the sanitizer, to find who still uses it
#else
constexpr std::size_t kKeptAfterFree = 0;
#endif
constexpr std::size_t kBoundedBytes = kLargeBytes / 2 + kKeptAfterFree;

TEST_F(LargeStreams, ComeInWithKnownLengthInBoundedMemory)
{
    client_.send(fmt::format("PUT /in HTTP/1.1\r\nHost: localhost\r\nContent-Length: {}\r\n\r\n",
                             kLargeBytes));
    send_pattern(false);
    EXPECT_EQ(client_.receive().body, fmt::format("{} bytes, 0 wrong\n", kLargeBytes));
    EXPECT_LT(peak_memory_bytes(), memory_before_ + kBoundedBytes);
    EXPECT_EQ(client_.ask(get("/in")).body, "0 bytes, 0 wrong\n");
}

TEST_F(LargeStreams, ComeInChunkedInBoundedMemory)
{
    client_.send("PUT /in HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n");
    send_pattern(true);
    EXPECT_EQ(client_.receive().body, fmt::format("{} bytes, 0 wrong\n", kLargeBytes));
    EXPECT_LT(peak_memory_bytes(), memory_before_ + kBoundedBytes);
    EXPECT_EQ(client_.ask(get("/in")).body, "0 bytes, 0 wrong\n");
}

TEST_F(LargeStreams, GoOutWithKnownLengthInBoundedMemory)
{
    client_.send(get("/out"));
    const auto head = receive_head();
    EXPECT_THAT(head, HasSubstr(fmt::format("Content-Length: {}\r\n", kLargeBytes)));
    EXPECT_THAT(head, Not(HasSubstr("Transfer-Encoding")));
    EXPECT_EQ(receive_pattern(), kLargeBytes);
    EXPECT_LT(peak_memory_bytes(), memory_before_ + kBoundedBytes);
    EXPECT_EQ(client_.ask(get("/in")).body, "0 bytes, 0 wrong\n");
}

TEST_F(LargeStreams, GoOutChunked)
{
    const auto answer = client_.ask(get("/out-chunked"));
    EXPECT_EQ(answer.headers.at("transfer-encoding"), "chunked");
    ASSERT_EQ(answer.body.size(), kLargeBytes);
    std::uint64_t wrong = 0;
    for (std::uint64_t offset = 0; offset < kLargeBytes; ++offset) {
        wrong += static_cast<std::byte>(answer.body[offset]) != pattern_at(offset);
    }
    EXPECT_EQ(wrong, 0u);
    EXPECT_EQ(client_.ask(get("/in")).body, "0 bytes, 0 wrong\n");
}

TEST_F(LargeStreams, GoOutUntilTheEndToHttp10)
{
    client_.send("GET /out-chunked HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    EXPECT_THAT(receive_head(), HasSubstr("Connection: close\r\n"));
    EXPECT_EQ(receive_pattern(), kLargeBytes);
    EXPECT_TRUE(client_.is_closed());
}

TEST_F(LargeStreams, GoBothWaysAtOnceInBoundedMemory)
{
    client_.send(fmt::format("PUT /echo HTTP/1.0\r\nContent-Length: {}\r\n\r\n", kLargeBytes));
    auto sending = std::async(std::launch::async, [&] { send_pattern(false); });
    receive_head();
    EXPECT_EQ(receive_pattern(), kLargeBytes);
    sending.get();
    EXPECT_LT(peak_memory_bytes(), memory_before_ + kBoundedBytes);
}

/// Streams whose bytes others than the connection's thread copy to the kernel.
class MovedStreams : public testing::Test {
protected:
    void TearDown() override { end(); }
    // The server first, then the movers that may still be giving streams back to it.
    void end()
    {
        server_->end();
        movers_->join();
    }
    TestServer& serve(std::uint64_t bytes, std::optional<std::uint64_t> content_length)
    {
        if (server_) {
            end();
        }
        movers_.emplace(2);
        server_.emplace(
            [this, bytes, content_length](Request&, BodyReader&) -> asio::awaitable<Response> {
                auto response = streamed(
                    [bytes](BodyWriter& writer) -> asio::awaitable<void> {
                        return write_pattern(writer, bytes);
                    },
                    content_length);
                response.movers = movers_->get_executor();
                co_return response;
            },
            patient_limits());
        return *server_;
    }
    static void expect_pattern(const std::string& body, std::uint64_t bytes)
    {
        ASSERT_EQ(body.size(), bytes);
        std::uint64_t wrong = 0;
        for (std::uint64_t offset = 0; offset < bytes; ++offset) {
            wrong += static_cast<std::byte>(body[offset]) != pattern_at(offset);
        }
        EXPECT_EQ(wrong, 0u);
    }

    std::optional<asio::thread_pool> movers_;
    std::optional<TestServer> server_;
};

TEST_F(MovedStreams, AreTheSameForClientsThatTakeAllAtOnceAndThatTakeLittle)
{
    constexpr std::uint64_t kBytes = 8 * 1024 * 1024;
    serve(kBytes, kBytes);
    Client quick(server_->address());
    expect_pattern(quick.ask(get()).body, kBytes);
    Client slow(server_->address(), 4096);
    expect_pattern(slow.ask(get()).body, kBytes);
    serve(kBytes, {});
    Client chunked(server_->address(), 4096);
    expect_pattern(chunked.ask(get()).body, kBytes);
}

TEST_F(MovedStreams, EndWithAClientThatLeaves)
{
    serve(kLargeBytes, kLargeBytes);
    Client leaving(server_->address(), 4096);
    leaving.send(get());
    leaving.receive_bytes(1);
    leaving.abort();
    Client next(server_->address());
    next.send(get());
    EXPECT_EQ(next.receive_bytes(kBlockBytes).size(), kBlockBytes);
}

/// Serves one stream whose handler the test gives.
class Streams : public testing::Test {
protected:
    using Stream = std::function<asio::awaitable<void>(BodyWriter&)>;

    TestServer& serve(Stream stream, std::optional<std::uint64_t> content_length = {})
    {
        server_.emplace(
            [=](Request&, BodyReader&) -> asio::awaitable<Response> {
                co_return streamed(stream, content_length);
            },
            patient_limits());
        return *server_;
    }

    std::optional<TestServer> server_;
};

TEST_F(Streams, WithoutAWriteAreEmpty)
{
    const auto nothing = [](BodyWriter& writer) -> asio::awaitable<void> {
        co_await writer.write({});
    };
    Client chunked(serve(nothing).address());
    EXPECT_EQ(chunked.ask(get()).status, 200);
    EXPECT_EQ(chunked.ask(get()).body, "");
    Client counted(serve(nothing, 0).address());
    EXPECT_EQ(counted.ask(get()).status, 200);
    EXPECT_EQ(counted.ask(get()).body, "");
}

TEST_F(Streams, AreNotRunForHead)
{
    const auto fail = [](BodyWriter&) -> asio::awaitable<void> {
        throw std::runtime_error("must not run");
        co_return;
    };
    const auto* head = "HEAD / HTTP/1.1\r\nHost: localhost\r\n\r\n";
    Client chunked(serve(fail).address());
    for (auto number = 0; number < 2; ++number) {
        chunked.send(head);
        EXPECT_EQ(chunked.receive(Client::Kind::kHead).headers.at("transfer-encoding"), "chunked");
    }
    Client counted(serve(fail, 1234).address());
    for (auto number = 0; number < 2; ++number) {
        counted.send(head);
        EXPECT_EQ(counted.receive(Client::Kind::kHead).headers.at("content-length"), "1234");
    }
}

TEST_F(Streams, ThatFailBeforeTheFirstByteAreRefused)
{
    const auto bug = [](BodyWriter&) -> asio::awaitable<void> {
        throw std::runtime_error("secret");
        co_return;
    };
    EXPECT_EQ(Client(serve(bug).address()).ask(get()).status, 500);
    const auto refused = [](BodyWriter&) -> asio::awaitable<void> {
        throw HttpError(409, "not now");
        co_return;
    };
    EXPECT_EQ(Client(serve(refused, 5).address()).ask(get()).status, 409);
}

TEST_F(Streams, ThatFailLaterNeverLookComplete)
{
    const auto bug = [](BodyWriter& writer) -> asio::awaitable<void> {
        co_await writer.write(bytes_of("half"));
        throw std::runtime_error("secret");
    };
    Client chunked(serve(bug).address());
    chunked.send(get());
    EXPECT_THAT(chunked.receive_to_end(), Not(EndsWith("0\r\n\r\n")));
    Client counted(serve(bug, 8).address());
    EXPECT_EQ(counted.ask(get()).status, 0);
    // With HTTP/1.0 the end of the connection is all that a client has to go by.
    Client old(serve(bug).address());
    old.send("GET / HTTP/1.0\r\n\r\n");
    std::array<char, 1000> block;
    boost::system::error_code error;
    while (!error) {
        old.socket().read_some(asio::buffer(block), error);
    }
    EXPECT_EQ(error, asio::error::connection_reset);
}

TEST_F(Streams, OfAnotherLengthThanPromisedNeverLookComplete)
{
    const auto four = [](BodyWriter& writer) -> asio::awaitable<void> {
        co_await writer.write(bytes_of("ab"));
        co_await writer.write(bytes_of("cd"));
    };
    EXPECT_EQ(Client(serve(four, 4).address()).ask(get()).body, "abcd");
    EXPECT_EQ(Client(serve(four, 5).address()).ask(get()).status, 0);
    Client longer(serve(four, 3).address());
    longer.send(get());
    EXPECT_THAT(longer.receive_to_end(), Not(HasSubstr("abc")));
}

TEST_F(Streams, EndWhenTheClientLeaves)
{
    std::promise<void> left;
    const auto endless = [&](BodyWriter& writer) -> asio::awaitable<void> {
        const std::vector<std::byte> block(kBlockBytes);
        try {
            for (;;) {
                co_await writer.write(block);
            }
        } catch (const ConnectionLost&) {
            left.set_value();
            throw;
        }
    };
    Client client(serve(endless).address());
    client.send(get());
    client.receive_bytes(1000);
    client.abort();
    EXPECT_EQ(left.get_future().wait_for(std::chrono::seconds(30)), std::future_status::ready);
}

}  // namespace
}  // namespace amilab::http
