#include "tests/server/front/counted_bodies.h"

#include <cstring>

namespace amilab::test {

namespace asio = boost::asio;

asio::awaitable<std::string> CountedRequestBody::read_all(std::size_t limit_bytes)
{
    was_read_whole_ = true;
    if (length_bytes_ > limit_bytes) {
        throw http::HttpError(413, "too large");
    }
    taken_bytes_ = length_bytes_;
    co_return std::string(length_bytes_, '\0');
}

asio::awaitable<std::size_t> CountedRequestBody::read_some(std::span<std::byte> out)
{
    most_at_once_ = std::max(most_at_once_, out.size());
    if (taken_bytes_ >= ends_.early_at) {
        throw http::HttpError(400, "The request's body ended early.");
    }
    if (taken_bytes_ >= ends_.lost_at) {
        throw http::ConnectionLost("reset");
    }
    const auto end = std::min({length_bytes_, ends_.early_at, ends_.lost_at});
    const auto bytes = std::min<std::uint64_t>(out.size(), end - taken_bytes_);
    std::memset(out.data(), 0, bytes);
    taken_bytes_ += bytes;
    co_return bytes;
}

asio::awaitable<void> CountedResponseBody::write(std::span<const std::byte> bytes)
{
    if (written_bytes_ >= leaves_at_) {
        throw http::ConnectionLost("left");
    }
    written_bytes_ += bytes.size();
    most_at_once_ = std::max(most_at_once_, bytes.size());
    co_return;
}

}  // namespace amilab::test
