#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "storage/base/mutex.h"
#include "storage/metadata/sql/database.h"
#include "storage/metadata/sql/id_source.h"

namespace amilab {

class Connections;
class OwnedWork;

/// The one connection that writes, and its id source, for the life of the lease. Held by one thread
/// at a time; what it committed is seen by every reader that is taken after it is let go.
class Writer {
public:
    Writer(Writer&& other) noexcept
        : holder_(std::move(other.holder_)),
          connections_(std::exchange(other.connections_, nullptr))
    {
    }
    ~Writer();
    Database& db();
    IdSource& ids();
    /// The lease keeps `holder`, who has the connections, until it has let go of them.
    Writer keeping(std::shared_ptr<const void> holder) &&;

private:
    friend class Connections;
    /// Of the connections' mutex, which the caller has taken for it.
    explicit Writer(Connections& connections) : connections_(&connections) {}

    std::shared_ptr<const void> holder_;
    Connections* connections_;
};

/// A read-only connection for the life of the lease, inside a read transaction: all that is read is
/// of one instant.
/// Chains of layers read through it may be opened while it lives: until then nothing that they name
/// is removed, or stands for something else.
class Reader {
public:
    Reader(Reader&& other) noexcept;
    ~Reader();
    Database& db() { return *snapshot_.db; }
    /// The lease keeps `holder`, who has the connections, until it has let go of them.
    Reader keeping(std::shared_ptr<const void> holder) &&;

private:
    friend class Connections;
    /// A connection whose read transaction began when the writer had been let go so many times. An
    /// idle one keeps it open until the next write: to begin one costs more than a small read.
    struct Snapshot {
        std::unique_ptr<Database> db;
        std::uint64_t writes_seen = 0;
    };
    Reader(Connections& connections, Snapshot snapshot, std::uint64_t ticket)
        : connections_(&connections), snapshot_(std::move(snapshot)), ticket_(ticket)
    {
    }

    std::shared_ptr<const void> holder_;
    Connections* connections_;
    Snapshot snapshot_;
    std::uint64_t ticket_;
};

/// The connections to one database: one that writes, as many that read as were ever wanted at once,
/// which is at most the number of threads that read, and one that keeps the WAL short in the
/// background. Outlives its leases. Safe from any thread. Throws StorageError.
class Connections {
public:
    using Open = std::function<std::unique_ptr<Database>(Database::Mode)>;

    /// `writer` has a seed for its ids and leaves checkpoints; `open` gives others to the same
    /// database. The owner of `work`, which outlives this, holds these connections.
    /// `after_checkpoint` is called by the background's thread when it has copied the WAL.
    Connections(std::unique_ptr<Database> writer, Open open, OwnedWork& work,
                std::function<void()> after_checkpoint = {});
    Connections(const Connections&) = delete;
    Connections& operator=(const Connections&) = delete;

    /// One who lets go of it and takes it again at once is behind who has waited.
    Writer writer();
    /// Nothing while another thread holds it, or waits for it, or the WAL is so long that who lets
    /// go of it may soon have to copy that.
    std::optional<Writer> writer_if_free();

    Reader reader();
    /// One that sees what a call has committed that may still hold the writer.
    Reader fresh_reader();
    /// For who holds the writer: readers that are taken from here on see what it has committed.
    void show_committed() { writes_.fetch_add(1, std::memory_order_release); }
    /// Returns when all readers have ended that were taken before. Not for a thread that has one.
    void wait_for_readers();

    /// Their end copies nothing of the WAL into the database: nobody reads that again.
    void leave_last_checkpoint();

private:
    friend class Writer;
    friend class Reader;

    void let_go_of_writer() REQUIRES(writer_mutex_);
    /// Keeps the WAL short, in the background.
    void checkpoint_later() REQUIRES(writer_mutex_);
    void checkpoint();
    void give_back(Reader::Snapshot snapshot, std::uint64_t ticket);

    const Open open_;
    OwnedWork& work_;

    // Held by the one of those waiting for the writer that is next.
    Mutex next_writer_mutex_{LockLevel::kNextWriter};
    Mutex writer_mutex_{LockLevel::kWriter};
    std::unique_ptr<Database> writer_ GUARDED_BY(writer_mutex_);
    IdSource ids_ GUARDED_BY(writer_mutex_);
    bool checkpoint_is_queued_ GUARDED_BY(writer_mutex_) = false;
    std::unique_ptr<Database> checkpointer_;  // the background's
    const std::function<void()> after_checkpoint_;

    // Counts the leases of the writer, each of which may have committed something.
    std::atomic<std::uint64_t> writes_{0};

    Mutex readers_mutex_{LockLevel::kReaders};
    std::vector<Reader::Snapshot> idle_readers_ GUARDED_BY(readers_mutex_);
    std::uint64_t last_ticket_ GUARDED_BY(readers_mutex_) = 0;
    std::set<std::uint64_t> tickets_ GUARDED_BY(readers_mutex_);  // of leases that live
    Condition reader_left_;
};

}  // namespace amilab
