#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "storage/base/mutex.h"
#include "storage/blocks/block_map.h"
#include "storage/blocks/layer_files.h"
#include "storage/blocks/written_parts.h"

namespace amilab {

/// One layer's data and map within 1 TiB of addresses. Offsets are bytes from the segment's start.
/// Callers see to it that nobody writes a block that another reads or writes. Beyond that safe from
/// any thread. Throws StorageError.
class Segment {
public:
    /// Nothing when the layer has nothing here.
    static std::unique_ptr<Segment> open(LayerFiles& files, LayerId layer, std::uint32_t number);
    /// Makes the files, which may be there half-made.
    static std::unique_ptr<Segment> make(LayerFiles& files, LayerId layer, std::uint32_t number);

    BlockMap& map() { return *map_; }

    /// The file's bytes of blocks that the map calls data. EBADMSG where the file ends before them.
    void read(std::uint64_t offset, std::span<std::byte> out);
    void write(std::uint64_t offset, std::span<const std::byte> bytes);
    /// Writes bytes of another file, which are there.
    void copy(std::uint64_t offset, File& from, std::uint64_t from_offset, std::uint64_t length);
    /// Makes a range of data blocks read as zeros.
    void zero(std::uint64_t offset, std::uint64_t length);
    /// Gives the space of blocks back that the map no longer calls data.
    void release(std::uint64_t offset, std::uint64_t length);
    /// Whether nothing at all is stored in a range, so that it reads as zeros, on the disk too once
    /// the file is synced.
    bool is_hole(std::uint64_t offset, std::uint64_t length);

    /// Must be called before the first write, zero or change of the map.
    void prepare_to_write();

    /// Nobody else writes to the segment, nor will until the call returns; or somebody may.
    enum class Writers { kNone, kSome };
    /// Makes everything written before the call survive power loss. When the kernel has failed to
    /// write data it may have dropped them, and would say nothing of it another time: they are in
    /// doubt until they have been written again, and until then every call fails as that one did.
    /// Without writers the call does that itself.
    void sync(bool is_sealed, Writers writers);
    /// What is in doubt. Each sync that fails has a number of its own.
    struct Doubtful {
        std::uint64_t sync = 0;
        std::vector<std::uint64_t> parts;  ///< WrittenParts
    };
    Doubtful doubtful();
    /// Writes what the layer has of the blocks that begin in a range once more as it reads, units
    /// of partial ones too. Callers see to it that nobody else writes or reads them.
    void write_again(std::uint64_t offset, std::uint64_t length);
    /// All of a part has been written again since that sync failed, so that the next one tells of
    /// it. Another that has failed since then may have lost it once more: its doubt stays.
    void end_doubt(std::uint64_t sync, std::uint64_t part);

private:
    Segment(LayerFiles& files, LayerId layer, std::uint32_t number, std::unique_ptr<BlockMap> map);

    void note_written(std::uint64_t offset, std::uint64_t length);
    void sync_data() REQUIRES(sync_mutex_);
    void write_doubtful_again() REQUIRES(sync_mutex_);
    void grow(File& data, std::uint64_t end);
    void require_end_at(std::uint64_t end, std::uint64_t wanted);
    std::shared_ptr<File> open_data(OpenMode mode);

    LayerFiles& files_;
    FileKey data_key_;
    std::unique_ptr<BlockMap> map_;
    std::atomic<bool> data_changed_{false};
    WrittenParts written_;
    std::atomic<bool> holes_in_doubt_;  // LayerFiles::are_holes_in_doubt

    /// The file is at least so long; 0: nobody has looked.
    std::atomic<std::uint64_t> length_{0};
    Mutex length_mutex_{LockLevel::kSegmentLength};  // the file grows once at a time
    Mutex sync_mutex_{LockLevel::kSegmentSync};      // one sync at a time
    std::uint64_t directory_change_ GUARDED_BY(sync_mutex_) = 0;
    /// LayerFiles is told of each change, since the kernel says nothing more of it to whoever opens
    /// the segment after this object has gone.
    std::optional<LayerFiles::Doubt> doubt_ GUARDED_BY(sync_mutex_);
    std::uint64_t failed_syncs_ GUARDED_BY(sync_mutex_) = 0;  // of this object; numbers doubt_
};

}  // namespace amilab
