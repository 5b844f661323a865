#include "storage/blocks/layer_format.h"

#include <algorithm>
#include <boost/crc.hpp>
#include <boost/endian/conversion.hpp>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <span>

#include <fmt/format.h>

#include "storage/base/storage_error.h"
#include "storage/files/file_io.h"

namespace amilab {
namespace {

constexpr std::string_view kMagic = "AMILABLY";
constexpr std::string_view kNewSuffix = ".new";
constexpr std::array<std::string_view, 5> kKindNames = {"data", "live", "map", "index", "sums"};

// Where the header's fields lie; numbers are little-endian.
constexpr std::size_t kVersionAt = 8;
constexpr std::size_t kKindAt = 12;
constexpr std::size_t kLayerAt = 16;
constexpr std::size_t kSegmentAt = 24;
constexpr std::size_t kBlockSizeAt = 28;
constexpr std::size_t kSegmentSizeAt = 32;
constexpr std::size_t kBootIdAt = 40;
// In an index only.
constexpr std::size_t kLayerCountAt = 104;
constexpr std::size_t kTableChecksumAt = 108;
constexpr std::size_t kSegmentsAt = 112;
// In a map only.
constexpr std::size_t kPagesAt = 120;
constexpr std::size_t kChecksumAt = kSectorSize - 4;

using Sector = std::array<std::byte, kSectorSize>;

unsigned char* bytes_at(Sector& sector, std::size_t at)
{
    return reinterpret_cast<unsigned char*>(sector.data()) + at;
}

std::uint32_t version_of(Sector& sector)
{
    return boost::endian::load_little_u32(bytes_at(sector, kVersionAt));
}

std::uint32_t checksum(const Sector& sector)
{
    boost::crc_32_type crc;
    crc.process_bytes(sector.data(), kChecksumAt);
    return crc.checksum();
}

/// What all headers have in common; returns the sector and leaves the rest to the caller. `newest`:
/// the last version of the kind of file that is known.
Sector read_header_sector(File& file, std::uint32_t newest = kFormatVersion)
{
    Sector sector{};
    const auto& path = file.path();
    if (read_fully(file, 0, sector) != sector.size()) {
        throw_corrupt(path, "it is shorter than its header");
    }
    if (std::memcmp(sector.data(), kMagic.data(), kMagic.size()) != 0) {
        throw_corrupt(path, "it does not begin as a layer's map does");
    }
    if (boost::endian::load_little_u32(bytes_at(sector, kChecksumAt)) != checksum(sector)) {
        throw_corrupt(path, "the header's checksum is wrong");
    }
    const auto version = version_of(sector);
    if (version == 0 || version > newest) {
        throw StorageError(
            ENOTSUP, "open", path,
            fmt::format("layer format {}, this amilab reads up to {}", version, newest));
    }
    return sector;
}

std::uint32_t checksum_of(std::span<const std::byte> bytes)
{
    boost::crc_32_type crc;
    crc.process_bytes(bytes.data(), bytes.size());
    return crc.checksum();
}

std::vector<LayerId> read_index_table(File& file, std::uint32_t count, std::uint32_t expected)
{
    std::vector<std::byte> bytes(count * sizeof(std::uint64_t));
    if (read_fully(file, kIndexTableAt, bytes) != bytes.size() || checksum_of(bytes) != expected) {
        throw_corrupt(file.path(), "the table of layers is not whole");
    }
    std::vector<LayerId> layers;
    layers.reserve(count);
    for (std::size_t at = 0; at < bytes.size(); at += sizeof(std::uint64_t)) {
        layers.push_back(LayerId{
            boost::endian::load_little_u64(reinterpret_cast<const unsigned char*>(&bytes[at]))});
    }
    return layers;
}

template <class Number>
std::optional<Number> parse_hex(std::string_view text)
{
    const bool lower_case = std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
    });
    Number number = 0;
    const auto result = std::from_chars(text.data(), text.data() + text.size(), number, 16);
    if (!lower_case || result.ec != std::errc() || result.ptr != text.data() + text.size()) {
        return std::nullopt;
    }
    return number;
}

}  // namespace

std::string file_name(const FileKey& key)
{
    return fmt::format("{:016x}.{:02x}.{}", to_number(key.layer), key.segment,
                       kKindNames[static_cast<std::size_t>(key.kind)]);
}

std::string new_file_name(const FileKey& key)
{
    return file_name(key).append(kNewSuffix);
}

std::optional<ParsedFileName> parse_file_name(std::string_view name)
{
    ParsedFileName parsed;
    if (name.ends_with(kNewSuffix)) {
        parsed.is_new = true;
        name.remove_suffix(kNewSuffix.size());
    }
    if (name.size() < 21 || name[16] != '.' || name[19] != '.') {
        return std::nullopt;
    }
    const auto layer = parse_hex<std::uint64_t>(name.substr(0, 16));
    const auto segment = parse_hex<std::uint32_t>(name.substr(17, 2));
    const auto kind = std::find(kKindNames.begin(), kKindNames.end(), name.substr(20));
    if (!layer || !segment || *segment >= kMaxSegments || kind == kKindNames.end()) {
        return std::nullopt;
    }
    parsed.key = {LayerId{*layer}, *segment, static_cast<FileKind>(kind - kKindNames.begin())};
    return parsed;
}

