#include "storage/blocks/written_bytes.h"

#include <algorithm>

namespace amilab {

namespace {

bool has_data(const Snapshot& snapshot, std::uint64_t offset, std::uint64_t length)
{
    if (offset >= snapshot.size()) {
        return false;
    }
    auto extents = snapshot.extents(offset, std::min(length, snapshot.size() - offset));
    while (const auto extent = extents.next()) {
        if (extent->kind == Extent::Kind::kData) {
            return true;
        }
    }
    return false;
}

}  // namespace

std::uint64_t written_bytes(Extents extents, std::uint64_t grain)
{
    std::uint64_t bytes = 0;
    // Grains before this one have been counted.
    std::uint64_t uncounted = 0;
    while (const auto extent = extents.next()) {
        if (extent->kind != Extent::Kind::kData) {
            continue;
        }
        const auto first = std::max(extent->offset / grain, uncounted);
        const auto stop = (extent->offset + extent->length + grain - 1) / grain;
        if (stop > first) {
            bytes += (stop - first) * grain;
            uncounted = stop;
        }
    }
    return bytes;
}

std::int64_t bytes_written_above(const Snapshot& below, const Snapshot& top,
                                 const Snapshot& snapshot, std::uint64_t grain)
{
    std::int64_t grains = 0;
    std::uint64_t next = 0;
    auto extents = top.extents(0, top.size());
    while (const auto extent = extents.next()) {
        if (extent->kind == Extent::Kind::kHole) {
            continue;
        }
        const auto stop = (extent->offset + extent->length + grain - 1) / grain;
        for (next = std::max(extent->offset / grain, next); next < stop; ++next) {
            grains += has_data(snapshot, next * grain, grain) ? 1 : 0;
            grains -= has_data(below, next * grain, grain) ? 1 : 0;
        }
    }
    return grains * static_cast<std::int64_t>(grain);
}

}  // namespace amilab
