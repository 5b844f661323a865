#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>

#include "storage/blocks/layer.h"
#include "storage/blocks/snapshot.h"

namespace amilab {

/// What one layer has of its own, run by run, for a copy of it. Of a layer that nobody writes to;
/// merges that began earlier may go on. Used by one thread at a time. Throws StorageError.
class LayerBytes {
public:
    /// For BlockStore::layer_bytes. `open_whole` gives what the layer stands for, of which come the
    /// units of partial blocks that are not its own.
    LayerBytes(std::shared_ptr<Layer> layer, std::function<std::shared_ptr<Snapshot>()> open_whole);

    static constexpr std::uint64_t kMostDataBytes = std::uint64_t{1} << 20U;

    /// Whole blocks within one segment, in ascending order; of data kMostDataBytes at most.
    struct Run {
        std::uint64_t offset = 0;
        std::uint64_t length = 0;
        /// Else zeros that hide what lies below.
        bool is_data = false;
    };
    /// Nothing behind the last.
    std::optional<Run> next();
    /// Fills `out`, which is as long as the run.
    void read(const Run& run, std::span<std::byte> out);

private:
    std::shared_ptr<Layer> layer_;
    std::function<std::shared_ptr<Snapshot>()> open_whole_;
    std::shared_ptr<Snapshot> whole_;
    std::uint64_t next_block_ = 0;
};

}  // namespace amilab
