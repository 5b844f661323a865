#include "server/services/ec2/common/disk_mover.h"

#include <cstdint>

namespace amilab::ec2 {

/// Made once: the system gives its pages to who touches them first, as zeros.
std::span<std::byte> DiskMover::buffer()
{
    if (!buffer_) {
        buffer_ = std::make_unique_for_overwrite<std::byte[]>(kDiskPieceBytes);
    }
    return {buffer_.get(), kDiskPieceBytes};
}

bool DiskMover::step(DiskReader& reader, UploadLayer& upload)
{
    if (const auto piece = reader.next_in_file()) {
        const auto& bytes = piece->bytes;
        upload.copy(piece->offset, *bytes.file, bytes.offset, bytes.length);
        return true;
    }
    for (std::uint64_t moved = 0; moved < kDiskPieceBytes;) {
        const auto piece = reader.next(buffer());
        if (!piece) {
            return false;
        }
        if (piece->bytes.empty()) {
            return true;
        }
        upload.write(piece->offset, piece->bytes);
        moved += piece->bytes.size();
    }
    return true;
}

}  // namespace amilab::ec2
