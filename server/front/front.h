#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <span>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>

#include "server/calls/emulator.h"
#include "server/control/access.h"
#include "server/control/call_ring.h"
#include "server/control/control.h"
#include "server/front/call_line.h"
#include "server/front/long_reads.h"
#include "server/front/streams.h"
#include "server/http/message.h"
#include "server/http/routes.h"
#include "storage/base/earliest_due.h"
#include "storage/base/memory_budget.h"

namespace amilab {

/// Between HTTP and the services: decides on which thread a request is worked on, and lets what is
/// due happen on an idle server.
///
/// One thread runs the io_context: it moves bytes and answers quick calls itself, since a change of
/// threads costs more than they do. Reads that turn out long begin anew on threads of their own,
/// writes that do, or that would have to wait, on the writer's thread, one after the other, by
/// turns of their accounts. The workers have what remains: bytes, streams, the control API.
class Front {
public:
    /// `io_context` is run by one thread; `access` says who may use what is no AWS API; of `memory`
    /// is what answers take, and reads of much are refused while it is short.
    Front(boost::asio::io_context& io_context, Emulator& emulator, std::size_t workers,
          ControlAccess access = ControlAccess(),
          std::shared_ptr<MemoryBudget> memory = std::make_shared<MemoryBudget>());

    /// Throws HttpError for bodies that are too large or broken.
    boost::asio::awaitable<http::Response> handle(http::Request& request, http::BodyReader& body);
    /// What a request is refused with that HTTP does not let through, or whose handling has thrown:
    /// the control API's JSON, else the error document of the service that the header means.
    http::Response refuse(const http::Request& request, const http::HttpError& error) const;
    /// Stops waiting for what is due, and ends answers that follow calls.
    void stop();

private:
    using Handler = boost::asio::awaitable<http::Response> (Front::*)(http::Request& request,
                                                                      http::BodyReader& body,
                                                                      CallLine& line);
    /// Who answers what; the first that is meant does.
    static std::span<const http::Route<Handler>> routes();

    boost::asio::awaitable<StreamAnswer> answer_control(const StreamRequest& asked, CallLine& line);
    boost::asio::awaitable<http::Response> handle_control(http::Request& request,
                                                          http::BodyReader& body, CallLine& line);
    boost::asio::awaitable<http::Response> handle_api(http::Request& request,
                                                      http::BodyReader& body, CallLine& line);
    boost::asio::awaitable<http::Response> handle_stream(ApiCall& call, const RequestHeader& header,
                                                         http::BodyReader& body, CallLine& line);
    boost::asio::awaitable<ApiAnswer> answer(ApiCall& call, http::BodyReader& body);
    /// Whether it had better not be kept until its client takes it.
    bool is_too_much(const ApiAnswer& answer) const;
    /// One that quick work did not do.
    boost::asio::awaitable<ApiAnswer> answer_read(ApiCall& call, http::BodyReader& body);
    /// Returns when nothing is due any more that the call waits for. In parts, between which others
    /// have the writer.
    boost::asio::awaitable<void> settle(ApiCall& call);
    /// A call that writes, by the turns of the accounts.
    boost::asio::awaitable<ApiAnswer> answer_write(ApiCall& call);
    /// From any thread; the rest on the io_context's.
    void look_for_due();
    void wait_for_due();
    void settle_some();

    Emulator& emulator_;
    boost::asio::io_context& io_context_;
    const std::shared_ptr<MemoryBudget> memory_;
    boost::asio::steady_timer due_timer_;  // the io_context's thread
    TimeMs awaited_due_ms_ = EarliestDue::kNever;
    bool is_settling_ = false;  // a part of what is due waits for the writer, or has it
    std::atomic<bool> is_stopped_{false};
    boost::asio::thread_pool writer_{1};
    Turns writer_turns_;
    LongReads long_reads_;
    boost::asio::thread_pool worker_threads_;
    ExecutorWorkers workers_;
    CallRing calls_;  // the io_context's thread
    Control control_;
};

}  // namespace amilab
