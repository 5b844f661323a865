#pragma once

#include <cstdint>

#include "storage/blocks/extents.h"
#include "storage/blocks/snapshot.h"

namespace amilab {

/// How much the blocks of `grain` bytes amount to that have any data in them; each counts whole,
/// the last one too. Cost follows the maps that there are, not the size.
std::uint64_t written_bytes(Extents extents, std::uint64_t grain);

/// By how much written_bytes of a snapshot exceeds that of `below`, the snapshot of the same layers
/// without the topmost, which is `top` alone. Cost follows what the topmost has.
std::int64_t bytes_written_above(const Snapshot& below, const Snapshot& top,
                                 const Snapshot& snapshot, std::uint64_t grain);

}  // namespace amilab
