#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "storage/metadata/snapshots/snapshot_ids.h"
#include "storage/metadata/snapshots/snapshot_rows.h"

/// FullSnapshotSizeInBytes: counted from the layers' maps, in the background, and kept in the row.
namespace amilab {

class BlockStore;
class Connections;

/// The blocks of EBS, as the EBS direct APIs have them too. Source: 512 KiB (documented).
inline constexpr std::uint64_t kEbsBlockBytes = 512 * 1024;

/// The row's full size, or else what its layers say now. Nothing when they cannot be read.
std::optional<std::int64_t> full_snapshot_size(BlockStore& blocks, Database& db,
                                               const SnapshotRow& row);

/// Counts the first of these snapshots, whose layers are sealed, and keeps their sizes in one
/// transaction: up to one whose maps it had to look at. Returns how many.
std::size_t count_some_snapshots(Connections& connections, BlockStore& blocks,
                                 std::span<const SnapshotId> ids);

}  // namespace amilab
