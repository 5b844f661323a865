#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "storage/nbd/handshake.h"
#include "storage/nbd/replies.h"
#include "storage/nbd/socket.h"

namespace amilab::nbd {

/// How many threads may help connections beside the ones that they have; shared by all.
class HelperBudget {
public:
    explicit HelperBudget(int limit) : left_(limit) {}
    bool take();
    void give_back(int count) { left_ += count; }

private:
    std::atomic<int> left_;
};

/// One connection's requests, from the handshake to the end.
///
/// Whoever holds the role of the reader takes the next request from the socket and mostly works on
/// it at once, keeping the role: with the bytes in the page cache that is faster than any change of
/// threads, and answers to requests that came together go out together. A request that will take
/// long (a flush, or anything while the disk proves slow and more requests wait) is worked on with
/// the role given away, to a helper that is started when nobody waits for it.
///
/// Memory: the input, and for each thread a batch of replies and the payload of one write; a large
/// payload only by the reader, so that there is one.
class Transmission {
public:
    Transmission(Socket& socket, Input& input, const Session& session, HelperBudget& helpers);
    ~Transmission();

    /// Returns when the client is gone, or stop() was called, and all replies are out.
    void run();
    /// Takes no more requests. From any thread.
    void stop() noexcept;

private:
    struct Worker;

    void work();
    /// False when it was the last.
    bool serve_next(Worker& worker, std::unique_lock<std::mutex>& role);
    void read_payload(Worker& worker, const Request& request, bool in_place);
    bool gives_role_away(const Request& request);
    void give_role_away(std::unique_lock<std::mutex>& role);
    void fail() noexcept;

    Socket& socket_;
    const Session& session_;
    HelperBudget& budget_;
    std::mutex sending_;
    std::atomic<bool> is_over_{false};
    std::atomic<int> waiting_{0};

    std::mutex role_;  // the reader's; guards what follows
    Input& input_;
    int slow_requests_left_ = 0;
    std::vector<std::thread> helpers_;
};

}  // namespace amilab::nbd
