#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <limits>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "storage/base/background.h"
#include "storage/base/clock.h"
#include "storage/base/delays.h"
#include "storage/blocks/block_store.h"
#include "storage/metadata/catalogue/connection.h"
#include "storage/metadata/sql/database.h"
#include "storage/metadata/sql/id_source.h"
#include "storage/state/access_keys.h"
#include "storage/state/companions.h"
#include "storage/state/open_exports.h"
#include "storage/upkeep/upkeep.h"

namespace amilab {

/// All state from one reset to the next: a database, its layers, the clock and the delays. Calls
/// hold it by shared_ptr, so that one that began before a reset ends on what it began with.
class Generation : public std::enable_shared_from_this<Generation> {
    /// A connection whose read transaction began when the writer had been let go so many times. An
    /// idle one keeps it open until the next write: to begin one costs more than a small read.
    struct ReadSnapshot {
        std::unique_ptr<Database> db;
        std::uint64_t writes_seen = 0;
    };

public:
    /// Opens the generation in the folder `path`, which holds a database; migrates it.
    /// Throws StorageError.
    /// `seed`, when given, is what ids hang on from now on.
    Generation(std::string path, Durability durability, Background& background,
               const std::optional<std::string>& seed, CatalogueOptions catalogue = {});
    ~Generation();

    /// The one connection that writes, and its id source. Held by one thread at a time; what it
    /// committed is seen by every reader that is taken after it is let go.
    class Writer {
    public:
        Writer(Writer&&) noexcept = default;
        ~Writer();
        Database& db() { return *generation_->writer_; }
        IdSource& ids() { return *generation_->ids_; }

    private:
        friend class Generation;
        Writer(Generation& generation, std::unique_lock<std::mutex> lock)
            : lock_(std::move(lock)), generation_(&generation)
        {
        }
        std::unique_lock<std::mutex> lock_;
        Generation* generation_;
    };
    Writer writer();
    /// Nothing while another thread holds it.
    std::optional<Writer> writer_if_free();

    /// A read-only connection for the life of the lease, inside a read transaction: all that is
    /// read is of one instant. There are as many as were ever wanted at once, which is at most the
    /// number of threads that read.
    /// Chains of layers read through it may be opened while it lives: until then nothing that they
    /// name is removed, or stands for something else.
    class Reader {
    public:
        ~Reader();
        Reader(Reader&& other) noexcept;
        Database& db() { return *snapshot_.db; }

    private:
        friend class Generation;
        Reader(Generation& generation, ReadSnapshot snapshot, std::uint64_t ticket)
            : generation_(&generation), snapshot_(std::move(snapshot)), ticket_(ticket)
        {
        }
        Generation* generation_;
        ReadSnapshot snapshot_;
        std::uint64_t ticket_;
    };
    Reader reader();
    /// One that sees what a call has committed that may still hold the writer.
    Reader fresh_reader();
    std::uint64_t last_reader_ticket();
    /// Returns when all leases up to this ticket have ended. Not for a thread that has one.
    void wait_for_readers(std::uint64_t last_ticket);

    bool region_exists(std::string_view region) const;

    BlockStore& blocks() { return *blocks_; }
    Clock& clock() { return clock_; }
    Delays& delays() { return delays_; }
    AccessKeys& access_keys() { return access_keys_; }
    Background& background() { return background_; }
    /// Who serves volumes and snapshots beside the API.
    OpenExports& exports() { return exports_; }
    Upkeep& upkeep() { return upkeep_; }
    /// What services keep from one reset to the next, in memory alone.
    Companions& companions() { return companions_; }
    const std::string& path() const { return path_; }
    UnknownImages unknown_images() const { return catalogue_.unknown_images; }
    /// False for a folder that is removed at exit.
    bool survives_power_loss() const { return durability_ == Durability::kKept; }

    /// When the earliest transition is due; kNever without any. Kept by whoever holds the writer.
    static constexpr TimeMs kNever = std::numeric_limits<TimeMs>::max();
    TimeMs earliest_due_ms() const { return earliest_due_ms_.load(std::memory_order_acquire); }
    void set_earliest_due_ms(TimeMs due_ms)
    {
        earliest_due_ms_.store(due_ms, std::memory_order_release);
    }

    /// The folder goes when the last holder lets go, and exports end; used by reset.
    void discard();

    /// Makes a sealed layer and all below it survive power loss, in the background, and notes that
    /// they do; then sees whether they are to be merged or indexed.
    void sync_later(LayerId layer);
    /// The syncs of it at once, on the background's thread.
    void sync_now(std::span<const LayerId> layers);
    /// Removes the files of layers whose rows are gone, in the background.
    void remove_files_later(std::vector<LayerId> layers);
    /// Syncs and removes what an earlier process left to do, and files that no row knows.
    void catch_up();

    /// A small file that is given up when the disk is full, so that deletes can commit; as much of
    /// it as there is room for.
    void make_reserve();
    /// False when there was none.
    bool give_up_reserve();

    std::string database_path() const { return path_ + "/metadata.sqlite"; }

    /// Waits until all that the writer committed is on the disk.
    void make_metadata_durable();

private:
    void let_go_of_writer();
    /// Keeps the WAL short, in the background.
    void checkpoint_later();
    void post_sync();
    void sync_waiting();
    void sync_and_look_after(std::span<const LayerId> layers);
    void look_after(LayerId layer);
    void restore_settings();
    void make_catalogue_rows();

    std::string path_;
    Durability durability_;
    CatalogueOptions catalogue_;
    Background& background_;
    Clock clock_;
    Delays delays_;
    AccessKeys access_keys_;
    OpenExports exports_;
    Companions companions_;
    std::atomic<TimeMs> earliest_due_ms_{0};
    std::atomic<bool> discarded_{false};

    std::mutex writer_mutex_;  // guards the next three
    std::unique_ptr<Database> writer_;
    std::unique_ptr<IdSource> ids_;
    bool checkpoint_is_queued_ = false;
    std::unique_ptr<Database> checkpointer_;  // the background's

    // Counts the leases of the writer, each of which may have committed something.
    std::atomic<std::uint64_t> writes_{0};

    std::mutex readers_mutex_;  // guards what follows
    std::vector<ReadSnapshot> idle_readers_;
    std::uint64_t last_ticket_ = 0;
    std::set<std::uint64_t> tickets_;  // of leases that live
    std::condition_variable reader_left_;

    std::set<std::string, std::less<>> regions_;

    std::mutex to_sync_mutex_;  // guards the next
    std::vector<LayerId> to_sync_;

    Upkeep upkeep_{*this};

    std::unique_ptr<BlockStore> blocks_;
};

}  // namespace amilab
