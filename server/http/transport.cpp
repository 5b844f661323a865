#include "server/http/transport.h"

#include <sys/socket.h>

#include <array>
#include <utility>

#include <boost/asio/error.hpp>

#include "server/http/host_rules.h"
#include "server/http/message.h"
#include "server/http/offload.h"

namespace amilab::http {
namespace {

/// Shortens the buffers by what was written; true when nothing is left.
bool consume(std::span<asio::const_buffer> buffers, std::size_t bytes)
{
    auto left = false;
    for (auto& buffer : buffers) {
        const auto taken = std::min(bytes, buffer.size());
        buffer += taken;
        bytes -= taken;
        left = left || buffer.size() > 0;
    }
    return !left;
}

std::size_t gathered_size(std::span<asio::const_buffer> buffers)
{
    std::size_t size = 0;
    for (const auto& buffer : buffers) {
        size += buffer.size();
    }
    return size;
}

bool comes_from_loopback(const Socket& socket)
{
    boost::system::error_code error;
    const auto peer = socket.remote_endpoint(error);
    return !error && is_loopback(peer.address());
}

}  // namespace

void ProgressBudget::restart()
{
    left_ = limits_.progress_timeout;
    bytes_ = 0;
}

void ProgressBudget::count(std::size_t bytes, SteadyClock::duration waited)
{
    bytes_ += bytes;
    left_ -= waited;
    if (bytes_ >= limits_.min_progress_bytes) {
        restart();
    }
}

Transport::Transport(Socket socket, ConnectionTable& table, const Limits& limits)
    : socket_(std::move(socket)),
      is_from_loopback_(comes_from_loopback(socket_)),
      table_(table),
      limits_(limits),
      received_(limits),
      sent_(limits)
{
    boost::system::error_code ignored;
    socket_.non_blocking(true, ignored);
    entry_.descriptor = socket_.native_handle();
    place_ = table_.add(entry_);
}

asio::awaitable<std::size_t> Transport::read_until(std::span<char> out, Phase phase,
                                                   SteadyClock::time_point deadline)
{
    entry_.arm(phase, deadline);
    // Either stop() sees this phase, or this sees stop(): both orders are sequentially consistent.
    if (phase == Phase::kIdle) {
        entry_.phase.store(Phase::kIdle);
        if (table_.stopping()) {
            co_return 0;
        }
    }
    const auto [error, bytes] =
        co_await socket_.async_read_some(asio::buffer(out.data(), out.size()), kAsTuple);
    co_return error ? 0 : bytes;
}

asio::awaitable<std::size_t> Transport::read_body(std::span<std::byte> out)
{
    const auto start = SteadyClock::now();
    entry_.arm(Phase::kReading, received_.deadline(start));
    const auto [error, bytes] =
        co_await socket_.async_read_some(asio::buffer(out.data(), out.size()), kAsTuple);
    entry_.disarm();
    received_.count(bytes, SteadyClock::now() - start);
    if (bytes == 0 && expired()) {
        throw HttpError(408, "The request's body came too slowly.");
    }
    if (error && error != asio::error::eof) {
        throw ConnectionLost(error.message());
    }
    co_return bytes;
}

void Transport::when_gone(std::function<void()> gone)
{
    if (gone_) {
        *gone_ = nullptr;
        gone_.reset();
        boost::system::error_code ignored;
        socket_.cancel(ignored);
    }
    if (!gone) {
        return;
    }
    gone_ = std::make_shared<std::function<void()>>(std::move(gone));
    // Bytes of a next request end the wait too: then nobody looks any more.
    socket_.async_wait(Socket::wait_read, [this, told = gone_](boost::system::error_code error) {
        char next = 0;
        if (!error && *told && ::recv(socket_.native_handle(), &next, 1, MSG_PEEK) <= 0) {
            (*told)();
        }
    });
}

void Transport::restart_progress()
{
    received_.restart();
    sent_.restart();
}

bool Transport::send_at_once(Gather buffers)
{
    boost::system::error_code error;
    const auto bytes = socket_.write_some(buffers, error);
    if (error && error != asio::error::would_block) {
        throw ConnectionLost(error.message());
    }
    return consume(buffers, bytes);
}

asio::awaitable<void> Transport::send(Gather buffers)
{
    while (gathered_size(buffers) > 0) {
        const auto start = SteadyClock::now();
        entry_.arm(Phase::kWriting, sent_.deadline(start));
        const auto [error, bytes] = co_await socket_.async_write_some(buffers, kAsTuple);
        entry_.disarm();
        sent_.count(bytes, SteadyClock::now() - start);
        if (error) {
            throw ConnectionLost(error.message());
        }
        consume(buffers, bytes);
    }
}

asio::awaitable<void> Transport::send_by(asio::any_io_executor movers, Gather buffers)
{
    SteadyClock::duration waited{};
    for (;;) {
        const auto before = gathered_size(buffers);
        const bool is_done =
            co_await run_on(movers, [this, buffers] { return send_at_once(buffers); });
        sent_.count(before - gathered_size(buffers), waited);
        if (is_done) {
            co_return;
        }
        const auto start = SteadyClock::now();
        entry_.arm(Phase::kWriting, sent_.deadline(start));
        const auto [error] = co_await socket_.async_wait(Socket::wait_write, kAsTuple);
        entry_.disarm();
        waited = SteadyClock::now() - start;
        if (error) {
            throw ConnectionLost(error.message());
        }
    }
}

asio::awaitable<void> Transport::linger()
{
    boost::system::error_code ignored;
    socket_.shutdown(Socket::shutdown_send, ignored);
    std::array<char, 4096> discarded;
    entry_.arm(Phase::kReading, SteadyClock::now() + limits_.linger_timeout);
    while (!expired()) {
        const auto [error, bytes] =
            co_await socket_.async_read_some(asio::buffer(discarded), kAsTuple);
        if (error || bytes == 0) {
            break;
        }
    }
}

void Transport::close()
{
    if (socket_.is_open()) {
        table_.remove(place_);
        boost::system::error_code ignored;
        socket_.close(ignored);
    }
}

void Transport::abort()
{
    boost::system::error_code ignored;
    socket_.set_option(asio::socket_base::linger(true, 0), ignored);
    close();
}

std::string Transport::local_address() const
{
    boost::system::error_code error;
    const auto endpoint = socket_.local_endpoint(error);
    return error ? std::string() : endpoint.address().to_string();
}

}  // namespace amilab::http
