#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "server/calls/call_record.h"

namespace amilab {

/// The last calls of the AWS APIs, those before them forgotten. Used by the io_context's thread
/// alone; who shows calls takes those it wants, which is quick, and renders them elsewhere.
class CallRing {
public:
    using Call = std::shared_ptr<const CallRecord>;

    static constexpr std::size_t kMostCalls = 10'000;
    static constexpr std::size_t kMostBytes = std::size_t{16} << 20U;
    /// Who follows has a connection.
    static constexpr std::size_t kMostFollowers = 16;

    explicit CallRing(boost::asio::io_context& io_context);
    CallRing(const CallRing&) = delete;
    CallRing& operator=(const CallRing&) = delete;

    /// Gives it its number, one more than the last one's.
    void add(std::shared_ptr<CallRecord> call);
    /// The number of the last call that there was, forgotten or not; 0 before the first.
    std::uint64_t last_number() const { return last_number_; }
    std::size_t size() const { return calls_.size(); }

    /// Numbers go on where they were.
    void clear();
    void remove_account(std::string_view account);

    /// Some of the calls whose numbers are above another, in their order.
    struct Part {
        std::vector<Call> calls = {};
        /// The number up to which all have been looked at.
        std::uint64_t through = 0;
        /// How many are forgotten already.
        std::uint64_t lost = 0;
    };
    using Matches = std::function<bool(const CallRecord&)>;
    /// Of those after `after` and up to `through` those that `matches`, about 64 KiB of them.
    Part part(std::uint64_t after, std::uint64_t through, const Matches& matches) const;
    /// The number after which there are the last `most` that `matches`, or fewer where fewer do.
    std::uint64_t before_last(std::size_t most, const Matches& matches) const;

    bool has_any(const Matches& matches) const;

    /// A place among those who follow, until it goes.
    class Follower {
    public:
        ~Follower() { --*count_; }
        Follower(const Follower&) = delete;
        Follower& operator=(const Follower&) = delete;

    private:
        friend class CallRing;
        explicit Follower(std::shared_ptr<std::size_t> count) : count_(std::move(count))
        {
            ++*count_;
        }
        std::shared_ptr<std::size_t> count_;
    };
    /// Null when there are too many.
    std::shared_ptr<Follower> follow();
    /// Returns when there has been another call, the followers are to end, or `most` has passed.
    boost::asio::awaitable<void> wait(std::chrono::milliseconds most);
    /// From now on nobody follows.
    void stop();
    bool is_stopped() const { return is_stopped_; }

private:
    using Calls = std::deque<Call>;
    using Waiting = std::vector<boost::asio::steady_timer*>;

    Calls::const_iterator find_after(std::uint64_t number) const;
    std::uint64_t lost_after(std::uint64_t number) const;
    void forget_first();
    void wake() const;

    boost::asio::io_context& io_context_;
    Calls calls_;
    std::size_t bytes_ = 0;
    std::uint64_t last_number_ = 0;
    /// The last that went for want of room.
    std::uint64_t forgotten_number_ = 0;
    /// The last that a reset took.
    std::uint64_t reset_number_ = 0;
    bool is_stopped_ = false;
    // What a coroutine gives back that outlives the ring.
    std::shared_ptr<Waiting> waiting_ = std::make_shared<Waiting>();
    std::shared_ptr<std::size_t> followers_ = std::make_shared<std::size_t>(0);
};

}  // namespace amilab
