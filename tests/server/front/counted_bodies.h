#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>

#include "server/http/message.h"

/// Bodies that nobody keeps: what goes through them is counted.
namespace amilab::test {

inline constexpr std::uint64_t kNoEnd = std::numeric_limits<std::uint64_t>::max();

/// A request's body of so many zero bytes, made as they are asked for.
class CountedRequestBody final : public http::BodyReader {
public:
    struct Ends {
        /// Where the client stops sending: HttpError 400, as from a socket.
        std::uint64_t early_at = kNoEnd;
        /// Where the connection is lost.
        std::uint64_t lost_at = kNoEnd;
    };

    explicit CountedRequestBody(std::uint64_t length_bytes) : CountedRequestBody(length_bytes, {})
    {
    }
    CountedRequestBody(std::uint64_t length_bytes, Ends ends)
        : length_bytes_(length_bytes), ends_(ends)
    {
    }

    boost::asio::awaitable<std::string> read_all(std::size_t limit_bytes) override;
    boost::asio::awaitable<std::size_t> read_some(std::span<std::byte> out) override;

    std::uint64_t length_bytes() const { return length_bytes_; }
    std::uint64_t taken_bytes() const { return taken_bytes_; }
    /// The most that was asked for at a time, which is what whoever reads has room for.
    std::size_t most_at_once() const { return most_at_once_; }
    bool was_read_whole() const { return was_read_whole_; }

private:
    std::uint64_t length_bytes_;
    Ends ends_;
    std::uint64_t taken_bytes_ = 0;
    std::size_t most_at_once_ = 0;
    bool was_read_whole_ = false;
};

/// An answer's body, whose client leaves after so many bytes.
class CountedResponseBody final : public http::BodyWriter {
public:
    explicit CountedResponseBody(std::uint64_t leaves_at = kNoEnd) : leaves_at_(leaves_at) {}

    boost::asio::awaitable<void> write(std::span<const std::byte> bytes) override;

    std::uint64_t written_bytes() const { return written_bytes_; }
    std::size_t most_at_once() const { return most_at_once_; }

private:
    std::uint64_t leaves_at_;
    std::uint64_t written_bytes_ = 0;
    std::size_t most_at_once_ = 0;
};

}  // namespace amilab::test
