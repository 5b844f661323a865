#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "storage/blocks/extents.h"
#include "storage/blocks/layer_stack.h"

namespace amilab {

class LayerRegistry;

/// Sealed layers over each other: bytes that never change. Offsets and lengths are bytes, any.
/// Safe from any thread. Throws StorageError: EINVAL (past the end), EBADMSG (a damaged file), and
/// what the disk refuses.
class Snapshot {
public:
    /// For BlockStore::open_snapshot. The layers are LayerRegistry::hold_sealed's.
    Snapshot(std::shared_ptr<LayerRegistry> registry,
             std::vector<std::shared_ptr<Layer>> bottom_first, std::uint64_t size);

    ~Snapshot();
    Snapshot(const Snapshot&) = delete;
    Snapshot& operator=(const Snapshot&) = delete;

    std::uint64_t size() const { return size_; }
    void read(std::uint64_t offset, std::span<std::byte> out) const;
    /// Must not outlive the snapshot.
    Extents extents(std::uint64_t offset, std::uint64_t length) const;
    /// LayerStack::look_ahead, for walks over several snapshots: owners count from
    /// layers().front().
    std::uint64_t look_ahead(std::uint64_t block, std::uint64_t limit,
                             std::vector<Owner>& owners) const;
    /// The snapshot's layers, from the bottom up.
    std::vector<LayerId> layers() const;

private:
    std::shared_ptr<LayerRegistry> registry_;
    std::uint64_t size_;
    LayerStack stack_;
};

}  // namespace amilab
