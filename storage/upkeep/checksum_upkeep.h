#pragma once

#include <chrono>
#include <memory>
#include <vector>

#include "storage/blocks/layer_id.h"

namespace amilab {

class BlockStore;
class ChecksumWriter;
class Connections;
class DataCheck;
struct DataDifferences;

/// Whether sealed layers get checksums of their data.
enum class DataChecksums { kNone, kKept };

/// Writes the checksums of sealed layers' data, and slowly compares them, a layer after the other,
/// once a day. Of the background thread alone. Throws StorageError.
class ChecksumUpkeep {
public:
    /// `connections` and `blocks` outlive this.
    ChecksumUpkeep(Connections& connections, BlockStore& blocks);
    ~ChecksumUpkeep();
    ChecksumUpkeep(const ChecksumUpkeep&) = delete;
    ChecksumUpkeep& operator=(const ChecksumUpkeep&) = delete;

    /// Begins with a layer, when that is sealed, on the disk, and lacks any.
    void begin(LayerId layer);
    bool is_writing() const { return writer_ != nullptr; }
    /// Goes on with the layer, 1 MiB at most.
    void go_on();

    /// Compares 8 MiB at most. Throws std::runtime_error with the words for what is not as it was:
    /// which disks read it, unless a second look does not confirm it; and for what the disk refused
    /// meanwhile.
    void scrub();
    /// A layer is about to change: if it is being compared that begins anew, later in the pass.
    void leave(LayerId layer);
    /// Whatever is under way is dropped.
    void stop();

private:
    bool take_next();
    [[noreturn]] void tell(LayerId layer, const DataDifferences& found);
    bool is_on_disk(LayerId layer);

    Connections& connections_;
    BlockStore& blocks_;
    std::unique_ptr<ChecksumWriter> writer_;
    std::unique_ptr<DataCheck> check_;
    std::vector<LayerId> to_check_;
    std::chrono::steady_clock::time_point next_pass_{};
};

}  // namespace amilab
