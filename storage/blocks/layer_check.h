#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "storage/blocks/layer_files.h"
#include "storage/blocks/layer_record.h"

namespace amilab {

/// What rows say of layers.
struct LayerLineage {
    /// Each layer's parent.
    std::map<LayerId, std::optional<LayerId>> parents{};
    /// The layers that are gone and whose files may not be.
    std::set<LayerId> removed{};
    /// What is known of those that are there.
    LayerExpectations expectations{};
};

/// kData: all data that have checksums are read as well.
enum class CheckDepth { kMaps, kData };

struct LayerFindings {
    /// What is wrong, each with its file. That a file may be removed is said of indexes alone that
    /// contradict themselves: all else may be the last that tells what was.
    std::set<std::string> problems;
    /// Layers that cannot be read, or not all of them.
    std::set<LayerId> lost;
    /// What the next start mends by itself.
    std::vector<std::string> leftovers;
    /// Data that differed from their checksums once, and not when they were looked at again: not
    /// wrong, and yet told.
    std::vector<std::string> passing;
    std::size_t files = 0;
    std::size_t data_blocks = 0;
    /// Of these, those of sealed layers that are on the disk, which may have checksums.
    std::size_t sealed_blocks = 0;
    /// Of these, those that were compared with a checksum.
    std::size_t compared_blocks = 0;
};

/// Verifies the files of layers that nobody uses: names, headers and pages of maps, indexes against
/// the maps, checksums. Changes nothing. Throws StorageError when the folder cannot be read.
LayerFindings check_layer_files(LayerFiles& files, const LayerLineage& lineage,
                                CheckDepth depth = CheckDepth::kMaps);

}  // namespace amilab
