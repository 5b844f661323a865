#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <optional>
#include <string_view>
#include <vector>

#include "storage/base/crc32c.h"
#include "storage/blocks/layer_id.h"
#include "storage/disk_formats/disk_reader.h"

/// Source: MS-VHDX, "Virtual Hard Disk v2 (VHDX) File Format" (Microsoft); numbers are
/// little-endian.
namespace amilab {

namespace {

using Bytes = std::span<const std::byte>;

constexpr std::uint64_t kMib = std::uint64_t{1} << 20;
constexpr std::uint64_t kMostBytes = 64 * kMib * kMib;
constexpr std::uint64_t kMostBlockBytes = 256 * kMib;
// Entries of the table that one call looks at, and that are read at once.
constexpr std::size_t kEntriesAtOnce = 1024;

[[noreturn]] void refuse(DiskImageFault fault, std::string_view why)
{
    throw DiskImageError(fault, std::string(why));
}

std::uint64_t number(Bytes bytes, std::size_t offset, std::size_t length)
{
    return little_endian(bytes.subspan(offset, length));
}

bool begins_with(Bytes bytes, std::string_view text)
{
    return bytes.size() >= text.size() && std::memcmp(bytes.data(), text.data(), text.size()) == 0;
}

/// A part that begins with a signature and, behind it, the checksum of all with zeros in that
/// place; nothing when it is none.
std::optional<std::vector<std::byte>> read_part(ImageBytes& image, std::uint64_t offset,
                                                std::size_t length, std::string_view signature)
{
    constexpr std::size_t kChecksum = 4;
    std::vector<std::byte> part(length);
    read_within(image, offset, part);
    const auto told = number(part, kChecksum, 4);
    std::fill_n(part.begin() + kChecksum, 4, std::byte{0});
    if (!begins_with(part, signature) || crc32c(part) != told) {
        return std::nullopt;
    }
    return part;
}

// A GUID as it stands in a file.
using Guid = std::array<std::uint8_t, 16>;

constexpr Guid kBlockTable = {0x66, 0x77, 0xc2, 0x2d, 0x23, 0xf6, 0x00, 0x42,
                              0x9d, 0x64, 0x11, 0x5e, 0x9b, 0xfd, 0x4a, 0x08};
constexpr Guid kMetadata = {0x06, 0xa2, 0x7c, 0x8b, 0x90, 0x47, 0x9a, 0x4b,
                            0xb8, 0xfe, 0x57, 0x5f, 0x05, 0x0f, 0x88, 0x6e};
constexpr Guid kFileParameters = {0x37, 0x67, 0xa1, 0xca, 0x36, 0xfa, 0x43, 0x4d,
                                  0xb3, 0xb6, 0x33, 0xf0, 0xaa, 0x44, 0xe7, 0x6b};
constexpr Guid kDiskSize = {0x24, 0x42, 0xa5, 0x2f, 0x1b, 0xcd, 0x76, 0x48,
                            0xb2, 0x11, 0x5d, 0xbe, 0xd8, 0x3b, 0xf4, 0xb8};
constexpr Guid kLogicalSector = {0x1d, 0xbf, 0x41, 0x81, 0x6f, 0xa9, 0x09, 0x47,
                                 0xba, 0x47, 0xf2, 0x33, 0xa8, 0xfa, 0xab, 0x5f};

/// The entry of 32 bytes that begins with the GUID, of so many in a table.
Bytes find_entry(Bytes entries, std::uint64_t count, const Guid& guid)
{
    constexpr std::size_t kEntryBytes = 32;
    const auto there = std::min<std::uint64_t>(count, entries.size() / kEntryBytes);
    for (std::uint64_t index = 0; index < there; ++index) {
        const auto entry = entries.subspan(index * kEntryBytes, kEntryBytes);
        if (std::memcmp(entry.data(), guid.data(), guid.size()) == 0) {
            return entry;
        }
    }
    refuse(DiskImageFault::kDamaged, "something is missing in its tables");
}

/// Throws unless the header that counts, the one with the higher number, says that nothing is left
/// to be done to the file.
void check_headers(ImageBytes& image)
{
    constexpr std::size_t kHeaderBytes = 4096;
    constexpr std::size_t kLogGuid = 48;
    std::optional<std::vector<std::byte>> newest;
    for (const std::uint64_t offset : {64U << 10U, 128U << 10U}) {
        auto header = read_part(image, offset, kHeaderBytes, "head");
        if (header && (!newest || number(*header, 8, 8) > number(*newest, 8, 8))) {
            newest = std::move(header);
        }
    }
    if (!newest) {
        refuse(DiskImageFault::kDamaged, "it has no header");
    }
    if (number(*newest, 66, 2) != 1) {
        refuse(DiskImageFault::kUnsupported, "it is of an unknown version");
    }
    if (number(*newest, kLogGuid, 8) != 0 || number(*newest, kLogGuid + 8, 8) != 0) {
        refuse(DiskImageFault::kDamaged, "it was not closed: its log has changes");
    }
}

std::vector<std::byte> read_regions(ImageBytes& image)
{
    constexpr std::size_t kTableBytes = 64 << 10;
    for (const std::uint64_t offset : {192U << 10U, 256U << 10U}) {
        if (auto table = read_part(image, offset, kTableBytes, "regi")) {
            return std::move(*table);
        }
    }
    refuse(DiskImageFault::kDamaged, "it has no table of regions");
}

struct Region {
    std::uint64_t offset;
    std::uint64_t length;
};

Region find_region(Bytes table, const Guid& guid)
{
    constexpr std::size_t kEntries = 16;
    const auto entry = find_entry(table.subspan(kEntries), number(table, 8, 4), guid);
    return {number(entry, 16, 8), number(entry, 24, 4)};
}

struct Disk {
    std::uint64_t size_bytes;
    std::uint64_t block_bytes;
    std::uint64_t sector_bytes;
    bool has_parent;
};

Disk read_disk(ImageBytes& image, const Region& region)
{
    constexpr std::size_t kTableBytes = 64 << 10;
    constexpr std::size_t kEntries = 32;
    std::vector<std::byte> table(kTableBytes);
    read_within(image, region.offset, table);
    if (!begins_with(table, "metadata")) {
        refuse(DiskImageFault::kDamaged, "it has no metadata");
    }
    const auto item = [&](const Guid& guid) {
        const auto entry = find_entry(Bytes(table).subspan(kEntries), number(table, 10, 2), guid);
        std::array<std::byte, 8> value;
        read_within(image, region.offset + number(entry, 16, 4), value);
        return little_endian(value);
    };
    constexpr std::uint64_t kLow = 0xffff'ffff;
    constexpr std::uint64_t kHasParent = std::uint64_t{2} << 32U;
    const auto parameters = item(kFileParameters);
    return {.size_bytes = item(kDiskSize),
            .block_bytes = parameters & kLow,
            .sector_bytes = item(kLogicalSector) & kLow,
            .has_parent = (parameters & kHasParent) != 0};
}

void check_disk(const Disk& disk)
{
    constexpr std::uint64_t kLargeSector = 4096;
    if (disk.has_parent) {
        refuse(DiskImageFault::kUnsupported, "it is a difference to another disk");
    }
    if (!std::has_single_bit(disk.block_bytes) || disk.block_bytes < kMib ||
        disk.block_bytes > kMostBlockBytes ||
        (disk.sector_bytes != kSectorSize && disk.sector_bytes != kLargeSector)) {
        refuse(DiskImageFault::kUnsupported, "its blocks or sectors have an unusual size");
    }
    if (disk.size_bytes == 0 || disk.size_bytes > kMostBytes ||
        disk.size_bytes % disk.sector_bytes != 0) {
        refuse(DiskImageFault::kDamaged, "its disk has an impossible size");
    }
}

/// A table names the places of blocks, in MiB; between them stand entries for differences.
class VhdxReader final : public DiskReader {
public:
    VhdxReader(ImageBytes& image, const Disk& disk, const Region& table)
        : image_(image),
          size_bytes_(disk.size_bytes),
          block_bytes_(disk.block_bytes),
          blocks_((disk.size_bytes + disk.block_bytes - 1) / disk.block_bytes),
          chunk_blocks_((disk.sector_bytes << 23U) / disk.block_bytes),
          table_(table)
    {
        if ((blocks_ + (blocks_ - 1) / chunk_blocks_) * kEntryBytes > table.length) {
            refuse(DiskImageFault::kDamaged, "its table is shorter than its disk");
        }
    }

