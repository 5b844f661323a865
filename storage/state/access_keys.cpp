#include "storage/state/access_keys.h"

namespace amilab {

std::optional<std::string> AccessKeys::account_of(std::string_view access_key) const
{
    if (!has_keys_.load(std::memory_order_acquire)) {
        return std::nullopt;
    }
    const Lock lock(mutex_);
    const auto found = keys_.find(access_key);
    return found != keys_.end() ? std::optional(found->second) : std::nullopt;
}

void AccessKeys::replace(Map keys)
{
    const Lock lock(mutex_);
    keys_ = std::move(keys);
    has_keys_.store(!keys_.empty(), std::memory_order_release);
}

}  // namespace amilab
