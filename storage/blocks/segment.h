#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "storage/base/mutex.h"
#include "storage/base/storage_error.h"
#include "storage/blocks/block_map.h"
#include "storage/blocks/layer_files.h"

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

    /// The file's bytes, whatever the map says of them.
    void read(std::uint64_t offset, std::span<std::byte> out);
    void write(std::uint64_t offset, std::span<const std::byte> bytes);
    /// Makes a range of data blocks read as zeros.
    void zero(std::uint64_t offset, std::uint64_t length);
    /// Gives the space of blocks back that the map no longer calls data.
    void release(std::uint64_t offset, std::uint64_t length);
    /// Whether nothing at all is stored in a range, so that it reads as zeros.
    bool is_hole(std::uint64_t offset, std::uint64_t length);

    /// Must be called before the first write, zero or change of the map.
    void prepare_to_write();

    /// Makes everything written before the call survive power loss. Once the kernel has failed to
    /// write data, every later call fails too: what is on the disk is not known any more.
    void sync(bool is_sealed);

private:
    Segment(LayerFiles& files, LayerId layer, std::uint32_t number, std::unique_ptr<BlockMap> map);

    void sync_data() REQUIRES(sync_mutex_);
    std::shared_ptr<File> open_data(OpenMode mode);

    LayerFiles& files_;
    FileKey data_key_;
    std::unique_ptr<BlockMap> map_;
    std::atomic<bool> data_changed_{false};

    Mutex sync_mutex_{LockLevel::kSegmentSync};  // one sync at a time
    std::uint64_t directory_change_ GUARDED_BY(sync_mutex_) = 0;
    std::optional<StorageError> failed_sync_ GUARDED_BY(sync_mutex_);
};

}  // namespace amilab
