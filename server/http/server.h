#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "server/http/limits.h"
#include "server/http/message.h"

namespace boost::asio {
class io_context;
}

namespace amilab::http {

/// Where a server listens: a numeric address and a port, 0 for any free one.
struct Endpoint {
    std::string address = "127.0.0.1";
    std::uint16_t port = 0;
    /// On ::1 as well, where there is one: some clients take localhost for that alone. The address
    /// is 127.0.0.1 then.
    bool is_localhost = false;

    /// Reads "127.0.0.1:4566", "[::1]:4566", "localhost:4566" or ":4566" (localhost too).
    /// Throws std::invalid_argument with a sentence for the command line.
    static Endpoint parse(std::string_view text);
    /// "127.0.0.1:4566", "[::1]:4566".
    std::string text() const;
    /// Whether no other machine gets there.
    bool is_loopback() const;
};

/// An HTTP/1.x server that knows nothing of what it serves. It bounds all input and refuses
/// requests that a web page elsewhere could have made: Host and Origin must mean this machine.
class Server {
public:
    /// Listens from here on; connections are served by the threads that run `io_context`, which
    /// must outlive the server. `allowed_hosts` are names that may stand in Host and Origin, with
    /// any port, beside localhost, *.localhost, loopback addresses and the address listened on.
    /// Throws std::system_error when it cannot listen, saying where.
    Server(asio::io_context& io_context, const Endpoint& endpoint, Handler handler,
           const Limits& limits = {}, const std::vector<std::string>& allowed_hosts = {},
           RefusalForm refusal_form = plain_refusal);
    /// Stops. Requests that still run end, or are destroyed with the io_context.
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    /// With the port it got, which on ::1 is the same.
    const Endpoint& address() const;
    /// How many connections are open now. Safe from any thread.
    std::size_t connections() const;
    /// Closes the listener and idle connections, lets running requests finish for
    /// Limits::stop_timeout, then cuts them off. Returns at once; io_context::run returns when all
    /// is done and nothing else keeps it. Safe from any thread, and more than once.
    void stop();

private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace amilab::http
