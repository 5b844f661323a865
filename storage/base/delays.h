#pragma once

#include <map>
#include <string>
#include <string_view>

#include "storage/base/clock.h"
#include "storage/base/mutex.h"

namespace amilab {

/// A change of state that takes time, declared by the family whose state it is.
///
///     inline constexpr Delay kVolumeCreating{"volume.creating"};
struct Delay {
    std::string_view name;
    /// What it takes unless it is set.
    TimeMs default_ms = 0;
};

/// How long changes of state take, in milliseconds, where that is not the default. Safe from any
/// thread.
class Delays {
public:
    TimeMs get(const Delay& delay) const;
    void set(std::string_view name, TimeMs delay_ms);

private:
    mutable Mutex mutex_{LockLevel::kDelayTable};
    std::map<std::string, TimeMs, std::less<>> set_ GUARDED_BY(mutex_);
};

}  // namespace amilab
