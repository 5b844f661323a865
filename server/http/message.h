#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

namespace amilab::http {

namespace asio = boost::asio;

struct Header {
    std::string name;
    std::string value;
};

/// One request as it came, nothing decoded. The http room has checked its framing, Host and Origin.
struct Request {
    std::string method;           ///< GET, HEAD, POST, PUT, PATCH, DELETE or OPTIONS.
    std::string target;           ///< From the path on, also when a proxy's absolute form was sent.
    std::string path;             ///< The target up to the '?'; "*" in OPTIONS *.
    std::string query;            ///< The target behind the '?'.
    std::vector<Header> headers;  ///< One of each name.
    std::optional<std::uint64_t> content_length;  ///< In bytes; none: chunked, or no body.
    int version = 11;                             ///< 10 or 11.
    bool from_loopback = false;                   ///< The client is a program on this machine.
    /// Whether it was sent to localhost, *.localhost or a loopback address, or names no host.
    bool is_to_loopback = true;

    /// The first header of that name, in any case of letters.
    std::optional<std::string_view> header(std::string_view name) const;
};

/// A refusal in one short sentence. Thrown by the body reader; handlers may throw it too, and may
/// catch it to answer in a form of their own.
struct HttpError : std::runtime_error {
    HttpError(int status_, const std::string& text, std::vector<Header> headers_ = {});

    int status;
    std::vector<Header> headers;
};

/// The peer went away, or was cut off, while something was written to it. Not worth a log line:
/// let it pass through.
struct ConnectionLost : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// The body of the request being handled. Bytes are taken from the socket only as they are asked
/// for, and that is when a client that sent `Expect: 100-continue` is told to go on.
/// Throws HttpError: 400 bad chunks or a body that ends early, 408 too slow.
/// Used by one coroutine at a time; valid until the response is complete.
class BodyReader {
public:
    virtual ~BodyReader() = default;
    /// What is left of the body. Throws HttpError 413 when that is more than `limit_bytes`.
    virtual asio::awaitable<std::string> read_all(std::size_t limit_bytes) = 0;
    /// Waits for at least one byte; 0 at the end.
    virtual asio::awaitable<std::size_t> read_some(std::span<std::byte> out) = 0;
    /// When all of the body has been read: calls `gone` once when the client closes its side while
    /// the request is worked on, on the thread that runs the io_context. It waits for no answer
    /// then, as other servers take it too. An empty function: no more, before anything is written.
    /// A body that no client sends has none to lose.
    virtual void when_gone(std::function<void()> /*gone*/) {}
};

/// The body of a streamed response. Returns when the bytes are with the kernel, so that a slow
/// reader holds the writer back. Throws ConnectionLost.
class BodyWriter {
public:
    virtual ~BodyWriter() = default;
    virtual asio::awaitable<void> write(std::span<const std::byte> bytes) = 0;
};

/// The http room adds Date, Content-Length, Transfer-Encoding and Connection; they may not be among
/// `headers`, nor may line breaks (answered 500 and logged: our mistake).
struct Response {
    int status = 200;
    std::string content_type;  ///< Empty: none is sent.
    std::vector<Header> headers;
    std::string body;
    /// When set, makes the body in place of `body`. It may still read the request's body. A throw
    /// before the first write is answered as one from the handler; later it cuts the connection, so
    /// that the client never takes half a body for a whole one.
    std::function<asio::awaitable<void>(BodyWriter&)> stream;
    /// The exact length of a streamed body in bytes; without it the body is chunked.
    std::optional<std::uint64_t> content_length;
    /// Who copies a stream's bytes to the kernel; without one the connection's own thread does, for
    /// all connections in turn.
    std::optional<asio::any_io_executor> movers;
    /// What the answer calls the request; for the log. Empty: it has no name.
    std::string request_id;
};

/// Called on any thread of the io_context, many requests at a time, each as one coroutine. It may
/// resume on other executors. Throws nothing but HttpError; anything else is logged and a 500.
using Handler = std::function<asio::awaitable<Response>(Request&, BodyReader&)>;

/// Says what a request is refused for in the form that it expects: one that was not served, or
/// whose handler threw HttpError. Of the request is there what could be read, least its method and
/// target, and what its handler has left. Called as Handler is; throws nothing.
using RefusalForm = std::function<Response(const Request&, const HttpError&)>;

/// Compares ASCII letters without their case.
bool equal_ignoring_case(std::string_view left, std::string_view right);

/// A text/plain answer of one line.
Response plain_text(int status, std::string_view text);
/// A refusal as one such line: the form where a server has been told of no other.
Response plain_refusal(const Request& request, const HttpError& error);

}  // namespace amilab::http
