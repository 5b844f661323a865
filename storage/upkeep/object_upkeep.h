#pragma once

#include <cstdint>
#include <deque>
#include <exception>
#include <vector>

#include "storage/base/mutex.h"
#include "storage/objects/object_files.h"

namespace amilab {

class Connections;
class KeptFiles;
class OwnedWork;
class Persistence;

/// Sees to it, in the background, that objects' bytes survive power loss, and that the files of
/// deleted ones go, behind the rows' deletion. Safe from any thread.
class ObjectUpkeep {
public:
    /// The owner of `work` holds this and the rest.
    ObjectUpkeep(OwnedWork& work, Connections& connections, ObjectFiles& files,
                 Persistence& persistence, const KeptFiles& kept);
    ObjectUpkeep(const ObjectUpkeep&) = delete;
    ObjectUpkeep& operator=(const ObjectUpkeep&) = delete;

    /// Makes a blob survive power loss whose row is committed, and notes that it does: of a large
    /// one parts are written first, each in turn with the syncs of others. What the disk refuses is
    /// tried again by the next start.
    void sync_later(BlobNumber blob);
    /// Removes the files of blobs whose rows are gone. What the disk refuses is tried again with
    /// the next ones, and by the next start.
    void remove_files_later();
    /// Does what an earlier process has left, and removes files that no row knows.
    void catch_up();

private:
    /// A blob, and up to where the kernel has been had to write it.
    struct Unsynced {
        BlobNumber blob{};
        std::uint64_t begun_bytes = 0;
    };

    std::deque<Unsynced> take_some();
    /// Without those whose rows are gone by now: nobody has bytes of theirs that need to survive.
    std::deque<Unsynced> without_removed(const std::deque<Unsynced>& blobs);
    void sync_waiting();
    /// Returns those that are. What is left, from a part of a large one on or behind what the disk
    /// refuses, which `failure` tells of, waits for another turn.
    std::vector<BlobNumber> sync_some(std::deque<Unsynced>& blobs, std::exception_ptr& failure);
    void give_back(const std::deque<Unsynced>& blobs);
    void remove_some();
    void sweep();

    OwnedWork& work_;
    Connections& connections_;
    ObjectFiles& files_;
    Persistence& persistence_;
    const KeptFiles& kept_;

    Mutex mutex_{LockLevel::kObjectUpkeep};
    // Not empty: a task is posted.
    std::deque<Unsynced> to_sync_ GUARDED_BY(mutex_);
    bool is_removal_posted_ GUARDED_BY(mutex_) = false;
};

}  // namespace amilab
