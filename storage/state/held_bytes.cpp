#include "storage/state/held_bytes.h"

#include <algorithm>

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

void HeldBytes::note_disks(std::string_view account, std::int64_t disks)
{
    if (!most_) {
        return;
    }
    const Lock lock(mutex_);
    auto& next_look = next_look_[std::string(account)];
    const auto one_eighth_more = disks + disks / 8 + 1;
    if (disks >= next_look) {
        counted_.erase(std::string(account));
        next_look = one_eighth_more;
    }
    next_look = std::min(next_look, one_eighth_more);  // some were deleted
}

}  // namespace amilab
