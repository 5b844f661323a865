#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/blocks/layer_id.h"
#include "storage/blocks/units.h"
#include "storage/files/file_system.h"

namespace amilab {

/// The files of one segment of one layer. docs/formats.md says what each holds and what survives.
enum class FileKind : std::uint8_t {
    /// The bytes, at their own addresses, sparse.
    kData = 0,
    /// The map as of now; true only while the machine that wrote it stays up.
    kLiveMap = 1,
    /// The map as of the last flush; never ahead of the data on the disk.
    kMap = 2,
    /// Block to owning layer, for long chains. Can be made again from the maps at any time.
    kIndex = 3,
    /// A checksum for each block of data.
    kChecksums = 4,
};
inline constexpr std::array kFileKinds = {FileKind::kData, FileKind::kLiveMap, FileKind::kMap,
                                          FileKind::kIndex, FileKind::kChecksums};

struct FileKey {
    LayerId layer{};
    std::uint32_t segment = 0;
    FileKind kind = FileKind::kData;

    auto operator<=>(const FileKey&) const = default;
};

struct FileKeyHash {
    std::size_t operator()(const FileKey& key) const
    {
        // Ids are small counters: spread them, so that shards and buckets fill evenly.
        return (to_number(key.layer) * 512 + std::size_t{key.segment} * 8 +
                static_cast<unsigned>(key.kind)) *
               0x9e3779b97f4a7c15U;
    }
};

/// `<16 hex digits of the layer>.<2 of the segment>.<data|live|map|index|sums>`.
std::string file_name(const FileKey& key);
/// What a file is written as before it is renamed into its place.
std::string new_file_name(const FileKey& key);

struct ParsedFileName {
    FileKey key;
    bool is_new = false;
};
/// Nothing for a name that is not one of ours.
std::optional<ParsedFileName> parse_file_name(std::string_view name);

/// A map file begins with one page of header.
inline constexpr std::uint64_t kMapHeaderSize = kMapPageSize;
inline constexpr std::uint64_t kMapFileSize = kMapHeaderSize + kMapPagesPerSegment * kMapPageSize;
/// Of maps and indexes. Version 1 is read and written on: of its files nobody knows how long they
/// were.
inline constexpr std::uint32_t kFormatVersion = 2;
inline constexpr std::uint32_t kKnownLengthsVersion = 2;
/// Of a live map that has had partial blocks: their units lie behind the states. Durable maps know
/// no partial blocks and have no such version.
inline constexpr std::uint32_t kUnitsVersion = 3;
inline constexpr std::uint64_t kUnitsAt = kMapFileSize;
inline constexpr std::uint64_t kMapWithUnitsSize = kUnitsAt + kBlocksPerSegment * sizeof(Units);
/// Of checksums, which have had no other: another form of maps is none of theirs.
inline constexpr std::uint32_t kChecksumsVersion = 2;
inline constexpr std::size_t kMaxBootIdSize = 64;

struct MapHeader {
    /// In a live map the boot that holds it; in a durable one that of a live map that goes beyond
    /// it, or empty.
    std::string boot_id = {};
    std::uint32_t version = kFormatVersion;
    /// The file is at least so many pages of states long; of version 1 nobody knows.
    std::uint32_t pages = 0;
};

/// The header's first sector, the only one that is not zero, with its checksum.
std::array<std::byte, kSectorSize> encode_map_header(const FileKey& key, const MapHeader& header);

/// Throws StorageError (EBADMSG) that names the file and the field unless the header is whole and
/// belongs to `key`.
MapHeader read_map_header(File& file, const FileKey& key);
/// Throws StorageError (EBADMSG) when the file is shorter than it was. Not for the live map of
/// another boot, of which power loss leaves any part.
void require_map_length(File& file, const MapHeader& header);

/// Whether power loss left a live map without its header: nothing in it, or only zeros.
bool is_blank_map(File& file);

/// An index file: one page of header, a checksum for each page of owners, the owners, the table.
inline constexpr std::uint64_t kIndexPagesPerSegment = kBlocksPerSegment / (kMapPageSize / 4);
inline constexpr std::uint64_t kIndexChecksumsAt = kMapPageSize;
inline constexpr std::uint64_t kIndexPagesAt = kIndexChecksumsAt + kIndexPagesPerSegment * 4;
inline constexpr std::uint64_t kIndexTableAt = kIndexPagesAt + kIndexPagesPerSegment * kMapPageSize;
inline constexpr std::size_t kMaxIndexLayers = std::size_t{1} << 20;

struct IndexHeader {
    /// The chain, bottom first; the last one is the layer that the index belongs to.
    std::vector<LayerId> layers;
    /// One bit for each segment in which any of them has anything.
    std::uint64_t segments = 0;
    /// Of the format that the file has, or gets.
    std::uint32_t version = kFormatVersion;
};

std::array<std::byte, kSectorSize> encode_index_header(const FileKey& key,
                                                       const IndexHeader& header);
std::vector<std::byte> encode_index_table(const IndexHeader& header);
/// Throws StorageError (EBADMSG) that names the file and the field unless header and table are
/// whole and belong to `key`.
IndexHeader read_index_header(File& file, const FileKey& key);

std::array<std::byte, kSectorSize> encode_checksums_header(const FileKey& key);
/// Throws StorageError (EBADMSG) that names the file unless the header is whole and belongs to
/// `key`.
void read_checksums_header(File& file, const FileKey& key);

/// A StorageError (EBADMSG) that names a damaged file.
[[noreturn]] void throw_corrupt(const std::string& path, std::string_view what);

}  // namespace amilab
