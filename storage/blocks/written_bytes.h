#pragma once

#include <cstdint>

#include "storage/blocks/extents.h"

namespace amilab {

/// How much the blocks of `grain` bytes amount to that have any data in them; each counts whole,
/// the last one too. Cost follows the maps that there are, not the size.
std::uint64_t written_bytes(Extents extents, std::uint64_t grain);

}  // namespace amilab
