#pragma once

#include <sys/socket.h>
#include <list>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>

/// What commands find where they look for a server.
namespace amilab::test {

/// An amilab's, as the body of an answer.
inline constexpr std::string_view kHealth = R"({"status":"ok","version":"1.2.3"})";

inline std::string http_answer(std::string_view body)
{
    return fmt::format("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{}", body.size(), body);
}

/// Listens, and has the kernel take who comes: nobody is answered.
class SilentPeer {
public:
    SilentPeer() { acceptor_.listen(); }
    std::string url() const
    {
        return fmt::format("http://127.0.0.1:{}", acceptor_.local_endpoint().port());
    }

protected:
    boost::asio::io_context io_context_;
    boost::asio::ip::tcp::acceptor acceptor_{
        io_context_, boost::asio::ip::tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0)};
};

/// Says to one connection after another what it is told to, and keeps it open.
class Peer : public SilentPeer {
public:
    explicit Peer(std::vector<std::string> answers)
        : answers_(std::move(answers)), thread_([this] { serve(); })
    {
    }
    ~Peer() { stop(); }
    Peer(const Peer&) = delete;
    Peer& operator=(const Peer&) = delete;

    /// The headers that came; nobody is answered any more.
    const std::vector<std::string>& headers()
    {
        stop();
        return headers_;
    }

private:
    void stop()
    {
        ::shutdown(acceptor_.native_handle(), SHUT_RDWR);  // wakes who accepts
        if (thread_.joinable()) {
            thread_.join();
        }
    }
    void serve()
    {
        for (const auto& answer : answers_) {
            auto& socket = sockets_.emplace_back(io_context_);
            boost::system::error_code error;
            if (acceptor_.accept(socket, error)) {
                return;
            }
            auto& header = headers_.emplace_back();
            boost::asio::read_until(socket, boost::asio::dynamic_buffer(header), "\r\n\r\n", error);
            boost::asio::write(socket, boost::asio::buffer(answer), error);
        }
    }

    std::vector<std::string> answers_;
    std::vector<std::string> headers_;
    std::list<boost::asio::ip::tcp::socket> sockets_;
    std::thread thread_;
};

}  // namespace amilab::test
