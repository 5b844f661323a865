#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <boost/beast/core/flat_buffer.hpp>

#include "server/http/limits.h"
#include "server/http/message.h"
#include "server/http/request_parser.h"
#include "server/http/transport.h"

namespace amilab::http {

/// What has been read and not yet used, header and body bytes alike.
using InputBuffer = boost::beast::flat_buffer;

inline std::string_view text_of(const InputBuffer& buffer)
{
    return {static_cast<const char*>(buffer.data().data()), buffer.size()};
}

/// The body of the request at hand: first what came along with the header, then from the socket.
class RequestBody final : public BodyReader {
public:
    RequestBody(Transport& transport, InputBuffer& buffer, RequestParser& parser,
                const Limits& limits);

    /// No body until the next start.
    void reset();
    /// The header is done and says how long the body is.
    void start(const Request& request, bool wants_continue);

    asio::awaitable<std::string> read_all(std::size_t limit_bytes) override;
    asio::awaitable<std::size_t> read_some(std::span<std::byte> out) override;
    void when_gone(std::function<void()> gone) override { transport_.when_gone(std::move(gone)); }

    bool done() const { return done_; }
    /// The answer has begun: too late to tell the client to go on.
    void answer_begun();

    enum class Rest { kNone, kLittle, kTooMuch };
    /// Drops what has come already, and tells how much more there is to drop.
    Rest drop_buffered();
    /// Reads the rest of a body of which there is only a little.
    asio::awaitable<void> drain();

private:
    enum class Continue { kNotWanted, kWanted, kTooLate };

    std::size_t take_buffered(std::span<std::byte> out);
    asio::awaitable<std::size_t> read_counted(std::span<std::byte> out);
    asio::awaitable<std::size_t> read_chunked(std::span<std::byte> out);
    /// Counts what a body takes in memory. Throws HttpError 503 where there is no more.
    void hold(std::size_t bytes);
    asio::awaitable<std::size_t> receive(std::span<std::byte> out);

    Transport& transport_;
    InputBuffer& buffer_;
    RequestParser& parser_;
    const Limits& limits_;
    std::uint64_t remaining_bytes_ = 0;  // of a body of known length
    bool chunked_ = false;
    bool done_ = true;
    bool broken_ = false;  // nothing sensible can follow
    Continue continue_ = Continue::kNotWanted;
    MemoryBudget::Share held_;  // for what read_all() gave, until the next request
};

}  // namespace amilab::http
