#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "storage/blocks/layer_stack.h"

namespace amilab {

// How a stack's top layer is changed. Offsets and lengths are bytes within the volume, whose size
// is `volume_size`; the caller holds the blocks exclusively. Of a sector that is changed in part
// the kernel writes all: after power loss it is as it was or as it became. Throws StorageError: the
// range may then hold old bytes in some places and new ones in others.

/// The top gets the bytes; of a block that it did not have, all of it.
void write_to_top(const LayerStack& stack, std::uint64_t volume_size, std::uint64_t offset,
                  std::span<const std::byte> bytes);

/// The top gets bytes of a file, which are there, for whole blocks.
void copy_to_top(const LayerStack& stack, std::uint64_t offset, File& from,
                 std::uint64_t from_offset, std::uint64_t length);

/// The range reads as zeros; whole blocks give their space back. What reads as zeros already is
/// left alone.
void zero_in_top(const LayerStack& stack, std::uint64_t volume_size, std::uint64_t offset,
                 std::uint64_t length);

/// The top gets a block that it does not have and its parent has. For merging.
void take_over_block(const LayerStack& stack, std::uint64_t block);

}  // namespace amilab
