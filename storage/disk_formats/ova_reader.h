#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "storage/disk_formats/ova_manifest.h"
#include "storage/disk_formats/tar_archive.h"

namespace amilab {

/// A disk that lies within an archive: an ImageWindow of it is the disk's image.
struct ArchivedDisk {
    std::uint64_t offset = 0;
    std::uint64_t size_bytes = 0;
    DiskFileFormat format{};
};

/// Finds the disks of an OVA, an archive of a descriptor, the disks that it names, and a manifest
/// where there is one, in a memory that no archive makes larger. The archive outlives it. Used by
/// one thread at a time.
class OvaReader {
public:
    /// Throws DiskImageError: what list_tar(), parse_ovf() and parse_manifest() throw; kArchive for
    /// no descriptor or several, and for files that are named and are not there, or are not as long
    /// as they should be. Throws StorageError as the archive does.
    explicit OvaReader(ImageBytes& archive);

    /// In the order of the descriptor.
    const std::vector<ArchivedDisk>& disks() const { return disks_; }

    /// Compares as many bytes as the buffer holds with what the manifest says of them; false when
    /// all are compared. Throws DiskImageError (kArchive) for a digest that is another.
    bool check_more(std::span<std::byte> buffer);

private:
    /// A file of which the manifest tells.
    struct Check {
        TarMember file;
        ManifestLine line;
    };

    const TarMember* find(std::string_view name) const;
    std::optional<TarMember> only(std::string_view extension) const;
    std::string text_of(const TarMember& file);
    void name_disks(const TarMember& descriptor);
    void name_checks(const TarMember& manifest);

    ImageBytes& archive_;
    const std::vector<TarMember> files_;
    std::vector<ArchivedDisk> disks_;
    std::vector<Check> checks_;
    // The file that is compared, and how far.
    std::size_t check_ = 0;
    std::uint64_t checked_bytes_ = 0;
    std::optional<ManifestDigest> digest_;
};

}  // namespace amilab
