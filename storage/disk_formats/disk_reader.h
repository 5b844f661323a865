#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "storage/disk_formats/disk_image.h"

namespace amilab {

/// What DiskReader::next() gives at most.
inline constexpr std::size_t kDiskPieceBytes = std::size_t{1} << 20;

/// What a reader of bytes that are not packed gives at most: they are still in the processor's
/// caches when they are looked at and written.
inline constexpr std::size_t kReadPieceBytes = std::size_t{128} << 10;

/// Bytes of a disk. Sectors of 512 bytes are whole.
struct DiskPiece {
    std::uint64_t offset = 0;
    std::span<const std::byte> bytes{};
};

/// Whole blocks of 64 KiB of a disk, as they lie in a file.
struct DiskFilePiece {
    std::uint64_t offset = 0;
    FileBytes bytes{};
};

/// Reads the disk that an image holds, in a memory that no image makes larger, a bounded piece of
/// work at a time. Used by one thread at a time. Throws DiskImageError, and StorageError as its
/// bytes do.
class DiskReader {
public:
    virtual ~DiskReader() = default;
    /// Of the disk; a multiple of 512.
    virtual std::uint64_t size_bytes() const = 0;
    /// The next bytes that may be other than zero, in `buffer` of kDiskPieceBytes; none in them:
    /// there is more to look for. Nothing at the end. Pieces do not overlap.
    virtual std::optional<DiskPiece> next(std::span<std::byte> buffer) = 0;
    /// The next bytes instead of next(), at most kDiskPieceBytes, where they are whole blocks, lie
    /// in a file that has holes for blocks that are zero, and at a place of it that is a multiple
    /// of a block as well: so they can be copied without being looked at. Nothing: next() is to be
    /// asked. Valid until the reader is asked for more.
    virtual std::optional<DiskFilePiece> next_in_file() { return std::nullopt; }
    /// How far it has come, from 0 to 100.
    virtual int percent() const = 0;
};

/// Reads the image, which outlives the reader, as one of that format. Throws DiskImageError for
/// what is not of it, and for what is no disk that is read here: QCOW2, and OVA, of whose disks
/// OvaReader tells.
std::unique_ptr<DiskReader> open_disk_reader(DiskFileFormat format, ImageBytes& image);

// Of each format; sources are beside the functions.
std::unique_ptr<DiskReader> open_raw(ImageBytes& image);
std::unique_ptr<DiskReader> open_vhd(ImageBytes& image);
std::unique_ptr<DiskReader> open_vhdx(ImageBytes& image);
std::unique_ptr<DiskReader> open_vmdk(ImageBytes& image);

}  // namespace amilab
