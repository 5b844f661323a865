#include "server/cli/server_connection.h"

#include <poll.h>
#include <sys/socket.h>
#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <limits>

#include <fmt/format.h>
#include <boost/beast/http/error.hpp>

#include "server/cli/durations.h"
#include "server/cli/environment.h"

namespace amilab::cli {

namespace asio = boost::asio;

namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr const char* kTimeVariable = "AMILAB_SERVER_TIMEOUT";
/// As good as without end, and an instant that the clock can count to.
constexpr std::chrono::hours kYear{24 * 365};

boost::system::error_code error_of(int number)
{
    return {number, boost::system::system_category()};
}

/// In what poll(2) takes; it is called anew where that is not enough.
int milliseconds_until(SteadyClock::time_point end)
{
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - SteadyClock::now());
    return static_cast<int>(
        std::clamp<std::int64_t>(left.count(), 0, std::numeric_limits<int>::max()));
}

}  // namespace

Patience Patience::of(std::chrono::milliseconds limit)
{
    return {.connect = limit, .answer = limit, .work = limit};
}

Patience Patience::endless()
{
    return of(kYear);
}

Patience Patience::of_environment()
{
    const auto text = from_environment(kTimeVariable);
    if (!text) {
        return {};
    }
    const auto parsed = parse_duration(*text);
    if (!parsed || *parsed <= 0) {
        throw std::runtime_error(fmt::format(
            "{} is {}; expected a time above 0 such as 500ms, 90s, 5m", kTimeVariable, *text));
    }
    return of(std::min<std::chrono::milliseconds>(std::chrono::milliseconds(*parsed), kYear));
}

void ServerConnection::connect(const asio::ip::tcp::endpoint& to, std::chrono::milliseconds limit,
                               boost::system::error_code& error)
{
    boost::system::error_code ignored;
    socket_.close(ignored);
    silent_for_.reset();
    // Asio's own connect() and blocking sends wait without end.
    if (socket_.open(to.protocol(), error) || socket_.non_blocking(true, error)) {
        return;
    }
    if (::connect(socket_.native_handle(), to.data(), static_cast<socklen_t>(to.size())) == 0) {
        return;
    }
    if (errno != EINPROGRESS && errno != EINTR) {
        error = error_of(errno);
        return;
    }
    wait_at_most(limit);
    wait_for(Wait::kToWrite, error);
    if (error) {
        return;
    }
    int found = 0;
    socklen_t size = sizeof found;
    const int asked = ::getsockopt(socket_.native_handle(), SOL_SOCKET, SO_ERROR, &found, &size);
    error = error_of(asked != 0 ? errno : found);
}

bool ServerConnection::is_over(boost::system::error_code& error)
{
    if (!end_ || SteadyClock::now() < *end_) {
        return false;
    }
    silent_for_ = limit_;
    error = asio::error::timed_out;
    return true;
}

void ServerConnection::wait_for(Wait wait, boost::system::error_code& error)
{
    const auto began = SteadyClock::now();
    const auto end = end_ ? std::min(began + limit_, *end_) : began + limit_;
    do {
        const auto events = static_cast<short>(wait == Wait::kToRead ? POLLIN : POLLOUT);
        pollfd socket = {.fd = socket_.native_handle(), .events = events, .revents = 0};
        const int ready = ::poll(&socket, 1, milliseconds_until(end));
        if (ready > 0) {
            error = {};
            return;
        }
        if (ready < 0 && errno != EINTR) {
            error = error_of(errno);
            return;
        }
    } while (SteadyClock::now() < end);
    silent_for_ = limit_;
    error = asio::error::timed_out;
}

void ServerConnection::throw_broken(const boost::system::error_code& error) const
{
    if (silent_for_) {
        throw SilentServer(
            fmt::format("{} takes calls and has not answered within {}; expected an amilab: "
                        "--endpoint or AWS_ENDPOINT_URL names where one is, {} a longer time",
                        url_, duration_text(silent_for_->count()), kTimeVariable));
    }
    if (error == boost::beast::http::error::body_limit) {
        throw_too_long();
    }
    throw std::runtime_error(fmt::format("the connection to {} broke: {}", url_, error.message()));
}

void ServerConnection::throw_too_long() const
{
    throw std::runtime_error(
        fmt::format("{} answers with more than {} MiB, which is more than an amilab has to say: "
                    "--endpoint or AWS_ENDPOINT_URL names where one is",
                    url_, kMostAnswerBytes >> 20U));
}

}  // namespace amilab::cli
