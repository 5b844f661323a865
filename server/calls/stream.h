#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>

#include <boost/asio/awaitable.hpp>

#include "server/calls/answered_error.h"
#include "server/calls/request_header.h"
#include "server/wire/types.h"

/// What moves a body of any length in bounded memory, for operations of services and for routes
/// that are none. The interfaces are filled by whoever speaks to the client.
namespace amilab {

/// The client's part of a body fails: it ends early, is badly framed, too large or too slow.
struct BodyError : std::runtime_error {
    BodyError(int status, const std::string& text) : std::runtime_error(text), http_status(status)
    {
    }

    int http_status;
};

/// Nobody is left to answer. Not worth a log line: let it pass through.
struct ClientGone : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// The body of a request. Bytes are taken from the client only as they are asked for, and that is
/// when one that sent `Expect: 100-continue` is told to go on. Used by one coroutine at a time;
/// valid until the handler returns. Throws BodyError, ClientGone.
class BodySource {
public:
    virtual ~BodySource() = default;
    /// Waits for at least one byte; returns how many, 0 at the end.
    virtual boost::asio::awaitable<std::size_t> read_some(std::span<std::byte> out) = 0;
    /// What is left of it. Throws BodyError 413 when that is more than `most_bytes`.
    virtual boost::asio::awaitable<std::string> read_all(std::size_t most_bytes) = 0;
};

/// The body of an answer. Returns when the bytes are on their way, so that a slow client holds back
/// who writes. Throws ClientGone.
class BodySink {
public:
    virtual ~BodySink() = default;
    virtual boost::asio::awaitable<void> write(std::span<const std::byte> bytes) = 0;
};

/// Where work is done that may wait or take long. Safe from any thread; outlives all answers.
class Workers {
public:
    virtual ~Workers() = default;

    /// Runs `work` on a worker's thread while the coroutine waits. Gives what it returns, throws
    /// what it throws. What it refers to outlives the wait.
    template <class Work>
    boost::asio::awaitable<std::invoke_result_t<Work>> run(Work work)
    {
        using Result = std::invoke_result_t<Work>;
        if constexpr (std::is_void_v<Result>) {
            const std::function<void()> all = [&work] { work(); };
            co_await run_all(all);
        } else {
            std::optional<Result> result;
            const std::function<void()> all = [&] { result.emplace(work()); };
            co_await run_all(all);
            co_return std::move(*result);
        }
    }

private:
    virtual boost::asio::awaitable<void> run_all(const std::function<void()>& work) = 0;
};

/// One request whose handler takes the body itself, once the header has told it what to do.
struct StreamRequest {
    const RequestHeader& header;
    BodySource& body;
    Workers& workers;
};

/// What is answered to it.
struct StreamAnswer {
    int status = 200;
    std::string content_type = {};
    wire::Headers headers = {};
    std::string body = {};
    /// When set, makes the body in place of `body`, when the handler has returned. A throw before
    /// the first write is a refusal; later it cuts the connection, so that half an answer never
    /// looks like a whole one.
    std::function<boost::asio::awaitable<void>(BodySink&)> write = {};
    /// The exact length of what is written, in bytes; without it the body is chunked.
    std::optional<std::uint64_t> content_length = {};
    /// Of a refusal; for the log and who looks at calls.
    AnsweredError error = {};
};

}  // namespace amilab
