// The floor that the benchmark compares with: Boost.Beast alone, a fixed answer, no limits and no
// timeouts.
#include <cstdlib>
#include <iostream>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;

class Session : public std::enable_shared_from_this<Session> {
public:
    Session(tcp::socket socket, const std::string& body) : socket_(std::move(socket)), body_(body)
    {
    }

    void read()
    {
        request_ = {};
        http::async_read(socket_, buffer_, request_,
                         [self = shared_from_this()](error_code error, std::size_t) {
                             if (!error) {
                                 self->write();
                             }
                         });
    }

private:
    void write()
    {
        response_ = {};
        response_.version(request_.version());
        response_.keep_alive(request_.keep_alive());
        response_.set(http::field::content_type, "text/xml;charset=UTF-8");
        response_.body() = body_;
        response_.prepare_payload();
        http::async_write(socket_, response_,
                          [self = shared_from_this()](error_code error, std::size_t) {
                              if (!error && self->response_.keep_alive()) {
                                  self->read();
                              }
                          });
    }

    tcp::socket socket_;
    const std::string& body_;
    boost::beast::flat_buffer buffer_;
    http::request<http::string_body> request_;
    http::response<http::string_body> response_;
};

void accept(tcp::acceptor& acceptor, const std::string& body)
{
    acceptor.async_accept([&](error_code error, tcp::socket socket) {
        if (!error) {
            socket.set_option(tcp::no_delay(true));
            std::make_shared<Session>(std::move(socket), body)->read();
        }
        accept(acceptor, body);
    });
}

}  // namespace

int main(int argc, char** argv)
{
    CLI::App app{"Boost.Beast alone, with a fixed answer; prints its port"};
    std::uint16_t port = 0;
    std::size_t body_bytes = 0;
    unsigned threads = 1;
    app.add_option("port", port, "0: any free one");
    app.add_option("--body-bytes", body_bytes, "size of the answer");
    app.add_option("--threads", threads, "how many serve");
    CLI11_PARSE(app, argc, argv);

    asio::io_context io_context(static_cast<int>(threads));
    tcp::acceptor acceptor(io_context, {asio::ip::address_v4::loopback(), port});
    const std::string body(body_bytes, 'x');
    accept(acceptor, body);
    std::cout << acceptor.local_endpoint().port() << std::endl;
    std::vector<std::jthread> workers;
    for (unsigned worker = 1; worker < threads; ++worker) {
        workers.emplace_back([&] { io_context.run(); });
    }
    io_context.run();
}
