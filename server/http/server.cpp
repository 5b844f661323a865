#include "server/http/server.h"

#include <algorithm>
#include <charconv>
#include <list>
#include <memory>
#include <stdexcept>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>

#include "server/http/connection.h"
#include "server/http/host_rules.h"
#include "server/log/log.h"
#include "storage/base/descriptors.h"

namespace amilab::http {
namespace {

using asio::ip::tcp;
using Strand = asio::strand<asio::io_context::executor_type>;
using Acceptor = asio::basic_socket_acceptor<tcp, Strand>;
using Timer = asio::basic_waitable_timer<SteadyClock, asio::wait_traits<SteadyClock>, Strand>;

/// How long the listener rests when there are no descriptors or no memory for another connection.
constexpr std::chrono::milliseconds kAcceptPause{20};
/// How often another free port is tried when the one of 127.0.0.1 is taken on ::1.
constexpr int kPortAttempts = 16;

std::size_t possible_connections(const Limits& limits)
{
    return std::min(limits.max_connections, share_descriptors(descriptor_limit()).http_connections);
}

SteadyClock::duration sweep_interval(const Limits& limits)
{
    const auto shortest =
        std::min({limits.header_timeout, limits.idle_timeout, limits.progress_timeout,
                  limits.linger_timeout, limits.stop_timeout});
    return std::clamp<SteadyClock::duration>(shortest / 4, std::chrono::milliseconds(1),
                                             std::chrono::seconds(1));
}

/// One address that is listened on.
struct Listener {
    explicit Listener(const Strand& strand) : acceptor(strand), pause(strand) {}

    Acceptor acceptor;
    Timer pause;
};

boost::system::error_code listen_on(Acceptor& acceptor, const Endpoint& at)
{
    boost::system::error_code error;
    const tcp::endpoint endpoint(asio::ip::make_address(at.address, error), at.port);
    if (error || acceptor.open(endpoint.protocol(), error) ||
        acceptor.set_option(Acceptor::reuse_address(true), error) ||
        // Inherited by what it accepts: answers are written whole, so there is nothing to gather.
        acceptor.set_option(tcp::no_delay(true), error) || acceptor.bind(endpoint, error) ||
        acceptor.listen(Acceptor::max_listen_connections, error)) {
        return error;
    }
    return {};
}

/// What a machine without IPv6 says of ::1.
bool is_not_there(const boost::system::error_code& error)
{
    return error == boost::system::errc::address_family_not_supported ||
           error == boost::system::errc::address_not_available;
}

[[noreturn]] void throw_cannot_listen(const boost::system::error_code& error, const Endpoint& at)
{
    throw std::system_error(error, fmt::format("cannot listen on {}", at.text()));
}

}  // namespace

/// Shared by the listener, the sweep and every connection's coroutine, so that it lives as long as
/// the last of them. All but `shared` is touched on the strand alone.
struct Server::State : std::enable_shared_from_this<Server::State> {
    State(asio::io_context& io_context_, const Endpoint& endpoint, Handler handler,
          const Limits& limits, const std::vector<std::string>& allowed_hosts,
          RefusalForm refusal_form)
        : io_context(io_context_),
          strand(asio::make_strand(io_context_)),
          sweep_timer(strand),
          address(endpoint),
          shared{std::move(handler), limits, HostRules(endpoint.address, allowed_hosts),
                 std::move(refusal_form), ConnectionTable(possible_connections(limits))}
    {
    }

    void listen();
    boost::system::error_code listen_on_v6(const Endpoint& at);
    void accept_all();
    void stop();
    void serve(Socket socket);
    // Each keeps the state alive as long as it runs.
    static asio::awaitable<void> accept(std::shared_ptr<State> state, Listener& listener);
    static asio::awaitable<void> sweep(std::shared_ptr<State> state);
    static asio::awaitable<void> run(std::shared_ptr<State> state, Socket socket);

