#include "server/control/call_ring.h"

#include <algorithm>
#include <utility>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace amilab {

namespace asio = boost::asio;

namespace {

constexpr std::size_t kRingPartBytes = std::size_t{64} << 10U;

}  // namespace

CallRing::CallRing(asio::io_context& io_context) : io_context_(io_context) {}

void CallRing::add(std::shared_ptr<CallRecord> call)
{
    call->number = ++last_number_;
    bytes_ += call->bytes();
    calls_.push_back(std::move(call));
    while (calls_.size() > kMostCalls || bytes_ > kMostBytes) {
        forget_first();
    }
    wake();
}

void CallRing::forget_first()
{
    forgotten_number_ = calls_.front()->number;
    bytes_ -= calls_.front()->bytes();
    calls_.pop_front();
}

void CallRing::clear()
{
    calls_.clear();
    bytes_ = 0;
    reset_number_ = last_number_;
}

void CallRing::remove_account(std::string_view account)
{
    std::erase_if(calls_, [&](const Call& call) {
        const bool is_of_it = call->account == account;
        bytes_ -= is_of_it ? call->bytes() : 0;
        return is_of_it;
    });
}

CallRing::Calls::const_iterator CallRing::find_after(std::uint64_t number) const
{
    return std::partition_point(calls_.begin(), calls_.end(),
                                [&](const Call& call) { return call->number <= number; });
}

CallRing::Part CallRing::part(std::uint64_t after, std::uint64_t through,
                              const Matches& matches) const
{
    Part part{.calls = {}, .through = through, .lost = lost_after(after)};
    std::size_t bytes = 0;
    for (auto at = find_after(after); at != calls_.end() && (*at)->number <= through; ++at) {
        if (bytes >= kRingPartBytes) {
            part.through = (*at)->number - 1;
            break;
        }
        if (matches(**at)) {
            bytes += (*at)->bytes();
            part.calls.push_back(*at);
        }
    }
    return part;
}

bool CallRing::has_any(const Matches& matches) const
{
    return std::any_of(calls_.begin(), calls_.end(),
                       [&](const Call& call) { return matches(*call); });
}

std::uint64_t CallRing::before_last(std::size_t most, const Matches& matches) const
{
    if (most == 0) {
        return last_number_;
    }
    for (auto at = calls_.rbegin(); at != calls_.rend(); ++at) {
        if (matches(**at) && --most == 0) {
            return (*at)->number - 1;
        }
    }
    return 0;
}

/// Of those that a reset has taken nobody is missing anything.
std::uint64_t CallRing::lost_after(std::uint64_t number) const
{
    const auto seen = std::max(number, reset_number_);
    return forgotten_number_ > seen ? forgotten_number_ - seen : 0;
}

std::shared_ptr<CallRing::Follower> CallRing::follow()
{
    return *followers_ < kMostFollowers ? std::shared_ptr<Follower>(new Follower(followers_))
                                        : nullptr;
}

asio::awaitable<void> CallRing::wait(std::chrono::milliseconds most)
{
    if (is_stopped_) {
        co_return;
    }
    asio::steady_timer timer(io_context_, most);
    const std::shared_ptr<void> place(
        nullptr, [waiting = waiting_, &timer](void*) { std::erase(*waiting, &timer); });
    waiting_->push_back(&timer);
    boost::system::error_code ignored;
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
}

void CallRing::wake() const
{
    for (auto* timer : *waiting_) {
        timer->cancel();
    }
}

void CallRing::stop()
{
    is_stopped_ = true;
    wake();
}

}  // namespace amilab
