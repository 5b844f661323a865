#pragma once

#include <cstdint>

#include "storage/blocks/layer_files.h"
#include "storage/blocks/layer_id.h"

namespace amilab {

/// Has the kernel begin to write a layer's data to the disk, a part at a time, before somebody
/// syncs them: that nobody can divide, and it has little left to wait for then. Between two steps
/// it has nothing open. Promises nothing and tells of no failure: both is for the sync. One thread.
class DataWriting {
public:
    /// What one step writes at most, and a sync may find unwritten.
    static constexpr std::uint64_t kAtOnce = std::uint64_t{64} << 20U;

    DataWriting(LayerFiles& files, LayerId layer) : files_(files), layer_(layer) {}

    LayerId layer() const { return layer_; }
    /// Whether the layer's data take more of the disk than a sync may find unwritten.
    bool is_large() const;
    /// False: all has been begun, or the layer has gone.
    bool step();

private:
    bool write_part(std::uint32_t segment);

    LayerFiles& files_;
    LayerId layer_;
    std::uint32_t segment_ = 0;
    std::uint64_t offset_ = 0;  // within its file
};

}  // namespace amilab
