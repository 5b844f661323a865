#include "server/front/long_reads.h"

#include <algorithm>
#include <optional>
#include <utility>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "server/http/offload.h"
#include "storage/metadata/sql/database.h"

namespace amilab {

namespace asio = boost::asio;

class LongReads::Place {
public:
    Place(LongReads& reads, std::string account) : reads_(reads), account_(std::move(account)) {}
    ~Place() { reads_.end(account_); }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;

private:
    LongReads& reads_;
    const std::string account_;
};

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
    : io_context_(io_context), most_(std::max<std::size_t>(threads, 2)), threads_(most_)
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
    co_await take_place(account);
    const Place place(*this, account);
    co_await run_on(threads_.get_executor(), [&work] { work(); });
}

void LongReads::stop()
{
    is_stopped_ = true;
    for (const auto& stop : stops_) {
        stop->store(true);
    }
}

bool LongReads::has_room(const std::string& account) const
{
    const auto its_own = running_by_account_.find(account);
    return running_ < most_ &&
           (its_own == running_by_account_.end() || its_own->second < most_ / 2);
}

asio::awaitable<void> LongReads::take_place(const std::string& account)
{
    if (has_room(account)) {
        begin(account);  // nobody who waits could have it
        co_return;
    }
    const auto waiting = std::make_shared<Waiting>(
        Waiting{account, asio::steady_timer(io_context_, asio::steady_timer::time_point::max())});
    waiting_.push_back(waiting);
    boost::system::error_code ignored;
    co_await waiting->turn.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
}

void LongReads::begin(const std::string& account)
{
    ++running_;
    ++running_by_account_[account];
}

void LongReads::end(const std::string& account)
{
    --running_;
    const auto its_own = running_by_account_.find(account);
    if (--its_own->second == 0) {
        running_by_account_.erase(its_own);
    }
    const auto next =
        std::ranges::find_if(waiting_, [this](const auto& one) { return has_room(one->account); });
    if (next != waiting_.end()) {
        const auto waiting = *next;
        waiting_.erase(next);
        begin(waiting->account);
        waiting->turn.cancel();
    }
}

}  // namespace amilab
