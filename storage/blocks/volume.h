#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "storage/base/mutex.h"
#include "storage/blocks/extents.h"
#include "storage/blocks/layer_id.h"
#include "storage/blocks/layer_stack.h"
#include "storage/blocks/range_locks.h"
#include "storage/blocks/write_gate.h"

namespace amilab {

class Gate;
class LayerRegistry;

/// A copy-on-write disk: one writable sparse layer over immutable parents.
/// Offsets and lengths are bytes, any: a write changes no byte beside its range, whoever writes
/// those meanwhile. The size is a multiple of kSectorSize (512).
/// Safe from any thread. A write of at most kPieceBytes is whole or not there, to reads and to
/// snapshots. A longer one is made piece by piece from its beginning, each of at most that: neither
/// a read nor a snapshot that waits for it waits for more than one, and a snapshot that has a piece
/// has all that come before.
/// Throws StorageError: EINVAL (past the end), EROFS (an upload that was sealed),
/// EBADMSG (a damaged file), and what the disk refuses: after a failed write its range may be old
/// in some places and new in others, and everything else goes on.
class Volume : public std::enable_shared_from_this<Volume> {
public:
    static constexpr std::uint64_t kPieceBytes = std::uint64_t{1} << 20U;
    /// Of zeros that take no space, which the maps alone tell of.
    static constexpr std::uint64_t kHolePieceBytes = std::uint64_t{64} << 20U;

    /// For BlockStore::open_volume.
    Volume(std::shared_ptr<LayerRegistry> registry,
           std::vector<std::shared_ptr<Layer>> bottom_first, std::uint64_t size);

    std::uint64_t size() const { return size_; }
    /// Makes the volume at least that large, a multiple of kSectorSize up to 64 TiB: what it grows
    /// by reads as zeros. Reads and writes go on meanwhile.
    void grow(std::uint64_t size);
    /// The layer that is being written.
    LayerId top() const;

    /// Fills `out`; blocks never written read as zeros.
    void read(std::uint64_t offset, std::span<std::byte> out) const;

    /// On return the bytes survive the end of this process, however it ends.
    void write(std::uint64_t offset, std::span<const std::byte> bytes);
    /// The range reads as zeros; its whole blocks take no space.
    void write_zeroes(std::uint64_t offset, std::uint64_t length);
    /// Writes zeros that keep their space.
    void write_zeroes_as_data(std::uint64_t offset, std::uint64_t length);
    /// The whole blocks of the range (the volume's last one, however short, is whole) read as zeros
    /// and take no space; what is left of it at the ends stays as it is.
    void trim(std::uint64_t offset, std::uint64_t length);

    /// On return all that was acknowledged before the call survives power loss: data, maps, the
    /// layers below that were not yet synced and, once for each top layer, the metadata. Goes on
    /// while a gate is closed. When it fails nothing is known of what was written since the last
    /// one; the next writes that again as it reads by then, and tells of it.
    void flush();

    /// Runs of data, zeros and holes; each window of 1 GiB is of one instant. Must not outlive the
    /// volume.
    Extents extents(std::uint64_t offset, std::uint64_t length) const;

    /// Stops new writes and waits for those in flight, for sealing. `next_top` is a layer that was
    /// never used; the volume can be opened by it from here on. Who closes several volumes' gates
    /// gives each a `place` from 1 on, which grows with the volume's id (gate_place), and closes
    /// the lower first. The same thread must not write until the gate is gone, and lets it go.
    /// Throws StorageError: EBUSY (`next_top` is in use), or what the disk refuses; the gate is
    /// then open.
    Gate close_gate(LayerId next_top, std::uint64_t place = 0);

    /// For merging: the top gets a block that only `parent`, right below it, has. ESTALE: they are
    /// not what the volume has there, or the volume is sealed.
    void take_over(LayerId top, LayerId parent, std::uint64_t block);
    /// For merging: goes on without a layer below the top whose blocks have been copied.
    void drop_layer(LayerId gone);

private:
    friend class Gate;
    friend class UploadLayer;
    class BlockLease;

    std::shared_ptr<const LayerStack> stack() const;
    /// write() of bytes of a file, which are there, to whole blocks of 64 KiB. EINVAL: they are not
    /// whole.
    void copy(std::uint64_t offset, File& from, std::uint64_t from_offset, std::uint64_t length);
    void seal_for_good();
    /// Makes the blocks of a layer whole that are partial by now.
    void complete(const LayerStack& stack, std::size_t layer);
    void sync_top(Layer& top);
    void write_doubtful_again(Layer& top);
    void require_range(const char* operation, std::uint64_t offset, std::uint64_t length) const;

    std::shared_ptr<LayerRegistry> registry_;
    std::atomic<std::uint64_t> size_;
    WriteGate gate_;
    mutable RangeLocks locks_;

    mutable Mutex stack_mutex_{LockLevel::kVolumeStack};
    std::shared_ptr<const LayerStack> stack_ GUARDED_BY(stack_mutex_);

    Mutex flush_mutex_{LockLevel::kFlush};  // one flush at a time
    std::uint64_t synced_lineage_ GUARDED_BY(flush_mutex_) = 0;
    std::size_t synced_parents_ GUARDED_BY(flush_mutex_) = 0;
    std::optional<LayerId> metadata_durable_for_ GUARDED_BY(flush_mutex_);
};

/// A volume's closed gate. Goes on as before when destroyed without swap_top.
class [[nodiscard]] Gate {
public:
    Gate(Gate&& other) noexcept = default;
    Gate& operator=(Gate&&) = delete;
    ~Gate();

    /// What the snapshot is made of: the layer that swap_top seals.
    LayerId old_top() const { return old_top_; }
    LayerId next_top() const { return next_top_; }

    /// To be called when the rows that say so are committed: what was the top is immutable and the
    /// first parent, the new layer is the top. The gate opens when this object goes.
    void swap_top() noexcept;

private:
    friend class BlockStore;
    friend class Volume;
    Gate(std::shared_ptr<Volume> volume, LayerId next_top);
    /// Of a volume that nobody has open.
    Gate(std::shared_ptr<LayerRegistry> registry, LayerId top, LayerId next_top,
         std::uint64_t place);

    std::shared_ptr<Volume> volume_;
    std::shared_ptr<LayerRegistry> registry_;  // without a volume
    std::shared_ptr<Layer> frozen_;            // without a volume
    LayerId old_top_;
    LayerId next_top_;
    std::shared_ptr<const LayerStack> next_stack_;
};

}  // namespace amilab
