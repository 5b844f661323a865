#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "storage/base/unpacking.h"
#include "storage/blocks/layer_id.h"
#include "storage/disk_formats/disk_reader.h"

/// Source: Virtual Disk Format 1.1 (VMware); numbers are little-endian, places are in sectors.
namespace amilab {

namespace {

using Bytes = std::span<const std::byte>;

constexpr std::uint64_t kMostSectors = (std::uint64_t{64} << 40U) / kSectorSize;
constexpr std::uint64_t kMostGrainSectors = kDiskPieceBytes / kSectorSize;
constexpr std::uint64_t kMostDescriptorSectors = 2048;
constexpr std::uint64_t kEntriesOfTable = 512;
/// The directory is named by the footer.
constexpr std::uint64_t kDirectoryAtEnd = 0xffff'ffff'ffff'ffff;
constexpr std::uint32_t kCompressed = 1U << 16U;
constexpr std::uint16_t kNotPacked = 0;
constexpr std::uint16_t kDeflate = 1;
// Tables and grains that one call looks at.
constexpr int kEntriesAtOnce = 4096;

[[noreturn]] void refuse(DiskImageFault fault, std::string_view why)
{
    throw DiskImageError(fault, std::string(why));
}

using Sector = std::array<std::byte, kSectorSize>;

struct Header {
    std::uint32_t version;
    std::uint32_t flags;
    std::uint64_t capacity;
    std::uint64_t grain_sectors;
    std::uint64_t descriptor;
    std::uint64_t descriptor_sectors;
    std::uint64_t entries_of_table;
    std::uint64_t directory;
    std::uint16_t compression;

