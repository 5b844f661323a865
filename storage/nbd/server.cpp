#include "storage/nbd/server.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <list>
#include <memory>
#include <stdexcept>
#include <system_error>
#include <thread>

#include <fmt/format.h>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include "storage/base/descriptors.h"
#include "storage/base/mutex.h"
#include "storage/nbd/connection.h"
#include "storage/nbd/stored_exports.h"

namespace amilab::nbd {

namespace asio = boost::asio;

namespace {

// Before the next client is accepted, after one could not be.
constexpr auto kPause = std::chrono::milliseconds(50);

[[noreturn]] void throw_cannot_listen(const boost::system::error_code& error,
                                      const std::string& where)
{
    throw std::system_error(error, "cannot listen on " + where);
}

asio::ip::tcp::acceptor listen_tcp(asio::io_context& io_context, const std::string& address,
                                   std::uint16_t port)
{
    boost::system::error_code error;
    const asio::ip::tcp::endpoint endpoint(asio::ip::make_address(address, error), port);
    const auto require = [&] {
        if (error) {
            throw_cannot_listen(error, fmt::format("{}:{}", address, port));
        }
    };
    require();
    asio::ip::tcp::acceptor acceptor(io_context);
    acceptor.open(endpoint.protocol(), error);
    require();
    acceptor.set_option(asio::socket_base::reuse_address(true));
    acceptor.bind(endpoint, error);
    require();
    acceptor.listen(asio::socket_base::max_listen_connections, error);
    require();
    return acceptor;
}

/// Removes a socket on which nobody listens any more.
void remove_dead_socket(asio::io_context& io_context, const std::string& path)
{
    struct stat found = {};
    if (::lstat(path.c_str(), &found) != 0 || !S_ISSOCK(found.st_mode)) {
        return;
    }
    asio::local::stream_protocol::socket probe(io_context);
    boost::system::error_code error;
    probe.connect(asio::local::stream_protocol::endpoint(path), error);
    if (error == asio::error::connection_refused) {
        ::unlink(path.c_str());
    }
}

asio::local::stream_protocol::acceptor listen_unix(asio::io_context& io_context,
                                                   const std::string& path)
{
    boost::system::error_code error;
    if (path.empty() || path.size() > kLongestSocketPath) {
        throw_cannot_listen(make_error_code(boost::system::errc::filename_too_long), path);
    }
    remove_dead_socket(io_context, path);
    asio::local::stream_protocol::acceptor acceptor(io_context);
    acceptor.open(asio::local::stream_protocol(), error);
    // Its mode is the socket file's, less what the umask takes: this user's alone.
    if (!error && ::fchmod(acceptor.native_handle(), 0600) != 0) {
        error.assign(errno, boost::system::system_category());
    }
    if (!error) {
        acceptor.bind(asio::local::stream_protocol::endpoint(path), error);
    }
    if (!error) {
        acceptor.listen(asio::socket_base::max_listen_connections, error);
    }
    if (error) {
        throw_cannot_listen(error, path);
    }
    return acceptor;
}

void set_tcp_options(int descriptor)
{
    const int on = 1;
    ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    // A device may be idle for days, a peer that is gone must not stay.
    ::setsockopt(descriptor, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
}

}  // namespace

struct Server::State : std::enable_shared_from_this<Server::State> {
    struct Client {
        Client(int descriptor, Exports& exports, HelperBudget& helpers, MemoryBudget& memory)
            : connection(descriptor, exports, helpers, memory)
        {
        }
        Connection connection;
        std::thread thread;
        bool is_over = false;  // as the list is guarded
    };

    State(asio::io_context& context, DataDirectory& data, Options given)
        : io_context(context),
          options(std::move(given)),
          exports(data),
          helpers(options.max_helpers)
    {
        options.max_connections = std::min(options.max_connections,
                                           share_descriptors(descriptor_limit()).nbd_connections);
        if (options.address) {
            tcp.emplace(listen_tcp(io_context, *options.address, options.port));
        }
        if (options.unix_path) {
            local.emplace(listen_unix(io_context, *options.unix_path));
        }
    }

    template <class Acceptor>
    void accept(Acceptor& acceptor)
    {
        acceptor.async_accept([self = weak_from_this(), &acceptor](auto error, auto socket) {
            const auto state = self.lock();
            if (!state || !acceptor.is_open()) {
                return;
            }
            if (!error) {
                state->serve(socket.release());
                return state->accept(acceptor);
            }
            // No descriptors: until others end, the client waits in the queue.
            auto pause = std::make_shared<asio::steady_timer>(state->io_context, kPause);
            pause->async_wait([self, pause, &acceptor](auto) {
                if (const auto waiting = self.lock()) {
                    waiting->accept(acceptor);
                }
            });
        });
    }

