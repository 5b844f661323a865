#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include "storage/blocks/upload_layer.h"
#include "storage/disk_formats/disk_reader.h"

namespace amilab::ec2 {

/// Moves disks from their images to layers, a bounded piece of work at a time. Used by one thread
/// at a time.
class DiskMover {
public:
    /// Moves a piece that lies in a file, or some that have to be read: a MiB, and less than
    /// another where pieces are as large. False at the disk's end. Throws what readers and layers
    /// do.
    bool step(DiskReader& reader, UploadLayer& upload);

    /// Of kDiskPieceBytes, for whoever looks at the image between steps.
    std::span<std::byte> buffer();

private:
    std::unique_ptr<std::byte[]> buffer_;
};

}  // namespace amilab::ec2
