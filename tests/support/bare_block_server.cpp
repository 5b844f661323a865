// The floor that the EBS direct APIs and S3 are compared with: Boost.Beast alone, which reads and
// writes blocks of one file, without checksums, tokens, limits or timeouts.
#include <fcntl.h>
#include <unistd.h>
#include <charconv>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <optional>
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

/// GET /7 gives block 7, PUT /7 replaces it.
class Session : public std::enable_shared_from_this<Session> {
public:
    Session(tcp::socket socket, int file, std::size_t block_bytes)
        : socket_(std::move(socket)), file_(file), block_bytes_(block_bytes)
    {
    }

    void read()
    {
        request_.emplace();
        request_->body_limit(2 * block_bytes_);
        http::async_read(socket_, buffer_, *request_,
                         [self = shared_from_this()](error_code error, std::size_t) {
                             if (!error) {
                                 self->write();
                             }
                         });
    }

private:
    void write()
    {
        const auto& request = request_->get();
        response_ = {};
        response_.version(request.version());
        response_.keep_alive(request.keep_alive());
        off_t block = 0;
        const auto target = request.target().substr(1);
        std::from_chars(target.data(), target.data() + target.size(), block);
        const auto offset = block * static_cast<off_t>(block_bytes_);
        ssize_t moved = 0;
        if (request.method() == http::verb::put) {
            moved = ::pwrite(file_, request.body().data(), request.body().size(), offset);
            response_.result(http::status::created);
        } else {
            response_.body().resize(block_bytes_);
            moved = ::pread(file_, response_.body().data(), block_bytes_, offset);
        }
        if (moved != static_cast<ssize_t>(block_bytes_)) {
            response_.result(http::status::bad_request);
        }
        response_.prepare_payload();
        http::async_write(socket_, response_,
                          [self = shared_from_this()](error_code error, std::size_t) {
                              if (!error && self->response_.keep_alive()) {
                                  self->read();
                              }
                          });
    }

    tcp::socket socket_;
    int file_;
    std::size_t block_bytes_;
    boost::beast::flat_buffer buffer_;
    std::optional<http::request_parser<http::string_body>> request_;
    http::response<http::string_body> response_;
};

}  // namespace

int main(int argc, char** argv)
{
    CLI::App app{"Boost.Beast alone, with the blocks of a file; prints its port"};
    std::uint16_t port = 0;
    std::string path;
    std::size_t block_bytes = std::size_t{512} << 10U;
    unsigned threads = 1;
    app.add_option("port", port, "0: any free one");
    app.add_option("--file", path, "whose blocks it serves")->required();
    app.add_option("--block-bytes", block_bytes, "how long one is");
    app.add_option("--threads", threads, "how many serve");
    CLI11_PARSE(app, argc, argv);

    const auto file = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
    if (file < 0) {
        std::cerr << "bare_block_server: cannot open " << path << '\n';
        return 1;
    }
    amilab::test::serve(port, threads, [&](tcp::socket socket) {
        std::make_shared<Session>(std::move(socket), file, block_bytes)->read();
    });
}
