#include "storage/upkeep/persistence.h"

#include <algorithm>
#include <cerrno>
#include <exception>
#include <utility>

#include "storage/base/owned_work.h"
#include "storage/base/storage_error.h"
#include "storage/blocks/block_store.h"
#include "storage/blocks/data_writing.h"
#include "storage/files/file_io.h"
#include "storage/files/posix_file_system.h"
#include "storage/metadata/layers/layer_rows.h"
#include "storage/metadata/sql/connections.h"
#include "storage/metadata/sql/transaction.h"
#include "storage/upkeep/kept_files.h"
#include "storage/upkeep/waiting.h"

namespace amilab {

namespace {

/// Layers that one commit marks as synced or forgets: it must not hold up calls.
constexpr std::size_t kLayersAtOnce = 64;

void move_to_end(std::vector<LayerId>& from, std::vector<LayerId>& to)
{
    to.insert(to.end(), from.begin(), from.end());
    from.clear();
}

/// All of a file, in place, while nobody else writes.
void write_again(File& file)
{
    std::vector<std::byte> bytes(std::size_t{1} << 20);
    for (std::uint64_t at = 0;;) {
        const auto count = read_fully(file, at, bytes);
        if (count == 0) {
            return;
        }
        write_fully(file, at, std::span(bytes).first(count));
        at += count;
    }
}

}  // namespace

Persistence::Persistence(OwnedWork& work, Connections& connections, BlockStore& blocks,
                         Options options)
    : work_(work), connections_(connections), blocks_(blocks), options_(std::move(options))
{
}

Persistence::~Persistence() = default;

void Persistence::sync_later(LayerId layer)
{
    const Lock lock(mutex_);
    const bool is_posted = !to_sync_.empty();
    to_sync_.push_back(layer);
    move_to_end(unsynced_, to_sync_);
    if (!is_posted) {
        post_sync();
    }
}

void Persistence::post_sync()
{
    work_.post([this] { sync_waiting(); });
}

void Persistence::sync_waiting()
{
    std::vector<LayerId> layers;
    {
        const Lock lock(mutex_);
        layers = take_first(to_sync_, kLayersAtOnce);
        if (!to_sync_.empty()) {
            post_sync();
        }
    }
    // The call that has committed may still hold the writer: only then do leases see it.
    {
        const auto held = connections_.writer();
    }
    put_large_aside(layers);
    sync_or_wait(std::move(layers));
}

void Persistence::put_large_aside(std::vector<LayerId>& layers)
{
    const bool is_posted = !large_.empty();
    std::erase_if(layers, [&](LayerId layer) {
        auto data = blocks_.begin_writing(layer);
        const bool is_large = data != nullptr;
        if (is_large) {
            large_.push_back({std::move(data), {layer}});
        }
        return is_large;
    });
    if (!is_posted && !large_.empty()) {
        post_writing();
    }
}

void Persistence::post_writing()
{
    work_.post([this] { write_some(); });
}

void Persistence::write_some()
{
    auto first = std::move(large_.front());
    large_.pop_front();
    std::vector<LayerId> to_sync;
    if (first.data->step()) {
        large_.push_back(std::move(first));  // behind those of others
    } else {
        to_sync = std::move(first.to_sync);
    }
    if (!large_.empty()) {
        post_writing();
    }
    sync_or_wait(std::move(to_sync));
}

Persistence::Large* Persistence::find_large(Database& db, LayerId layer)
{
    const auto chain = select_unsynced_chain(db, layer);
    const auto found = std::ranges::find_if(large_, [&](const Large& large) {
        return std::ranges::find(chain, large.data->layer()) != chain.end();
    });
    return found != large_.end() ? &*found : nullptr;
}

bool Persistence::is_being_written(LayerId layer)
{
    if (large_.empty()) {
        return false;
    }
    auto lease = connections_.reader();
    return find_large(lease.db(), layer) != nullptr;
}

void Persistence::sync_or_wait(std::vector<LayerId> layers)
{
    if (!large_.empty() && !layers.empty()) {
        try {
            auto lease = connections_.reader();
            std::erase_if(layers, [&](LayerId layer) {
                auto* const large = find_large(lease.db(), layer);
                if (large != nullptr) {
                    large->to_sync.push_back(layer);
                }
                return large != nullptr;
            });
        } catch (const StorageError&) {
            // Then all are synced now: that keeps, or reports, what it cannot do.
        }
    }
    if (!layers.empty()) {
        sync_and_tell(layers);
    }
}

void Persistence::sync_and_tell(std::span<const LayerId> layers)
{
    try {
        sync_now(layers);
    } catch (const StorageError&) {
        if (layers.size() == 1) {
            const Lock lock(mutex_);
            unsynced_.push_back(layers.front());
            throw;
        }
        // One that the disk refuses must not keep the others from what they were promised.
        std::exception_ptr first_error;
        for (const auto& layer : layers) {
            try {
                sync_and_tell({&layer, 1});
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
        options_.on_synced(layer);
    }
}

void Persistence::sync_now(std::span<const LayerId> layers)
{
    if (options_.durability == Durability::kPrivate) {
        return;
    }
    std::vector<LayerId> unsynced;
    {
        auto lease = connections_.reader();
        for (const auto layer : layers) {
            const auto chain = select_unsynced_chain(lease.db(), layer);
            unsynced.insert(unsynced.end(), chain.begin(), chain.end());
        }
    }
    std::sort(unsynced.begin(), unsynced.end());
    unsynced.erase(std::unique(unsynced.begin(), unsynced.end()), unsynced.end());
    std::vector<LayerRecord> records;
    for (const auto one : unsynced) {
        blocks_.sync_layer(one);
        records.push_back(blocks_.record_of(one));
    }
    if (!unsynced.empty()) {
        auto held = connections_.writer();
        Transaction transaction(held.db());
        for (std::size_t index = 0; index < unsynced.size(); ++index) {
            mark_layer_synced(held.db(), unsynced[index], records[index]);
        }
        transaction.commit();
    }
}

void Persistence::remove_files_later(const std::vector<LayerId>& layers)
{
    if (layers.empty()) {
        return;
    }
    const Lock lock(mutex_);
    const bool is_posted = !to_remove_.empty();
    to_remove_.insert(to_remove_.end(), layers.begin(), layers.end());
    move_to_end(unremoved_, to_remove_);
    if (!is_posted) {
        post_removal();
    }
}

void Persistence::post_removal()
{
    work_.post([this] { remove_waiting(); });
}

void Persistence::remove_waiting()
{
    std::vector<LayerId> layers;
    {
        const Lock lock(mutex_);
        layers = take_first(to_remove_, kLayersAtOnce);
        if (!to_remove_.empty()) {
            post_removal();
        }
    }
    try {
        // The rows' deletion first: after power loss a row must not name files that are gone.
        make_metadata_durable();
    } catch (const StorageError&) {
        const Lock lock(mutex_);
        move_to_end(layers, unremoved_);
        throw;
    }
    connections_.wait_for_readers();
    put_kept_aside(layers);
    remove_files(layers);
}

void Persistence::put_kept_aside(std::vector<LayerId>& layers)
{
    const auto kept = std::stable_partition(layers.begin(), layers.end(), [this](LayerId layer) {
        return !options_.kept.keeps(layer);
    });
    const Lock lock(mutex_);
    unremoved_.insert(unremoved_.end(), kept, layers.end());
    layers.erase(kept, layers.end());
}

void Persistence::remove_kept_files()
{
    const Lock lock(mutex_);
    const bool is_posted = !to_remove_.empty();
    move_to_end(unremoved_, to_remove_);
    if (!is_posted && !to_remove_.empty()) {
        post_removal();
    }
}

void Persistence::remove_files(const std::vector<LayerId>& layers)
{
    std::vector<LayerId> removed;
    std::exception_ptr first_error;
    for (const auto layer : layers) {
        try {
            blocks_.remove_layer(layer);
            removed.push_back(layer);
        } catch (const StorageError&) {
            // The others are not kept by it.
            const Lock lock(mutex_);
            unremoved_.push_back(layer);
            first_error = first_error ? first_error : std::current_exception();
        }
    }
    {
        auto held = connections_.writer();
        Transaction transaction(held.db());
        forget_removed_layers(held.db(), removed);
        transaction.commit();
    }
    if (first_error) {
        std::rethrow_exception(first_error);
    }
}

void Persistence::make_metadata_durable()
{
    if (options_.durability == Durability::kPrivate) {
        return;
    }
    const auto path = wal_path();
    if (wal_is_in_doubt_) {
        doubt_wal();
        throw StorageError(EIO, "sync", path, "it failed before, and is being mended");
    }
    // In WAL mode every commit is in the -wal file until a checkpoint has synced it into the
    // database, so one sync of that file makes all of them durable.
    const auto wal = PosixFileSystem().open(path, OpenMode::kRead);
    try {
        wal->sync_data();
    } catch (const StorageError&) {
        doubt_wal();
        throw;
    }
}

void Persistence::doubt_wal()
{
    wal_is_in_doubt_ = true;
    work_.post([this] { write_wal_again(); });
}

void Persistence::write_wal_again()
{
    if (!wal_is_in_doubt_) {
        return;
    }
    const auto held = connections_.writer();
    const auto wal = PosixFileSystem().open(wal_path(), OpenMode::kReadWrite);
    write_again(*wal);
    wal->sync_data();
    wal_is_in_doubt_ = false;
}

}  // namespace amilab
