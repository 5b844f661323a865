#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "storage/blocks/volume.h"

namespace amilab {

/// A layer that is written once and then sealed: an imported disk or an EBS direct upload. Blocks
/// that are zero where the parents are zero too take no space. Dropped unsealed, its files stay
/// until BlockStore::remove_layer or the next start's sweep. Throws StorageError as Volume does.
class UploadLayer {
public:
    /// For BlockStore::open_upload.
    explicit UploadLayer(std::shared_ptr<Volume> volume) : volume_(std::move(volume)) {}

    LayerId id() const { return volume_->top(); }
    std::uint64_t size() const { return volume_->size(); }

    /// Anywhere, in any order, from any thread.
    void write(std::uint64_t offset, std::span<const std::byte> bytes);

    /// Whole blocks of 64 KiB get bytes of a file, which are there: nobody looks at them, and where
    /// the file system can both have the same place on the disk. They count as data, zeros too.
    void copy(std::uint64_t offset, File& from, std::uint64_t from_offset, std::uint64_t length);

    /// The next bytes of a stream, however many; one thread. Behind the size: EINVAL.
    void append(std::span<const std::byte> bytes);
    std::uint64_t appended_bytes() const { return append_at_ + pending_.size(); }

    /// From now on the bytes are fixed and BlockStore::open_snapshot may have them; a stream that
    /// ends within a sector is filled up with zeros. Does not wait for the disk.
    void seal();

private:
    void write_pending();

    std::shared_ptr<Volume> volume_;
    std::uint64_t append_at_ = 0;
    std::vector<std::byte> pending_;
};

}  // namespace amilab
