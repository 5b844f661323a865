#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "storage/base/owned_work.h"
#include "storage/metadata/catalogue/connection.h"
#include "storage/metadata/sql/connections.h"
#include "storage/state/account_limits.h"
#include "storage/state/companions.h"
#include "storage/state/open_exports.h"
#include "storage/state/settings.h"
#include "storage/state/timing.h"

namespace amilab {

class Background;
class Stores;
enum class DataChecksums;

/// All state from one reset to the next. Calls hold it by shared_ptr, so that one that began before
/// a reset ends on what it began with.
/// It is made of a database and three parts, each of which those may take alone who need no more:
///   Timing    the clock, how long changes take, when something is due
///   Settings  what the server was started with, and what else calls go by without asking the rows
///   Stores    the bytes of disks and objects, and what looks after their files
/// What is left here hangs on the generation as a whole: who has it open beside the API, what
/// services keep with it, and its folder's life.
class Generation : public std::enable_shared_from_this<Generation> {
public:
    /// Opens the generation in the folder `path`, which holds a database; migrates it.
    /// Throws StorageError.
    /// `seed`, when given, is what ids hang on from now on.
    Generation(std::string path, Durability durability, Background& background,
               const std::optional<std::string>& seed, CatalogueOptions catalogue,
               AccountLimits limits, DataChecksums checksums);
    ~Generation();

    Connections& connections() { return *connections_; }
    /// The lease keeps the generation: `data.current()->reader()` may outlive a reset.
    Writer writer() { return connections_->writer().keeping(weak_from_this().lock()); }
    Reader reader() { return connections_->reader().keeping(weak_from_this().lock()); }

    Timing& timing() { return timing_; }
    Settings& settings() { return settings_; }
    Stores& stores() { return *stores_; }
    /// Who serves volumes and snapshots beside the API.
    OpenExports& exports() { return exports_; }
    /// What services keep from one reset to the next, in memory alone.
    Companions& companions() { return companions_; }

    const std::string& path() const { return path_; }
    /// Has the background do a piece of what clients wait for, and the next start finds again by
    /// the rows: beside what it syncs.
    void post_piece(std::function<void()> piece) { work_.post_piece(std::move(piece)); }
    /// Whether a reset has thrown it away: nobody reads again what is written to it.
    bool is_discarded() const { return discarded_.load(); }

    /// Syncs and removes what an earlier process left to do, and files that no row knows.
    void catch_up();
    /// The folder goes when the last holder lets go, and exports end; used by reset. Files of disks
    /// are closed now. `then` runs behind the folder's end, on the background's thread.
    void discard(std::function<void()> then);
    /// For a reset that finds no room: the files of all layers go at once. Exports end.
    void give_up_layers();

private:
    std::unique_ptr<Database> open(Database::Mode mode) const;
    std::unique_ptr<Database> open_writer(const std::optional<std::string>& seed) const;
    void require_layers(Database& db) const;
    /// The folder knows from now on how far its rows have come; see rows_mark.h.
    void note_rows();
    void close_files();

    const std::string path_;
    const Durability durability_;
    Settings settings_;  // the connections read the catalogue where that is
    Background& background_;
    OwnedWork work_;

    Timing timing_;
    OpenExports exports_;
    Companions companions_;  // what is kept may call what is above while it goes
    std::atomic<bool> discarded_{false};
    std::function<void()> after_removal_;

    // Whatever reads and writes rows until its last is in the stores, and ends ahead of the
    // connections: of a whole generation by Stores::end(), when the constructor fails by the order
    // here. Their rest goes behind the connections, and ahead of all that is above.
    std::unique_ptr<Connections> connections_;
    std::unique_ptr<Stores> stores_;
};

}  // namespace amilab
