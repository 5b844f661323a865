#include "server/http/connection.h"

#include <exception>
#include <optional>
#include <stdexcept>
#include <utility>

#include "server/http/request_rules.h"
#include "server/log/log.h"

namespace amilab::http {
namespace {

/// One read takes a header and a small body.
constexpr std::size_t kReadBytes = 8 * 1024;
/// What the buffer may hold beside a header: one read of a chunked body.
constexpr std::size_t kChunkedReadBytes = 64 * 1024;
/// Of a refusal in the log.
constexpr std::size_t kMostReasonBytes = 256;
constexpr std::size_t kKeptBufferBytes = 16 * 1024;

/// What no handler has seen has a line of the log all the same, in columns like theirs.
void log_refused(const Request& request, const HttpError& error, std::string_view request_id)
{
    if (log::writes(log::Level::kInfo)) {
        log::info("{} - - - {}:{} {} - - {}", log::as_word(request_id),
                  log::as_word(request.method), log::as_word(request.path), error.status,
                  log::as_text(error.what(), kMostReasonBytes));
    }
}

}  // namespace

Connection::Connection(Socket socket, Shared& shared)
    : shared_(shared),
      transport_(std::move(socket), shared.table, shared.limits),
      buffer_(shared.limits.max_header_bytes + kReadBytes + kChunkedReadBytes),
      parser_(shared.limits),
      body_(transport_, buffer_, parser_, shared.limits),
      writer_(transport_),
      waiting_(*shared.limits.memory)
{
}

asio::awaitable<void> Connection::run()
{
    try {
        auto next = Next::kRequest;
        while (next == Next::kRequest) {
            next = co_await serve_one();
        }
        if (next == Next::kLinger) {
            co_await transport_.linger();
        }
        transport_.close();
    } catch (const ConnectionLost&) {
        transport_.abort();
    } catch (const HttpError&) {
        // The rest of a body that nobody wanted did not come.
        transport_.close();
    } catch (const std::exception& error) {
        log::error("a connection ends: {}", error.what());
        transport_.abort();
    }
}

asio::awaitable<Connection::Next> Connection::serve_one()
{
    Response response;
    try {
        if (!co_await read_header()) {
            co_return Next::kClose;
        }
        transport_.handling();
        check();
        response = co_await shared_.handler(request_, body_);
    } catch (const ConnectionLost&) {
        throw;
    } catch (const HttpError& error) {
        response = refusal(error);
        if (!accepted_) {
            log_refused(request_, error, response.request_id);
        }
    } catch (const std::exception& error) {
        response = failure(error);
    }
    co_return co_await answer(response);
}

asio::awaitable<bool> Connection::read_header()
{
    header_read_ = false;
    accepted_ = false;
    parser_.start(request_);
    body_.reset();
    transport_.restart_progress();
    if (buffer_.size() == 0) {
        if (buffer_.capacity() > kKeptBufferBytes) {
            buffer_.shrink_to_fit();
        }
        const auto deadline = SteadyClock::now() + shared_.limits.idle_timeout;
        if (co_await read_more(Phase::kIdle, deadline) == 0) {
            co_return false;
        }
    }
    std::optional<SteadyClock::time_point> deadline;
    for (;;) {
        buffer_.consume(parser_.parse_header(text_of(buffer_)));
        if (parser_.header_done()) {
            header_read_ = true;
            // The handler may move the request's strings away.
            is_head_ = request_.method == "HEAD";
            request_.from_loopback = transport_.is_from_loopback();
            co_return true;
        }
        if (!deadline) {
            deadline = SteadyClock::now() + shared_.limits.header_timeout;
        }
        if (co_await read_more(Phase::kReading, *deadline) == 0) {
            if (transport_.expired()) {
                throw HttpError(408, "The request's header came too slowly.");
            }
            throw HttpError(400, "The request's header ended early.");
        }
    }
}

asio::awaitable<std::size_t> Connection::read_more(Phase phase, SteadyClock::time_point deadline)
{
    const auto space = buffer_.prepare(kReadBytes);
    const auto bytes = co_await transport_.read_until(
        {static_cast<char*>(space.data()), space.size()}, phase, deadline);
    buffer_.commit(bytes);
    co_return bytes;
}

void Connection::check()
{
    const auto expectations =
        check_request(request_, shared_.host_rules, [this] { return transport_.local_address(); });
    body_.start(request_, expectations.wants_continue);
    accepted_ = true;
}

Response Connection::refusal(const HttpError& error) const
{
    if (!header_read_) {
        return plain_refusal(request_, error);
    }
    return shared_.refusal_form(request_, error);
}

Response Connection::failure(const std::exception& error) const
{
    log::error("{} {}: {}", request_.method, request_.path, error.what());
    return refusal(HttpError(500, "Something went wrong in the server; its log says what."));
}

bool Connection::may_keep_alive(bool streams, RequestBody::Rest rest) const
{
    if (!accepted_ || transport_.stopping() || transport_.expired() || !parser_.keep_alive()) {
        return false;
    }
    return streams ? body_.done() : rest != RequestBody::Rest::kTooMuch;
}

asio::awaitable<Connection::Next> Connection::answer(Response& response)
{
    Framing framing{.keep_alive = true,
                    .head_only = header_read_ && is_head_,
                    .version = header_read_ ? request_.version : 11};
    const auto streams = response.stream && !framing.head_only && may_have_body(response.status);
    // A stream may still want the request's body.
    const auto rest = streams ? RequestBody::Rest::kNone : body_.drop_buffered();
    // Without chunks, the end of the connection is the end of a stream of unknown length.
    const auto ends_by_closing = streams && framing.version < 11 && !response.content_length;
    framing.keep_alive = !ends_by_closing && may_keep_alive(streams, rest);
    body_.answer_begun();
    auto keep_alive = framing.keep_alive;
    if (streams) {
        keep_alive = co_await stream(response, framing);
    } else if (!send_plain(response, framing)) {
        waiting_.hold(response.body.size());
        co_await writer_.send_rest();
        waiting_.release();
    }
    if (!keep_alive) {
        const auto client_is_done =
            accepted_ && body_.done() && !parser_.keep_alive() && buffer_.size() == 0;
        co_return client_is_done ? Next::kClose : Next::kLinger;
    }
    if (rest == RequestBody::Rest::kLittle) {
        co_await body_.drain();
    }
    co_return Next::kRequest;
}

bool Connection::send_plain(Response& response, const Framing& framing)
{
    try {
        return writer_.send(response, framing);
    } catch (const std::logic_error& error) {
        response = failure(error);
        return writer_.send(response, framing);
    }
}

asio::awaitable<bool> Connection::stream(Response& response, const Framing& framing)
{
    Response instead;
    try {
        writer_.begin_stream(response, framing);
        co_await response.stream(writer_);
        co_await writer_.finish_stream();
        co_return framing.keep_alive;
    } catch (const ConnectionLost&) {
        throw;
    } catch (const HttpError& error) {
        instead = refusal(error);
    } catch (const std::exception& error) {
        instead = failure(error);
    }
    if (writer_.stream_begun()) {
        throw ConnectionLost("the answer failed half way");
    }
    response = std::move(instead);
    auto closing = framing;
    closing.keep_alive = false;
    if (!send_plain(response, closing)) {
        co_await writer_.send_rest();
    }
    co_return false;
}

}  // namespace amilab::http
