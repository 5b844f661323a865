#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "storage/base/mutex.h"

namespace amilab {

/// Access keys that name no account, each of which the log tells of once: two people who mistype
/// theirs would share an account unawares. Safe from any thread.
class UnknownKeys {
public:
    /// Anybody can make up keys: the log tells of so many, and then that there are more.
    static constexpr std::size_t kMostKeys = 1'000;

    /// `default_account`: whose their calls are; empty: nobody's, they are refused.
    explicit UnknownKeys(std::string default_account) : default_account_(std::move(default_account))
    {
    }

    /// The line about the key, with a hint; nothing when the log has it.
    std::optional<std::string> meet(std::string_view access_key);

private:
    /// What becomes of the calls of such a key.
    std::string fate() const;

    const std::string default_account_;
    Mutex mutex_{LockLevel::kUnknownKeys};
    std::set<std::string, std::less<>> met_ GUARDED_BY(mutex_);
    bool told_of_more_ GUARDED_BY(mutex_) = false;
};

}  // namespace amilab
