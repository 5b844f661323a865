#include "server/labs/partitions.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>

namespace amilab::labs {

namespace {

constexpr std::uint64_t kSector = 512;
/// Far more than any table has, and few enough to read a damaged one.
constexpr std::uint32_t kMostEntries = 1024;

/// Where it begins in a file system, and how many bytes it has.
constexpr std::uint64_t kSuperblock = 1024;

using Sector = std::array<std::byte, kSector>;

Sector read_sector(const LabDisk& disk, std::uint64_t number)
{
    Sector sector{};
    disk.read(number * kSector, sector);
    return sector;
}

/// A little-endian number.
template <class Number>
Number number_at(std::span<const std::byte> bytes, std::size_t at)
{
    Number number{};
    std::memcpy(&number, bytes.data() + at, sizeof(number));
    return number;
}

void add(const LabDisk& disk, std::uint64_t first, std::uint64_t sectors,
         std::vector<Partition>& found)
{
    const auto end = disk.size_bytes() / kSector;
    if (first == 0 || first >= end || sectors == 0) {
        return;
    }
    const auto length = std::min(sectors, end - first);
    found.push_back({.offset = first * kSector, .length = length * kSector});
}

bool is_unused(std::span<const std::byte> type)
{
    return std::all_of(type.begin(), type.end(), [](std::byte b) { return b == std::byte{0}; });
}

std::vector<Partition> gpt_partitions(const LabDisk& disk, const Sector& header)
{
    constexpr std::size_t kTypeBytes = 16;
    constexpr std::size_t kFirst = 32;
    constexpr std::size_t kLast = 40;
    constexpr std::uint32_t kSmallestEntry = 128;
    const auto table = number_at<std::uint64_t>(header, 72);
    const auto count = std::min(number_at<std::uint32_t>(header, 80), kMostEntries);
    const auto entry_bytes = number_at<std::uint32_t>(header, 84);
    std::vector<Partition> found;
    if (entry_bytes < kSmallestEntry || entry_bytes > kSector * 8 ||
        table >= disk.size_bytes() / kSector) {
        return found;
    }
    for (std::uint64_t i = 0; i < count; ++i) {
        std::array<std::byte, kSmallestEntry> entry{};
        disk.read(table * kSector + i * entry_bytes, entry);
        const auto first = number_at<std::uint64_t>(entry, kFirst);
        const auto last = number_at<std::uint64_t>(entry, kLast);
        if (!is_unused(std::span(entry).first(kTypeBytes)) && last >= first) {
            add(disk, first, last - first + 1, found);
        }
    }
    return found;
}

struct MbrEntry {
    std::uint8_t type;
    std::uint64_t first;
    std::uint64_t sectors;
};

MbrEntry mbr_entry(const Sector& sector, std::size_t index)
{
    constexpr std::size_t kTable = 446;
    constexpr std::size_t kEntryBytes = 16;
    const auto at = kTable + index * kEntryBytes;
    return {.type = number_at<std::uint8_t>(sector, at + 4),
            .first = number_at<std::uint32_t>(sector, at + 8),
            .sectors = number_at<std::uint32_t>(sector, at + 12)};
}

bool is_mbr(const Sector& sector)
{
    return sector[510] == std::byte{0x55} && sector[511] == std::byte{0xAA};
}

bool is_extended(std::uint8_t type)
{
    return type == 0x05 || type == 0x0F || type == 0x85;
}

/// Each logical partition's table names the next one, from the extended partition's beginning on.
void add_logical(const LabDisk& disk, std::uint64_t extended, std::vector<Partition>& found)
{
    auto at = extended;
    for (std::uint32_t i = 0; i < kMostEntries && at < disk.size_bytes() / kSector; ++i) {
        const auto sector = read_sector(disk, at);
        if (!is_mbr(sector)) {
            return;
        }
        const auto logical = mbr_entry(sector, 0);
        if (logical.type != 0) {
            add(disk, at + logical.first, logical.sectors, found);
        }
        const auto next = mbr_entry(sector, 1);
        if (!is_extended(next.type) || extended + next.first <= at) {
            return;
        }
        at = extended + next.first;
    }
}

std::vector<Partition> mbr_partitions(const LabDisk& disk, const Sector& sector)
{
    constexpr std::size_t kEntries = 4;
    std::vector<Partition> found;
    for (std::size_t i = 0; i < kEntries; ++i) {
        const auto entry = mbr_entry(sector, i);
        if (is_extended(entry.type)) {
            add_logical(disk, entry.first, found);
        } else if (entry.type != 0) {
            add(disk, entry.first, entry.sectors, found);
        }
    }
    return found;
}

}  // namespace

std::vector<Partition> partitions_of(const LabDisk& disk)
{
    constexpr std::string_view kGpt = "EFI PART";
    const auto header = read_sector(disk, 1);
    if (std::memcmp(header.data(), kGpt.data(), kGpt.size()) == 0) {
        return gpt_partitions(disk, header);
    }
    if (const auto sector = read_sector(disk, 0); is_mbr(sector)) {
        if (auto found = mbr_partitions(disk, sector); !found.empty()) {
            return found;
        }
    }
    return {{.offset = 0, .length = disk.size_bytes()}};
}

bool is_ext4(const LabDisk& disk, const Partition& partition)
{
    constexpr std::uint64_t kMagic = kSuperblock + 56;
    std::array<std::byte, 2> magic{};
    if (partition.length >= 2 * kSuperblock) {
        disk.read(partition.offset + kMagic, magic);
    }
    return magic[0] == std::byte{0x53} && magic[1] == std::byte{0xEF};
}

std::uint64_t ext4_block_bytes(const LabDisk& disk, const Partition& partition)
{
    constexpr std::uint64_t kSize = kSuperblock + 24;  // 0 stands for 1 KiB, 1 for 2 KiB
    constexpr std::uint32_t kGreatest = 6;
    constexpr std::uint64_t kSmallestBytes = 1024;
    std::array<std::byte, 4> size{};
    disk.read(partition.offset + kSize, size);
    return kSmallestBytes << std::min(number_at<std::uint32_t>(size, 0), kGreatest);
}

std::vector<Partition> ext4_partitions_of(const LabDisk& disk)
{
    std::vector<Partition> found;
    for (const auto& partition : partitions_of(disk)) {
        const bool is_taken = std::any_of(found.begin(), found.end(), [&](const Partition& other) {
            return partition.offset < other.offset + other.length &&
                   other.offset < partition.offset + partition.length;
        });
        if (!is_taken && is_ext4(disk, partition)) {
            found.push_back(partition);
        }
    }
    return found;
}

}  // namespace amilab::labs