    std::uint64_t size_bytes() const override { return size_bytes_; }

    std::optional<DiskPiece> next(std::span<std::byte> buffer) override
    {
        for (std::size_t looked = 0; looked < kEntriesAtOnce; ++looked) {
            if (at_ < end_) {
                return next_in_block(buffer);
            }
            if (next_block_ == blocks_) {
                return std::nullopt;
            }
            begin_block(next_block_++);
        }
        return DiskPiece{};
    }

    int percent() const override { return static_cast<int>(next_block_ * 100 / blocks_); }

private:
    static constexpr std::uint64_t kEntryBytes = 8;

    std::uint64_t entry_of(std::uint64_t block)
    {
        std::array<std::byte, kEntryBytes> entry;
        read_within(image_, table_.offset + (block + block / chunk_blocks_) * kEntryBytes, entry);
        return little_endian(entry);
    }

    void begin_block(std::uint64_t block)
    {
        constexpr std::uint64_t kStates = 7;
        constexpr std::uint64_t kPresent = 6;
        constexpr std::uint64_t kOfDifferences = 7;
        constexpr unsigned kPlaceBit = 20;
        const auto entry = entry_of(block);
        at_ = end_ = 0;
        if ((entry & kStates) == kOfDifferences) {
            refuse(DiskImageFault::kDamaged, "a block is a difference to nothing");
        }
        if ((entry & kStates) != kPresent) {
            return;
        }
        at_ = block * block_bytes_;
        end_ = std::min(at_ + block_bytes_, size_bytes_);
        place_ = entry >> kPlaceBit << kPlaceBit;
        // Blocks that lie within one another would make a small image a large disk.
        taken_bytes_ += end_ - at_;
        if (taken_bytes_ > image_.size_bytes()) {
            refuse(DiskImageFault::kDamaged, "its blocks lie within one another");
        }
    }

