#pragma once

#include <atomic>
#include <limits>

#include "storage/base/clock.h"

namespace amilab {

/// When the earliest of what is to happen by itself is due, for those who have no time to ask the
/// database. Kept by whoever holds the writer, read by any thread.
class EarliestDue {
public:
    /// Nothing is to happen.
    static constexpr TimeMs kNever = std::numeric_limits<TimeMs>::max();

    TimeMs get_ms() const { return due_ms_.load(std::memory_order_acquire); }
    void set_ms(TimeMs due_ms) { due_ms_.store(due_ms, std::memory_order_release); }
    bool is_past(TimeMs now_ms) const { return get_ms() <= now_ms; }

private:
    std::atomic<TimeMs> due_ms_{kNever};
};

}  // namespace amilab
