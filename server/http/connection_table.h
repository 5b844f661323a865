#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <list>

#include "storage/base/mutex.h"

namespace amilab::http {

using SteadyClock = std::chrono::steady_clock;

/// What a connection waits for.
enum class Phase : std::uint8_t { kIdle, kReading, kHandling, kWriting };

/// One open connection as others see it: until when it may wait, and for what. Its own coroutine
/// sets these, which costs two stores; the sweep reads them.
struct ConnectionEntry {
    static constexpr std::int64_t kNever = INT64_MAX;

    int descriptor = -1;
    std::atomic<std::int64_t> deadline_ns{kNever};
    std::atomic<Phase> phase{Phase::kIdle};
    /// Set when a deadline has passed: nothing more can be read.
    std::atomic<bool> expired{false};

    void arm(Phase next_phase, SteadyClock::time_point deadline)
    {
        phase.store(next_phase, std::memory_order_relaxed);
        deadline_ns.store(deadline.time_since_epoch().count(), std::memory_order_release);
    }
    void disarm()
    {
        deadline_ns.store(kNever, std::memory_order_relaxed);
        phase.store(Phase::kHandling, std::memory_order_relaxed);
    }
};

/// All open connections. A connection is woken from outside with shutdown(2) alone: the socket
/// object belongs to its coroutine, and the entry leaves the table before the descriptor is closed.
/// Safe from any thread.
class ConnectionTable {
public:
    explicit ConnectionTable(std::size_t max_connections) : max_connections_(max_connections) {}

    /// Where an entry stands; given back to remove it.
    using Place = std::list<ConnectionEntry*>::iterator;

    bool full() const;
    std::size_t size() const;
    Place add(ConnectionEntry& entry);
    void remove(Place place);

    /// Ends what has waited too long: a reader is told (`expired`, then end of file) and can still
    /// answer, a writer is cut off.
    void sweep(SteadyClock::time_point now);
    /// From here on no connection is kept for another request; idle ones end.
    void begin_stop();
    bool stopping() const { return stopping_.load(); }
    void cut_all();

private:
    mutable Mutex mutex_{LockLevel::kConnectionTable};  // keeps the entries' descriptors open
    std::list<ConnectionEntry*> entries_ GUARDED_BY(mutex_);
    const std::size_t max_connections_;
    std::atomic<bool> stopping_{false};
};

}  // namespace amilab::http
