#include "server/front/long_reads.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "server/http/offload.h"
#include "storage/metadata/sql/database.h"

namespace amilab {

namespace asio = boost::asio;

namespace {

/// Looks for the client's end, for its own life.
class GoneWatch {
public:
    GoneWatch(http::BodyReader& body, std::function<void()> gone) : body_(body)
    {
        body_.when_gone(std::move(gone));
    }
    ~GoneWatch() { body_.when_gone({}); }
    GoneWatch(const GoneWatch&) = delete;
    GoneWatch& operator=(const GoneWatch&) = delete;

private:
    http::BodyReader& body_;
};

/// One among others, for its own life.
template <class List>
class Entry {
public:
    Entry(List& list, typename List::iterator place) : list_(list), place_(place) {}
    ~Entry() { list_.erase(place_); }
    Entry(const Entry&) = delete;
    Entry& operator=(const Entry&) = delete;

private:
    List& list_;
    typename List::iterator place_;
};

}  // namespace

LongReads::LongReads(asio::io_context& io_context, std::size_t threads)
    : turns_(io_context, {.at_once = std::max<std::size_t>(threads, 2),
                          .of_one_account = std::max<std::size_t>(threads, 2) / 2}),
      threads_(std::max<std::size_t>(threads, 2))
{
}

asio::awaitable<ApiAnswer> LongReads::run(ApiCall& call, http::BodyReader& body)
{
    const auto stop = std::make_shared<std::atomic<bool>>(is_stopped_);
    const Entry stopped(stops_, stops_.insert(stops_.end(), stop));
    bool is_gone = false;
    const GoneWatch watch(body, [stop, &is_gone] {
        is_gone = true;
        stop->store(true);
    });
    call.stop_when(stop);
    std::optional<ApiAnswer> answer;
    const std::function<void()> work = [&] {
        try {
            answer = call.run();
        } catch (const Interrupted&) {
            // It has no answer.
        }
    };
    co_await run_in_turn(call.account(), work);
    if (!answer && is_gone) {
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

asio::awaitable<void> LongReads::run_in_turn(const std::string& account,
                                             const std::function<void()>& work)
{
    co_await turns_.take(account);
    const Turns::Turn turn(turns_, account);
    co_await run_on(threads_.get_executor(), [&work] { work(); });
}

void LongReads::stop()
{
    is_stopped_ = true;
    for (const auto& stop : stops_) {
        stop->store(true);
    }
}

}  // namespace amilab
