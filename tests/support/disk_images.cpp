#include "tests/support/disk_images.h"

#include <algorithm>
#include <cstring>
#include <stdexcept>
#include <vector>

#include <fmt/format.h>
#include <zlib.h>

#include "storage/base/crc32c.h"

namespace amilab::test {

namespace {

constexpr std::uint64_t kSector = 512;

bool is_all_zero(std::string_view text)
{
    return text.find_first_not_of('\0') == std::string_view::npos;
}

void fill_up(std::string& image)
{
    image.resize((image.size() + kSector - 1) / kSector * kSector);
}

/// The one's complement of the sum of all bytes, the field's own not yet in it.
void put_checksum(std::string& part, std::uint64_t offset)
{
    std::uint32_t sum = 0;
    for (const char byte : part) {
        sum += static_cast<unsigned char>(byte);
    }
    put_big(part, offset, ~sum, 4);
}

std::string vhd_footer(std::uint64_t size_bytes, std::uint32_t type)
{
    std::string footer(kSector, '\0');
    footer.replace(0, 8, "conectix");
    put_big(footer, 8, 2, 4);
    put_big(footer, 12, 0x10000, 4);
    put_big(footer, 16, type == 3 ? kSector : ~std::uint64_t{0}, 8);
    put_big(footer, 40, size_bytes, 8);
    put_big(footer, 48, size_bytes, 8);
    put_big(footer, 60, type, 4);
    put_checksum(footer, 64);
    return footer;
}

std::string packed(std::string_view grain)
{
    auto length = ::compressBound(grain.size());
    std::string bytes(length, '\0');
    if (::compress(reinterpret_cast<Bytef*>(bytes.data()), &length,
                   reinterpret_cast<const Bytef*>(grain.data()), grain.size()) != Z_OK) {
        throw std::runtime_error("zlib packs nothing");
    }
    bytes.resize(length);
    return bytes;
}

std::string vmdk_header(std::uint64_t sectors, std::uint64_t directory)
{
    std::string header(kSector, '\0');
    header.replace(0, 4, "KDMV");
    put_little(header, 4, 3, 4);
    put_little(header, 8, 0x30001, 4);
    put_little(header, 12, sectors, 8);
    put_little(header, 20, kVmdkGrainBytes / kSector, 8);
    put_little(header, 28, 1, 8);
    put_little(header, 36, 2, 8);
    put_little(header, 44, kSector, 4);
    put_little(header, 56, directory, 8);
    header.replace(73, 4, "\n \r\n");
    put_little(header, 77, 1, 2);
    return header;
}

/// Returns the sector at which it begins.
std::uint64_t append_sectors(std::string& image, std::string_view bytes)
{
    const auto sector = image.size() / kSector;
    image += bytes;
    fill_up(image);
    return sector;
}

std::string numbers(const std::vector<std::uint64_t>& values)
{
    std::string bytes(values.size() * 4, '\0');
    for (std::size_t i = 0; i < values.size(); ++i) {
        put_little(bytes, i * 4, values[i], 4);
    }
    return bytes;
}

/// Places of all grains, 0 of those that are zero.
std::vector<std::uint64_t> append_grains(std::string& image, std::string_view disk)
{
    std::vector<std::uint64_t> places;
    for (std::uint64_t offset = 0; offset < disk.size(); offset += kVmdkGrainBytes) {
        std::string grain(disk.substr(offset, kVmdkGrainBytes));
        places.push_back(0);
        if (!is_all_zero(grain)) {
            grain.resize(kVmdkGrainBytes);
            const auto bytes = packed(grain);
            std::string marker(12, '\0');
            put_little(marker, 0, offset / kSector, 8);
            put_little(marker, 8, bytes.size(), 4);
            places.back() = append_sectors(image, marker + bytes);
        }
    }
    return places;
}

}  // namespace

void MemoryImage::read(std::uint64_t offset, std::span<std::byte> out)
{
    if (offset + out.size() > bytes_.size()) {
        throw std::logic_error("a reader asks for what is not there");
    }
    std::memcpy(out.data(), bytes_.data() + offset, out.size());
}

std::uint64_t MemoryImage::next_data(std::uint64_t offset)
{
    return std::min(bytes_.find_first_not_of('\0', offset), bytes_.size());
}

std::string disk_with(std::uint64_t size_bytes,
                      std::initializer_list<std::pair<std::uint64_t, std::string_view>> texts)
{
    std::string disk(size_bytes, '\0');
    for (const auto& [offset, text] : texts) {
        disk.replace(offset, text.size(), text);
    }
    return disk;
}

std::string fixed_vhd(std::string_view disk)
{
    return std::string(disk) + vhd_footer(disk.size(), 2);
}

std::string dynamic_vhd(std::string_view disk)
{
    constexpr std::uint64_t kTable = 1536;
    const auto blocks = (disk.size() + kVhdBlockBytes - 1) / kVhdBlockBytes;
    std::string header(1024, '\0');
    header.replace(0, 8, "cxsparse");
    put_big(header, 8, ~std::uint64_t{0}, 8);
    put_big(header, 16, kTable, 8);
    put_big(header, 24, 0x10000, 4);
    put_big(header, 28, blocks, 4);
    put_big(header, 32, kVhdBlockBytes, 4);
    put_checksum(header, 36);
    const auto footer = vhd_footer(disk.size(), 3);
    auto image = footer + header + std::string(blocks * 4, '\xff');
    fill_up(image);
    for (std::uint64_t block = 0; block < blocks; ++block) {
        std::string bytes(disk.substr(block * kVhdBlockBytes, kVhdBlockBytes));
        if (is_all_zero(bytes)) {
            continue;
        }
        bytes.resize(kVhdBlockBytes);
        std::string map(kSector, '\0');
        for (std::uint64_t sector = 0; sector < kVhdBlockBytes / kSector; ++sector) {
            if (!is_all_zero(std::string_view(bytes).substr(sector * kSector, kSector))) {
                map[sector / 8] = static_cast<char>(map[sector / 8] | (0x80 >> sector % 8));
            }
        }
        put_big(image, kTable + block * 4, append_sectors(image, map + bytes), 4);
    }
    return image + footer;
}

std::string vhd_of_type(std::string image, std::uint32_t type)
{
    auto footer = image.substr(image.size() - kSector);
    put_big(footer, 60, type, 4);
    put_big(footer, 64, 0, 4);
    put_checksum(footer, 64);
    return image.replace(image.size() - kSector, kSector, footer);
}

namespace {

// GUIDs, as they stand in a file.
constexpr std::string_view kVhdxBlockTable(
    "\x66\x77\xc2\x2d\x23\xf6\x00\x42\x9d\x64\x11\x5e\x9b\xfd\x4a\x08", 16);
constexpr std::string_view kVhdxMetadataRegion(
    "\x06\xa2\x7c\x8b\x90\x47\x9a\x4b\xb8\xfe\x57\x5f\x05\x0f\x88\x6e", 16);
constexpr std::string_view kVhdxParameters(
    "\x37\x67\xa1\xca\x36\xfa\x43\x4d\xb3\xb6\x33\xf0\xaa\x44\xe7\x6b", 16);
constexpr std::string_view kVhdxDiskSize(
    "\x24\x42\xa5\x2f\x1b\xcd\x76\x48\xb2\x11\x5d\xbe\xd8\x3b\xf4\xb8", 16);
constexpr std::string_view kVhdxSector(
    "\x1d\xbf\x41\x81\x6f\xa9\x09\x47\xba\x47\xf2\x33\xa8\xfa\xab\x5f", 16);

void put_vhdx_region(std::string& image, std::uint64_t number, std::string_view guid,
                     std::uint64_t offset)
{
    const auto at = kVhdxRegions + 16 + number * 32;
    image.replace(at, guid.size(), guid);
    put_little(image, at + 16, offset, 8);
    put_little(image, at + 24, 1 << 20, 4);
    put_little(image, at + 28, 1, 4);
}

void put_vhdx_item(std::string& image, std::uint64_t number, std::string_view guid,
                   std::uint64_t value)
{
    constexpr std::uint64_t kItems = 64 << 10;
    const auto at = kVhdxMetadata + 32 + number * 32;
    image.replace(at, guid.size(), guid);
    put_little(image, at + 16, kItems + number * 8, 4);
    put_little(image, at + 20, 8, 4);
    put_little(image, kVhdxMetadata + kItems + number * 8, value, 8);
}

void put_crc(std::string& image, std::uint64_t offset, std::size_t length)
{
    put_little(image, offset + 4, 0, 4);
    const auto part = std::as_bytes(std::span(image)).subspan(offset, length);
    put_little(image, offset + 4, crc32c(part), 4);
}

}  // namespace

void put_vhdx_checksums(std::string& image)
{
    put_crc(image, kVhdxHeader, 4096);
    put_crc(image, kVhdxRegions, 64 << 10);
}

std::string dynamic_vhdx(std::string_view disk)
{
    std::string image(kVhdxTable + (1 << 20), '\0');
    image.replace(0, 8, "vhdxfile");
    image.replace(kVhdxHeader, 4, "head");
    put_little(image, kVhdxHeader + 8, 7, 8);
    put_little(image, kVhdxHeader + 66, 1, 2);
    image.replace(kVhdxRegions, 4, "regi");
    put_little(image, kVhdxRegions + 8, 2, 4);
    put_vhdx_region(image, 0, kVhdxBlockTable, kVhdxTable);
    put_vhdx_region(image, 1, kVhdxMetadataRegion, kVhdxMetadata);
    image.replace(kVhdxMetadata, 8, "metadata");
    put_little(image, kVhdxMetadata + 10, 3, 2);
    put_vhdx_item(image, 0, kVhdxParameters, kVhdxBlockBytes);
    put_vhdx_item(image, 1, kVhdxDiskSize, disk.size());
    put_vhdx_item(image, 2, kVhdxSector, kSector);
    for (std::uint64_t block = 0; block * kVhdxBlockBytes < disk.size(); ++block) {
        std::string bytes(disk.substr(block * kVhdxBlockBytes, kVhdxBlockBytes));
        if (!is_all_zero(bytes)) {
            put_little(image, kVhdxTable + block * 8, image.size() | 6U, 8);
            bytes.resize(kVhdxBlockBytes);
            image += bytes;
        }
    }
    put_vhdx_checksums(image);
    return image;
}

std::string stream_vmdk(std::string_view disk)
{
    constexpr std::uint64_t kEntries = 512;
    const auto sectors = disk.size() / kSector;
    auto image = vmdk_header(sectors, ~std::uint64_t{0});
    append_sectors(image, fmt::format("# Disk DescriptorFile\nversion=1\nCID=12345678\n"
                                      "parentCID=ffffffff\ncreateType=\"streamOptimized\"\n"
                                      "RW {} SPARSE \"disk.vmdk\"\n",
                                      sectors));
    image.resize(kVmdkFirstGrain);
    auto places = append_grains(image, disk);
    places.resize((places.size() + kEntries - 1) / kEntries * kEntries);
    std::vector<std::uint64_t> tables;
    for (std::size_t first = 0; first < places.size(); first += kEntries) {
        const auto begin = places.begin() + static_cast<std::ptrdiff_t>(first);
        tables.push_back(
            append_sectors(image, numbers({begin, begin + static_cast<std::ptrdiff_t>(kEntries)})));
    }
    const auto directory = append_sectors(image, numbers(tables));
    image += vmdk_header(sectors, directory);
    return image + std::string(kSector, '\0');  // the marker of the end
}

std::string sparse_vmdk(std::string_view disk)
{
    constexpr std::uint64_t kEntries = 512;
    const auto sectors = disk.size() / kSector;
    constexpr std::uint64_t kDirectory = 3;
    auto image = vmdk_header(sectors, kDirectory);
    put_little(image, 4, 1, 4);
    put_little(image, 8, 1, 4);
    put_little(image, 77, 0, 2);
    append_sectors(image, fmt::format("# Disk DescriptorFile\nversion=1\nCID=12345678\n"
                                      "parentCID=ffffffff\ncreateType=\"monolithicSparse\"\n"
                                      "RW {} SPARSE \"disk.vmdk\"\n",
                                      sectors));
    image.resize(kDirectory * kSector);
    const auto grains = (disk.size() + kVmdkGrainBytes - 1) / kVmdkGrainBytes;
    std::vector<std::uint64_t> tables;
    for (std::uint64_t first = 0; first < grains; first += kEntries) {
        tables.push_back(kDirectory + 1 + tables.size() * kEntries * 4 / kSector);
    }
    append_sectors(image, numbers(tables));
    image.resize((tables.back() + kEntries * 4 / kSector) * kSector);
    for (std::uint64_t grain = 0; grain < grains; ++grain) {
        std::string bytes(disk.substr(grain * kVmdkGrainBytes, kVmdkGrainBytes));
        if (!is_all_zero(bytes)) {
            bytes.resize(kVmdkGrainBytes);
            put_little(image, tables[grain / kEntries] * kSector + grain % kEntries * 4,
                       append_sectors(image, bytes), 4);
        }
    }
    return image;
}

void put_tar_sum(std::string& archive, std::uint64_t header)
{
    constexpr std::size_t kSum = 148;
    archive.replace(header + kSum, 8, 8, ' ');
    std::uint32_t sum = 0;
    for (const char byte : archive.substr(header, kSector)) {
        sum += static_cast<unsigned char>(byte);
    }
    archive.replace(header + kSum, 7, fmt::format("{:06o}{}", sum, '\0'));
}

std::string tar_of(const std::vector<ArchiveFile>& files)
{
    std::string archive;
    for (const auto& file : files) {
        const auto at = archive.size();
        archive.resize(at + kSector);
        archive.replace(at, std::min<std::size_t>(file.name.size(), 100), file.name, 0, 100);
        archive.replace(at + 100, 7, "0000644");
        archive.replace(at + 124, 11, fmt::format("{:011o}", file.bytes.size()));
        archive[at + 156] = file.type;
        archive.replace(at + 257, 8,
                        std::string("ustar\0"
                                    "00",
                                    8));
        put_tar_sum(archive, at);
        append_sectors(archive, file.bytes);
    }
    return archive + std::string(2 * kSector, '\0');
}

std::string pax_record(std::string_view key, std::string_view value)
{
    const auto rest = key.size() + value.size() + 3;
    auto length = rest + 1;
    while (length != rest + std::to_string(length).size()) {
        ++length;
    }
    return fmt::format("{} {}={}\n", length, key, value);
}

std::string ovf_of(std::initializer_list<std::string_view> files, std::string_view format)
{
    std::string references;
    std::string disks;
    int number = 0;
    for (const auto file : files) {
        ++number;
        references += fmt::format(R"(<File ovf:href="{}" ovf:id="file{}"/>)", file, number);
        disks += fmt::format(
            R"(<Disk ovf:capacity="1" ovf:diskId="d{0}" ovf:fileRef="file{0}" ovf:format="{1}"/>)",
            number, format);
    }
    return fmt::format(
        R"(<?xml version="1.0"?><Envelope xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1">)"
        R"(<References>{}</References><DiskSection><Info>d</Info>{}</DiskSection>)"
        R"(<VirtualSystem ovf:id="vm"/></Envelope>)",
        references, disks);
}

