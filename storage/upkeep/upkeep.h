#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <set>

#include "storage/blocks/block_store.h"
#include "storage/metadata/layers/layer_merge_rows.h"

namespace amilab {

class Generation;

/// Keeps chains of layers short and look-ups in long ones fast: merges layers that only one other
/// needs, writes resolved indexes. Works on the background thread, a few milliseconds at a time,
/// and goes on after a restart from what the rows say. add and stop are safe from any thread.
class Upkeep {
public:
    explicit Upkeep(Generation& generation) : generation_(generation) {}

    enum class Kind {
        /// The layer may be needed by one other only.
        kMerge,
        /// The layer, sealed and synced, may be the 16th without an index.
        kIndex,
        /// The same, whatever the rows say of the layers below: its index has gone.
        kIndexAgain,
    };
    void add(Kind kind, LayerId layer);
    /// All that rows say may be merged or indexed; after a start.
    void add_all();
    /// What is under way is dropped; the next start takes it up again.
    void stop();

private:
    struct Task {
        Kind kind;
        LayerId layer;
    };
    struct Job {
        MergePair pair;
        std::unique_ptr<LayerMerge> merge;
    };

    void post();
    void run();
    bool take(Task& task);
    void begin(const Task& task);
    void begin_merge(LayerId parent);
    void go_on_merging();
    void finish_merge(Job job);
    void write_index(LayerId layer, Kind kind);
    bool is_stopped();

    Generation& generation_;

    std::mutex mutex_;  // guards what follows
    std::deque<Task> tasks_;
    bool is_posted_ = false;
    bool is_stopped_ = false;

    // Of the background thread alone.
    std::unique_ptr<Job> job_;
    std::set<LayerId> postponed_;  // could not be merged yet, for somebody was reading
};

}  // namespace amilab
