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

std::uint64_t HeldBytes::uploaded(std::string_view account) const
{
    const auto found = uploaded_.find(account);
    return found == uploaded_.end() ? 0 : found->second;
}

bool HeldBytes::has_counted_room(std::string_view account, std::uint64_t bytes) const
{
    const auto found = counted_.find(account);
    return found != counted_.end() && fits(found->second, uploaded(account), *most_) &&
           fits(found->second + uploaded(account), bytes, *most_);
}

bool HeldBytes::is_known_to_be_full(std::string_view account) const
{
    const auto refused = refused_at_.find(account);
    return refused != refused_at_.end() && refused->second == frees() && counted_.contains(account);
}

bool HeldBytes::take_counted(std::string_view account, std::uint64_t bytes)
{
    if (!has_counted_room(account, bytes)) {
        return false;
    }
    counted_.find(account)->second += bytes;
    // The bytes may be written over others: what is counted is no look any more.
    if (const auto refused = refused_at_.find(account); bytes > 0 && refused != refused_at_.end()) {
        refused_at_.erase(refused);
    }
    return true;
}

bool HeldBytes::take(std::string_view account, std::uint64_t bytes)
{
    if (!most_) {
        return true;
    }
    {
        const Lock lock(mutex_);
        if (take_counted(account, bytes)) {
            return true;
        }
        if (is_known_to_be_full(account)) {
            return false;
        }
    }
    const auto frees_before = frees();
    const auto held = measure_(account);
    const Lock lock(mutex_);
    counted_[std::string(account)] = held;
    if (take_counted(account, bytes)) {
        return true;
    }
    refused_at_[std::string(account)] = frees_before;
    return false;
}

bool HeldBytes::is_known_to_have_room(std::string_view account, std::uint64_t bytes) const
{
    if (!most_) {
        return true;
    }
    const Lock lock(mutex_);
    return has_counted_room(account, bytes);
}

bool HeldBytes::Upload::note(std::uint64_t bytes)
{
    if (!held_.most_) {
        return true;
    }
    {
        const Lock lock(held_.mutex_);
        auto& uploaded = held_.uploaded_[account_];
        uploaded += bytes - bytes_;
        bytes_ = bytes;
    }
    return held_.take(account_, 0);
}

HeldBytes::Upload::~Upload()
{
    const Lock lock(held_.mutex_);
    const auto uploaded = held_.uploaded_.find(account_);
    if (uploaded == held_.uploaded_.end()) {
        return;
    }
    uploaded->second -= bytes_;
    if (uploaded->second == 0) {
        held_.uploaded_.erase(uploaded);
    }
    held_.counted_.erase(account_);  // a row names it now, or nothing does
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
