#include "storage/blocks/written_bytes.h"

#include <algorithm>

namespace amilab {

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

}  // namespace amilab