    DiskPiece next_in_block(std::span<std::byte> buffer)
    {
        const auto most = std::min(buffer.size(), kReadPieceBytes);
        const auto bytes = buffer.first(std::min<std::uint64_t>(most, end_ - at_));
        read_within(image_, place_, bytes);
        const DiskPiece piece{at_, bytes};
        at_ += bytes.size();
        place_ += bytes.size();
        return piece;
    }

    ImageBytes& image_;
    const std::uint64_t size_bytes_;
    const std::uint64_t block_bytes_;
    const std::uint64_t blocks_;
    /// Blocks between two entries for differences.
    const std::uint64_t chunk_blocks_;
    const Region table_;
    std::uint64_t next_block_ = 0;
    std::uint64_t taken_bytes_ = 0;
    // The rest of the block that is read, on the disk and in the image.
    std::uint64_t at_ = 0;
    std::uint64_t end_ = 0;
    std::uint64_t place_ = 0;
};

}  // namespace

std::unique_ptr<DiskReader> open_vhdx(ImageBytes& image)
{
    std::array<std::byte, 8> front{};
    if (image.size_bytes() < kMib) {
        refuse(DiskImageFault::kUnsupported, "it is shorter than its headers");
    }
    image.read(0, front);
    if (!begins_with(front, "vhdxfile")) {
        refuse(DiskImageFault::kUnsupported, "it does not begin as one");
    }
    check_headers(image);
    const auto regions = read_regions(image);
    const auto disk = read_disk(image, find_region(regions, kMetadata));
    check_disk(disk);
    return std::make_unique<VhdxReader>(image, disk, find_region(regions, kBlockTable));
}

}  // namespace amilab
