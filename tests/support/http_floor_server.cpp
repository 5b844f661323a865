// The http room with a fixed answer, to be measured beside bare_beast_server.
#include <iostream>
#include <string>
#include <thread>
#include <vector>

#include <CLI/CLI.hpp>
#include <boost/asio/io_context.hpp>

#include "server/http/server.h"

namespace {

namespace asio = boost::asio;
namespace http = amilab::http;

}  // namespace

int main(int argc, char** argv)
{
    CLI::App app{"The http room with a fixed answer; prints its port"};
    std::uint16_t port = 0;
    std::size_t body_bytes = 0;
    unsigned threads = 1;
    app.add_option("port", port, "0: any free one");
    app.add_option("--body-bytes", body_bytes, "size of the answer");
    app.add_option("--threads", threads, "how many serve");
    CLI11_PARSE(app, argc, argv);

    asio::io_context io_context(static_cast<int>(threads));
    const std::string body(body_bytes, 'x');
    constexpr std::size_t kMaxBodyBytes = 1 << 20;
    const auto handler = [&](http::Request&,
                             http::BodyReader& reader) -> asio::awaitable<http::Response> {
        co_await reader.read_all(kMaxBodyBytes);
        http::Response response;
        response.content_type = "text/xml;charset=UTF-8";
        response.body = body;
        co_return response;
    };
    const http::Server server(io_context, {.address = "127.0.0.1", .port = port}, handler);
    std::cout << server.address().port << std::endl;
    std::vector<std::jthread> workers;
    for (unsigned worker = 1; worker < threads; ++worker) {
        workers.emplace_back([&] { io_context.run(); });
    }
    io_context.run();
}
