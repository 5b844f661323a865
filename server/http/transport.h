#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "server/http/connection_table.h"
#include "server/http/limits.h"

namespace amilab::http {

namespace asio = boost::asio;

/// A wait with this tells its error instead of throwing it.
inline constexpr auto kAsTuple = asio::as_tuple(asio::deferred);

/// The io_context's own executor: a type-erased one costs on every operation.
using Socket = asio::basic_stream_socket<asio::ip::tcp, asio::io_context::executor_type>;

/// What is left of the time in which a peer must move the next Limits::min_progress_bytes. Only
/// time spent waiting for the peer counts.
class ProgressBudget {
public:
    explicit ProgressBudget(const Limits& limits) : limits_(limits), left_(limits.progress_timeout)
    {
    }

    void restart();
    SteadyClock::time_point deadline(SteadyClock::time_point now) const { return now + left_; }
    void count(std::size_t bytes, SteadyClock::duration waited);

private:
    const Limits& limits_;
    SteadyClock::duration left_;
    std::size_t bytes_ = 0;
};

/// The socket of one connection with its deadlines. Used by the connection's coroutine alone.
class Transport {
public:
    Transport(Socket socket, ConnectionTable& table, const Limits& limits);
    ~Transport() { close(); }
    Transport(const Transport&) = delete;
    Transport& operator=(const Transport&) = delete;

    /// Waits for the first byte of a request, or the next of its header, until `deadline`.
    /// 0: the peer closed, or the deadline passed (`expired`).
    asio::awaitable<std::size_t> read_until(std::span<char> out, Phase phase,
                                            SteadyClock::time_point deadline);
    /// Reads body bytes; 0 when the peer has closed. Throws HttpError 408, ConnectionLost.
    asio::awaitable<std::size_t> read_body(std::span<std::byte> out);
    /// See BodyReader. Nothing else may wait for the socket meanwhile.
    void when_gone(std::function<void()> gone);
    /// Starts the count of progress anew, for the next message.
    void restart_progress();

    using Gather = std::span<asio::const_buffer>;
    /// Writes what the kernel takes at once and shortens `buffers` to the rest; true when nothing
    /// is left. Throws ConnectionLost.
    bool send_at_once(Gather buffers);
    /// Writes the rest, as the peer takes it. Throws ConnectionLost.
    asio::awaitable<void> send(Gather buffers);
    /// As send(), but `movers` copies them to the kernel; this thread waits for the peer alone.
    asio::awaitable<void> send_by(asio::any_io_executor movers, Gather buffers);

    /// Says that nothing more is sent and reads until the peer has seen it.
    asio::awaitable<void> linger();
    void close();
    /// Closes with a reset: the peer cannot take what it has for complete.
    void abort();

    void handling() { entry_.disarm(); }
    bool expired() const { return entry_.expired.load(std::memory_order_relaxed); }
    bool stopping() const { return table_.stopping(); }
    /// The address that the peer reached, without port; empty when unknown.
    std::string local_address() const;
    /// Whether the peer is on this machine.
    bool is_from_loopback() const { return is_from_loopback_; }

private:
    Socket socket_;
    bool is_from_loopback_;
    ConnectionTable& table_;
    const Limits& limits_;
    ConnectionEntry entry_;
    ConnectionTable::Place place_;
    ProgressBudget received_;
    ProgressBudget sent_;
    /// What is called when the peer is gone; shared with the wait for that.
    std::shared_ptr<std::function<void()>> gone_;
};

}  // namespace amilab::http
