#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "storage/blocks/layer_id.h"
#include "storage/disk_formats/disk_reader.h"

/// Source: Virtual Hard Disk Image Format Specification, version 1.0 (Microsoft); numbers are
/// big-endian.
namespace amilab {

namespace {

using Bytes = std::span<const std::byte>;

constexpr std::uint32_t kFixed = 2;
constexpr std::uint32_t kDynamic = 3;
constexpr std::uint32_t kAbsent = 0xffff'ffff;
// Those that a virtual disk has by the specification: 2,040 GiB; some writers go on to 64 TiB.
constexpr std::uint64_t kMostBytes = std::uint64_t{64} << 40U;
constexpr std::uint64_t kLeastBlockBytes = 4096;
constexpr std::uint64_t kMostBlockBytes = std::uint64_t{16} << 20U;
// Entries of the table that one call looks at, and that are read at once.
constexpr std::size_t kEntriesAtOnce = 1024;

using Footer = std::array<std::byte, kSectorSize>;
using Header = std::array<std::byte, 1024>;

[[noreturn]] void refuse(DiskImageFault fault, std::string_view why)
{
    throw DiskImageError(fault, std::string(why));
}

std::uint64_t number(Bytes bytes, std::size_t offset, std::size_t length)
{
    return big_endian(bytes.subspan(offset, length));
}

bool begins_with(Bytes bytes, std::string_view text)
{
    return bytes.size() >= text.size() && std::memcmp(bytes.data(), text.data(), text.size()) == 0;
}

/// Whether the one's complement of the sum of all other bytes is what the field says.
bool has_checksum(Bytes bytes, std::size_t field)
{
    std::uint32_t sum = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        if (i < field || i >= field + 4) {
            sum += static_cast<std::uint8_t>(bytes[i]);
        }
    }
    return number(bytes, field, 4) == static_cast<std::uint32_t>(~sum);
}

struct Disk {
    std::uint32_t type;
    std::uint64_t size_bytes;
    /// Of the header of a dynamic disk.
    std::uint64_t header_offset;
};

Footer read_footer(ImageBytes& image)
{
    Footer footer;
    if (image.size_bytes() < footer.size()) {
        refuse(DiskImageFault::kFooters, "it is shorter than a footer");
    }
    image.read(image.size_bytes() - footer.size(), footer);
    constexpr std::size_t kChecksum = 64;
    if (!begins_with(footer, "conectix") || !has_checksum(footer, kChecksum)) {
        refuse(DiskImageFault::kFooters, "it ends with no footer");
    }
    return footer;
}

Disk parse_footer(const Footer& footer)
{
    const Disk disk{.type = static_cast<std::uint32_t>(number(footer, 60, 4)),
                    .size_bytes = number(footer, 48, 8),
                    .header_offset = number(footer, 16, 8)};
    if (disk.type != kFixed && disk.type != kDynamic) {
        refuse(DiskImageFault::kFooters, "it is a difference to another disk, or of no known type");
    }
    if (disk.size_bytes == 0 || disk.size_bytes > kMostBytes ||
        disk.size_bytes % kSectorSize != 0) {
        refuse(DiskImageFault::kDamaged, "its disk has an impossible size");
    }
    return disk;
}

/// What lies before the footer is the disk.
class FixedVhd final : public DiskReader {
public:
    FixedVhd(ImageBytes& image, std::uint64_t size_bytes)
        : disk_(image, 0, within(image, size_bytes)), reader_(open_raw(disk_))
    {
    }

    std::uint64_t size_bytes() const override { return reader_->size_bytes(); }
    std::optional<DiskPiece> next(std::span<std::byte> buffer) override
    {
        return reader_->next(buffer);
    }
    std::optional<DiskFilePiece> next_in_file() override { return reader_->next_in_file(); }
    int percent() const override { return reader_->percent(); }

private:
    static std::uint64_t within(const ImageBytes& image, std::uint64_t size_bytes)
    {
        if (size_bytes > image.size_bytes() - kSectorSize) {
            refuse(DiskImageFault::kDamaged, "it is shorter than its disk");
        }
        return size_bytes;
    }

