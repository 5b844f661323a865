#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "storage/metadata/snapshots/snapshot_ids.h"
#include "storage/metadata/snapshots/snapshot_rows.h"

/// FullSnapshotSizeInBytes: counted from the layers' maps, in the background, and kept in the row.
namespace amilab {

class BlockStore;
class Connections;
class OwnedWork;

/// The blocks of EBS, as the EBS direct APIs have them too. Source: 512 KiB (documented).
inline constexpr std::uint64_t kEbsBlockBytes = 512 * 1024;

/// The row's full size, or else what its layers say now. Nothing when they cannot be read.
std::optional<std::int64_t> full_snapshot_size(BlockStore& blocks, Database& db,
                                               const SnapshotRow& row);

/// Counts these snapshots in the background and keeps the sizes. To be called when they have been
/// committed and their layers are sealed. The owner of `work` holds the rest.
void count_snapshots_later(OwnedWork& work, Connections& connections, BlockStore& blocks,
                           std::vector<SnapshotId> ids);

}  // namespace amilab
