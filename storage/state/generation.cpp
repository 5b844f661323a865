#include "storage/state/generation.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <utility>

#include "storage/base/storage_error.h"
#include "storage/metadata/layers/layer_merge_rows.h"
#include "storage/metadata/layers/layer_rows.h"
#include "storage/metadata/regions/region_rows.h"
#include "storage/metadata/settings/account_rows.h"
#include "storage/metadata/settings/setting_rows.h"
#include "storage/metadata/snapshots/direct_snapshot_rows.h"
#include "storage/metadata/sql/migrations.h"
#include "storage/metadata/sql/transaction.h"
#include "storage/upkeep/snapshot_sizes.h"

namespace amilab {

namespace {

constexpr off_t kReserveBytes = 4 << 20;
constexpr off_t kReserveStepBytes = 256 << 10;

/// Layers that one commit marks as synced: it must not hold up calls.
constexpr std::size_t kSyncedAtOnce = 64;

// Pages of 4 KiB. From the first on the background copies them into the database; the second is
// reached only when it cannot keep up, and then writers wait.
constexpr std::int64_t kLongWalPages = 1'000;
constexpr std::int64_t kLongestWalPages = 16'000;

/// What cannot be copied now (a full disk) stays in the WAL and is as safe there.
void try_checkpoint(Database& db)
{
    try {
        db.checkpoint();
    } catch (const StorageError&) {
    }
}

/// How many files of layers stay open: after many snapshots a disk's bytes lie in as many. The
/// least is what a process with the usual 1,024 descriptors has room for.
std::size_t files_kept_open()
{
    rlimit limit{};
    const auto descriptors = ::getrlimit(RLIMIT_NOFILE, &limit) == 0 ? limit.rlim_cur : 1024;
    return std::clamp<std::size_t>(descriptors / 8, 256, 4096);
}

/// Of a new generation it waits for no disk: whoever makes one syncs all of it before anything
/// names it. SQLite would sync the first page of the WAL, and its folder, by themselves.
void write_seed(Database& db, const std::string& seed, Durability durability)
{
    const bool hurries = durability == Durability::kKept && !IdSource::has_seed(db);
    if (hurries) {
        db.run("PRAGMA synchronous = OFF");
    }
    IdSource::set_seed(db, seed);
    if (hurries) {
        db.run("PRAGMA synchronous = NORMAL");
    }
}

}  // namespace

Generation::Generation(std::string path, Durability durability, Background& background,
                       const std::optional<std::string>& seed, CatalogueOptions catalogue)
    : path_(std::move(path)),
      durability_(durability),
      catalogue_(std::move(catalogue)),
      background_(background)
{
    writer_ =
        open_connection(database_path(), Database::Mode::kReadWrite, durability, catalogue_.span());
    migrate(*writer_);
    make_catalogue_rows();
    if (seed) {
        write_seed(*writer_, *seed, durability);
    }
    ids_ = std::make_unique<IdSource>(*writer_);
    restore_settings();
    regions_ = select_region_names(*writer_);
    BlockStore::Options options;
    options.max_open_files = files_kept_open();
    options.highest_known_layer = select_highest_layer(*writer_);
    options.make_metadata_durable = [this] { make_metadata_durable(); };
    options.survives_power_loss = durability == Durability::kKept;
    blocks_ = std::make_unique<BlockStore>(path_ + "/layers", std::move(options));
    mark_lost_snapshots(*writer_, blocks_->boot_id());
    mark_lost_direct_snapshots(*writer_, blocks_->boot_id());
}

void Generation::sync_later(LayerId layer)
{
    const std::lock_guard lock(to_sync_mutex_);
    to_sync_.push_back(layer);
    if (to_sync_.size() == 1) {
        post_sync();
    }
}

void Generation::post_sync()
{
    background_.post([self = weak_from_this()] {
        if (const auto generation = self.lock()) {
            generation->sync_waiting();
        }
    });
}

void Generation::sync_waiting()
{
    std::vector<LayerId> layers;
    {
        const std::lock_guard lock(to_sync_mutex_);
        const auto count = std::min(to_sync_.size(), kSyncedAtOnce);
        layers.assign(to_sync_.begin(), to_sync_.begin() + static_cast<std::ptrdiff_t>(count));
        to_sync_.erase(to_sync_.begin(), to_sync_.begin() + static_cast<std::ptrdiff_t>(count));
        if (!to_sync_.empty()) {
            post_sync();
        }
    }
    // The call that has committed may still hold the writer: only then do leases see it.
    {
        const auto held = writer();
    }
    sync_and_look_after(layers);
}

void Generation::sync_and_look_after(std::span<const LayerId> layers)
{
    try {
        sync_now(layers);
    } catch (const StorageError&) {
        if (layers.size() == 1) {
            throw;
        }
        // One that the disk refuses must not keep the others from what they were promised.
        std::exception_ptr first_error;
        for (const auto& layer : layers) {
            try {
                sync_and_look_after({&layer, 1});
            } catch (const StorageError&) {
                first_error = first_error ? first_error : std::current_exception();
            }
        }
        if (first_error) {
            std::rethrow_exception(first_error);
        }
        return;
    }
    for (const auto layer : layers) {
        look_after(layer);
    }
}

void Generation::sync_now(std::span<const LayerId> layers)
{
    if (durability_ == Durability::kPrivate) {
        return;
    }
    std::vector<LayerId> unsynced;
    {
        auto lease = reader();
        for (const auto layer : layers) {
            const auto chain = select_unsynced_chain(lease.db(), layer);
            unsynced.insert(unsynced.end(), chain.begin(), chain.end());
        }
    }
    std::sort(unsynced.begin(), unsynced.end());
    unsynced.erase(std::unique(unsynced.begin(), unsynced.end()), unsynced.end());
    for (const auto one : unsynced) {
        blocks_->sync_layer(one);
    }
    if (!unsynced.empty()) {
        auto held = writer();
        Transaction transaction(held.db());
        for (const auto one : unsynced) {
            mark_layer_synced(held.db(), one);
        }
        transaction.commit();
    }
}

void Generation::look_after(LayerId layer)
{
    std::optional<LayerId> parent;
    {
        auto lease = reader();
        parent = select_layer_parent(lease.db(), layer);
    }
    upkeep_.add(Upkeep::Kind::kIndex, layer);
    if (parent) {
        upkeep_.add(Upkeep::Kind::kMerge, *parent);
    }
}

void Generation::discard()
{
    discarded_.store(true);
    upkeep_.stop();
    exports_.end_all();
}

void Generation::remove_files_later(std::vector<LayerId> layers)
{
    background_.post([self = weak_from_this(), layers = std::move(layers)] {
        const auto generation = self.lock();
        if (!generation || layers.empty()) {
            return;
        }
        // The rows' deletion first: after power loss a row must not name files that are gone.
        generation->make_metadata_durable();
        generation->wait_for_readers(generation->last_reader_ticket());
        for (const auto layer : layers) {
            generation->blocks_->remove_layer(layer);
        }
        auto held = generation->writer();
        Transaction transaction(held.db());
        forget_removed_layers(held.db(), layers);
        transaction.commit();
    });
}

void Generation::catch_up()
{
    std::vector<LayerId> removed;
    std::vector<LayerId> unsynced;
    std::vector<SnapshotId> uncounted;
    {
        auto held = writer();
        removed = select_removed_layers(held.db());
        uncounted = select_uncounted_snapshots(held.db());
        unsynced = select_unsynced_layers(held.db());
    }
    remove_files_later(std::move(removed));
    for (const auto layer : unsynced) {
        sync_later(layer);
    }
    if (!uncounted.empty()) {
        count_snapshots_later(shared_from_this(), std::move(uncounted));
    }
    background_.post([self = weak_from_this()] {
        if (const auto generation = self.lock()) {
            generation->upkeep_.add_all();
        }
    });
    background_.post([self = weak_from_this()] {
        if (const auto generation = self.lock()) {
            auto db = generation->reader();
            generation->blocks_->sweep_orphans(
                [&](LayerId layer) { return layer_exists(db.db(), layer); });
        }
    });
}

Generation::~Generation()
{
    try {
        blocks_->close();
    } catch (const std::exception&) {
        // What is not on the disk is in the page cache; the next start finds it there.
    }
    blocks_.reset();
    idle_readers_.clear();
    ids_.reset();
    checkpointer_.reset();
    writer_.reset();
    if (discarded_.load()) {
        background_.post([path = path_] { std::filesystem::remove_all(path); });
    }
}

Generation::Writer Generation::writer()
{
    return {*this, std::unique_lock(writer_mutex_)};
}

std::optional<Generation::Writer> Generation::writer_if_free()
{
    std::unique_lock lock(writer_mutex_, std::try_to_lock);
    return lock ? std::optional(Writer(*this, std::move(lock))) : std::nullopt;
}

Generation::Writer::~Writer()
{
    if (lock_) {
        generation_->let_go_of_writer();
    }
}

void Generation::let_go_of_writer()
{
    checkpoint_later();
    writes_.fetch_add(1, std::memory_order_release);
    // An open read transaction would keep the WAL from being used anew.
    const std::lock_guard lock(readers_mutex_);
    for (auto& idle : idle_readers_) {
        end_snapshot(*idle.db);
    }
}

void Generation::checkpoint_later()
{
    if (writer_->wal_pages() >= kLongestWalPages) {
        try_checkpoint(*writer_);
        writer_->forget_wal_pages();
    }
    if (writer_->wal_pages() < kLongWalPages || checkpoint_is_queued_) {
        return;
    }
    checkpoint_is_queued_ = true;
    background_.post([self = weak_from_this()] {
        const auto generation = self.lock();
        if (!generation) {
            return;
        }
        if (!generation->checkpointer_) {
            generation->checkpointer_ =
                open_connection(generation->database_path(), Database::Mode::kReadWrite,
                                generation->durability_, generation->catalogue_.span());
        }
        // Most of it beside the writer; the rest, so that the WAL can begin anew, while it waits.
        try_checkpoint(*generation->checkpointer_);
        const auto held = generation->writer();
        try_checkpoint(*generation->checkpointer_);
        generation->writer_->forget_wal_pages();
        generation->checkpoint_is_queued_ = false;
    });
}

Generation::Reader Generation::reader()
{
    ReadSnapshot snapshot;
    std::uint64_t ticket = 0;
    {
        const std::lock_guard lock(readers_mutex_);
        ticket = ++last_ticket_;
        tickets_.insert(ticket);
        if (!idle_readers_.empty()) {
            snapshot = std::move(idle_readers_.back());
            idle_readers_.pop_back();
        }
    }
    Reader lease(*this, std::move(snapshot), ticket);  // gives the ticket back, whatever fails
    if (!lease.snapshot_.db) {
        lease.snapshot_.db = open_connection(database_path(), Database::Mode::kReadOnly,
                                             durability_, catalogue_.span());
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

Generation::Reader Generation::fresh_reader()
{
    {
        const auto held = writer();
    }
    return reader();
}

Generation::Reader::Reader(Reader&& other) noexcept
    : generation_(std::exchange(other.generation_, nullptr)),
      snapshot_(std::move(other.snapshot_)),
      ticket_(other.ticket_)
{
}

Generation::Reader::~Reader()
{
    if (generation_ == nullptr) {
        return;
    }
    {
        const std::lock_guard lock(generation_->readers_mutex_);
        if (snapshot_.db) {
            if (snapshot_.writes_seen != generation_->writes_.load(std::memory_order_acquire)) {
                end_snapshot(*snapshot_.db);
            }
            generation_->idle_readers_.push_back(std::move(snapshot_));
        }
        generation_->tickets_.erase(ticket_);
    }
    generation_->reader_left_.notify_all();
}

std::uint64_t Generation::last_reader_ticket()
{
    const std::lock_guard lock(readers_mutex_);
    return last_ticket_;
}

void Generation::wait_for_readers(std::uint64_t last_ticket)
{
    std::unique_lock lock(readers_mutex_);
    reader_left_.wait(lock, [&] { return tickets_.empty() || *tickets_.begin() > last_ticket; });
}

bool Generation::region_exists(std::string_view region) const
{
    return regions_.contains(region);
}

void Generation::make_catalogue_rows()
{
    if (!catalogue_.make_rows) {
        return;
    }
    Transaction transaction(*writer_);
    catalogue_.make_rows(*writer_);
    transaction.commit();
}

void Generation::restore_settings()
{
    clock_.restore(read_clock_setting(*writer_));
    access_keys_.replace(select_access_keys(*writer_));
    for (const auto& [name, delay_ms] : read_delay_settings(*writer_)) {
        delays_.set(name, delay_ms);
    }
}

void Generation::make_metadata_durable()
{
    if (durability_ == Durability::kPrivate) {
        return;
    }
    // In WAL mode every commit is in the -wal file until a checkpoint has synced it into the
    // database, so one sync of that file makes all of them durable.
    const auto path = database_path() + "-wal";
    const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) {
        throw StorageError(errno, "open", path);
    }
    const int result = fdatasync(file);
    const int error = errno;
    close(file);
    if (result != 0) {
        throw StorageError(error, "fdatasync", path);
    }
}

void Generation::make_reserve()
{
    const auto path = path_ + "/reserve";
    const int file = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0) {
        return;  // nothing hangs on it but deletes on a full disk
    }
    auto bytes = kReserveBytes;
    while (bytes > 0 && posix_fallocate(file, 0, bytes) != 0) {
        bytes -= kReserveStepBytes;
    }
    close(file);
    if (bytes == 0) {
        unlink(path.c_str());
    }
}

bool Generation::give_up_reserve()
{
    return unlink((path_ + "/reserve").c_str()) == 0;
}

}  // namespace amilab