    /// Stream-optimized, else monolithic and sparse.
    bool is_packed() const { return (flags & kCompressed) != 0; }
};

Header parse_header(const Sector& sector)
{
    const auto number = [&](std::size_t offset, std::size_t length) {
        return little_endian(Bytes(sector).subspan(offset, length));
    };
    if (std::memcmp(sector.data(), "KDMV", 4) != 0) {
        refuse(DiskImageFault::kUnsupported, "it is no sparse extent with its descriptor in it");
    }
    return {.version = static_cast<std::uint32_t>(number(4, 4)),
            .flags = static_cast<std::uint32_t>(number(8, 4)),
            .capacity = number(12, 8),
            .grain_sectors = number(20, 8),
            .descriptor = number(28, 8),
            .descriptor_sectors = number(36, 8),
            .entries_of_table = number(44, 4),
            .directory = number(56, 8),
            .compression = static_cast<std::uint16_t>(number(77, 2))};
}

void check_header(const Header& header)
{
    constexpr std::uint32_t kMostVersion = 3;
    if (header.version == 0 || header.version > kMostVersion) {
        refuse(DiskImageFault::kUnsupported, "it is of an unknown version");
    }
    if (header.compression != (header.is_packed() ? kDeflate : kNotPacked)) {
        refuse(DiskImageFault::kUnsupported, "its grains are packed in an unknown way");
    }
    if (header.capacity == 0 || header.capacity > kMostSectors) {
        refuse(DiskImageFault::kDamaged, "its disk has an impossible size");
    }
    constexpr std::uint64_t kTooFewSectors = 8;
    if (!std::has_single_bit(header.grain_sectors) || header.grain_sectors <= kTooFewSectors ||
        header.grain_sectors > kMostGrainSectors || header.entries_of_table != kEntriesOfTable) {
        refuse(DiskImageFault::kUnsupported, "its grains or tables have an unusual size");
    }
}

// The descriptor: lines of text.

/// The value of `name = "value"`; nothing of other lines.
std::optional<std::string> value_of(std::string_view line, std::string_view name)
{
    if (!line.starts_with(name)) {
        return std::nullopt;
    }
    std::string value(line.substr(name.size()));
    std::erase_if(value, [](char c) { return c == ' ' || c == '\t' || c == '"' || c == '\r'; });
    return value.starts_with('=') ? std::optional(value.substr(1)) : std::nullopt;
}

bool is_extent(std::string_view line)
{
    return line.starts_with("RW ") || line.starts_with("RDONLY ") || line.starts_with("NOACCESS ");
}

/// Throws unless all of the disk is in this one file, and as the header says.
void check_descriptor(std::string_view text, const Header& header)
{
    text = text.substr(0, text.find('\0'));
    int extents = 0;
    std::string type;
    while (!text.empty()) {
        const auto line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(text.size(), line.size() + 1));
        extents += is_extent(line) ? 1 : 0;
        type = value_of(line, "createType").value_or(type);
        const auto parent = value_of(line, "parentCID");
        if (line.starts_with("parentFileNameHint") || (parent && *parent != "ffffffff")) {
            refuse(DiskImageFault::kUnsupported, "it is a difference to another disk");
        }
    }
    if (type != (header.is_packed() ? "streamOptimized" : "monolithicSparse")) {
        refuse(DiskImageFault::kUnsupported,
               "it is neither stream-optimized nor monolithic and sparse");
    }
    if (extents != 1) {
        refuse(DiskImageFault::kUnsupported, "its disk is not in one extent");
    }
}

void check_descriptor_of(ImageBytes& image, const Header& header)
{
    if (header.descriptor == 0 || header.descriptor > kMostSectors ||
        header.descriptor_sectors == 0 || header.descriptor_sectors > kMostDescriptorSectors) {
        refuse(DiskImageFault::kUnsupported, "it has no descriptor");
    }
    std::string text(header.descriptor_sectors * kSectorSize, '\0');
    read_within(image, header.descriptor * kSectorSize, std::as_writable_bytes(std::span(text)));
    check_descriptor(text, header);
}

/// Where the directory is that counts.
std::uint64_t find_directory(ImageBytes& image, const Header& header)
{
    if (header.directory != kDirectoryAtEnd || !header.is_packed()) {
        return header.directory;
    }
    // The footer, a header itself, and the marker of the stream's end are the last two sectors.
    constexpr std::uint64_t kFromEnd = 2 * kSectorSize;
    Sector sector;
    if (image.size_bytes() < kFromEnd) {
        refuse(DiskImageFault::kDamaged, "it ends before its footer");
    }
    image.read(image.size_bytes() - kFromEnd, sector);
    if (std::memcmp(sector.data(), "KDMV", 4) != 0) {
        refuse(DiskImageFault::kDamaged, "it ends before its footer");
    }
    const auto footer = parse_header(sector);
    if (footer.capacity != header.capacity || footer.grain_sectors != header.grain_sectors ||
        footer.directory == kDirectoryAtEnd) {
        refuse(DiskImageFault::kDamaged, "its footer contradicts its header");
    }
    return footer.directory;
}

/// Unpacks into `out`, whole or not at all; returns how many bytes there are. More than fit, or
/// damaged ones: kPackedLength.
std::size_t unpack(Bytes packed, std::span<std::byte> out)
{
    const auto length = unpack_zlib(packed, out);
    if (!length) {
        refuse(DiskImageFault::kPackedLength, "a grain cannot be unpacked");
    }
    return *length;
}

/// A directory names tables, a table 512 grains; each is as it is, or packed by itself behind a
/// marker that says where it belongs.
class SparseVmdk final : public DiskReader {
public:
    SparseVmdk(ImageBytes& image, const Header& header)
        : image_(image),
          is_packed_(header.is_packed()),
          size_bytes_(header.capacity * kSectorSize),
          grain_bytes_(header.grain_sectors * kSectorSize),
          grains_((size_bytes_ + grain_bytes_ - 1) / grain_bytes_),
          directory_(find_directory(image, header))
    {
        if (directory_ > kMostSectors) {
            refuse(DiskImageFault::kDamaged, "its directory is beyond its end");
        }
    }

    std::uint64_t size_bytes() const override { return size_bytes_; }

