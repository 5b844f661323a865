#include "server/front/turns.h"

#include <utility>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace amilab {

namespace asio = boost::asio;

asio::awaitable<void> Turns::take(const std::string& account)
{
    auto& its = accounts_[account];
    if (has_room(its)) {
        begin(its);  // nobody who waits could have it
        co_return;
    }
    const auto turn =
        std::make_shared<asio::steady_timer>(io_context_, asio::steady_timer::time_point::max());
    its.waiting.push_back(turn);
    ++waiting_;
    boost::system::error_code ignored;
    co_await turn->async_wait(asio::redirect_error(asio::use_awaitable, ignored));
}

bool Turns::has_room(const Account& account) const
{
    return running_ < most_.at_once && account.running < most_.of_one_account;
}

void Turns::begin(Account& account)
{
    ++running_;
    ++account.running;
    account.last_turn = ++turns_;
}

void Turns::end(const std::string& account)
{
    --running_;
    const auto its = accounts_.find(account);
    --its->second.running;
    if (const auto following = next(); following != accounts_.end()) {
        auto& waiting = following->second.waiting;
        const auto turn = std::move(waiting.front());
        waiting.pop_front();
        --waiting_;
        begin(following->second);
        turn->cancel();
    }
    if (its->second.running == 0 && its->second.waiting.empty()) {
        accounts_.erase(its);
    }
}

Turns::Accounts::iterator Turns::next()
{
    auto found = accounts_.end();
    for (auto one = accounts_.begin(); one != accounts_.end(); ++one) {
        const auto& account = one->second;
        if (!account.waiting.empty() && has_room(account) &&
            (found == accounts_.end() || account.last_turn < found->second.last_turn)) {
            found = one;
        }
    }
    return found;
}

}  // namespace amilab
