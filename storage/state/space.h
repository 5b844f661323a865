#pragma once

#include <cstdint>
#include <string>
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

struct Space {
    std::vector<DiskSpace> disks;
    /// All layers, each once.
    std::uint64_t allocated_bytes = 0;
};

/// The space of all accounts and regions. Looks at the files of every layer. Throws StorageError.
Space measure_space(Generation& generation);

}  // namespace amilab
