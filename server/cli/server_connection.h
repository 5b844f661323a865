#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string>

#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/system/system_error.hpp>

namespace amilab::cli {

/// How long a command waits for a server each time that it waits for it: to be let in, to take what
/// is sent, to go on with an answer. What goes on may take as long as it takes.
struct Patience {
    std::chrono::milliseconds connect{10'000};
    /// Where a server has little to do, or says every few seconds that it is there still. For all
    /// of what it says of its health.
    std::chrono::milliseconds answer{30'000};
    /// Where it may have much to do and says nothing meanwhile: a reset that deletes what an
    /// account has, a save that first has the disk take what it is to hold.
    std::chrono::milliseconds work{600'000};

    /// A patience with one time for all its waits.
    static Patience of(std::chrono::milliseconds limit);
    /// For a server of this very process, which nobody else can stand for.
    static Patience endless();
    /// The usual times, or for each of them what AMILAB_SERVER_TIMEOUT says, a year at most. Throws
    /// std::runtime_error where that is no time.
    static Patience of_environment();
};

/// The most that a command keeps of one answer. Where the memory limit is the usual one all answers
/// that a server holds have half of that together (docs/architecture.md, Memory).
inline constexpr std::size_t kMostAnswerBytes = std::size_t{256} << 20U;

/// Somebody takes calls and says nothing.
struct SilentServer : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// One connection to a server, for one request, in which no wait is without end: what Beast's
/// reads and writes want of a stream.
class ServerConnection {
public:
    /// `url`: as refusals name the server.
    explicit ServerConnection(std::string url) : url_(std::move(url)) {}

    void connect(const boost::asio::ip::tcp::endpoint& to, std::chrono::milliseconds limit,
                 boost::system::error_code& error);

    /// Holds for each wait from here on.
    void wait_at_most(std::chrono::milliseconds limit) { limit_ = limit; }
    /// Holds for all of them together.
    void end_at(std::chrono::steady_clock::time_point end) { end_ = end; }

    template <class Buffers>
    std::size_t read_some(const Buffers& buffers, boost::system::error_code& error)
    {
        return move(Wait::kToRead, error, [&] { return socket_.read_some(buffers, error); });
    }
    template <class Buffers>
    std::size_t read_some(const Buffers& buffers)
    {
        boost::system::error_code error;
        return done(read_some(buffers, error), error);
    }
    template <class Buffers>
    std::size_t write_some(const Buffers& buffers, boost::system::error_code& error)
    {
        return move(Wait::kToWrite, error, [&] { return socket_.write_some(buffers, error); });
    }
    template <class Buffers>
    std::size_t write_some(const Buffers& buffers)
    {
        boost::system::error_code error;
        return done(write_some(buffers, error), error);
    }

    /// Whether a wait has been ended.
    bool is_silent() const { return silent_for_.has_value(); }
    /// Throws what to tell a user of an error: SilentServer, else std::runtime_error.
    [[noreturn]] void throw_broken(const boost::system::error_code& error) const;
    /// That an answer has more than kMostAnswerBytes: std::runtime_error.
    [[noreturn]] void throw_too_long() const;

    boost::beast::flat_buffer buffer;

private:
    enum class Wait { kToRead, kToWrite };

    template <class Move>
    std::size_t move(Wait wait, boost::system::error_code& error, const Move& at_once)
    {
        for (;;) {
            if (is_over(error)) {
                return 0;
            }
            const auto bytes = at_once();
            if (error != boost::asio::error::would_block) {
                return bytes;
            }
            wait_for(wait, error);
            if (error) {
                return 0;
            }
        }
    }
    static std::size_t done(std::size_t bytes, const boost::system::error_code& error)
    {
        if (error) {
            throw boost::system::system_error(error);
        }
        return bytes;
    }
    /// Also where nothing has to be waited for: who always has some more would never end.
    bool is_over(boost::system::error_code& error);
    void wait_for(Wait wait, boost::system::error_code& error);

    std::string url_;
    boost::asio::io_context io_context_;
    boost::asio::ip::tcp::socket socket_{io_context_};
    std::chrono::milliseconds limit_ = Patience().answer;
    std::optional<std::chrono::steady_clock::time_point> end_;
    std::optional<std::chrono::milliseconds> silent_for_;
};

}  // namespace amilab::cli
