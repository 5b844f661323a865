#include "storage/upkeep/persistence.h"

#include <fcntl.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <exception>
#include <utility>

#include "storage/base/owned_work.h"
#include "storage/base/storage_error.h"
#include "storage/blocks/block_store.h"
#include "storage/metadata/layers/layer_rows.h"
#include "storage/metadata/sql/connections.h"
#include "storage/metadata/sql/transaction.h"

namespace amilab {

namespace {

/// Layers that one commit marks as synced or forgets: it must not hold up calls.
constexpr std::size_t kLayersAtOnce = 64;

/// Takes what one turn does out of what waits.
std::vector<LayerId> take_some(std::vector<LayerId>& waiting)
{
    const auto end =
        waiting.begin() + static_cast<std::ptrdiff_t>(std::min(waiting.size(), kLayersAtOnce));
    std::vector<LayerId> taken(waiting.begin(), end);
    waiting.erase(waiting.begin(), end);
    return taken;
}

}  // namespace

Persistence::Persistence(OwnedWork& work, Connections& connections, BlockStore& blocks,
                         Options options)
    : work_(work), connections_(connections), blocks_(blocks), options_(std::move(options))
{
}

void Persistence::sync_later(LayerId layer)
{
    const Lock lock(mutex_);
    to_sync_.push_back(layer);
    if (to_sync_.size() == 1) {
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
        layers = take_some(to_sync_);
        if (!to_sync_.empty()) {
            post_sync();
        }
    }
    // The call that has committed may still hold the writer: only then do leases see it.
    {
        const auto held = connections_.writer();
    }
    sync_and_tell(layers);
}

void Persistence::sync_and_tell(std::span<const LayerId> layers)
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
    for (const auto one : unsynced) {
        blocks_.sync_layer(one);
    }
    if (!unsynced.empty()) {
        auto held = connections_.writer();
        Transaction transaction(held.db());
        for (const auto one : unsynced) {
            mark_layer_synced(held.db(), one);
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
        layers = take_some(to_remove_);
        if (!to_remove_.empty()) {
            post_removal();
        }
    }
    // The rows' deletion first: after power loss a row must not name files that are gone.
    make_metadata_durable();
    connections_.wait_for_readers();
    remove_files(layers);
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
            // The next start tries it again; the others are not kept by it.
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
    // In WAL mode every commit is in the -wal file until a checkpoint has synced it into the
    // database, so one sync of that file makes all of them durable.
    const auto path = options_.database_path + "-wal";
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

}  // namespace amilab
