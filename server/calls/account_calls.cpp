#include "server/calls/account_calls.h"

namespace amilab {

void AccountCalls::note(std::string_view account, TimeMs now_ms)
{
    const Lock lock(mutex_);
    auto found = calls_.find(account);
    if (found == calls_.end()) {
        if (calls_.size() == kMostAccounts) {
            return;
        }
        found = calls_.emplace(account, Calls{}).first;
    }
    ++found->second.count;
    found->second.last_ms = now_ms;
}

AccountCalls::Map AccountCalls::all() const
{
    const Lock lock(mutex_);
    return calls_;
}

}  // namespace amilab
