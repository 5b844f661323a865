#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "storage/blocks/snapshot.h"

namespace amilab {

/// A unit of bytes that may differ between two snapshots.
struct ChangedUnit {
    std::uint64_t index = 0;
    /// Whether the first snapshot has data there; else it reads as zeros.
    bool is_in_first = false;
};

/// Walks over the units in which two snapshots of one lineage differ, as the maps of the layers
/// above their common ancestor tell; no data is read, so that a unit that was written with the
/// bytes it had counts. Cheap where there is nothing. The snapshots outlive it. Throws
/// StorageError.
class ChangedUnits {
public:
    /// `unit_size` is a power of two, one map block to a map page; the walk ends at `second`'s
    /// size.
    ChangedUnits(const Snapshot& first, const Snapshot& second, std::uint64_t unit_size,
                 std::uint64_t first_unit);

    /// Whether they have a layer in common. Two snapshots without any are not of one lineage.
    bool is_related() const { return shared_layers_ > 0; }

    /// Nothing behind the last.
    std::optional<ChangedUnit> next();

private:
    void look_ahead();
    std::optional<ChangedUnit> judge(std::uint64_t block) const;

    const Snapshot& first_;
    const Snapshot& second_;
    std::uint64_t blocks_per_unit_;
    std::uint64_t block_;
    std::uint64_t end_;
    std::size_t shared_layers_ = 0;
    std::uint64_t window_first_ = 0;
    std::uint64_t window_end_ = 0;
    // Of the window's blocks; empty where nobody has any.
    std::vector<Owner> first_owners_;
    std::vector<Owner> second_owners_;
};

}  // namespace amilab
