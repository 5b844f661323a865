#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "server/http/server.h"

namespace amilab::http {

/// One answer as a client reads it; names in lower case.
struct RawAnswer {
    int status = 0;
    std::map<std::string, std::string> headers;
    std::string body;

    bool closes() const;
};

/// A client that says exactly what it is told to. Every read fails the test after half a minute
/// rather than hang it.
class Client {
public:
    /// `receive_buffer_bytes`: how much the kernel takes before the server must wait.
    explicit Client(const Endpoint& server, std::optional<int> receive_buffer_bytes = {});
    ~Client();

    /// False once the server has closed.
    bool send(std::string_view text);
    void finish_sending();
    /// The next answer; status 0 when the connection ended before or within it. Head: the answer
    /// to a HEAD request.
    enum class Kind { kWhole, kHead };
    RawAnswer receive(Kind kind = Kind::kWhole);
    /// send, then receive.
    RawAnswer ask(std::string_view text);
    /// All bytes until the server closes; what came before a reset counts too.
    std::string receive_to_end();
    /// Exactly that many bytes; fewer when the connection ended.
    std::string receive_bytes(std::size_t bytes);
    /// Whether the server closed without another byte.
    bool is_closed();
    /// Whether the server has closed, or sent something, within that time.
    bool hears_something(std::chrono::milliseconds within);
    /// Whether the connection was reset within that time, whatever is still to be read.
    bool is_reset_within(std::chrono::milliseconds within);
    /// Closes with a reset.
    void abort();

    boost::asio::ip::tcp::socket& socket() { return socket_; }

private:
    boost::asio::io_context io_context_;
    boost::asio::ip::tcp::socket socket_;
    std::string unread_;
};

/// A server on a free port with threads of its own.
class TestServer {
public:
    /// kLater: what clients send before start() has come in time, however slow the machine.
    enum class Start { kAtOnce, kLater };

    explicit TestServer(Handler handler, const Limits& limits = {},
                        const std::vector<std::string>& allowed_hosts = {},
                        Start start = Start::kAtOnce, RefusalForm refusal_form = plain_refusal);
    ~TestServer();

    const Endpoint& address() const { return server_.address(); }
    Server& server() { return server_; }
    asio::io_context& io_context() { return io_context_; }
    void start();
    /// Returns when everything has ended.
    void join();
    /// Ends what is under way too.
    void end();

private:
    asio::io_context io_context_;
    Server server_;
    std::vector<std::thread> threads_;
};

/// Timeouts that no test meets by accident, however slow the machine.
Limits patient_limits();

/// Answers with "METHOD path?query [body]", having read all of the body.
Handler echo_handler();

std::string get(std::string_view target = "/");
std::string post(std::string_view body, std::string_view headers = {});

/// AMILAB_SEED, else a new one; printed.
std::uint64_t test_seed();

}  // namespace amilab::http
