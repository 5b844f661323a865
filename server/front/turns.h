#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

namespace amilab {

/// So many at work at a time, and of one account fewer. Who has to wait takes turns by account:
/// next is the account whose last turn is the longest ago, and of one account who came first. So
/// one that asks for much waits for itself. Used on the io_context's thread.
class Turns {
public:
    struct Most {
        std::size_t at_once;
        std::size_t of_one_account;
    };

    Turns(boost::asio::io_context& io_context, Most most) : io_context_(io_context), most_(most) {}

    /// A turn, for its own life.
    class Turn {
    public:
        /// Of an account whose turn it is: take() has returned.
        Turn(Turns& turns, std::string account) : turns_(turns), account_(std::move(account)) {}
        ~Turn() { turns_.end(account_); }
        Turn(const Turn&) = delete;
        Turn& operator=(const Turn&) = delete;

    private:
        Turns& turns_;
        const std::string account_;
    };

    /// Returns when it is the account's turn, which lasts until end(): see Turn.
    boost::asio::awaitable<void> take(const std::string& account);
    /// Whether anybody has to wait.
    bool has_waiting() const { return waiting_ > 0; }

private:
    struct Account {
        std::deque<std::shared_ptr<boost::asio::steady_timer>> waiting{};
        std::size_t running = 0;
        std::uint64_t last_turn = 0;
    };
    using Accounts = std::map<std::string, Account>;

    bool has_room(const Account& account) const;
    void begin(Account& account);
    void end(const std::string& account);
    /// Of those that wait and have room, whose turn it is; the end where there is none.
    Accounts::iterator next();

    boost::asio::io_context& io_context_;
    const Most most_;
    std::size_t running_ = 0;
    std::size_t waiting_ = 0;
    std::uint64_t turns_ = 0;
    Accounts accounts_;  // that work or wait
};

}  // namespace amilab
