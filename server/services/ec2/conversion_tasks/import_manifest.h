#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "storage/disk_formats/disk_image.h"

/// The document that tells of a disk image in parts, each an object of S3.
/// Source: EC2 API Reference, "VM Import Manifest" (documented): which elements there are, that
/// ranges have their last byte; the bounds are amilab's own.
namespace amilab::ec2 {

inline constexpr std::uint64_t kMostImportManifestBytes = std::uint64_t{4} << 20U;
inline constexpr std::size_t kMostImportParts = 10'000;
/// Of a presigned URL.
inline constexpr std::size_t kMostImportUrlBytes = 8192;

struct ImportPart {
    /// Where it ends in the file of the image; it begins where the one before ends.
    std::uint64_t end = 0;
    std::string get_url;
};

struct ImportManifest {
    DiskFileFormat format{};
    /// Of the file of the image.
    std::uint64_t size_bytes = 0;
    std::int64_t volume_size_gib = 0;
    /// One behind the other, from the file's first byte to its last.
    std::vector<ImportPart> parts;
};

/// Throws ApiError (manifest_not_valid) for anything else, whoever wrote it.
ImportManifest parse_import_manifest(std::string_view text);

}  // namespace amilab::ec2
