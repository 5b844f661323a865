#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

#include "storage/base/vocabulary.h"
#include "storage/files/file_system.h"

/// Files that hold a disk, as hypervisors write them. Whoever wrote one is not trusted.
namespace amilab {

enum class DiskFileFormat : std::uint8_t { kRaw, kVhd, kVhdx, kVmdk, kQcow2, kOva };
template <>
inline constexpr auto kWords<DiskFileFormat> = words("RAW", "VHD", "VHDX", "VMDK", "QCOW2", "OVA");

/// Bytes that lie in a file in a row, as they are. Holes in it are zeros.
struct FileBytes {
    File* file = nullptr;
    std::uint64_t offset = 0;
    std::uint64_t length = 0;
};

/// The file of an image, wherever it is. Used by one thread at a time. Throws StorageError.
class ImageBytes {
public:
    virtual ~ImageBytes() = default;
    virtual std::uint64_t size_bytes() const = 0;
    /// Fills `out` with the bytes from `offset` on; they are there.
    virtual void read(std::uint64_t offset, std::span<std::byte> out) = 0;
    /// The first byte at or behind `offset` that may be other than zero; the size when there is
    /// none.
    virtual std::uint64_t next_data(std::uint64_t offset) = 0;
    /// Where the bytes from `offset` on lie, which are there; nothing: it is to be read. Valid
    /// until the image is asked for anything else.
    virtual std::optional<FileBytes> in_file(std::uint64_t /*offset*/) { return std::nullopt; }
};

/// A part of an image, as an image of its own. The part lies within the image, which outlives it.
class ImageWindow final : public ImageBytes {
public:
    ImageWindow(ImageBytes& image, std::uint64_t offset, std::uint64_t size_bytes)
        : image_(image), offset_(offset), size_bytes_(size_bytes)
    {
    }

    std::uint64_t size_bytes() const override { return size_bytes_; }
    void read(std::uint64_t offset, std::span<std::byte> out) override;
    std::uint64_t next_data(std::uint64_t offset) override;
    std::optional<FileBytes> in_file(std::uint64_t offset) override;

private:
    ImageBytes& image_;
    const std::uint64_t offset_;
    const std::uint64_t size_bytes_;
};

enum class DiskImageFault : std::uint8_t {
    /// Of another format, or of a kind of it that is not read.
    kUnsupported,
    /// A VHD whose footers are damaged, differ, or tell of a parent.
    kFooters,
    /// Packed bytes that are none, or are not as long as they should be.
    kPackedLength,
    /// An image that names places beyond its end, or contradicts itself.
    kDamaged,
    /// An archive of disks, or what describes it, is not one that is read.
    kArchive,
};

/// An image that is not read: the sentence says why.
class DiskImageError : public std::runtime_error {
public:
    DiskImageError(DiskImageFault fault, const std::string& why)
        : std::runtime_error(why), fault_(fault)
    {
    }
    DiskImageFault fault() const { return fault_; }

private:
    DiskImageFault fault_;
};

/// What the bytes are by what they begin or end with; raw where that tells nothing. Looks at a few
/// sectors.
DiskFileFormat find_format(ImageBytes& image);

/// Fills `out` from there. Throws DiskImageError (kDamaged) when the image is too short for it.
void read_within(ImageBytes& image, std::uint64_t offset, std::span<std::byte> out);

/// A text that a file has in it, in printable ASCII and short enough for a message.
std::string shown_text(std::string_view text);

/// Of fields of a header.
std::uint64_t big_endian(std::span<const std::byte> bytes);
std::uint64_t little_endian(std::span<const std::byte> bytes);

}  // namespace amilab
