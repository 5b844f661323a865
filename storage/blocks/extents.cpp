#include "storage/blocks/extents.h"

#include <algorithm>

namespace amilab {
namespace {

Extent::Kind kind_of(Owner owner)
{
    if (owner.is_data()) {
        return Extent::Kind::kData;
    }
    return owner.is_nobody() ? Extent::Kind::kHole : Extent::Kind::kZero;
}

}  // namespace

std::optional<Extent> Extents::next()
{
    if (at_ >= end_) {
        return std::nullopt;
    }
    auto run = piece();
    at_ += run.length;
    while (at_ < end_) {
        const auto more = piece();
        if (more.kind != run.kind) {
            break;
        }
        run.length += more.length;
        at_ += more.length;
    }
    return run;
}

Extent Extents::piece()
{
    const auto block = at_ / kBlockSize;
    if (block < window_first_ || block >= window_first_ + window_count_) {
        const auto limit = (end_ + kBlockSize - 1) / kBlockSize - block;
        window_first_ = block;
        window_count_ = look_ahead_(block, limit, window_);
    }
    auto stop = window_first_ + window_count_;
    auto kind = Extent::Kind::kHole;
    if (!window_.empty()) {
        const auto from = window_.begin() + static_cast<std::ptrdiff_t>(block - window_first_);
        kind = kind_of(*from);
        const auto to =
            std::find_if(from, window_.end(), [&](Owner owner) { return kind_of(owner) != kind; });
        stop = window_first_ + static_cast<std::uint64_t>(to - window_.begin());
    }
    return {.offset = at_, .length = std::min(end_, stop * kBlockSize) - at_, .kind = kind};
}

}  // namespace amilab
