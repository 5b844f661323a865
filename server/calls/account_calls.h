#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "storage/base/clock.h"
#include "storage/base/mutex.h"

namespace amilab {

/// Which accounts have called, how often and when last: a companion of the generation, so that it
/// begins anew with a start and a reset. Safe from any thread.
class AccountCalls {
public:
    struct Calls {
        std::uint64_t count = 0;
        TimeMs last_ms = 0;
    };
    /// By account.
    using Map = std::map<std::string, Calls, std::less<>>;

    /// Anybody can make up accounts: those beyond so many are not noted.
    static constexpr std::size_t kMostAccounts = 10'000;

    void note(std::string_view account, TimeMs now_ms);
    Map all() const;

private:
    mutable Mutex mutex_{LockLevel::kAccountCalls};
    Map calls_ GUARDED_BY(mutex_);
};

}  // namespace amilab
