#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <set>
#include <string>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>

#include "server/calls/api_call.h"
#include "server/front/turns.h"
#include "server/http/message.h"
#include "storage/base/memory_budget.h"

namespace amilab {

/// Threads for reads that take long, apart from all that others wait for; where processors are few
/// they give way to the other threads. At most half of them work for one account. A read whose
/// client has gone, or that runs when the server stops, is stopped half way. Used on the
/// io_context's thread.
class LongReads {
public:
    /// `threads` at least 2. Reads are refused while `memory`, which outlives it, is short.
    LongReads(boost::asio::io_context& io_context, std::size_t threads, const MemoryBudget& memory);

    /// Runs the call's first part, or the next one. Throws http::ConnectionLost when the client has
    /// gone, and refuses with 503 when the server stops.
    boost::asio::awaitable<ApiAnswer> run(ApiCall& call, http::BodyReader& body);
    boost::asio::awaitable<std::string> run_more(ApiCall& call);
    /// Runs `work`, which outlives the wait, on one of the threads when it is the account's turn.
    boost::asio::awaitable<void> run_in_turn(std::string account,
                                             const std::function<void()>& work);
    /// The threads, for what belongs to an answer and is done in no time, such as moving its bytes.
    boost::asio::any_io_executor executor() { return threads_->get_executor(); }
    /// Stops what runs and what waits.
    void stop();

private:
    class Stoppable;
    using Stop = std::shared_ptr<std::atomic<bool>>;

    const MemoryBudget& memory_;
    Turns turns_;
    std::unique_ptr<boost::asio::thread_pool> threads_;
    bool is_stopped_ = false;
    std::set<Stop> stops_;  // of the reads that run or wait
};

}  // namespace amilab
