#include "storage/state/held_bytes.h"

namespace amilab {

namespace {

/// No sum that could wrap.
bool fits(std::uint64_t held, std::uint64_t bytes, std::uint64_t most)
{
    return held <= most && bytes <= most - held;
}

}  // namespace

bool HeldBytes::take(std::string_view account, std::uint64_t bytes)
{
    if (!most_) {
        return true;
    }
    {
        const Lock lock(mutex_);
        const auto found = counted_.find(account);
        if (found != counted_.end() && fits(found->second, bytes, *most_)) {
            found->second += bytes;
            return true;
        }
    }
    const auto held = measure_(account);
    const bool has_room = fits(held, bytes, *most_);
    const Lock lock(mutex_);
    counted_[std::string(account)] = has_room ? held + bytes : held;
    return has_room;
}

bool HeldBytes::is_known_to_have_room(std::string_view account, std::uint64_t bytes) const
{
    if (!most_) {
        return true;
    }
    const Lock lock(mutex_);
    const auto found = counted_.find(account);
    return found != counted_.end() && fits(found->second, bytes, *most_);
}

void HeldBytes::forget(std::string_view account)
{
    if (!most_) {
        return;
    }
    const Lock lock(mutex_);
    if (const auto found = counted_.find(account); found != counted_.end()) {
        counted_.erase(found);
    }
}

}  // namespace amilab
