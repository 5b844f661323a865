#include "storage/metadata/sql/connections.h"

#include <utility>

#include "storage/base/owned_work.h"
#include "storage/base/storage_error.h"
#include "storage/metadata/sql/transaction.h"

namespace amilab {

namespace {

// Pages of 4 KiB. From the first on the background copies them into the database; the last is
// reached only when it cannot keep up, and then writers copy them, and wait for the disk. From the
// second on nobody writes who may not wait.
constexpr std::int64_t kLongWalPages = 1'000;
constexpr std::int64_t kVeryLongWalPages = 8'000;
constexpr std::int64_t kLongestWalPages = 16'000;

/// What cannot be copied now (a full disk) stays in the WAL and is as safe there.
void try_checkpoint(Database& db)
{
    try {
        db.checkpoint();
    } catch (const StorageError&) {
    }
}

}  // namespace

Writer::~Writer()
{
    if (connections_ != nullptr) {
        connections_->let_go_of_writer();
        connections_->writer_mutex_.unlock();
    }
}

Database& Writer::db()
{
    connections_->writer_mutex_.require_held();
    return *connections_->writer_;
}

// What the analysis does not believe of a member that is handed out.
IdSource& Writer::ids() NO_THREAD_SAFETY_ANALYSIS
{
    connections_->writer_mutex_.require_held();
    return connections_->ids_;
}

Writer Writer::keeping(std::shared_ptr<const void> holder) &&
{
    holder_ = std::move(holder);
    return std::move(*this);
}

Reader::Reader(Reader&& other) noexcept
    : holder_(std::move(other.holder_)),
      connections_(std::exchange(other.connections_, nullptr)),
      snapshot_(std::move(other.snapshot_)),
      ticket_(other.ticket_)
{
}

Reader::~Reader()
{
    if (connections_ != nullptr) {
        connections_->give_back(std::move(snapshot_), ticket_);
    }
}

Reader Reader::keeping(std::shared_ptr<const void> holder) &&
{
    holder_ = std::move(holder);
    return std::move(*this);
}

Connections::Connections(std::unique_ptr<Database> writer, Open open, OwnedWork& work,
                         std::function<void()> after_checkpoint)
    : open_(std::move(open)),
      work_(work),
      writer_(std::move(writer)),
      ids_(*writer_),
      after_checkpoint_(std::move(after_checkpoint))
{
}

// A lease moves, and lets go of the mutex at its end.
Writer Connections::writer() NO_THREAD_SAFETY_ANALYSIS
{
    next_writer_mutex_.lock();
    writer_mutex_.lock();
    next_writer_mutex_.unlock();
    return Writer(*this);
}

// As in writer().
std::optional<Writer> Connections::writer_if_free() NO_THREAD_SAFETY_ANALYSIS
{
    if (!next_writer_mutex_.try_lock()) {
        return std::nullopt;
    }
    const bool is_free = writer_mutex_.try_lock();
    next_writer_mutex_.unlock();
    if (!is_free) {
        return std::nullopt;
    }
    if (writer_->wal_pages() >= kVeryLongWalPages) {
        writer_mutex_.unlock();
        return std::nullopt;
    }
    return Writer(*this);
}

void Connections::let_go_of_writer()
{
    checkpoint_later();
    show_committed();
    // An open read transaction would keep the WAL from being used anew.
    const Lock lock(readers_mutex_);
    for (auto& idle : idle_readers_) {
        end_snapshot(*idle.db);
    }
}

void Connections::leave_last_checkpoint()
{
    const Lock lock(writer_mutex_);
    writer_->leave_last_checkpoint();  // the writer's connection ends last
}

void Connections::checkpoint_later()
{
    if (writer_->wal_pages() >= kLongestWalPages) {
        try_checkpoint(*writer_);
        writer_->forget_wal_pages();
    }
    if (writer_->wal_pages() < kLongWalPages || checkpoint_is_queued_) {
        return;
    }
    checkpoint_is_queued_ = true;
    work_.post([this] { checkpoint(); });
}

void Connections::checkpoint()
{
    if (!checkpointer_) {
        checkpointer_ = open_(Database::Mode::kReadWrite);
    }
    // Most of it beside the writer; the rest, so that the WAL can begin anew, while it waits.
    try_checkpoint(*checkpointer_);
    {
        const auto held = writer();
        writer_mutex_.require_held();
        try_checkpoint(*checkpointer_);
        writer_->forget_wal_pages();
        checkpoint_is_queued_ = false;
    }
    if (after_checkpoint_) {
        after_checkpoint_();
    }
}

Reader Connections::reader()
{
    Reader::Snapshot snapshot;
    std::uint64_t ticket = 0;
    {
        const Lock lock(readers_mutex_);
        ticket = ++last_ticket_;
        tickets_.insert(ticket);
        if (!idle_readers_.empty()) {
            snapshot = std::move(idle_readers_.back());
            idle_readers_.pop_back();
        }
    }
    Reader lease(*this, std::move(snapshot), ticket);  // gives the ticket back, whatever fails
    if (!lease.snapshot_.db) {
        lease.snapshot_.db = open_(Database::Mode::kReadOnly);
    }
    // After the ticket: a lease with a later ticket than a writer's last sees what that wrote.
    const auto writes = writes_.load(std::memory_order_acquire);
    if (lease.snapshot_.writes_seen != writes) {
        end_snapshot(*lease.snapshot_.db);
    }
    lease.snapshot_.writes_seen = writes;
    begin_snapshot(*lease.snapshot_.db);
    return lease;
}

Reader Connections::fresh_reader()
{
    {
        const auto held = writer();
    }
    return reader();
}

void Connections::give_back(Reader::Snapshot snapshot, std::uint64_t ticket)
{
    {
        const Lock lock(readers_mutex_);
        if (snapshot.db) {
            if (snapshot.writes_seen != writes_.load(std::memory_order_acquire)) {
                end_snapshot(*snapshot.db);
            }
            idle_readers_.push_back(std::move(snapshot));
        }
        tickets_.erase(ticket);
    }
    reader_left_.notify_all();
}

void Connections::wait_for_readers()
{
    const Lock lock(readers_mutex_);
    const auto last_ticket = last_ticket_;
    while (!tickets_.empty() && *tickets_.begin() <= last_ticket) {
        reader_left_.wait(readers_mutex_);
    }
}

}  // namespace amilab
