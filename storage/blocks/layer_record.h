#pragma once

#include <cstdint>
#include <optional>
#include <unordered_map>

#include "storage/blocks/layer_id.h"

namespace amilab {

/// What a layer had when it was known to be on the disk, so that what has been lost since is
/// noticed.
struct LayerRecord {
    /// One bit for each segment in which the map names a block.
    std::uint64_t segments = 0;
    /// Blocks that are not absent.
    std::uint64_t blocks = 0;
    /// CRC-32 of the map's pages that are not all zeros (docs/formats.md).
    std::uint32_t map_checksum = 0;

    bool operator==(const LayerRecord&) const = default;
};

/// What rows know of a layer that an earlier process wrote.
struct LayerExpectation {
    /// Of a sealed layer on the disk.
    std::optional<LayerRecord> record{};
    /// Made in this boot of the machine: power loss has taken nothing of it.
    bool is_of_this_boot = false;
};
using LayerExpectations = std::unordered_map<LayerId, LayerExpectation>;

}  // namespace amilab
