#include "server/http/response_writer.h"

#include <algorithm>
#include <stdexcept>

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <boost/beast/http/status.hpp>

namespace amilab::http {
namespace {

/// Fewer bytes are copied in less time than a change of threads takes.
constexpr std::size_t kFewestToMove = 32 * 1024;

bool is_ours(std::string_view name)
{
    constexpr std::array<std::string_view, 4> kOurs = {"Connection", "Content-Length", "Date",
                                                       "Transfer-Encoding"};
    return std::any_of(kOurs.begin(), kOurs.end(),
                       [&](auto ours) { return equal_ignoring_case(name, ours); });
}

/// A line break in a value would let what a client sent write headers of its own.
void require_one_line(std::string_view text)
{
    // find_first_of() calls a function for each byte.
    const auto breaks = [](char byte) { return byte == '\r' || byte == '\n' || byte == '\0'; };
    if (std::ranges::any_of(text, breaks)) {
        throw std::logic_error("a response header holds a line break");
    }
}

void append_header(std::string& head, std::string_view name, std::string_view value)
{
    head.append(name).append(": ").append(value).append("\r\n");
}

}  // namespace

bool may_have_body(int status)
{
    return status != 204 && status != 304;
}

std::string_view ResponseWriter::date()
{
    const auto now = std::time(nullptr);
    if (now != date_second_) {
        date_second_ = now;
        date_.clear();
        fmt::format_to(std::back_inserter(date_), "{:%a, %d %b %Y %H:%M:%S} GMT", fmt::gmtime(now));
    }
    return date_;
}

void ResponseWriter::render_head(const Response& response, const Framing& framing, Body body,
                                 std::uint64_t content_length)
{
    head_.clear();
    const auto reason = boost::beast::http::obsolete_reason(
        boost::beast::http::int_to_status(static_cast<unsigned>(response.status)));
    head_.append("HTTP/1.1 ").append(fmt::format_int(response.status).c_str()).push_back(' ');
    head_.append(reason.data(), reason.size()).append("\r\n");
    append_header(head_, "Date", date());
    if (!response.content_type.empty()) {
        require_one_line(response.content_type);
        append_header(head_, "Content-Type", response.content_type);
    }
    if (body == Body::kCounted) {
        append_header(head_, "Content-Length", fmt::format_int(content_length).c_str());
    } else if (body == Body::kChunked) {
        append_header(head_, "Transfer-Encoding", "chunked");
    }
    if (!framing.keep_alive) {
        append_header(head_, "Connection", "close");
    } else if (framing.version < 11) {
        append_header(head_, "Connection", "keep-alive");
    }
    for (const auto& [name, value] : response.headers) {
        if (name.empty() || is_ours(name)) {
            throw std::logic_error("a handler may not set the header '" + name + "'");
        }
        require_one_line(name);
        require_one_line(value);
        append_header(head_, name, value);
    }
    head_.append("\r\n");
}

ResponseWriter::Body ResponseWriter::stream_framing(const Framing& framing)
{
    return framing.version < 11 ? Body::kToTheEnd : Body::kChunked;
}

bool ResponseWriter::send(const Response& response, const Framing& framing)
{
    auto body = Body::kNone;
    auto content_length = static_cast<std::uint64_t>(response.body.size());
    if (may_have_body(response.status)) {
        body = Body::kCounted;
        if (framing.head_only) {
            // What GET would have said.
            content_length = response.content_length.value_or(content_length);
            body = response.stream && !response.content_length ? stream_framing(framing) : body;
        }
    }
    render_head(response, framing, body, content_length);
    const auto sends_body = body != Body::kNone && !framing.head_only;
    buffers_ = {asio::buffer(head_),
                sends_body ? asio::buffer(response.body) : asio::const_buffer(),
                asio::const_buffer()};
    return transport_.send_at_once(buffers_);
}

asio::awaitable<void> ResponseWriter::send_rest()
{
    return transport_.send(buffers_);
}

void ResponseWriter::begin_stream(const Response& response, const Framing& framing)
{
    body_ = response.content_length ? Body::kCounted : stream_framing(framing);
    remaining_bytes_ = response.content_length.value_or(0);
    movers_ = response.movers;
    render_head(response, framing, body_, remaining_bytes_);
}

asio::awaitable<void> ResponseWriter::write(std::span<const std::byte> bytes)
{
    if (bytes.empty()) {
        co_return;
    }
    if (body_ == Body::kCounted) {
        if (bytes.size() > remaining_bytes_) {
            throw std::logic_error("a streamed body is longer than its content_length");
        }
        remaining_bytes_ -= bytes.size();
    }
    auto lead = std::move(head_);
    head_.clear();
    std::string_view tail;
    if (body_ == Body::kChunked) {
        fmt::format_to(std::back_inserter(lead), "{:x}\r\n", bytes.size());
        tail = "\r\n";
    }
    buffers_ = {asio::buffer(lead), asio::buffer(bytes.data(), bytes.size()), asio::buffer(tail)};
    if (movers_ && bytes.size() >= kFewestToMove) {
        co_await transport_.send_by(*movers_, buffers_);
    } else {
        co_await transport_.send(buffers_);
    }
}

asio::awaitable<void> ResponseWriter::finish_stream()
{
    if (body_ == Body::kCounted && remaining_bytes_ > 0) {
        throw std::logic_error("a streamed body is shorter than its content_length");
    }
    auto lead = std::move(head_);
    head_.clear();
    if (body_ == Body::kChunked) {
        lead.append("0\r\n\r\n");
    }
    buffers_ = {asio::buffer(lead), asio::const_buffer(), asio::const_buffer()};
    co_await transport_.send(buffers_);
}

}  // namespace amilab::http
