#pragma once

#include <cstdint>

#include "storage/base/mutex.h"

namespace amilab {

/// Milliseconds since 1970-01-01 UTC.
using TimeMs = std::int64_t;

/// The emulator's clock: the wall clock, shifted, or frozen at one instant. It decides states and
/// times in answers; signatures and session tokens go by the wall clock. Safe from any thread.
class Clock {
public:
    struct Setting {
        bool frozen = false;
        /// Frozen: the instant. Running: what is added to the wall clock.
        TimeMs value_ms = 0;
    };

    TimeMs now_ms() const;
    Setting setting() const;

    void freeze();
    /// Lets time go on from the frozen instant.
    void resume();
    /// Moves the clock by `delta_ms`, forwards or backwards.
    void advance(TimeMs delta_ms);
    void set(TimeMs instant_ms);
    /// Takes over what was kept; a default Setting is the wall clock.
    void restore(Setting setting);

    static TimeMs wall_ms();

    /// The first and the last instant that it shows, of the years 1970 and 9999: beyond, times
    /// could not be written as clients read them. Whoever moves it further finds it there.
    static constexpr TimeMs kEarliestMs = 0;
    static constexpr TimeMs kLatestMs = 253'402'300'799'999;

private:
    TimeMs now_locked() const REQUIRES(mutex_);
    void set_locked(TimeMs instant_ms) REQUIRES(mutex_);

    mutable Mutex mutex_{LockLevel::kClock};
    Setting setting_ GUARDED_BY(mutex_);
};

}  // namespace amilab
