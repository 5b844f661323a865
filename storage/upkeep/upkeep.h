#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <set>
#include <vector>

#include "storage/base/mutex.h"
#include "storage/blocks/layer_id.h"
#include "storage/metadata/snapshots/snapshot_ids.h"
#include "storage/upkeep/checksum_upkeep.h"

namespace amilab {

class BlockStore;
class Connections;
class KeptFiles;
class OwnedWork;
class Persistence;

/// Keeps chains of layers short and look-ups in long ones fast: merges layers that only one other
/// needs, writes resolved indexes. Works on the background thread, a few milliseconds at a time,
/// and goes on after a restart from what the rows say. Safe from any thread.
class Upkeep {
public:
    /// The owner of `work` holds this and the rest.
    Upkeep(OwnedWork& work, Connections& connections, BlockStore& blocks, Persistence& persistence,
           const KeptFiles& kept, DataChecksums checksums);
    ~Upkeep();
    Upkeep(const Upkeep&) = delete;
    Upkeep& operator=(const Upkeep&) = delete;

    enum class Kind {
        /// The layer may be needed by one other only.
        kMerge,
        /// The layer, sealed and synced, may be the 16th without an index.
        kIndex,
        /// The layer may need an index, whatever the rows say of those below: its own has gone.
        kIndexAgain,
        /// The layer, sealed and synced, may have no record of what it has.
        kRecord,
        /// The layer, sealed and synced, may lack checksums of its data.
        kChecksums,
    };
    void add(Kind kind, LayerId layer);
    /// A layer that survives power loss from now on: it may be indexed, its parent merged. Looked
    /// at with others, a moment later.
    void add_synced(LayerId layer);
    /// All that rows say may be merged or indexed; after a start.
    void add_all();
    /// Merges that were put off, once more; on the background's thread.
    void try_postponed();
    /// Counts what these snapshots hold, as snapshot_sizes.h has it, with others. To be called when
    /// they have been committed and their layers are sealed.
    void count_snapshots_later(std::vector<SnapshotId> ids);
    /// Has the background compare 8 MiB of data with their checksums, where those are kept.
    void scrub_later();
    /// What is under way is dropped; the next start takes it up again.
    void stop();

private:
    struct Task {
        Kind kind;
        LayerId layer;
    };
    struct Job;

    void post() REQUIRES(mutex_);
    void run();
    bool take(Task& task);
    void look_at_synced();
    void count_some();
    void begin(const Task& task);
    /// The layer, and a few of those whose merges were postponed.
    std::vector<LayerId> to_try_with(LayerId layer);
    void begin_merge(LayerId parent);
    void go_on_merging();
    void finish_merge(Job job);
    void write_index(LayerId layer, Kind kind);
    void write_record(LayerId layer);
    void forget_record(LayerId layer);
    void scrub();
    /// On something that takes more than one step.
    bool is_at_work() const { return job_ || checksums_.is_writing(); }
    bool is_stopped();

    OwnedWork& work_;
    Connections& connections_;
    BlockStore& blocks_;
    Persistence& persistence_;
    const KeptFiles& kept_;
    const DataChecksums keeps_checksums_;
    std::atomic<bool> scrub_is_posted_{false};

    Mutex mutex_{LockLevel::kUpkeep};
    std::deque<Task> tasks_ GUARDED_BY(mutex_);
    bool is_posted_ GUARDED_BY(mutex_) = false;
    // Not empty: a task is posted.
    std::deque<LayerId> synced_ GUARDED_BY(mutex_);
    std::deque<SnapshotId> to_count_ GUARDED_BY(mutex_);
    bool is_stopped_ GUARDED_BY(mutex_) = false;

    // Of the background thread alone.
    std::unique_ptr<Job> job_;
    ChecksumUpkeep checksums_;
    std::set<LayerId> postponed_;  // could not be merged yet, for somebody was reading
    LayerId last_tried_{};         // of those
};

}  // namespace amilab
