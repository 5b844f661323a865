#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/s3_caller.h"

/// Manifests of disks in parts, as clients write them.
namespace amilab::test {

/// A URL of the default account's that lasts, of an object of this server's: "disks/a".
std::string presigned_url(std::string_view place);

struct ManifestPart {
    std::uint64_t first = 0;
    std::uint64_t last = 0;
    std::string url;
};

/// What a manifest says; as it is changed, it becomes wrong.
struct Manifest {
    std::string version = "2010-11-15";
    std::string format = "RAW";
    std::uint64_t size_bytes = 0;
    std::string volume_size = "1";
    std::vector<ManifestPart> parts;
    /// Nothing: as many as there are.
    std::string count = {};

    std::string text() const;
};

/// Parts of so many bytes at most, "disks/NAME.part0" and so on.
Manifest manifest_of(std::string_view name, std::uint64_t size_bytes, std::uint64_t part_bytes);
/// Puts the parts of the disk's file, and the manifest as "disks/NAME.xml"; its URL.
std::string put_disk(const S3Caller& s3, const Manifest& manifest, std::string_view name,
                     std::string_view file);
std::string put_manifest(const S3Caller& s3, std::string_view name, const std::string& text);
void put_part(const S3Caller& s3, const Manifest& manifest, std::size_t index,
              std::string_view name, std::string_view file);

}  // namespace amilab::test
