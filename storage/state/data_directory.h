#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "storage/base/background.h"
#include "storage/base/mutex.h"
#include "storage/metadata/catalogue/connection.h"
#include "storage/state/account_limits.h"
#include "storage/state/lock_file.h"
#include "storage/upkeep/checksum_upkeep.h"

namespace amilab {

class Generation;

/// The folder that a server keeps its state in, held by one server at a time:
///   lock        held while a server runs, as the folder itself is; says which
///   current     the name of the generation in force; another may be ready for the next reset
///   generation-N/metadata.sqlite, generation-N/layers/
/// Source: DESIGN, "State" and "Reset". Safe from any thread.
class DataDirectory {
public:
    struct Options {
        /// Kept state; without it a private folder that is removed at the end.
        std::optional<std::string> path;
        /// Of what is at `path`. A private folder is removed at the end, whoever made it.
        Durability durability = Durability::kKept;
        /// A save that a new state begins with, where there is none yet.
        std::optional<std::string> from = {};
        /// What ids hang on; random without it.
        std::optional<std::string> seed;
        CatalogueOptions catalogue{};
        AccountLimits account_limits{};
        /// Of what is at `path`.
        DataChecksums checksums = DataChecksums::kNone;
        /// Told what a background task could not do.
        std::function<void(std::exception_ptr)> report;
    };

    /// Throws StorageError, with a sentence that says what to do, when another server holds the
    /// folder, it cannot be written, a newer amilab wrote it, or it holds other files and no state;
    /// and for a save that is none, is damaged or of a newer amilab, or where there is state
    /// already: then nothing is left of what it made.
    explicit DataDirectory(Options options);
    ~DataDirectory();
    DataDirectory(const DataDirectory&) = delete;
    DataDirectory& operator=(const DataDirectory&) = delete;

    std::shared_ptr<Generation> current() const
    {
        const Lock lock(current_mutex_);
        return current_;
    }

    /// Switches to a new, empty generation. Calls under way end on the old one, which goes when
    /// the last of them has ended. On a full disk the old one gives up its reserve first, and when
    /// that is not enough its layers: then a server that dies before the switch leaves a state
    /// without the bytes of its disks.
    void reset();

    /// Removes what earlier servers left behind: private folders, discarded generations, files of
    /// layers that no row knows. Called once, after the server is ready.
    void sweep();

    Background& background() { return *background_; }
    const std::string& path() const { return path_; }

private:
    void take_lock();
    /// Takes away a new folder that a save was to be put back into.
    void give_up(bool is_new);
    /// What the folder has, or a new state.
    void open_or_make();
    /// What a server that was killed meanwhile had not put back as a whole.
    void remove_half_restored();
    /// A generation, and the name of its folder.
    struct Named {
        std::string name{};
        std::shared_ptr<Generation> generation{};
    };
    std::string next_name() REQUIRES(reset_mutex_);
    /// A new one, or the spare one, which is from here on the one that a start opens. Leaves
    /// nothing when it throws.
    std::shared_ptr<Generation> make_generation() REQUIRES(reset_mutex_);
    /// Makes the next generation ready, in the background: who resets a server once does so again,
    /// before each of his tests, and then waits for the switch alone.
    void make_spare();
    void remove_spare();
    /// What make_generation does, with whatever room the one in force can give.
    std::shared_ptr<Generation> make_generation_on_full_disk() REQUIRES(reset_mutex_);
    std::shared_ptr<Generation> fill_generation(const std::string& folder);
    std::shared_ptr<Generation> fill_from_save(const std::string& folder);
    std::shared_ptr<Generation> open_generation(const std::string& folder);
    void switch_current();
    /// Puts a generation in force; the one before it.
    std::shared_ptr<Generation> exchange_current(std::shared_ptr<Generation> next);

    Options options_;
    std::string path_;
    Durability durability_;
    std::optional<DirectoryLock> lock_;  // let go last, after a constructor that throws too
    std::unique_ptr<Background> background_;
    std::uint64_t first_number_ = 1;        // the generation that this server began with
    Mutex reset_mutex_{LockLevel::kReset};  // one reset at a time
    std::uint64_t next_number_ GUARDED_BY(reset_mutex_) = 1;
    /// Empty, on the disk as a whole, and named by nothing: a start sweeps it away.
    std::optional<Named> spare_ GUARDED_BY(reset_mutex_);
    // No std::atomic: with the library of GCC 12 a reader lets go of it without an order.
    mutable Mutex current_mutex_{LockLevel::kCurrentGeneration};
    std::shared_ptr<Generation> current_ GUARDED_BY(current_mutex_);
};

/// The folder in a data directory that its state is in; nothing of a directory that has none yet.
/// Throws StorageError when there is state of which that cannot be told, or it has no database.
std::optional<std::string> read_current_generation(const std::string& data_directory);

}  // namespace amilab