    std::optional<DiskPiece> next(std::span<std::byte> buffer) override
    {
        for (int looked = 0; looked < kEntriesAtOnce; ++looked) {
            if (grain_ >= grains_) {
                return std::nullopt;
            }
            if (grain_ % kEntriesOfTable == 0 && !read_table(grain_ / kEntriesOfTable)) {
                grain_ += kEntriesOfTable;
                continue;
            }
            const auto grain = grain_++;
            constexpr std::uint64_t kZeros = 1;  // of a writer that has zeros as grains
            if (const auto place = entry(table_, grain % kEntriesOfTable); place > kZeros) {
                return is_packed_ ? read_packed(grain, place * kSectorSize, buffer)
                                  : read_grain(grain, place * kSectorSize, buffer);
            }
        }
        return DiskPiece{};
    }

    int percent() const override
    {
        return static_cast<int>(std::min(grain_, grains_) * 100 / grains_);
    }

private:
    static std::uint64_t entry(Bytes table, std::uint64_t index)
    {
        return little_endian(table.subspan(index * 4, 4));
    }

    /// False: it is not there, and none of its grains.
    bool read_table(std::uint64_t index)
    {
        std::array<std::byte, 4> place;
        read_within(image_, directory_ * kSectorSize + index * place.size(), place);
        const auto table = entry(place, 0);
        if (table == 0) {
            return false;
        }
        read_within(image_, table * kSectorSize, table_);
        return true;
    }

    /// Grains that lie within one another would make a small image a large disk.
    void take(std::uint64_t bytes)
    {
        taken_bytes_ += bytes;
        if (taken_bytes_ > image_.size_bytes()) {
            refuse(DiskImageFault::kDamaged, "its grains lie within one another");
        }
    }

    DiskPiece read_grain(std::uint64_t grain, std::uint64_t offset, std::span<std::byte> buffer)
    {
        take(grain_bytes_);
        // All of it is there, also of the last, which may go beyond the disk's end.
        read_within(image_, offset, buffer.first(grain_bytes_));
        const auto begin = grain * grain_bytes_;
        return {begin, buffer.first(std::min(grain_bytes_, size_bytes_ - begin))};
    }

    DiskPiece read_packed(std::uint64_t grain, std::uint64_t offset, std::span<std::byte> buffer)
    {
        std::array<std::byte, 12> marker;
        read_within(image_, offset, marker);
        const auto sector = little_endian(Bytes(marker).first(8));
        const auto packed_bytes = little_endian(Bytes(marker).subspan(8));
        if (sector != grain * (grain_bytes_ / kSectorSize)) {
            refuse(DiskImageFault::kDamaged, "a grain is of another place");
        }
        if (packed_bytes == 0 || packed_bytes > 2 * grain_bytes_) {
            refuse(DiskImageFault::kPackedLength, "a grain has an impossible length");
        }
        take(marker.size() + packed_bytes);
        std::vector<std::byte> packed(packed_bytes);
        read_within(image_, offset + marker.size(), packed);
        return unpack_grain(grain * grain_bytes_, packed, buffer);
    }

    DiskPiece unpack_grain(std::uint64_t offset, Bytes packed, std::span<std::byte> buffer) const
    {
        const auto within = std::min(grain_bytes_, size_bytes_ - offset);
        const auto length = unpack(packed, buffer.first(grain_bytes_));
        if (length != grain_bytes_ && length != within) {
            refuse(DiskImageFault::kPackedLength, "a grain is not whole");
        }
        return {offset, buffer.first(within)};
    }

    ImageBytes& image_;
    const bool is_packed_;
    const std::uint64_t size_bytes_;
    const std::uint64_t grain_bytes_;
    const std::uint64_t grains_;
    const std::uint64_t directory_;
    std::array<std::byte, kEntriesOfTable * 4> table_{};
    std::uint64_t grain_ = 0;
    std::uint64_t taken_bytes_ = 0;
};

}  // namespace

std::unique_ptr<DiskReader> open_vmdk(ImageBytes& image)
{
    Sector sector;
    if (image.size_bytes() < sector.size()) {
        refuse(DiskImageFault::kUnsupported, "it is shorter than a header");
    }
    image.read(0, sector);
    const auto header = parse_header(sector);
    check_header(header);
    check_descriptor_of(image, header);
    return std::make_unique<SparseVmdk>(image, header);
}

}  // namespace amilab