    ImageWindow disk_;
    const std::unique_ptr<DiskReader> reader_;
};

/// A table names the places of blocks; each begins with a map of the sectors that it has.
class DynamicVhd final : public DiskReader {
public:
    DynamicVhd(ImageBytes& image, const Disk& disk) : image_(image), size_bytes_(disk.size_bytes)
    {
        Header header;
        read_within(image, disk.header_offset, header);
        constexpr std::size_t kChecksum = 36;
        if (!begins_with(header, "cxsparse") || !has_checksum(header, kChecksum)) {
            refuse(DiskImageFault::kDamaged, "it has no header of a dynamic disk");
        }
        table_offset_ = number(header, 16, 8);
        const auto entries = number(header, 28, 4);
        block_bytes_ = number(header, 32, 4);
        if (!std::has_single_bit(block_bytes_) || block_bytes_ < kLeastBlockBytes ||
            block_bytes_ > kMostBlockBytes) {
            refuse(DiskImageFault::kUnsupported, "its blocks have an unusual size");
        }
        blocks_ = (size_bytes_ + block_bytes_ - 1) / block_bytes_;
        if (entries < blocks_) {
            refuse(DiskImageFault::kDamaged, "its table is shorter than its disk");
        }
        const auto map_bytes = block_bytes_ / kSectorSize / 8;
        map_bytes_ = (map_bytes + kSectorSize - 1) / kSectorSize * kSectorSize;
    }

    std::uint64_t size_bytes() const override { return size_bytes_; }

    std::optional<DiskPiece> next(std::span<std::byte> buffer) override
    {
        for (std::size_t looked = 0; looked < kEntriesAtOnce; ++looked) {
            if (sector_ < sectors_of_block()) {
                if (auto piece = next_in_block(buffer)) {
                    return piece;
                }
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
    /// Of the block that is read; 0 when that is absent.
    std::uint64_t sectors_of_block() const { return map_.empty() ? 0 : sectors_; }

    bool has_sector(std::uint64_t sector) const
    {
        constexpr unsigned kFirstBit = 0x80;
        return (static_cast<unsigned>(map_[sector / 8]) & (kFirstBit >> sector % 8)) != 0;
    }

    std::uint32_t entry_of(std::uint64_t block)
    {
        const auto index = block % kEntriesAtOnce;
        if (index == 0) {
            const auto count = std::min<std::uint64_t>(kEntriesAtOnce, blocks_ - block);
            table_.resize(count * 4);
            read_within(image_, table_offset_ + block * 4, table_);
        }
        return static_cast<std::uint32_t>(number(table_, index * 4, 4));
    }

    void begin_block(std::uint64_t block)
    {
        const auto entry = entry_of(block);
        sector_ = 0;
        map_.clear();
        if (entry == kAbsent) {
            return;
        }
        block_offset_ = block * block_bytes_;
        sectors_ = std::min(block_bytes_, size_bytes_ - block_offset_) / kSectorSize;
        data_offset_ = std::uint64_t{entry} * kSectorSize + map_bytes_;
        // Blocks that lie within one another would make a small image a large disk.
        taken_bytes_ += map_bytes_ + sectors_ * kSectorSize;
        if (taken_bytes_ > image_.size_bytes()) {
            refuse(DiskImageFault::kDamaged, "its blocks lie within one another");
        }
        map_.resize(map_bytes_);
        read_within(image_, data_offset_ - map_bytes_, map_);
    }

    /// Nothing when the rest of the block has no sector.
    std::optional<DiskPiece> next_in_block(std::span<std::byte> buffer)
    {
        while (sector_ < sectors_ && !has_sector(sector_)) {
            ++sector_;
        }
        const auto first = sector_;
        const auto most = first + std::min(buffer.size(), kReadPieceBytes) / kSectorSize;
        while (sector_ < sectors_ && sector_ < most && has_sector(sector_)) {
            ++sector_;
        }
        if (first == sector_) {
            return std::nullopt;
        }
        const auto bytes = buffer.first((sector_ - first) * kSectorSize);
        read_within(image_, data_offset_ + first * kSectorSize, bytes);
        return DiskPiece{block_offset_ + first * kSectorSize, bytes};
    }

    ImageBytes& image_;
    const std::uint64_t size_bytes_;
    std::uint64_t table_offset_ = 0;
    std::uint64_t block_bytes_ = 0;
    std::uint64_t blocks_ = 0;
    std::uint64_t map_bytes_ = 0;
    std::vector<std::byte> table_;
    std::uint64_t next_block_ = 0;
    std::uint64_t taken_bytes_ = 0;
    // The block that is read.
    std::vector<std::byte> map_;
    std::uint64_t block_offset_ = 0;
    std::uint64_t data_offset_ = 0;
    std::uint64_t sectors_ = 0;
    std::uint64_t sector_ = 0;
};

}  // namespace

std::unique_ptr<DiskReader> open_vhd(ImageBytes& image)
{
    const auto footer = read_footer(image);
    const auto disk = parse_footer(footer);
    if (disk.type == kFixed) {
        return std::make_unique<FixedVhd>(image, disk.size_bytes);
    }
    Footer front;
    read_within(image, 0, front);
    if (front != footer) {
        refuse(DiskImageFault::kFooters, "its footers differ");
    }
    return std::make_unique<DynamicVhd>(image, disk);
}

}  // namespace amilab
