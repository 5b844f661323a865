#include "server/front/front.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <exception>
#include <memory>
#include <optional>
#include <span>
#include <utility>

#include <boost/asio/post.hpp>

#include "server/calls/stream_operation.h"
#include "server/http/offload.h"
#include "server/log/log.h"
#include "storage/base/units.h"
#include "storage/state/generation.h"

namespace amilab {

namespace asio = boost::asio;

namespace {

/// Far above any request that EC2's own limits allow. Source: assumed.
constexpr std::size_t kMostBodyBytes = std::size_t{2} << 20U;
/// A timer counts nanoseconds in 64 bits, and is set anew when it fires early.
constexpr TimeMs kLongestWaitMs = kDayMs;
/// Of an answer that is given however short memory is.
constexpr std::size_t kSmallAnswerBytes = std::size_t{64} << 10U;
/// Of a request that brings no disk.
constexpr std::size_t kSmallBodyBytes = std::size_t{64} << 10U;
/// What a stream has in memory at a time.
constexpr std::size_t kStreamBytes = std::size_t{1} << 20U;
/// So that one account leaves room for another.
constexpr std::size_t kFewestLongReads = 2;
/// With one that is ready at the writer's thread for when another has written, calls that are quick
/// would change threads for as long as there are others of them.
constexpr Turns::Most kAtTheWriter{.at_once = 1, .of_one_account = 1};

http::Response api_response(ApiAnswer answer)
{
    http::Response response;
    response.status = answer.status;
    response.content_type = answer.content_type;
    response.request_id = answer.request_id;
    response.headers.push_back(
        {std::string(answer.request_id_header), std::move(answer.request_id)});
    for (auto& [name, value] : answer.headers) {
        response.headers.push_back({std::string(name), std::move(value)});
    }
    response.body = std::move(answer.body);
    return response;
}

/// What a client of the services is told of a refusal that is HTTP's. Source: the codes are EC2's
/// common errors (documented).
ApiError api_error(const http::HttpError& error)
{
    constexpr int kInternal = 500;
    constexpr int kBusy = 503;
    const auto* code = error.status == kBusy       ? "Unavailable"
                       : error.status == kInternal ? "InternalError"
                                                   : "InvalidRequest";
    return {code, error.what(), error.status};
}

/// An answer that is made in parts: the call, and the part that is to be sent next.
struct Parts {
    ApiCall call;
    std::string part;
    /// Of the longest part so far, until the end.
    MemoryBudget::Share held;
};

/// A failure in between cuts the connection: the client sees that the answer has no end.
asio::awaitable<void> send_parts(std::shared_ptr<Parts> parts, LongReads& reads,
                                 http::BodyWriter& writer)
{
    for (;;) {
        co_await writer.write(std::as_bytes(std::span(parts->part)));
        if (!parts->call.has_more()) {
            co_return;
        }
        auto next = co_await reads.run_more(parts->call);
        parts->part = std::move(next);
        parts->held.hold(std::max(parts->held.bytes(), parts->part.size()));
    }
}

bool brings_much(const http::Request& request)
{
    return request.header("Transfer-Encoding") ||
           request.content_length.value_or(0) > kSmallBodyBytes;
}

/// Throws HttpError where there is no more.
void hold_for_stream(MemoryBudget::Share& held)
{
    if (!held.try_hold(kStreamBytes)) {
        throw http::HttpError(503, std::string(kMemoryIsShort));
    }
}

/// Until all of the answer is written, if it is a stream.
void keep_for_stream(StreamAnswer& answer, std::shared_ptr<MemoryBudget::Share> held)
{
    if (answer.write) {
        answer.write = [held = std::move(held), write = std::move(answer.write)](BodySink& to) {
            return write(to);
        };
    }
}

/// Of the exception that ends a call.
[[noreturn]] void rethrow_as_http(CallLine& line)
{
    constexpr int kFailed = 500;
    try {
        throw;
    } catch (const BodyError& error) {
        line.tell({.message = error.what()});
        line.write(error.http_status);
        throw http::HttpError(error.http_status, error.what());
    } catch (const http::HttpError& error) {
        line.tell({.message = error.what()});
        line.write(error.status);
        throw;
    } catch (const ClientGone& error) {
        line.write(0);
        throw http::ConnectionLost(error.what());
    } catch (const http::ConnectionLost&) {
        line.write(0);
        throw;
    } catch (...) {
        line.write(kFailed);
        throw;
    }
}

}  // namespace

Front::Front(asio::io_context& io_context, Emulator& emulator, std::size_t workers,
             ControlAccess access, std::shared_ptr<MemoryBudget> memory)
    : emulator_(emulator),
      io_context_(io_context),
      memory_(std::move(memory)),
      due_timer_(io_context),
      writer_turns_(io_context, kAtTheWriter),
      long_reads_(io_context, std::max(workers, kFewestLongReads), *memory_),
      worker_threads_(workers),
      workers_(worker_threads_.get_executor()),
      calls_(io_context),
      control_(emulator, std::move(access), calls_)
{
    look_for_due();  // what an earlier server has left
}

std::span<const http::Route<Front::Handler>> Front::routes()
{
    static constexpr std::array<http::Route<Handler>, 4> kRoutes = {{
        {Control::kPrefix, {}, &Front::handle_control},
        {Control::kLocalStackPrefix, {}, &Front::handle_control},
        {Control::kMotoPrefix, {}, &Front::handle_control},
        {"", {}, &Front::handle_api},
    }};
    return kRoutes;
}

asio::awaitable<http::Response> Front::handle(http::Request& request, http::BodyReader& body)
{
    CallLine line(request, calls_);
    const auto* route = http::find_route(routes(), request.path, request.method);
    try {
        auto response = co_await (this->*route->handle)(request, body, line);
        if (response.stream && !response.movers) {
            response.movers = worker_threads_.get_executor();
        }
        line.write(response.status);
        co_return response;
    } catch (...) {
        rethrow_as_http(line);
    }
}

asio::awaitable<StreamAnswer> Front::answer_control(const StreamRequest& asked, CallLine& line)
{
    Caller caller;
    try {
        auto answer = co_await control_.handle(asked, caller);
        line.tell_caller(caller);
        co_return answer;
    } catch (...) {
        line.tell_caller(caller);
        throw;
    }
}

asio::awaitable<http::Response> Front::handle_control(http::Request& request,
                                                      http::BodyReader& body, CallLine& line)
{
    line.tell_control(request);
    const auto header = header_of(request);
    HttpBodySource source(body);
    const StreamRequest asked{header, source, workers_};
    const auto held = std::make_shared<MemoryBudget::Share>(*memory_);
    if (brings_much(request)) {
        hold_for_stream(*held);
    }
    auto answer = co_await answer_control(asked, line);
    if (answer.write) {
        hold_for_stream(*held);
        keep_for_stream(answer, held);
    }
    line.tell(std::move(answer.error));
    look_for_due();
    co_return to_response(std::move(answer));
}

asio::awaitable<http::Response> Front::handle_api(http::Request& request, http::BodyReader& body,
                                                  CallLine& line)
{
    const auto header = header_of(request);
    auto call = emulator_.begin(header);
    line.tell(call);
    if (call.is_stream()) {
        co_return co_await handle_stream(call, header, body, line);
    }
    const auto text = co_await body.read_all(kMostBodyBytes);
    emulator_.take_body(call, header, text);
    line.tell(call);
    auto answer = co_await this->answer(call, body);
    line.tell(std::move(answer.error), call.parameters());
    auto response = api_response(std::move(answer));
    if (call.has_more()) {
        const auto parts = std::make_shared<Parts>(
            Parts{std::move(call), std::move(response.body), MemoryBudget::Share(*memory_)});
        parts->held.hold(parts->part.size());
        response.body.clear();
        response.movers = long_reads_.executor();
        response.stream = [parts, &reads = long_reads_](http::BodyWriter& writer) {
            return send_parts(parts, reads, writer);
        };
    }
    co_return response;
}

asio::awaitable<http::Response> Front::handle_stream(ApiCall& call, const RequestHeader& header,
                                                     http::BodyReader& body, CallLine& line)
{
    HttpBodySource source(body);
    const StreamRequest asked{header, source, workers_};
    const auto held = std::make_shared<MemoryBudget::Share>(*memory_);
    hold_for_stream(*held);
    std::optional<StreamAnswer> answer;
    std::exception_ptr failure;
    try {
        answer = co_await run_stream(call, asked);
    } catch (...) {
        failure = std::current_exception();
    }
    wait_for_due();  // it may have scheduled something
    if (failure) {
        std::rethrow_exception(failure);
    }
    keep_for_stream(*answer, held);
    line.tell(std::move(answer->error), call.parameters());
    answer->headers.emplace_back(call.request_id_header(), call.request_id());
    co_return to_response(std::move(*answer));
}

asio::awaitable<void> Front::settle(ApiCall& call)
{
    while (call.finds_due()) {
        co_await writer_turns_.take(call.account());
        const Turns::Turn turn(writer_turns_, call.account());
        const auto has_room =
            co_await run_on(writer_.get_executor(), [&call] { return call.settle_some(); });
        wait_for_due();
        if (!has_room) {
            co_return;
        }
    }
}

asio::awaitable<ApiAnswer> Front::answer_read(ApiCall& call, http::BodyReader& body)
{
    if (call.finds_due()) {
        co_await settle(call);
        if (auto quick = call.run_if_quick()) {
            co_return std::move(*quick);
        }
    }
    auto answer = co_await long_reads_.run(call, body);
    co_return answer;
}

bool Front::is_too_much(const ApiAnswer& answer) const
{
    return answer.body.size() > kSmallAnswerBytes && memory_->is_short();
}

asio::awaitable<ApiAnswer> Front::answer_write(ApiCall& call)
{
    co_await settle(call);
    co_await writer_turns_.take(call.account());
    const Turns::Turn turn(writer_turns_, call.account());
    // Most have waited for one that took long, and do not themselves.
    if (auto quick = call.run_if_quick()) {
        co_return std::move(*quick);
    }
    auto answer = co_await run_on(writer_.get_executor(), [&call] { return call.run(); });
    co_return answer;
}

asio::awaitable<ApiAnswer> Front::answer(ApiCall& call, http::BodyReader& body)
{
    std::optional<ApiAnswer> quick;
    // Nobody writes before those who wait for the writer.
    if (!call.writes() || !writer_turns_.has_waiting()) {
        quick = call.run_if_quick();
    }
    if (quick && call.is_read() && is_too_much(*quick)) {
        quick = call.refuse_for_memory();
    }
    if (!quick && call.is_read()) {
        auto answer = co_await answer_read(call, body);
        co_return answer;
    }
    if (!quick && !call.writes()) {
        auto answer = co_await workers_.run([&call] { return call.run(); });
        wait_for_due();  // one that moved bytes may have scheduled something
        if (is_too_much(answer)) {
            co_return call.refuse_for_memory();  // a block that was asked for
        }
        co_return answer;
    }
    // No co_await within a conditional expression: GCC 12 frees what it gives twice.
    if (!quick) {
        quick = co_await answer_write(call);
    }
    if (call.writes()) {
        wait_for_due();
    }
    co_return std::move(*quick);
}

http::Response Front::refuse(const http::Request& request, const http::HttpError& error) const
{
    return request.target.starts_with(Control::kPrefix)
               ? to_response(Control::refuse(error))
               : api_response(emulator_.refuse(header_of(request), api_error(error)));
}

void Front::look_for_due()
{
    asio::post(io_context_, [this] { wait_for_due(); });
}

void Front::wait_for_due()
{
    const auto generation = emulator_.data().current();
    const auto due_ms = generation->timing().earliest_due.get_ms();
    const bool is_known = due_ms == awaited_due_ms_ && due_ms == EarliestDue::kNever;
    if (is_stopped_ || is_settling_ || is_known) {
        return;
    }
    awaited_due_ms_ = due_ms;
    due_timer_.cancel();
    const auto now_ms = generation->timing().clock.now_ms();
    if (due_ms == EarliestDue::kNever ||
        (due_ms > now_ms && generation->timing().clock.setting().frozen)) {
        return;
    }
    due_timer_.expires_after(
        std::chrono::milliseconds(std::clamp<TimeMs>(due_ms - now_ms, 0, kLongestWaitMs)));
    due_timer_.async_wait([this](boost::system::error_code error) {
        if (!error && !is_settling_) {
            is_settling_ = true;
            asio::post(writer_, [this] { settle_some(); });
        }
    });
}

// On the writer's thread.
void Front::settle_some()
{
    bool has_failed = false;
    try {
        emulator_.settle_some();
    } catch (const std::exception& failure) {
        log::error("settle: {}", failure.what());
        has_failed = true;
    }
    asio::post(io_context_, [this, has_failed] {
        is_settling_ = false;
        if (!has_failed) {  // else the next call tries again
            wait_for_due();
        }
    });
}

void Front::stop()
{
    is_stopped_ = true;
    asio::post(io_context_, [this] {
        due_timer_.cancel();
        long_reads_.stop();
        calls_.stop();
    });
}

}  // namespace amilab
