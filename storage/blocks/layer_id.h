#pragma once

#include <cstdint>

namespace amilab {

/// Names a layer within one data directory; 0 is none. Never used twice (BlockStore::new_layer_id).
enum class LayerId : std::uint64_t {};

inline std::uint64_t to_number(LayerId id)
{
    return static_cast<std::uint64_t>(id);
}

/// The unit of every offset and length.
inline constexpr std::uint64_t kSectorSize = 512;
/// The map's grain: a layer has all of a block or nothing of it.
inline constexpr std::uint64_t kBlockSize = std::uint64_t{64} * 1024;
/// What one pair of files covers: far below ext4's largest file of 16 TiB.
inline constexpr std::uint64_t kSegmentSize = std::uint64_t{1} << 40;
inline constexpr std::uint32_t kMaxSegments = 64;
inline constexpr std::uint64_t kMaxVolumeSize = kMaxSegments * kSegmentSize;
inline constexpr std::uint64_t kBlocksPerSegment = kSegmentSize / kBlockSize;
/// Behind the last block that any volume has.
inline constexpr std::uint64_t kEndBlock = kMaxSegments * kBlocksPerSegment;

/// Maps are read, cached and made durable by pages; one covers 1 GiB of addresses.
inline constexpr std::uint64_t kMapPageSize = 4096;
inline constexpr std::uint64_t kBlocksPerMapPage = kMapPageSize * 4;
inline constexpr std::uint64_t kMapPagesPerSegment = kBlocksPerSegment / kBlocksPerMapPage;

/// What a layer says of a block. These are the map's two bits.
enum class BlockState : std::uint8_t {
    /// Not this layer's: the parent decides.
    kAbsent = 0,
    kData = 1,
    /// Reads as zeros, whatever the parents hold.
    kZero = 2,
    /// Some units are this layer's data, the others are the parent's. In live maps that have units;
    /// in any other map it means damage.
    kPartial = 3,
};

}  // namespace amilab
