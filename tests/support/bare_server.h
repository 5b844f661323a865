#pragma once

#include <cstdint>
#include <functional>
#include <iostream>
#include <thread>
#include <utility>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

/// What the servers that are nothing but Boost.Beast have in common: floors of the benchmark.
namespace amilab::test {

using Begin = std::function<void(boost::asio::ip::tcp::socket)>;

inline void accept(boost::asio::ip::tcp::acceptor& acceptor, const Begin& begin)
{
    acceptor.async_accept(
        [&](boost::system::error_code error, boost::asio::ip::tcp::socket socket) {
            if (!error) {
                socket.set_option(boost::asio::ip::tcp::no_delay(true));
                begin(std::move(socket));
            }
            accept(acceptor, begin);
        });
}

/// Prints the port, 0 being any free one, and gives every connection to `begin`, for ever.
inline void serve(std::uint16_t port, unsigned threads, const Begin& begin)
{
    namespace asio = boost::asio;
    asio::io_context io_context(static_cast<int>(threads));
    asio::ip::tcp::acceptor acceptor(io_context, {asio::ip::address_v4::loopback(), port});
    accept(acceptor, begin);
    std::cout << acceptor.local_endpoint().port() << std::endl;
    std::vector<std::jthread> workers;
    for (unsigned worker = 1; worker < threads; ++worker) {
        workers.emplace_back([&] { io_context.run(); });
    }
    io_context.run();
}

}  // namespace amilab::test
