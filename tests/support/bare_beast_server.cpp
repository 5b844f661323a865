// The floor that the benchmark compares with: Boost.Beast alone, a fixed answer, no limits and no
// timeouts.
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>

#include <CLI/CLI.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

#include "tests/support/bare_server.h"

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

    const std::string body(body_bytes, 'x');
    amilab::test::serve(port, threads, [&](tcp::socket socket) {
        std::make_shared<Session>(std::move(socket), body)->read();
    });
}