Sector encode_map_header(const FileKey& key, const MapHeader& header)
{
    Sector sector{};
    std::memcpy(sector.data(), kMagic.data(), kMagic.size());
    boost::endian::store_little_u32(bytes_at(sector, kVersionAt), header.version);
    boost::endian::store_little_u32(bytes_at(sector, kKindAt),
                                    static_cast<std::uint32_t>(key.kind));
    boost::endian::store_little_u64(bytes_at(sector, kLayerAt), to_number(key.layer));
    boost::endian::store_little_u32(bytes_at(sector, kSegmentAt), key.segment);
    boost::endian::store_little_u32(bytes_at(sector, kBlockSizeAt), kBlockSize);
    boost::endian::store_little_u64(bytes_at(sector, kSegmentSizeAt), kSegmentSize);
    std::memcpy(bytes_at(sector, kBootIdAt), header.boot_id.data(),
                std::min(header.boot_id.size(), kMaxBootIdSize));
    boost::endian::store_little_u32(bytes_at(sector, kPagesAt), header.pages);
    boost::endian::store_little_u32(bytes_at(sector, kChecksumAt), checksum(sector));
    return sector;
}

MapHeader read_map_header(File& file, const FileKey& key)
{
    const auto& path = file.path();
    auto sector =
        read_header_sector(file, key.kind == FileKind::kLiveMap ? kUnitsVersion : kFormatVersion);
    // Which file it is, the sizes and the reserved bytes must all be what would be written now.
    const auto* boot_id = reinterpret_cast<const char*>(bytes_at(sector, kBootIdAt));
    const MapHeader found{.boot_id = std::string(boot_id, ::strnlen(boot_id, kMaxBootIdSize)),
                          .version = version_of(sector),
                          .pages = boost::endian::load_little_u32(bytes_at(sector, kPagesAt))};
    if (sector != encode_map_header(key, found)) {
        throw_corrupt(path, "the header is of another layer, segment or kind of file");
    }
    // Of a live map the units, but not yet the header that tells of them, may have survived a boot.
    const auto longest = key.kind == FileKind::kLiveMap ? kMapWithUnitsSize : kMapFileSize;
    if (file.status().size_bytes > longest) {
        throw_corrupt(path, "it is longer than a map");
    }
    return found;
}

void require_map_length(File& file, const MapHeader& header)
{
    const auto size = file.status().size_bytes;
    if (header.pages > 0 && size < kMapHeaderSize + header.pages * kMapPageSize) {
        throw_corrupt(file.path(),
                      fmt::format("it ends at {}, and was {} pages long", size, header.pages));
    }
}

Sector encode_index_header(const FileKey& key, const IndexHeader& header)
{
    auto sector = encode_map_header(key, {.version = header.version});
    boost::endian::store_little_u32(bytes_at(sector, kLayerCountAt),
                                    static_cast<std::uint32_t>(header.layers.size()));
    boost::endian::store_little_u32(bytes_at(sector, kTableChecksumAt),
                                    checksum_of(encode_index_table(header)));
    boost::endian::store_little_u64(bytes_at(sector, kSegmentsAt), header.segments);
    boost::endian::store_little_u32(bytes_at(sector, kChecksumAt), checksum(sector));
    return sector;
}

std::vector<std::byte> encode_index_table(const IndexHeader& header)
{
    std::vector<std::byte> bytes(header.layers.size() * sizeof(std::uint64_t));
    auto* at = reinterpret_cast<unsigned char*>(bytes.data());
    for (const auto layer : header.layers) {
        boost::endian::store_little_u64(at, to_number(layer));
        at += sizeof(std::uint64_t);
    }
    return bytes;
}

IndexHeader read_index_header(File& file, const FileKey& key)
{
    const auto& path = file.path();
    auto sector = read_header_sector(file);
    IndexHeader header;
    const auto count = boost::endian::load_little_u32(bytes_at(sector, kLayerCountAt));
    header.segments = boost::endian::load_little_u64(bytes_at(sector, kSegmentsAt));
    header.version = version_of(sector);
    if (count == 0 || count > kMaxIndexLayers) {
        throw_corrupt(path, fmt::format("it names {} layers", count));
    }
    header.layers = read_index_table(
        file, count, boost::endian::load_little_u32(bytes_at(sector, kTableChecksumAt)));
    if (sector != encode_index_header(key, header) || header.layers.back() != key.layer) {
        throw_corrupt(path, "the header is of another layer, segment or kind of file");
    }
    return header;
}

Sector encode_checksums_header(const FileKey& key)
{
    return encode_map_header(key, {.version = kChecksumsVersion});
}

void read_checksums_header(File& file, const FileKey& key)
{
    if (read_header_sector(file, kChecksumsVersion) != encode_checksums_header(key)) {
        throw_corrupt(file.path(), "the header is of another layer, segment or kind of file");
    }
}

bool is_blank_map(File& file)
{
    Sector sector{};
    const auto length = read_fully(file, 0, sector);
    return length < sector.size() || sector == Sector{};
}

void throw_corrupt(const std::string& path, std::string_view what)
{
    throw StorageError(EBADMSG, "read", path, fmt::format("the file is damaged: {}", what));
}

}  // namespace amilab