std::string bootable_disk()
{
    auto disk = disk_with(8 * kFirstPartition, {{0, "code"}, {510, "\x55\xaa"}});
    put_little(disk, 446, 0x80, 1);
    put_little(disk, 450, 0x83, 1);
    put_little(disk, 454, kFirstPartition / kSector, 4);
    put_little(disk, 458, 4096, 4);
    put_ext4(disk, kFirstPartition);
    return disk;
}

std::string gpt_disk(std::initializer_list<std::string_view> types)
{
    constexpr std::uint64_t kTable = 2 * kSector;
    constexpr std::uint64_t kEntry = 128;
    auto disk = disk_with(8 * kFirstPartition, {{510, "\x55\xaa"}, {kSector, "EFI PART"}});
    put_little(disk, 450, 0xee, 1);
    put_little(disk, 454, 1, 4);
    put_little(disk, kSector + 72, 2, 8);
    put_little(disk, kSector + 80, 128, 4);
    put_little(disk, kSector + 84, kEntry, 4);
    std::uint64_t number = 0;
    for (const auto type : types) {
        const auto entry = kTable + number++ * kEntry;
        disk.replace(entry, type.size(), type);
        put_little(disk, entry + 32, number * kFirstPartition / kSector, 8);
    }
    return disk;
}

void put_ext4(std::string& disk, std::uint64_t offset)
{
    disk.replace(offset + 0x438, 2, "\x53\xef");
}

void put_big(std::string& image, std::uint64_t offset, std::uint64_t value, std::size_t length)
{
    for (std::size_t i = 0; i < length; ++i) {
        image[offset + length - 1 - i] = static_cast<char>(value >> 8 * i);
    }
}

void put_little(std::string& image, std::uint64_t offset, std::uint64_t value, std::size_t length)
{
    for (std::size_t i = 0; i < length; ++i) {
        image[offset + i] = static_cast<char>(value >> 8 * i);
    }
}

}  // namespace amilab::test
