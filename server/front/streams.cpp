#include "server/front/streams.h"

#include <functional>
#include <utility>

#include "server/http/offload.h"

namespace amilab {

namespace asio = boost::asio;

namespace {

/// The body of an HTTP answer, which outlives it.
class HttpBodySink final : public BodySink {
public:
    explicit HttpBodySink(http::BodyWriter& body) : body_(body) {}

    asio::awaitable<void> write(std::span<const std::byte> bytes) override
    {
        try {
            co_await body_.write(bytes);
        } catch (const http::ConnectionLost& error) {
            throw ClientGone(error.what());
        }
    }

private:
    http::BodyWriter& body_;
};

using WriteBody = std::function<asio::awaitable<void>(BodySink&)>;

asio::awaitable<void> write_body(std::shared_ptr<const WriteBody> write, http::BodyWriter& to)
{
    HttpBodySink sink(to);
    try {
        co_await (*write)(sink);
    } catch (const ClientGone& error) {
        throw http::ConnectionLost(error.what());
    }
}

}  // namespace

RequestHeader header_of(const http::Request& request)
{
    return {.method = request.method,
            .path = request.path,
            .query = request.query,
            .content_type = request.header("Content-Type").value_or(""),
            .authorization = request.header("Authorization").value_or(""),
            .content_length = request.content_length,
            .header = [&request](std::string_view name) { return request.header(name); },
            .each_header =
                [&request](const auto& look) {
                    for (const auto& [name, value] : request.headers) {
                        look(name, value);
                    }
                },
            .from_loopback = request.from_loopback,
            .is_to_loopback = request.is_to_loopback};
}

asio::awaitable<std::size_t> HttpBodySource::read_some(std::span<std::byte> out)
{
    try {
        co_return co_await body_.read_some(out);
    } catch (const http::HttpError& error) {
        throw BodyError(error.status, error.what());
    } catch (const http::ConnectionLost& error) {
        throw ClientGone(error.what());
    }
}

asio::awaitable<std::string> HttpBodySource::read_all(std::size_t most_bytes)
{
    try {
        co_return co_await body_.read_all(most_bytes);
    } catch (const http::HttpError& error) {
        throw BodyError(error.status, error.what());
    } catch (const http::ConnectionLost& error) {
        throw ClientGone(error.what());
    }
}

asio::awaitable<void> ExecutorWorkers::run_all(const std::function<void()>& work)
{
    co_await run_on(executor_, [&work] { work(); });
}

http::Response to_response(StreamAnswer answer)
{
    http::Response response;
    response.status = answer.status;
    response.content_type = std::move(answer.content_type);
    for (auto& [name, value] : answer.headers) {
        response.headers.push_back({std::string(name), std::move(value)});
    }
    response.body = std::move(answer.body);
    response.content_length = answer.content_length;
    if (answer.write) {
        const auto write = std::make_shared<const WriteBody>(std::move(answer.write));
        response.stream = [write](http::BodyWriter& to) { return write_body(write, to); };
    }
    return response;
}

}  // namespace amilab
