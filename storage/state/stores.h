#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "storage/blocks/layer_id.h"
#include "storage/files/posix_file_system.h"
#include "storage/metadata/catalogue/connection.h"
#include "storage/state/held_bytes.h"
#include "storage/state/reserve.h"
#include "storage/upkeep/kept_files.h"

namespace amilab {

class Background;
class BlockStore;
class Connections;
class ObjectFiles;
class ObjectUpkeep;
class OwnedWork;
class Persistence;
class Upkeep;
enum class DataChecksums;
struct StorageError;

/// What changes with each boot of the machine. What is removed at exit survives no boot, and so
/// needs nothing of the kernel: it works in a root without /proc.
std::string boot_id_of(Durability durability);

/// The bytes of a generation beside its rows, those of volumes and snapshots and those of objects,
/// and whatever looks after their files. Safe from any thread.
class Stores {
public:
    struct Options {
        /// The generation's folder.
        std::string path;
        Durability durability;
        DataChecksums checksums;
        /// What an account may hold at most, and how that is measured.
        std::optional<std::uint64_t> most_held_bytes;
        HeldBytes::Measure measure_held_bytes;
    };

    /// Opens what is in the folder; of what is not there any more the rows say so from now on, and
    /// the background tells of it. `db` is the writer's, which nobody else has yet. The owner of
    /// `work` holds this and the connections. Throws StorageError.
    Stores(Background& background, OwnedWork& work, Connections& connections, Database& db,
           Options options);
    ~Stores();
    Stores(const Stores&) = delete;
    Stores& operator=(const Stores&) = delete;

    BlockStore& blocks() { return *blocks_; }
    /// The bytes of S3's objects, and what keeps their files in order.
    ObjectFiles& objects() { return *objects_; }
    ObjectUpkeep& object_upkeep() { return *object_upkeep_; }
    /// What calls have committed reaches the disk by it.
    Persistence& persistence() { return *persistence_; }
    Upkeep& upkeep() { return *upkeep_; }
    /// What accounts hold of the disk, as far as that is limited.
    HeldBytes& held_bytes() { return held_bytes_; }
    Reserve& reserve() { return reserve_; }

    /// What a save reads, of which there is one at a time: null while another has it. Who got it
    /// gives it back.
    KeptFiles* take_kept_files() { return is_saving_.exchange(true) ? nullptr : &kept_files_; }
    void give_kept_files_back();

    /// Syncs, removes and counts, in the background, what the rows say that an earlier process left
    /// to do.
    void catch_up();
    /// Has the background look for what else may have been left: layers to merge, files that no row
    /// knows, layers that are not what they were.
    void look_over();
    /// As BlockStore has it; false also while there is none.
    bool close_some_files();
    /// Lets go of what the connections must outlive. Nothing but close_some_files() may be called
    /// from then on.
    void end();

private:
    std::unique_ptr<BlockStore> open_blocks(Database& db);
    std::unique_ptr<ObjectFiles> open_objects(Database& db);
    void mark_lost(Database& db);
    void delete_lost_objects(Database& db);
    void report_lost(const StorageError& lost, const std::vector<std::string>& snapshots);
    /// The background tells of it.
    void report(std::string words);
    void look_for_lost_layers();
    void look_at_layers(std::vector<LayerId> layers);

    Background& background_;
    OwnedWork& work_;
    Connections& connections_;
    const Options options_;

    HeldBytes held_bytes_;
    Reserve reserve_;
    KeptFiles kept_files_;
    std::atomic<bool> is_saving_{false};

    // What is further down may call what is above while it goes. end() lets go of three of these
    // earlier: they need the connections, which are gone by the time that this is.
    std::unique_ptr<Persistence> persistence_;
    std::unique_ptr<Upkeep> upkeep_;
    std::unique_ptr<BlockStore> blocks_;
    PosixFileSystem object_file_system_;
    std::unique_ptr<ObjectFiles> objects_;
    std::unique_ptr<ObjectUpkeep> object_upkeep_;
};

}  // namespace amilab
