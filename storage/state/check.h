#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "storage/blocks/layer_check.h"

namespace amilab {

/// What amilab check found in a data directory.
struct CheckReport {
    /// What is wrong, each with the file or the row. Nothing is said to be removable but what can
    /// be made again and contradicts itself.
    std::vector<std::string> problems{};
    /// What an end without notice left behind and the next start mends by itself.
    std::vector<std::string> leftovers{};
    /// Data that differed from their checksums once, and not when they were looked at again: not
    /// wrong, and yet told.
    std::vector<std::string> passing{};
    std::size_t layers = 0;
    std::size_t files = 0;
    std::size_t data_blocks = 0;
    /// Of these, those of sealed layers that are on the disk, which may have checksums.
    std::size_t sealed_blocks = 0;
    /// Of these, those that were compared with a checksum.
    std::size_t compared_blocks = 0;
};

/// Verifies a closed data directory: the database, which layers rows name and whether they may, the
/// headers and pages of maps, indexes against the maps, and files that nobody knows. Changes
/// nothing, not the WAL either, and needs no disk that may be written to. Throws StorageError when
/// it cannot look: there is none, a server holds it, a newer amilab wrote it, or the disk refuses
/// to be read.
CheckReport check_data_directory(const std::string& path, CheckDepth depth = CheckDepth::kMaps);

}  // namespace amilab
