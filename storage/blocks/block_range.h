#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "storage/blocks/layer_stack.h"

namespace amilab {

/// The blocks that a range of bytes touches.
struct BlockRange {
    std::uint64_t first = 0;
    std::uint64_t count = 0;

    static BlockRange around(std::uint64_t offset, std::uint64_t length)
    {
        const auto first = offset / kBlockSize;
        return {.first = first, .count = (offset + length + kBlockSize - 1) / kBlockSize - first};
    }
};

/// How many segments a volume of this size has.
inline std::uint32_t segments_of(std::uint64_t size)
{
    return static_cast<std::uint32_t>((size + kSegmentSize - 1) / kSegmentSize);
}

/// As users and errors name it.
std::string layer_name(LayerId layer);

/// Throws StorageError (EINVAL) unless the range lies within `size`.
void require_range(const char* operation, LayerId top, std::uint64_t offset, std::uint64_t length,
                   std::uint64_t size);

/// Throws StorageError (EINVAL) unless a volume can have this size.
void require_volume_size(LayerId top, std::uint64_t size);

/// Reads a range that is not empty and lies within the volume.
void read_stack(const LayerStack& stack, std::uint64_t offset, std::span<std::byte> out);

}  // namespace amilab
