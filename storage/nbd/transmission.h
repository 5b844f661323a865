#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <thread>
#include <vector>

#include "storage/base/memory_budget.h"
#include "storage/base/mutex.h"
#include "storage/nbd/handshake.h"
#include "storage/nbd/input.h"
#include "storage/nbd/replies.h"

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
/// Whoever holds the role of the reader takes the next request from the stream and mostly works on
/// it at once, keeping the role: with the bytes in the page cache that is faster than any change of
/// threads, and answers to requests that came together go out together. A request that will take
/// long (a flush, or anything while the disk proves slow and more requests wait) is worked on with
/// the role given away, to a helper that is started when nobody waits for it.
/// Memory: the input, and for each thread a batch of replies and, unless it waits for the role, 1
/// MiB of a write's payload; a longer one is written as it comes. Where the budget that all share
/// has no more, nothing of it is kept from one request to the next, and no request with a payload
/// is given away.
class Transmission {
public:
    Transmission(Stream& stream, Input& input, const Agreement& agreement, HelperBudget& helpers,
                 MemoryBudget& memory);
    ~Transmission();

    /// Returns when the client is gone, or stop() was called, and all replies are out.
    void run();
    /// Takes no more requests. From any thread.
    void stop() noexcept;

private:
    struct Worker;

    void work();
    /// With its payload. False when it was the last.
    bool take_request(Worker& worker) REQUIRES(role_);
    void read_payload(Worker& worker) REQUIRES(role_);
    bool gives_role_away(Worker& worker) REQUIRES(role_);
    void start_helper() REQUIRES(role_);
    void serve(Worker& worker);
    void note_time(const Worker& worker) REQUIRES(role_);
    void fail() noexcept;

    Stream& stream_;
    const Agreement& agreement_;
    HelperBudget& budget_;
    MemoryBudget& memory_;
    Mutex sending_{LockLevel::kNbdSending};  // a batch of replies
    std::atomic<bool> is_over_{false};
    std::atomic<int> waiting_{0};

    Mutex role_{LockLevel::kNbdRole};  // the reader's
    Input& input_ GUARDED_BY(role_);
    int slow_requests_left_ GUARDED_BY(role_) = 0;
    int watched_requests_left_ GUARDED_BY(role_) = 0;
    int side_by_side_ GUARDED_BY(role_) = 0;  // that are worked on without the role, no flushes
    std::vector<std::thread> helpers_ GUARDED_BY(role_);
};

}  // namespace amilab::nbd
