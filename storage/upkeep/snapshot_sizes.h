#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "storage/metadata/snapshots/snapshot_ids.h"
#include "storage/metadata/snapshots/snapshot_rows.h"
#include "storage/state/generation.h"

/// FullSnapshotSizeInBytes: counted from the layers' maps, in the background, and kept in the row.
namespace amilab {

/// The blocks of EBS, as the EBS direct APIs have them too. Source: 512 KiB (documented).
inline constexpr std::uint64_t kEbsBlockBytes = 512 * 1024;

/// The row's full size, or else what its layers say now. Nothing when they cannot be read.
std::optional<std::int64_t> full_snapshot_size(BlockStore& blocks, Database& db,
                                               const SnapshotRow& row);

/// Counts these snapshots in the background and keeps the sizes. To be called when they have been
/// committed and their layers are sealed.
void count_snapshots_later(const std::shared_ptr<Generation>& generation,
                           std::vector<SnapshotId> ids);

}  // namespace amilab
