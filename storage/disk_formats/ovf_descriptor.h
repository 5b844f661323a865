#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/disk_formats/disk_image.h"

/// What describes a machine in an OVA. Source: DMTF's DSP0243, Open Virtualization Format
/// Specification, versions 1.1 and 2.1 (documented).
namespace amilab {

/// A disk that a descriptor names.
struct OvfDisk {
    /// Of a file beside the descriptor, as it is written there.
    std::string file_name;
    DiskFileFormat format{};
    /// The file's; nothing: it is not said.
    std::optional<std::uint64_t> file_bytes{};
};

/// The disks of the one machine that a descriptor is of, in its order, each of a file of its own;
/// one at least. Optical discs are passed over. Entities that a document declares are not expanded.
/// Throws DiskImageError (kArchive): no descriptor, several machines or none; a disk without a
/// file, on top of another one, or in a format that is not read; files that are packed or in
/// pieces.
std::vector<OvfDisk> parse_ovf(std::string_view text);

}  // namespace amilab
