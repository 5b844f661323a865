#pragma once

#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "storage/base/mutex.h"
#include "storage/blocks/layer_id.h"
#include "storage/metadata/catalogue/connection.h"

namespace amilab {

class BlockStore;
class Connections;
class DataWriting;
class Database;
class KeptFiles;
class OwnedWork;

/// Sees to it that sealed layers, and the rows that name them, survive power loss, and that the
/// files of deleted ones go; in this order, so that no row ever names what power loss took.
/// Safe from any thread. Throws StorageError; what works later reports it to the background.
class Persistence {
public:
    struct Options {
        /// Of the database that `connections` are to.
        std::string database_path;
        Durability durability;
        /// Told of each layer that sync_later was given, when it survives power loss.
        std::function<void(LayerId)> on_synced;
        /// Outlives this.
        const KeptFiles& kept;
    };

    /// The owner of `work` holds this and the rest.
    Persistence(OwnedWork& work, Connections& connections, BlockStore& blocks, Options options);
    ~Persistence();
    Persistence(const Persistence&) = delete;
    Persistence& operator=(const Persistence&) = delete;

    /// Makes a sealed layer and all below it survive power loss, in the background, and notes that
    /// they do. What the disk refuses is tried again with the next one, and by the next start.
    /// Data of more than 64 MiB are written in parts first, each in turn with those of other layers
    /// and with all else that the background does: no sync takes long for it.
    void sync_later(LayerId layer);
    /// Does at once what sync_later does later, for several; on the background's thread.
    void sync_now(std::span<const LayerId> layers);
    /// Whether a sync of the layer would be one of much data that are being written in parts: it is
    /// told of when they are synced. On the background's thread.
    bool is_being_written(LayerId layer);
    /// Removes the files of layers whose rows are gone, in the background; what waits there goes at
    /// once, so that many deletions wait for the disk once. What the disk refuses is tried again
    /// with the next ones, and by the next start.
    void remove_files_later(const std::vector<LayerId>& layers);
    /// Tries what was kept or refused once more.
    void remove_kept_files();
    /// False where all of it goes at exit.
    bool survives_power_loss() const { return options_.durability == Durability::kKept; }
    /// Waits until all that the writer committed is on the disk. When that has failed the kernel
    /// may have dropped what it could not write: each call fails until the background, which each
    /// call asks to, has written it again.
    void make_metadata_durable();

private:
    /// A layer whose data are being written before it is synced.
    struct Large {
        std::unique_ptr<DataWriting> data;
        /// Layers to sync when that is done: this one, and those above whose syncs would do it too.
        std::vector<LayerId> to_sync;
    };

    void post_sync();
    void sync_waiting();
    void put_large_aside(std::vector<LayerId>& layers);
    void post_writing();
    void write_some();
    void sync_or_wait(std::vector<LayerId> layers);
    /// The layer, or one below it, that is being written; null when none is.
    Large* find_large(Database& db, LayerId layer);
    void sync_and_tell(std::span<const LayerId> layers);
    void post_removal();
    void remove_waiting();
    void remove_files(const std::vector<LayerId>& layers);
    /// Layers that a save still has to read stay until it has.
    void put_kept_aside(std::vector<LayerId>& layers);
    std::string wal_path() const { return options_.database_path + "-wal"; }
    void doubt_wal();
    void write_wal_again();

    OwnedWork& work_;
    Connections& connections_;
    BlockStore& blocks_;
    const Options options_;

    Mutex mutex_{LockLevel::kPersistence};
    std::vector<LayerId> to_sync_ GUARDED_BY(mutex_);
    std::vector<LayerId> to_remove_ GUARDED_BY(mutex_);
    // What the disk refused, or somebody still reads.
    std::vector<LayerId> unsynced_ GUARDED_BY(mutex_);
    std::vector<LayerId> unremoved_ GUARDED_BY(mutex_);
    std::atomic<bool> wal_is_in_doubt_{false};

    // Of the background's thread alone. Not empty: a step is posted.
    std::deque<Large> large_;
};

}  // namespace amilab
