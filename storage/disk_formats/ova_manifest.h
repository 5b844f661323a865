#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "storage/disk_formats/disk_image.h"

/// What an OVA says of its files' bytes. Source: DMTF's DSP0243, "Distribution" (documented): lines
/// of `SHA1(NAME)= DIGEST`, of SHA-256 too; that tools write SHA-512 is observed.
namespace amilab {

enum class ManifestAlgorithm : std::uint8_t { kSha1, kSha256, kSha512 };
template <>
inline constexpr auto kWords<ManifestAlgorithm> = words("SHA1", "SHA256", "SHA512");

/// A line of a manifest.
struct ManifestLine {
    ManifestAlgorithm algorithm{};
    std::string file_name;
    /// In small hex digits, as many as the algorithm has.
    std::string digest;
};

/// Each name once. Throws DiskImageError (kArchive) for a line that is none.
std::vector<ManifestLine> parse_manifest(std::string_view text);

/// The digest of bytes that come in pieces. Used by one thread at a time.
class ManifestDigest {
public:
    explicit ManifestDigest(ManifestAlgorithm algorithm);

    void add(std::span<const std::byte> bytes);
    /// In small hex digits; once, at the end.
    std::string finish();

private:
    struct Free {
        void operator()(void* context) const;
    };
    std::unique_ptr<void, Free> context_;
};

}  // namespace amilab
