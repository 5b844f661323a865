#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "storage/base/clock.h"
#include "storage/blocks/layer_id.h"

namespace amilab {

class Generation;

/// A snapshot whose blocks are to be counted.
struct StoredSnapshot {
    LayerId layer{};
    std::int64_t size_gib = 0;
    /// Of two that have a block the one that was first pays for it.
    TimeMs start_time_ms = 0;
    /// Which of several lots it belongs to, such as those of one lineage.
    std::size_t lot = 0;
};

/// What one of them is charged for, in bytes of whole blocks of EBS (512 KiB).
struct StoredBytes {
    /// Blocks that no earlier one of them has. All together they are what is stored.
    std::uint64_t stored = 0;
    /// Blocks that no other of them reads, which its deletion gives back: never more than what
    /// would be given back, less where several others lie on what lies below it.
    std::uint64_t gives_back = 0;
};

struct SnapshotStorage {
    /// In the order in which the snapshots were given; nothing of one that cannot be read: it is
    /// still being written, damaged, or has gone meanwhile.
    std::vector<std::optional<StoredBytes>> snapshots;
    /// For each lot the blocks that go when all of its snapshots are deleted.
    std::vector<std::uint64_t> lots;
};

/// Counts by the layers' maps, each of which is read a few times: cost follows the layers that
/// these snapshots read from and the blocks that those have. All are of one account and region,
/// since AWS stores a block once for each (snapshots of volumes that were made of an own snapshot
/// are incremental to it, those of volumes made of somebody else's begin with a whole one).
/// Source: EBS User Guide, "How Amazon EBS snapshots work" (documented).
SnapshotStorage measure_snapshot_storage(Generation& generation,
                                         const std::vector<StoredSnapshot>& snapshots);

}  // namespace amilab
