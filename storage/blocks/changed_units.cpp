#include "storage/blocks/changed_units.h"

#include <algorithm>

namespace amilab {

ChangedUnits::ChangedUnits(const Snapshot& first, const Snapshot& second, std::uint64_t unit_size,
                           std::uint64_t first_unit)
    : first_(first),
      second_(second),
      blocks_per_unit_(unit_size / kBlockSize),
      block_(first_unit * blocks_per_unit_),
      end_(second.size() / kBlockSize)
{
    const auto ours = first.layers();
    const auto theirs = second.layers();
    const auto [end, other] = std::mismatch(ours.begin(), ours.end(), theirs.begin(), theirs.end());
    shared_layers_ = static_cast<std::size_t>(end - ours.begin());
}

std::optional<ChangedUnit> ChangedUnits::next()
{
    while (block_ < end_) {
        if (block_ >= window_end_) {
            look_ahead();
        }
        if (first_owners_.empty() && second_owners_.empty()) {
            block_ = window_end_;
            continue;
        }
        const auto unit = judge(block_);
        block_ += blocks_per_unit_;
        if (unit) {
            return unit;
        }
    }
    return std::nullopt;
}

void ChangedUnits::look_ahead()
{
    // Windows end with a map page or a segment, of which both are whole units.
    const auto limit = end_ - block_;
    const auto first_count = first_.look_ahead(block_, limit, first_owners_);
    const auto second_count = second_.look_ahead(block_, limit, second_owners_);
    window_first_ = block_;
    window_end_ = block_ + std::min(first_count, second_count);
}

std::optional<ChangedUnit> ChangedUnits::judge(std::uint64_t block) const
{
    bool is_changed = false;
    bool is_in_first = false;
    for (auto at = block; at < block + blocks_per_unit_; ++at) {
        const auto inside = at - window_first_;
        const auto ours = first_owners_.empty() ? Owner::nobody() : first_owners_[inside];
        const auto theirs = second_owners_.empty() ? Owner::nobody() : second_owners_[inside];
        const bool is_above = (!ours.is_nobody() && ours.layer() >= shared_layers_) ||
                              (!theirs.is_nobody() && theirs.layer() >= shared_layers_);
        is_changed = is_changed || (is_above && (ours.is_data() || theirs.is_data()));
        is_in_first = is_in_first || ours.is_data();
    }
    if (!is_changed) {
        return std::nullopt;
    }
    return ChangedUnit{block / blocks_per_unit_, is_in_first};
}

}  // namespace amilab