    asio::io_context& io_context;
    Strand strand;
    std::list<Listener> listeners;
    Timer sweep_timer;
    bool sweeping = false;
    bool stopped = false;
    SteadyClock::time_point cut_off = SteadyClock::time_point::max();
    Endpoint address;
    Shared shared;
};

void Server::State::listen()
{
    for (auto attempts = 1;; ++attempts) {
        auto at = address;
        auto& first = listeners.emplace_back(strand);
        if (const auto error = listen_on(first.acceptor, at)) {
            throw_cannot_listen(error, at);
        }
        at.port = first.acceptor.local_endpoint().port();
        const Endpoint v6{.address = "::1", .port = at.port};
        const auto error = at.is_localhost ? listen_on_v6(v6) : boost::system::error_code();
        if (!error) {
            address = at;
            return;
        }
        const bool may_be_another = address.port == 0 && attempts < kPortAttempts;
        if (error != asio::error::address_in_use || !may_be_another) {
            throw_cannot_listen(error, v6);
        }
        listeners.clear();
    }
}

/// No error either where there is no such address.
boost::system::error_code Server::State::listen_on_v6(const Endpoint& at)
{
    const auto error = listen_on(listeners.emplace_back(strand).acceptor, at);
    if (!is_not_there(error)) {
        return error;
    }
    listeners.pop_back();
    return {};
}

void Server::State::accept_all()
{
    for (auto& listener : listeners) {
        asio::co_spawn(strand, accept(shared_from_this(), listener), asio::detached);
    }
}

asio::awaitable<void> Server::State::accept(std::shared_ptr<State> state, Listener& listener)
{
    bool is_told = false;  // once, however long that lasts
    while (!state->stopped) {
        Socket socket(state->io_context);
        const auto [error] = co_await listener.acceptor.async_accept(socket, kAsTuple);
        if (state->stopped) {
            break;
        }
        if (!error) {
            is_told = false;
            state->serve(std::move(socket));
        } else if (error != asio::error::connection_aborted && error != asio::error::try_again) {
            // EMFILE, ENFILE, ENOBUFS, ENOMEM: the client waits in the backlog.
            if (!std::exchange(is_told, true)) {
                log::warn("cannot accept a connection: {}", error.message());
            }
            listener.pause.expires_after(kAcceptPause);
            co_await listener.pause.async_wait(kAsTuple);
        }
    }
}

void Server::State::serve(Socket socket)
{
    if (shared.table.full()) {
        constexpr std::string_view kBusy =
            "HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain\r\n"
            "Content-Length: 27\r\nConnection: close\r\n\r\nToo many open connections.\n";
        boost::system::error_code ignored;
        socket.non_blocking(true, ignored);
        socket.write_some(asio::buffer(kBusy), ignored);
        return;
    }
    asio::co_spawn(io_context, run(shared_from_this(), std::move(socket)), asio::detached);
    if (!sweeping) {
        sweeping = true;
        asio::co_spawn(strand, sweep(shared_from_this()), asio::detached);
    }
}

asio::awaitable<void> Server::State::run(std::shared_ptr<State> state, Socket socket)
{
    {
        Connection connection(std::move(socket), state->shared);
        co_await connection.run();
    }
    if (state->shared.table.stopping() && state->shared.table.size() == 0) {
        asio::post(state->strand, [state] { state->sweep_timer.cancel(); });
    }
}

/// Runs while there are connections, so that an idle server sleeps.
asio::awaitable<void> Server::State::sweep(std::shared_ptr<State> state)
{
    auto& table = state->shared.table;
    const auto interval = sweep_interval(state->shared.limits);
    do {
        state->sweep_timer.expires_after(interval);
        co_await state->sweep_timer.async_wait(kAsTuple);
        const auto now = SteadyClock::now();
        table.sweep(now);
        if (now >= state->cut_off) {
            table.cut_all();
        }
    } while (table.size() > 0);
    state->sweeping = false;
}

void Server::State::stop()
{
    if (stopped) {
        return;
    }
    stopped = true;
    boost::system::error_code ignored;
    for (auto& listener : listeners) {
        listener.acceptor.close(ignored);
        listener.pause.cancel();
    }
    cut_off = SteadyClock::now() + shared.limits.stop_timeout;
    shared.table.begin_stop();
    if (shared.table.size() == 0) {
        sweep_timer.cancel();
    }
}

Server::Server(asio::io_context& io_context, const Endpoint& endpoint, Handler handler,
               const Limits& limits, const std::vector<std::string>& allowed_hosts,
               RefusalForm refusal_form)
    : state_(std::make_shared<State>(io_context, endpoint, std::move(handler), limits,
                                     allowed_hosts, std::move(refusal_form)))
{
    state_->listen();
    state_->accept_all();
}

Server::~Server()
{
    stop();
}

const Endpoint& Server::address() const
{
    return state_->address;
}

std::size_t Server::connections() const
{
    return state_->shared.table.size();
}

void Server::stop()
{
    asio::post(state_->strand, [state = state_] { state->stop(); });
}

Endpoint Endpoint::parse(std::string_view text)
{
    const auto fail = [&] {
        throw std::invalid_argument(
            fmt::format("{} is no address to listen on: expected such as 127.0.0.1:4566 or "
                        "[::1]:4566",
                        text));
    };
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos) {
        fail();
    }
    Endpoint endpoint;
    auto address = text.substr(0, colon);
    if (address.starts_with('[') && address.ends_with(']')) {
        address = address.substr(1, address.size() - 2);
    } else if (address.find(':') != std::string_view::npos) {
        fail();
    }
    endpoint.is_localhost = address.empty() || address == "localhost";
    if (!endpoint.is_localhost) {
        endpoint.address = address;
    }
    boost::system::error_code error;
    asio::ip::make_address(endpoint.address, error);
    const auto port = text.substr(colon + 1);
    const auto [end, port_error] =
        std::from_chars(port.data(), port.data() + port.size(), endpoint.port);
    if (error || port_error != std::errc() || end != port.data() + port.size()) {
        fail();
    }
    return endpoint;
}

std::string Endpoint::text() const
{
    const auto is_v6 = address.find(':') != std::string::npos;
    return is_v6 ? fmt::format("[{}]:{}", address, port) : fmt::format("{}:{}", address, port);
}

bool Endpoint::is_loopback() const
{
    boost::system::error_code error;
    const auto numeric = asio::ip::make_address(address, error);
    return !error && http::is_loopback(numeric);
}

}  // namespace amilab::http
