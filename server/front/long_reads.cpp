#include "server/front/long_reads.h"

#include <sys/resource.h>
#include <unistd.h>
#include <optional>
#include <thread>
#include <utility>

#include "server/http/offload.h"
#include "storage/metadata/sql/database.h"

namespace amilab {

namespace asio = boost::asio;

namespace {

/// Of a busy processor a thread takes a third of what each of those takes that everybody waits for.
constexpr int kNice = 5;

/// Threads that the kernel prefers the others to. They have that from the one that starts them,
/// which could not take it back.
std::unique_ptr<asio::thread_pool> threads_that_give_way(std::size_t count)
{
    std::unique_ptr<asio::thread_pool> threads;
    std::thread([&] {
        // Where it may not be, nothing is lost but that.
        static_cast<void>(::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), kNice));
        threads = std::make_unique<asio::thread_pool>(count);
    }).join();
    return threads;
}

}  // namespace

/// A read that is to end half way when the server stops or its client goes, for its own life.
class LongReads::Stoppable {
public:
    Stoppable(LongReads& reads, http::BodyReader& body)
        : reads_(reads), body_(body), stop_(std::make_shared<std::atomic<bool>>(reads.is_stopped_))
    {
        reads_.stops_.insert(stop_);
        body_.when_gone([this] {
            is_client_gone_ = true;
            stop_->store(true);
        });
    }
    ~Stoppable()
    {
        body_.when_gone({});
        reads_.stops_.erase(stop_);
    }
    Stoppable(const Stoppable&) = delete;
    Stoppable& operator=(const Stoppable&) = delete;

    const Stop& stop() const { return stop_; }
    bool is_client_gone() const { return is_client_gone_; }

private:
    LongReads& reads_;
    http::BodyReader& body_;
    const Stop stop_;
    bool is_client_gone_ = false;
};

LongReads::LongReads(asio::io_context& io_context, std::size_t threads, const MemoryBudget& memory)
    : memory_(memory),
      turns_(io_context, {.at_once = threads, .of_one_account = threads / 2}),
      threads_(threads_that_give_way(threads))
{
}

asio::awaitable<ApiAnswer> LongReads::run(ApiCall& call, http::BodyReader& body)
{
    const Stoppable read(*this, body);
    call.stop_when(read.stop());
    std::optional<ApiAnswer> answer;
    const std::function<void()> work = [&] {
        try {
            answer = memory_.is_short() ? call.refuse_for_memory() : call.run();
        } catch (const Interrupted&) {
            // It has no answer.
        }
    };
    co_await run_in_turn(call.account(), work);
    if (!answer && read.is_client_gone()) {
        throw http::ConnectionLost("the client has gone");
    }
    co_return answer ? std::move(*answer) : call.give_up();
}

asio::awaitable<std::string> LongReads::run_more(ApiCall& call)
{
    std::string part;
    const std::function<void()> work = [&] { part = call.run_more(); };
    co_await run_in_turn(call.account(), work);
    co_return part;
}

asio::awaitable<void> LongReads::run_in_turn(std::string account, const std::function<void()>& work)
{
    co_await turns_.take(account);
    const Turns::Turn turn(turns_, account);
    co_await run_on(executor(), [&work] { work(); });
}

void LongReads::stop()
{
    is_stopped_ = true;
    for (const auto& stop : stops_) {
        stop->store(true);
    }
}

}  // namespace amilab
