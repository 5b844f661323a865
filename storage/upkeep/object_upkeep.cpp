#include "storage/upkeep/object_upkeep.h"

#include <algorithm>
#include <cerrno>
#include <cstddef>

#include "storage/base/owned_work.h"
#include "storage/base/storage_error.h"
#include "storage/metadata/s3/object_bytes_rows.h"
#include "storage/metadata/sql/connections.h"
#include "storage/metadata/sql/transaction.h"
#include "storage/upkeep/kept_files.h"
#include "storage/upkeep/persistence.h"
#include "storage/upkeep/waiting.h"

namespace amilab {

namespace {

/// Blobs that one commit marks as synced: it must not hold up calls.
constexpr std::size_t kBlobsAtOnce = 64;

}  // namespace

ObjectUpkeep::ObjectUpkeep(OwnedWork& work, Connections& connections, ObjectFiles& files,
                           Persistence& persistence, const KeptFiles& kept)
    : work_(work), connections_(connections), files_(files), persistence_(persistence), kept_(kept)
{
}

void ObjectUpkeep::sync_later(BlobNumber blob)
{
    if (!files_.survives_power_loss()) {
        return;
    }
    const Lock lock(mutex_);
    to_sync_.push_back({.blob = blob});
    if (to_sync_.size() == 1) {
        work_.post([this] { sync_waiting(); });
    }
}

std::deque<ObjectUpkeep::Unsynced> ObjectUpkeep::take_some()
{
    const Lock lock(mutex_);
    auto blobs = take_first(to_sync_, kBlobsAtOnce);
    if (!to_sync_.empty()) {
        work_.post([this] { sync_waiting(); });
    }
    return blobs;
}

std::deque<ObjectUpkeep::Unsynced> ObjectUpkeep::without_removed(const std::deque<Unsynced>& blobs)
{
    std::deque<Unsynced> there;
    auto lease = connections_.fresh_reader();
    for (const auto& one : blobs) {
        if (blob_file_exists(lease.db(), one.blob)) {
            there.push_back(one);
        }
    }
    return there;
}

std::vector<BlobNumber> ObjectUpkeep::sync_some(std::deque<Unsynced>& blobs,
                                                std::exception_ptr& failure)
{
    std::vector<BlobNumber> synced;
    while (!blobs.empty() && !failure) {
        auto first = blobs.front();
        blobs.pop_front();
        try {
            if (const auto next = files_.sync(first.blob, first.begun_bytes)) {
                first.begun_bytes = *next;
                blobs.push_back(first);
                break;
            }
            synced.push_back(first.blob);
        } catch (const StorageError& error) {
            if (error.error_number != ENOENT) {  // deleted meanwhile
                failure = std::current_exception();
            }
        }
    }
    return synced;
}

/// Before those that came meanwhile.
void ObjectUpkeep::give_back(const std::deque<Unsynced>& blobs)
{
    if (blobs.empty()) {
        return;
    }
    const Lock lock(mutex_);
    const bool is_posted = !to_sync_.empty();
    to_sync_.insert(to_sync_.begin(), blobs.begin(), blobs.end());
    if (!is_posted) {
        work_.post([this] { sync_waiting(); });
    }
}

void ObjectUpkeep::sync_waiting()
{
    auto blobs = take_some();
    try {
        blobs = without_removed(blobs);
    } catch (const StorageError&) {
        give_back(blobs);
        throw;
    }
    std::exception_ptr failure;
    const auto synced = sync_some(blobs, failure);
    // One that the disk refuses must not keep others from what they were promised: neither those
    // behind it nor those that are on the disk.
    give_back(blobs);
    if (!synced.empty()) {
        files_.sync_directory();
        auto held = connections_.writer();
        Transaction transaction(held.db());
        mark_blobs_synced(held.db(), synced);
        transaction.commit();
    }
    if (failure) {
        std::rethrow_exception(failure);
    }
}

void ObjectUpkeep::remove_files_later()
{
    const Lock lock(mutex_);
    if (!is_removal_posted_) {
        is_removal_posted_ = true;
        work_.post([this] { remove_some(); });
    }
}

void ObjectUpkeep::remove_some()
{
    {
        const Lock lock(mutex_);
        is_removal_posted_ = false;  // who deletes from here on is not seen below, perhaps
    }
    std::vector<BlobNumber> blobs;
    {
        auto held = connections_.writer();
        blobs = select_removed_blobs(held.db());
    }
    std::erase_if(blobs, [this](BlobNumber blob) { return kept_.keeps(blob); });
    if (blobs.empty()) {
        return;
    }
    // The rows' deletion first: after power loss a row must not name files that are gone.
    persistence_.make_metadata_durable();
    // Who has read the rows has a hold on the files when these have ended.
    connections_.wait_for_readers();
    for (const auto blob : blobs) {
        files_.remove(blob);
    }
    {
        auto held = connections_.writer();
        Transaction transaction(held.db());
        forget_removed_blobs(held.db(), blobs);
        transaction.commit();
    }
    remove_files_later();  // there may be more
}

void ObjectUpkeep::catch_up()
{
    std::vector<BlobNumber> unsynced;
    {
        auto held = connections_.writer();
        unsynced = select_unsynced_blobs(held.db());
    }
    for (const auto blob : unsynced) {
        sync_later(blob);
    }
    remove_files_later();
    work_.post([this] { sweep(); });
}

void ObjectUpkeep::sweep()
{
    const auto found = files_.written();
    auto lease = connections_.fresh_reader();
    for (const auto blob : found) {
        if (!blob_file_exists(lease.db(), blob) && !kept_.keeps(blob)) {
            files_.remove(blob);
        }
    }
}

}  // namespace amilab
