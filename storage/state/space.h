#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "storage/metadata/layers/layer_report_rows.h"

namespace amilab {

class Generation;

/// What a volume or snapshot takes, as the file system counts it.
struct DiskSpace {
    DiskRow disk;
    std::uint64_t logical_bytes = 0;
    /// Bytes of layers that it needs and no other does: what deleting it gives back.
    std::uint64_t own_bytes = 0;
    /// Bytes of layers that others need too.
    std::uint64_t shared_bytes = 0;
};

/// What an account has, in all regions.
struct AccountSpace {
    std::string account;
    /// Of all tables of what accounts have.
    std::int64_t rows = 0;
    std::int64_t disks = 0;
    /// The sizes of its volumes and snapshots.
    std::uint64_t logical_bytes = 0;
    /// Bytes of layers that count as its own (see select_layers_held_by), and of its objects.
    std::uint64_t held_bytes = 0;
    /// Bytes of the other layers that its volumes and snapshots need.
    std::uint64_t shared_bytes = 0;
};

struct Space {
    std::vector<DiskSpace> disks;
    /// In the order of their ids.
    std::vector<AccountSpace> accounts;
    /// All layers and the bytes of all objects, each once.
    std::uint64_t allocated_bytes = 0;
};

/// The space of all accounts and regions. Goes through all rows of layers and disks, and looks at
/// the files of those layers alone that somebody has had open since the last look. Throws
/// StorageError.
Space measure_space(Generation& generation);

/// The space of one account, in all regions; `allocated_bytes` is of the layers that its volumes
/// and snapshots need and of its objects. Looks at the files of those layers alone. Throws
/// StorageError.
Space measure_space(Generation& generation, const std::string& account);

/// Some of the volumes and snapshots. Looks at the files of their layers alone. Throws
/// StorageError.
std::vector<DiskSpace> measure_disks(Generation& generation, const DiskPage& page);

/// The bytes that count as the account's. Looks at the files of its layers. Throws StorageError.
std::uint64_t measure_held_bytes(Generation& generation, std::string_view account);

}  // namespace amilab
