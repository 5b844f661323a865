#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "storage/base/mutex.h"

namespace amilab {

/// Whose the access keys are that the control API has declared. Safe from any thread; costs one
/// load of a flag while there are none.
class AccessKeys {
public:
    /// Access key → account.
    using Map = std::map<std::string, std::string, std::less<>>;

    std::optional<std::string> account_of(std::string_view access_key) const;
    void replace(Map keys);

private:
    std::atomic<bool> has_keys_{false};
    mutable Mutex mutex_{LockLevel::kAccessKeys};
    Map keys_ GUARDED_BY(mutex_);
};

}  // namespace amilab