    void serve(int descriptor)
    {
        reap();
        const Lock lock(mutex);
        if (clients.size() >= options.max_connections) {
            ::close(descriptor);
            return;
        }
        set_tcp_options(descriptor);
        auto& client = clients.emplace_back(descriptor, exports, helpers, *options.memory);
        try {
            client.thread = options.start_thread([this, &client] { run(client); });
        } catch (const std::system_error& error) {
            clients.pop_back();
            report_no_thread(error);
        }
    }

    void report_no_thread(const std::system_error& error)
    {
        options.report(std::make_exception_ptr(std::runtime_error(
            fmt::format("disconnected a client: no thread for it ({})", error.code().message()))));
    }

    void run(Client& client)
    {
        try {
            client.connection.run(options.handshake_timeout);
        } catch (const std::exception&) {
            options.report(std::current_exception());
        }
        client.connection.cut_off();
        {
            const Lock lock(mutex);
            client.is_over = true;
            changed.notify_all();
        }
        // Its socket is closed then: a client that still sends would wait for ever.
        asio::post(io_context, [self = weak_from_this()] {
            if (const auto state = self.lock()) {
                state->reap();
            }
        });
    }

    /// Frees what is left of clients that are gone.
    void reap()
    {
        std::list<Client> gone;
        {
            const Lock lock(mutex);
            for (auto client = clients.begin(); client != clients.end();) {
                const auto next = std::next(client);
                if (client->is_over) {
                    gone.splice(gone.end(), clients, client);
                }
                client = next;
            }
        }
        for (auto& client : gone) {
            client.thread.join();
        }
    }

    void stop()
    {
        boost::system::error_code ignored;
        if (tcp) {
            tcp->close(ignored);
        }
        if (local && local->is_open()) {
            local->close(ignored);
            ::unlink(options.unix_path->c_str());
        }
        const Lock lock(mutex);
        for (auto& client : clients) {
            client.connection.stop();
        }
    }

    bool all_over() const REQUIRES(mutex)
    {
        return std::all_of(clients.begin(), clients.end(),
                           [](const Client& client) { return client.is_over; });
    }

    void wait()
    {
        {
            const auto deadline = std::chrono::steady_clock::now() + options.stop_timeout;
            const Lock lock(mutex);
            while (!all_over() && changed.wait_until(mutex, deadline)) {
            }
            for (auto& client : clients) {
                client.connection.cut_off();  // who is over has been already
            }
            while (!all_over()) {
                changed.wait(mutex);
            }
        }
        reap();
    }

    asio::io_context& io_context;
    Options options;
    StoredExports exports;
    HelperBudget helpers;
    std::optional<asio::ip::tcp::acceptor> tcp;
    std::optional<asio::local::stream_protocol::acceptor> local;

    Mutex mutex{LockLevel::kNbdClients};
    Condition changed;
    std::list<Client> clients GUARDED_BY(mutex);
};

Server::Server(asio::io_context& io_context, DataDirectory& data, Options options)
    : state_(std::make_shared<State>(io_context, data, std::move(options)))
{
    if (state_->tcp) {
        state_->accept(*state_->tcp);
    }
    if (state_->local) {
        state_->accept(*state_->local);
    }
}

Server::~Server()
{
    stop();
    state_->wait();
}

std::vector<std::string> Server::uris() const
{
    std::vector<std::string> uris;
    if (state_->tcp) {
        const auto endpoint = state_->tcp->local_endpoint();
        const auto address = endpoint.address().to_string();
        const bool is_v6 = endpoint.address().is_v6();
        uris.push_back(
            fmt::format("nbd://{}:{}", is_v6 ? "[" + address + "]" : address, endpoint.port()));
    }
    if (state_->local) {
        uris.push_back(fmt::format("nbd+unix:///?socket={}", *state_->options.unix_path));
    }
    return uris;
}

std::size_t Server::connections() const
{
    const Lock lock(state_->mutex);
    return static_cast<std::size_t>(
        std::count_if(state_->clients.begin(), state_->clients.end(),
                      [](const State::Client& client) { return !client.is_over; }));
}

void Server::stop()
{
    state_->stop();
}

}  // namespace amilab::nbd
