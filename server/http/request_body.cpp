#include "server/http/request_body.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cstring>

#include <fmt/format.h>

namespace amilab::http {
namespace {

/// How much is asked of the socket at a time where the bytes go through the input buffer.
constexpr std::size_t kReadAtOnce = 64 * 1024;
/// A body of so many bytes is not counted: most calls have no more.
constexpr std::size_t kUncountedBytes = 16 * 1024;

HttpError too_large(std::size_t limit_bytes)
{
    return HttpError(413, fmt::format("The request's body is larger than {} bytes.", limit_bytes));
}

}  // namespace

RequestBody::RequestBody(Transport& transport, InputBuffer& buffer, RequestParser& parser,
                         const Limits& limits)
    : transport_(transport),
      buffer_(buffer),
      parser_(parser),
      limits_(limits),
      held_(*limits.memory)
{
}

void RequestBody::reset()
{
    remaining_bytes_ = 0;
    chunked_ = false;
    done_ = true;
    broken_ = false;
    continue_ = Continue::kNotWanted;
    held_.release();
}

void RequestBody::start(const Request& request, bool wants_continue)
{
    remaining_bytes_ = request.content_length.value_or(0);
    chunked_ = parser_.chunked();
    done_ = !chunked_ && remaining_bytes_ == 0;
    continue_ = wants_continue && !done_ ? Continue::kWanted : Continue::kNotWanted;
}

void RequestBody::answer_begun()
{
    if (continue_ == Continue::kWanted) {
        continue_ = Continue::kTooLate;
    }
}

std::size_t RequestBody::take_buffered(std::span<std::byte> out)
{
    const auto bytes =
        static_cast<std::size_t>(std::min({static_cast<std::uint64_t>(out.size()), remaining_bytes_,
                                           static_cast<std::uint64_t>(buffer_.size())}));
    if (bytes > 0) {
        std::memcpy(out.data(), buffer_.data().data(), bytes);
        buffer_.consume(bytes);
        remaining_bytes_ -= bytes;
        done_ = remaining_bytes_ == 0;
    }
    return bytes;
}

void RequestBody::hold(std::size_t bytes)
{
    if (bytes > kUncountedBytes && !held_.try_hold(bytes)) {
        throw HttpError(503, std::string(kMemoryIsShort));
    }
}

asio::awaitable<std::string> RequestBody::read_all(std::size_t limit_bytes)
{
    std::string body;
    if (!chunked_ && !broken_) {
        if (remaining_bytes_ > limit_bytes) {
            throw too_large(limit_bytes);
        }
        // Room for what has come, not for what a client merely promises.
        body.resize(std::min<std::uint64_t>(remaining_bytes_, buffer_.size()));
        take_buffered(std::as_writable_bytes(std::span(body)));
    }
    auto filled = body.size();
    while (!done_ || broken_) {
        if (filled == body.size()) {
            // One byte beyond the limit, to see whether there is one.
            auto more = std::max(kReadAtOnce, body.size());
            more = std::min(more, limit_bytes - filled) + 1;
            more = chunked_ ? more : std::min<std::uint64_t>(more, remaining_bytes_);
            // Beside it, the bytes of a chunked body pass through the input buffer.
            hold(filled + more + (chunked_ ? kReadAtOnce : 0));
            body.resize(filled + more);
        }
        const auto space = std::as_writable_bytes(std::span(body)).subspan(filled);
        filled += co_await read_some(space);
        if (filled > limit_bytes) {
            throw too_large(limit_bytes);
        }
    }
    body.resize(filled);
    co_return body;
}

asio::awaitable<std::size_t> RequestBody::read_some(std::span<std::byte> out)
{
    assert(!out.empty());
    if (broken_) {
        throw HttpError(400, "The request's body is broken.");
    }
    if (done_) {
        co_return 0;
    }
    // Until a read has come back whole, what follows in the stream cannot be told.
    broken_ = true;
    std::size_t bytes = 0;
    if (chunked_) {
        bytes = co_await read_chunked(out);
    } else {
        bytes = co_await read_counted(out);
    }
    broken_ = false;
    co_return bytes;
}

asio::awaitable<std::size_t> RequestBody::read_counted(std::span<std::byte> out)
{
    if (const auto taken = take_buffered(out); taken > 0) {
        co_return taken;
    }
    const auto wanted = std::min<std::uint64_t>(out.size(), remaining_bytes_);
    const auto bytes = co_await receive(out.first(static_cast<std::size_t>(wanted)));
    remaining_bytes_ -= bytes;
    done_ = remaining_bytes_ == 0;
    co_return bytes;
}

asio::awaitable<std::size_t> RequestBody::read_chunked(std::span<std::byte> out)
{
    for (;;) {
        const auto step = parser_.parse_chunks(text_of(buffer_), out);
        buffer_.consume(step.consumed);
        done_ = parser_.body_done();
        if (step.produced > 0 || done_) {
            co_return step.produced;
        }
        // All that is left is the beginning of a chunk's head or of the trailer.
        if (buffer_.size() >= limits_.max_header_bytes) {
            throw HttpError(400, "The request's body is badly chunked: too long a chunk header.");
        }
        const auto space = buffer_.prepare(kReadAtOnce);
        buffer_.commit(co_await receive({static_cast<std::byte*>(space.data()), space.size()}));
    }
}

asio::awaitable<std::size_t> RequestBody::receive(std::span<std::byte> out)
{
    if (continue_ == Continue::kWanted) {
        continue_ = Continue::kNotWanted;
        constexpr std::string_view kGoOn = "HTTP/1.1 100 Continue\r\n\r\n";
        std::array<asio::const_buffer, 1> buffers = {asio::buffer(kGoOn)};
        co_await transport_.send(buffers);
    }
    const auto bytes = co_await transport_.read_body(out);
    if (bytes == 0) {
        throw HttpError(400, "The request's body ended early.");
    }
    co_return bytes;
}

RequestBody::Rest RequestBody::drop_buffered()
{
    if (done_ || broken_) {
        return broken_ ? Rest::kTooMuch : Rest::kNone;
    }
    if (chunked_) {
        // Only a body that is here to its end is worth decoding for nothing.
        std::array<std::byte, 4096> dropped;
        try {
            for (auto step = RequestParser::Step{1, 0}; step.consumed > 0 && !done_;) {
                step = parser_.parse_chunks(text_of(buffer_), dropped);
                buffer_.consume(step.consumed);
                done_ = parser_.body_done();
            }
        } catch (const HttpError&) {
            broken_ = true;
        }
        return done_ ? Rest::kNone : Rest::kTooMuch;
    }
    const auto bytes = std::min<std::uint64_t>(remaining_bytes_, buffer_.size());
    buffer_.consume(static_cast<std::size_t>(bytes));
    remaining_bytes_ -= bytes;
    done_ = remaining_bytes_ == 0;
    if (done_) {
        return Rest::kNone;
    }
    // A client that was never told to go on may or may not send its body.
    return continue_ == Continue::kNotWanted && remaining_bytes_ <= limits_.max_drained_bytes
               ? Rest::kLittle
               : Rest::kTooMuch;
}

asio::awaitable<void> RequestBody::drain()
{
    std::array<std::byte, 4096> dropped;
    while (!done_) {
        co_await read_some(dropped);
    }
}

}  // namespace amilab::http
