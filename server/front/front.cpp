#include "server/front/front.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <span>

#include <boost/asio/post.hpp>

#include "server/http/offload.h"
#include "server/log/log.h"
#include "storage/base/units.h"

namespace amilab {

namespace asio = boost::asio;

namespace {

/// Far above any request that EC2's own limits allow. Source: assumed.
constexpr std::size_t kMostBodyBytes = std::size_t{2} << 20U;
/// A timer counts nanoseconds in 64 bits, and is set anew when it fires early.
constexpr TimeMs kLongestWaitMs = kDayMs;

http::Response to_response(ApiAnswer answer)
{
    http::Response response;
    response.status = answer.status;
    response.content_type = answer.content_type;
    response.headers.push_back({"x-amzn-RequestId", std::move(answer.request_id)});
    for (auto& [name, value] : answer.headers) {
        response.headers.push_back({std::string(name), std::move(value)});
    }
    response.body = std::move(answer.body);
    return response;
}

/// An answer that is made in parts: the call, and the part that is to be sent next.
struct Parts {
    ApiCall call;
    std::string part;
};

/// A failure in between cuts the connection: the client sees that the answer has no end.
asio::awaitable<void> send_parts(std::shared_ptr<Parts> parts, asio::any_io_executor workers,
                                 http::BodyWriter& writer)
{
    for (;;) {
        co_await writer.write(std::as_bytes(std::span(parts->part)));
        if (!parts->call.has_more()) {
            co_return;
        }
        auto next = co_await run_on(workers, [&parts] { return parts->call.run_more(); });
        parts->part = std::move(next);
    }
}

}  // namespace

Front::Front(asio::io_context& io_context, Emulator& emulator, std::size_t workers)
    : emulator_(emulator),
      io_context_(io_context),
      due_timer_(io_context),
      workers_(workers),
      control_(emulator, workers_.get_executor())
{
}

asio::awaitable<http::Response> Front::handle(http::Request& request, http::BodyReader& body)
{
    if (!Control::is_control_path(request.path)) {
        co_return co_await handle_api(request, body);
    }
    auto response = co_await control_.handle(request, body);
    look_for_due();
    co_return response;
}

asio::awaitable<http::Response> Front::handle_api(http::Request& request, http::BodyReader& body)
{
    const auto text = co_await body.read_all(kMostBodyBytes);
    auto call = emulator_.parse(
        {.method = request.method,
         .query = request.query,
         .body = text,
         .content_type = request.header("Content-Type").value_or(""),
         .authorization = request.header("Authorization").value_or(""),
         .path = request.path,
         .header = [&request](std::string_view name) { return request.header(name); }});
    auto answer = co_await this->answer(call);
    log::info("{} {} {}", answer.request_id, call.operation_name(), answer.status);
    auto response = to_response(std::move(answer));
    if (call.has_more()) {
        const auto parts =
            std::make_shared<Parts>(Parts{std::move(call), std::move(response.body)});
        response.body.clear();
        const asio::any_io_executor workers = workers_.get_executor();
        response.stream = [parts, workers](http::BodyWriter& writer) {
            return send_parts(parts, workers, writer);
        };
    }
    co_return response;
}

asio::awaitable<ApiAnswer> Front::answer(ApiCall& call)
{
    auto quick = call.run_if_quick();
    if (!quick && !call.needs_writer()) {
        auto answer = co_await run_on(workers_.get_executor(), [&call] { return call.run(); });
        wait_for_due();  // one that moved bytes may have scheduled something
        co_return answer;
    }
    // No co_await within a conditional expression: GCC 12 frees what it gives twice.
    if (!quick) {
        quick = co_await run_on(writer_.get_executor(), [&call] { return call.run(); });
    }
    if (call.needs_writer()) {
        wait_for_due();
    }
    co_return std::move(*quick);
}

void Front::look_for_due()
{
    asio::post(io_context_, [this] { wait_for_due(); });
}

void Front::wait_for_due()
{
    const auto generation = emulator_.data().current();
    const auto due_ms = generation->earliest_due().get_ms();
    if (is_stopped_ || (due_ms == awaited_due_ms_ && due_ms == EarliestDue::kNever)) {
        return;
    }
    awaited_due_ms_ = due_ms;
    due_timer_.cancel();
    if (due_ms == EarliestDue::kNever || generation->clock().setting().frozen) {
        return;
    }
    due_timer_.expires_after(std::chrono::milliseconds(
        std::clamp<TimeMs>(due_ms - generation->clock().now_ms(), 0, kLongestWaitMs)));
    due_timer_.async_wait([this](boost::system::error_code error) {
        if (error) {
            return;
        }
        asio::post(writer_, [this] {
            try {
                emulator_.settle();
            } catch (const std::exception& failure) {
                log::error("settle: {}", failure.what());
                return;  // the next call tries again
            }
            look_for_due();
        });
    });
}

void Front::stop()
{
    is_stopped_ = true;
    asio::post(io_context_, [this] { due_timer_.cancel(); });
}

}  // namespace amilab
