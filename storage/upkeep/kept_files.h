#pragma once

#include <atomic>
#include <cstdint>

#include "storage/blocks/layer_id.h"
#include "storage/objects/object_files.h"

namespace amilab {

/// What a save of the server has still to read: files of these stay although their rows are gone,
/// and none of these layers becomes something else by a merge that begins. A save reads in the
/// order of numbers, so that what it has read may go at once. Safe from any thread.
class KeptFiles {
public:
    /// One save at a time. To be called before the instant that is saved, with numbers that nothing
    /// exceeds which is there by then.
    void begin(LayerId last_layer, BlobNumber last_blob)
    {
        read_layer_ = 0;
        read_blob_ = 0;
        last_layer_ = to_number(last_layer);
        last_blob_ = static_cast<std::int64_t>(last_blob);
    }
    /// All up to this one has been read.
    void note_read(LayerId layer) { read_layer_ = to_number(layer); }
    void note_read(BlobNumber blob) { read_blob_ = static_cast<std::int64_t>(blob); }
    void end()
    {
        last_layer_ = 0;
        last_blob_ = 0;
    }

    bool keeps(LayerId layer) const
    {
        return to_number(layer) > read_layer_ && to_number(layer) <= last_layer_;
    }
    bool keeps(BlobNumber blob) const
    {
        const auto number = static_cast<std::int64_t>(blob);
        return number > read_blob_ && number <= last_blob_;
    }

private:
    std::atomic<std::uint64_t> read_layer_{0};
    std::atomic<std::uint64_t> last_layer_{0};
    std::atomic<std::int64_t> read_blob_{0};
    std::atomic<std::int64_t> last_blob_{0};
};

}  // namespace amilab
