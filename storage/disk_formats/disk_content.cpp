#include "storage/disk_formats/disk_content.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "storage/blocks/layer_id.h"

namespace amilab {

namespace {

constexpr std::size_t kMostPartitions = 128;

/// So many bytes of the disk; zeros where it has none.
std::string bytes_at(ImageBytes& disk, std::uint64_t offset, std::size_t length)
{
    std::string bytes(length, '\0');
    const auto size = disk.size_bytes();
    if (offset < size) {
        const auto part = std::min<std::uint64_t>(length, size - offset);
        disk.read(offset, std::as_writable_bytes(std::span(bytes)).first(part));
    }
    return bytes;
}

std::uint64_t number(std::string_view bytes, std::size_t offset, std::size_t length)
{
    return little_endian(std::as_bytes(std::span(bytes)).subspan(offset, length));
}

struct Partition {
    std::uint64_t offset = 0;
    bool is_efi_system = false;
};

// Source: UEFI Specification 2.10, "GUID Partition Table": a header in the second sector, the
// entries where it says.
std::vector<Partition> read_gpt(ImageBytes& disk)
{
    // C12A7328-F81F-11D2-BA4B-00A0C93EC93B
    constexpr std::string_view kEfiSystem(
        "\x28\x73\x2a\xc1\x1f\xf8\xd2\x11\xba\x4b\x00\xa0\xc9"
        "\x3e\xc9\x3b",
        16);
    constexpr std::uint64_t kLeastEntry = 128;
    constexpr std::uint64_t kMostEntry = 4096;
    const auto header = bytes_at(disk, kSectorSize, kSectorSize);
    const auto entry_bytes = number(header, 84, 4);
    const auto sectors = disk.size_bytes() / kSectorSize;
    const auto table = number(header, 72, 8);
    std::vector<Partition> partitions;
    if (!header.starts_with("EFI PART") || entry_bytes < kLeastEntry || entry_bytes > kMostEntry ||
        table >= sectors) {
        return partitions;
    }
    const auto count = std::min<std::uint64_t>(number(header, 80, 4), kMostPartitions);
    const auto entries = bytes_at(disk, table * kSectorSize, count * entry_bytes);
    for (std::uint64_t index = 0; index < count; ++index) {
        const auto entry = std::string_view(entries).substr(index * entry_bytes, kLeastEntry);
        const auto type = entry.substr(0, kEfiSystem.size());
        const auto first = number(entry, 32, 8);
        if (type.find_first_not_of('\0') != std::string_view::npos && first < sectors) {
            partitions.push_back({first * kSectorSize, type == kEfiSystem});
        }
    }
    return partitions;
}

// Source: UEFI Specification 2.10, "Legacy Master Boot Record". Partitions within an extended one
// are not looked for: systems boot from primary ones.
std::vector<Partition> read_mbr(ImageBytes& disk, std::string_view mbr)
{
    constexpr std::size_t kTable = 446;
    constexpr std::size_t kEntryBytes = 16;
    constexpr std::uint64_t kEfiSystem = 0xef;
    std::vector<Partition> partitions;
    for (std::size_t index = 0; index < 4; ++index) {
        const auto entry = mbr.substr(kTable + index * kEntryBytes, kEntryBytes);
        const auto type = number(entry, 4, 1);
        const auto first = number(entry, 8, 4);
        if (type != 0 && first > 0 && first < disk.size_bytes() / kSectorSize) {
            partitions.push_back({first * kSectorSize, type == kEfiSystem});
        }
    }
    return partitions;
}

enum class Holds : std::uint8_t { kUnix, kWindows, kEncrypted };

struct Magic {
    std::size_t offset;
    std::string_view text;
    Holds holds;
};

// Source: what each file system's own documentation says of its first block.
constexpr std::array<Magic, 12> kMagics = {{
    {0x438, "\x53\xef", Holds::kUnix},            // ext2, ext3, ext4
    {0, "XFSB", Holds::kUnix},                    //
    {0x10040, "_BHRfS_M", Holds::kUnix},          // btrfs
    {512, "LABELONE", Holds::kUnix},              // LVM
    {0, "hsqs", Holds::kUnix},                    // squashfs
    {1024, "\xe2\xe1\xf5\xe0", Holds::kUnix},     // erofs
    {1024, "\x10\x20\xf5\xf2", Holds::kUnix},     // f2fs
    {0x1055c, "\x19\x01\x54\x19", Holds::kUnix},  // UFS2
    {3, "NTFS    ", Holds::kWindows},             //
    {3, "ReFS", Holds::kWindows},                 //
    {0, "LUKS\xba\xbe", Holds::kEncrypted},       //
    {3, "-FVE-FS-", Holds::kEncrypted},           // BitLocker
}};

void look_at_partition(ImageBytes& disk, std::uint64_t offset, DiskContent& content)
{
    for (const auto& magic : kMagics) {
        if (bytes_at(disk, offset + magic.offset, magic.text.size()) != magic.text) {
            continue;
        }
        content.has_unix_files |= magic.holds == Holds::kUnix;
        content.has_windows_files |= magic.holds == Holds::kWindows;
        content.is_encrypted |= magic.holds == Holds::kEncrypted;
    }
}

}  // namespace

DiskContent look_at_disk(ImageBytes& disk)
{
    constexpr std::size_t kCodeBytes = 440;
    constexpr std::string_view kSignature = "\x55\xaa";
    const auto mbr = bytes_at(disk, 0, kSectorSize);
    DiskContent content;
    if (!mbr.ends_with(kSignature)) {
        return content;
    }
    auto partitions = read_gpt(disk);
    if (partitions.empty()) {
        partitions = read_mbr(disk, mbr);
    }
    content.has_partitions = !partitions.empty();
    content.has_boot_code = mbr.find_first_not_of('\0') < kCodeBytes;
    for (const auto& partition : partitions) {
        content.has_efi_system |= partition.is_efi_system;
        look_at_partition(disk, partition.offset, content);
    }
    return content;
}

}  // namespace amilab
