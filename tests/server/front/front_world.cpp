#include "tests/server/front/front_world.h"

#include <chrono>
#include <future>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>

#include "tests/support/emulator_fixture.h"

namespace amilab::test {

namespace asio = boost::asio;

namespace {

class TextBody final : public http::BodyWriter {
public:
    asio::awaitable<void> write(std::span<const std::byte> bytes) override
    {
        text_.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
        co_return;
    }
    std::string take() { return std::move(text_); }

private:
    std::string text_;
};

}  // namespace

FrontWorld::FrontWorld(std::span<const Service* const> services, ControlAccess access,
                       std::shared_ptr<MemoryBudget> memory, Emulator::Options options,
                       AccountLimits limits)
    : data_({.path = {},
             .seed = test_seed(),
             .catalogue = {},
             .account_limits = limits,
             .report = {}}),
      emulator_(data_, services, std::move(options)),
      io_context_(1),
      front_(io_context_, emulator_, 2, std::move(access), std::move(memory))
{
}

template <class Result>
Result FrontWorld::run(asio::awaitable<Result> work)
{
    auto future = asio::co_spawn(io_context_, std::move(work), asio::use_future);
    io_context_.restart();
    while (future.wait_for(std::chrono::seconds(0)) != std::future_status::ready) {
        io_context_.run_one();
    }
    return future.get();
}

http::Response FrontWorld::ask(http::Request request, http::BodyReader& body)
{
    return run(front_.handle(request, body));
}

http::Response FrontWorld::ask(http::Request request)
{
    CountedRequestBody none(0);
    return ask(std::move(request), none);
}

std::string FrontWorld::body_of(const http::Response& response)
{
    if (!response.stream) {
        return response.body;
    }
    TextBody body;
    send(response, body);
    return body.take();
}

void FrontWorld::send(const http::Response& response, http::BodyWriter& to)
{
    run(response.stream(to));
}

asio::awaitable<std::string> TextRequestBody::read_all(std::size_t /*limit_bytes*/)
{
    co_return text_.substr(std::exchange(taken_, text_.size()));
}

asio::awaitable<std::size_t> TextRequestBody::read_some(std::span<std::byte> out)
{
    const auto bytes = text_.copy(reinterpret_cast<char*>(out.data()), out.size(), taken_);
    taken_ += bytes;
    co_return bytes;
}

http::Request make_request(std::string method, std::string target,
                           std::vector<http::Header> headers)
{
    const auto question = std::min(target.find('?'), target.size());
    http::Request request;
    request.method = std::move(method);
    request.path = target.substr(0, question);
    request.query = target.substr(std::min(question + 1, target.size()));
    request.target = std::move(target);
    request.headers = std::move(headers);
    return request;
}

std::string header_of(const http::Response& response, std::string_view name)
{
    for (const auto& [given, value] : response.headers) {
        if (http::equal_ignoring_case(given, name)) {
            return value;
        }
    }
    return {};
}

}  // namespace amilab::test
