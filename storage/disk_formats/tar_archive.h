#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "storage/disk_formats/disk_image.h"

/// Archives of files as tar writes them: ustar, with the long names and sizes of GNU and of pax.
/// Source: POSIX.1-2008, "pax Interchange Format" and "ustar Interchange Format"; the manual of GNU
/// tar, "Basic Tar Format" (documented).
namespace amilab {

inline constexpr std::size_t kTarBlockBytes = 512;
/// What stands before each file.
using TarHeader = std::array<std::byte, kTarBlockBytes>;

/// Where a header has something.
struct TarField {
    std::size_t offset;
    std::size_t length;
};
inline constexpr TarField kTarName{0, 100};
inline constexpr TarField kTarMode{100, 8};
inline constexpr TarField kTarUser{108, 8};
inline constexpr TarField kTarGroup{116, 8};
inline constexpr TarField kTarSize{124, 12};
inline constexpr TarField kTarTime{136, 12};
inline constexpr TarField kTarSum{148, 8};
inline constexpr TarField kTarType{156, 1};
/// "ustar", and what tells the version.
inline constexpr TarField kTarMagic{257, 8};
inline constexpr TarField kTarPrefix{345, 155};

/// The sum of a header's bytes, those of the sum itself taken for spaces.
std::uint64_t tar_sum(std::span<const std::byte, kTarBlockBytes> header);

/// A file in an archive.
struct TarMember {
    std::string name;
    /// Where its bytes begin; they lie within the archive.
    std::uint64_t offset = 0;
    std::uint64_t size_bytes = 0;
};

/// The files of an archive in their order, each name once and without "./" before it. Folders are
/// passed over. Looks at headers and names alone, of which there are a thousand at most. Throws
/// DiskImageError: kUnsupported when it does not begin like an archive; kDamaged for headers that
/// are none, and for one that ends before its end; kArchive for names that lead elsewhere or are
/// there twice, for links, devices and sparse files.
std::vector<TarMember> list_tar(ImageBytes& archive);

}  // namespace amilab
