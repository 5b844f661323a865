#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "storage/blocks/snapshot.h"
#include "storage/blocks/volume.h"

namespace amilab::nbd {

/// A volume or a snapshot. Offsets and lengths are as theirs. Safe from any thread. Throws
/// StorageError.
class Disk {
public:
    explicit Disk(std::shared_ptr<Volume> volume) : volume_(std::move(volume)) {}
    explicit Disk(std::shared_ptr<Snapshot> snapshot) : snapshot_(std::move(snapshot)) {}

    void read(std::uint64_t offset, std::span<std::byte> out) const
    {
        volume_ ? volume_->read(offset, out) : snapshot_->read(offset, out);
    }
    Extents extents(std::uint64_t offset, std::uint64_t length) const
    {
        return volume_ ? volume_->extents(offset, length) : snapshot_->extents(offset, length);
    }
    /// For writing; null for a snapshot.
    Volume* volume() const { return volume_.get(); }

private:
    std::shared_ptr<Volume> volume_;
    std::shared_ptr<Snapshot> snapshot_;
};

}  // namespace amilab::nbd
