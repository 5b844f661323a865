#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "storage/base/memory_budget.h"
#include "storage/state/data_directory.h"

namespace boost::asio {
class io_context;
}

namespace amilab::nbd {

/// sun_path holds 108 bytes, with a zero at the end.
inline constexpr std::size_t kLongestSocketPath = 107;

/// Serves the volumes and snapshots of a data directory as network block devices: volumes to read
/// and write, snapshots to read, each under its id, whoever owns it. docs/nbd.md says how.
///
/// Connections are accepted by the threads that run the io_context; each has a thread of its own,
/// so that none waits for another, and helpers when its disk is slow.
class Server {
public:
    struct Options {
        /// A numeric address; without it no TCP. Port 0 takes a free one.
        std::optional<std::string> address;
        std::uint16_t port = 0;
        /// A socket that only this user may open; removed at the end.
        std::optional<std::string> unix_path;

        /// One more is closed at once. Lowered to its share of the descriptors that there are.
        std::size_t max_connections = 256;
        /// Threads that help connections with slow disks, all together.
        int max_helpers = 256;
        /// For what is held of writes until it is written.
        std::shared_ptr<MemoryBudget> memory = std::make_shared<MemoryBudget>();
        /// From the first byte to the choice of an export.
        std::chrono::milliseconds handshake_timeout{30'000};
        /// How long the destructor lets requests under way end.
        std::chrono::milliseconds stop_timeout{2'000};
        /// Told what no client can be told.
        std::function<void(std::exception_ptr)> report;
        /// Begins a connection's thread. Throws std::system_error when there is none to be had.
        std::function<std::thread(std::function<void()>)> start_thread =
            [](std::function<void()> run) { return std::thread(std::move(run)); };
    };

    /// Listens from here on. `io_context` and `data` must outlive the server.
    /// Throws std::system_error when it cannot listen, saying where.
    Server(boost::asio::io_context& io_context, DataDirectory& data, Options options);
    /// stop(), and waits for the connections.
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    /// Where it listens: "nbd://127.0.0.1:10809", "nbd+unix:///?socket=/run/amilab.nbd".
    /// Source: doc/uri.md of the NetworkBlockDevice project (documented).
    std::vector<std::string> uris() const;
    /// How many connections there are. Safe from any thread.
    std::size_t connections() const;
    /// Listens no more and takes no more requests. Returns at once. On a thread that runs the
    /// io_context.
    void stop();

private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace amilab::nbd
