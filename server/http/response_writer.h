#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <boost/asio/buffer.hpp>

#include "server/http/message.h"
#include "server/http/transport.h"

namespace amilab::http {

/// What the connection decides about an answer.
struct Framing {
    bool keep_alive = true;
    bool head_only = false;  ///< HEAD was asked.
    int version = 11;        ///< The request's.
};

/// Not so for 204 and 304.
bool may_have_body(int status);

/// Writes answers: the head and what is there of the body in one system call.
class ResponseWriter final : public BodyWriter {
public:
    explicit ResponseWriter(Transport& transport) : transport_(transport) {}

    /// Writes what the kernel takes at once, which is nearly always everything (true); otherwise
    /// the rest is left to send_rest. `response` must live until then.
    /// Throws std::logic_error when `response` cannot be sent as it is, ConnectionLost.
    bool send(const Response& response, const Framing& framing);
    asio::awaitable<void> send_rest();

    /// Makes the head of a streamed answer; it is sent with the first bytes of the body.
    void begin_stream(const Response& response, const Framing& framing);
    asio::awaitable<void> write(std::span<const std::byte> bytes) override;
    /// Ends the body. Throws std::logic_error when less came than content_length said.
    asio::awaitable<void> finish_stream();
    /// Whether any of the streamed answer has been sent.
    bool stream_begun() const { return head_.empty(); }

private:
    enum class Body { kNone, kCounted, kChunked, kToTheEnd };

    /// Of a stream of unknown length.
    static Body stream_framing(const Framing& framing);
    void render_head(const Response& response, const Framing& framing, Body body,
                     std::uint64_t content_length);
    std::string_view date();

    Transport& transport_;
    std::string head_;
    std::array<asio::const_buffer, 3> buffers_;
    Body body_ = Body::kNone;
    std::optional<asio::any_io_executor> movers_;
    std::uint64_t remaining_bytes_ = 0;  // of a counted stream
    std::string date_;
    std::time_t date_second_ = 0;
};

}  // namespace amilab::http
