#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "server/calls/session.h"
#include "storage/blocks/snapshot.h"
#include "storage/metadata/snapshots/snapshot_rows.h"

namespace amilab::ec2 {

/// The bytes of a snapshot, as they are whatever becomes of its row meanwhile. Null when it has
/// none and reads as zeros. In a session that reads; throws StorageError.
std::shared_ptr<Snapshot> open_snapshot_bytes(Session& session, const SnapshotRow& row);

/// Goes through a disk that does not change, from its beginning, by what may hold something. Used
/// by one thread at a time; blocks. Throws StorageError.
class DiskWalk {
public:
    static constexpr std::uint64_t kPieceBytes = std::uint64_t{1} << 20U;

    struct Piece {
        std::uint64_t offset = 0;
        /// Until the next call.
        std::span<const std::byte> bytes;
    };

    /// A null pointer is a disk of zeros.
    DiskWalk(std::shared_ptr<Snapshot> disk, std::uint64_t size_bytes);
    DiskWalk(const DiskWalk&) = delete;
    DiskWalk& operator=(const DiskWalk&) = delete;

    std::uint64_t size_bytes() const { return size_bytes_; }
    /// The next piece, within one of kPieceBytes; nothing behind the last. What lies between two is
    /// zeros.
    std::optional<Piece> next();
    /// As next() goes, of what lies where alone: no byte is read.
    std::optional<Extent> next_place();

private:
    const std::shared_ptr<Snapshot> disk_;
    const std::uint64_t size_bytes_;
    std::optional<Extents> extents_;
    Extent left_;  ///< of the extent that the walk is in
    std::vector<std::byte> buffer_;
};

}  // namespace amilab::ec2
