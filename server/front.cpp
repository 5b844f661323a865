#include "server/front.h"

#include <chrono>

#include <spdlog/spdlog.h>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace amilab {

namespace asio = boost::asio;

namespace {

/// Far above any request that EC2's own limits allow. Source: assumed.
constexpr std::size_t kMostBodyBytes = 2 << 20;

http::Response to_response(ApiAnswer answer)
{
    http::Response response;
    response.status = answer.status;
    response.content_type = answer.content_type;
    response.headers.push_back({"x-amzn-RequestId", std::move(answer.request_id)});
    response.body = std::move(answer.body);
    return response;
}

}  // namespace

Front::Front(asio::io_context& io_context, Emulator& emulator)
    : emulator_(emulator),
      writers_(asio::make_strand(io_context)),
      due_timer_(writers_),
      control_(emulator)
{
}

asio::awaitable<http::Response> Front::handle(http::Request& request, http::BodyReader& body)
{
    if (!Control::is_control_path(request.path)) {
        co_return co_await handle_api(request, body);
    }
    auto response = co_await control_.handle(request, body);
    asio::post(writers_, [this] { wait_for_due(); });
    co_return response;
}

asio::awaitable<http::Response> Front::handle_api(http::Request& request, http::BodyReader& body)
{
    const auto text = co_await body.read_all(kMostBodyBytes);
    auto call = emulator_.parse({.method = request.method,
                                 .query = request.query,
                                 .body = text,
                                 .content_type = request.header("Content-Type").value_or(""),
                                 .authorization = request.header("Authorization").value_or("")});
    ApiAnswer answer;
    if (call.needs_writer()) {
        co_await asio::post(asio::bind_executor(writers_, asio::use_awaitable));
        answer = call.run();
        wait_for_due();
        co_await asio::post(asio::use_awaitable);
    } else {
        answer = call.run();
    }
    spdlog::info("{} {} {}", answer.request_id, call.operation_name(), answer.status);
    co_return to_response(std::move(answer));
}

void Front::wait_for_due()
{
    const auto generation = emulator_.data().current();
    const auto due_ms = generation->earliest_due_ms();
    if (due_ms == awaited_due_ms_ && due_ms == Generation::kNever) {
        return;
    }
    awaited_due_ms_ = due_ms;
    due_timer_.cancel();
    if (due_ms == Generation::kNever || generation->clock().setting().frozen) {
        return;
    }
    due_timer_.expires_after(
        std::chrono::milliseconds(std::max<TimeMs>(0, due_ms - generation->clock().now_ms())));
    due_timer_.async_wait([this](boost::system::error_code error) {
        if (!error) {
            try {
                emulator_.settle();
            } catch (const std::exception& failure) {
                spdlog::error("settle: {}", failure.what());
                return;  // the next call tries again
            }
            wait_for_due();
        }
    });
}

void Front::stop()
{
    asio::post(writers_, [this] { due_timer_.cancel(); });
}

}  // namespace amilab
