#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "storage/base/clock.h"
#include "storage/base/delays.h"
#include "storage/base/earliest_due.h"
#include "storage/base/owned_work.h"
#include "storage/blocks/layer_id.h"
#include "storage/files/posix_file_system.h"
#include "storage/metadata/catalogue/connection.h"
#include "storage/metadata/images/image_ids.h"
#include "storage/metadata/sql/connections.h"
#include "storage/objects/object_files.h"
#include "storage/state/access_keys.h"
#include "storage/state/account_limits.h"
#include "storage/state/companions.h"
#include "storage/state/held_bytes.h"
#include "storage/state/open_exports.h"
#include "storage/state/reserve.h"
#include "storage/upkeep/checksum_upkeep.h"
#include "storage/upkeep/kept_files.h"

namespace amilab {

class Background;
class BlockStore;
class ObjectUpkeep;
class Persistence;
class Upkeep;
struct StorageError;

/// What changes with each boot of the machine. What is removed at exit survives no boot, and so
/// needs nothing of the kernel: it works in a root without /proc.
std::string boot_id_of(Durability durability);

/// All state from one reset to the next: a database, its layers, the clock and the delays. Calls
/// hold it by shared_ptr, so that one that began before a reset ends on what it began with.
class Generation : public std::enable_shared_from_this<Generation> {
public:
    /// Opens the generation in the folder `path`, which holds a database; migrates it.
    /// Throws StorageError.
    /// `seed`, when given, is what ids hang on from now on.
    Generation(std::string path, Durability durability, Background& background,
               const std::optional<std::string>& seed, CatalogueOptions catalogue = {},
               AccountLimits limits = {}, DataChecksums checksums = DataChecksums::kNone);
    ~Generation();

    Connections& connections() { return *connections_; }
    /// The lease keeps the generation: `data.current()->reader()` may outlive a reset.
    Writer writer() { return connections_->writer().keeping(weak_from_this().lock()); }
    Reader reader() { return connections_->reader().keeping(weak_from_this().lock()); }

    BlockStore& blocks() { return *blocks_; }
    /// The bytes of S3's objects, and what keeps their files in order.
    ObjectFiles& objects() { return *objects_; }
    ObjectUpkeep& object_upkeep() { return *object_upkeep_; }
    /// What calls have committed reaches the disk by it.
    Persistence& persistence() { return *persistence_; }
    Upkeep& upkeep() { return *upkeep_; }
    /// What a save reads, of which there is one at a time: false while another has it. Who got it
    /// gives it back.
    bool take_kept_files() { return !is_saving_.exchange(true); }
    void give_kept_files_back();
    KeptFiles& kept_files() { return kept_files_; }
    Reserve& reserve() { return reserve_; }

    Clock& clock() { return clock_; }
    Delays& delays() { return delays_; }
    AccessKeys& access_keys() { return access_keys_; }
    /// Who serves volumes and snapshots beside the API.
    OpenExports& exports() { return exports_; }
    /// What services keep from one reset to the next, in memory alone.
    Companions& companions() { return companions_; }

    const std::string& path() const { return path_; }
    UnknownImages unknown_images() const { return catalogue_.unknown_images; }
    const AccountLimits& account_limits() const { return limits_; }
    /// What accounts hold of the disk, as far as that is limited.
    HeldBytes& held_bytes() { return held_bytes_; }
    /// Makes the rows that the account begins with: what the catalogue's files say is its. Inside a
    /// transaction of the writer.
    void make_rows_of(Database& db, std::string_view account) const;
    /// Whether those rows have an image of that id.
    bool makes_image(const ImageId& id) const
    {
        return catalogue_.makes_image && catalogue_.makes_image(id.text());
    }
    bool region_exists(std::string_view region) const { return regions_.contains(region); }
    /// What page tokens are signed with.
    const std::string& page_token_key() const { return page_token_key_; }
    /// Whether any region was opted out of; rows tell which.
    bool has_opted_out() const { return opted_out_; }
    void note_opted_out(bool any) { opted_out_ = any; }
    /// Of the transitions.
    EarliestDue& earliest_due() { return earliest_due_; }

    /// Has the background do a piece of what clients wait for, and the next start finds again by
    /// the rows: beside what it syncs.
    void post_piece(std::function<void()> piece) { work_.post_piece(std::move(piece)); }
    /// Whether a reset has thrown it away: nobody reads again what is written to it.
    bool is_discarded() const { return discarded_.load(); }

    /// Syncs and removes what an earlier process left to do, and files that no row knows.
    void catch_up();
    /// The folder knows from now on how far its rows have come; see rows_mark.h.
    void note_rows();
    /// The folder goes when the last holder lets go, and exports end; used by reset. Files of disks
    /// are closed now. `then` runs behind the folder's end, on the background's thread.
    void discard(std::function<void()> then);
    /// For a reset that finds no room: the files of all layers go at once. Exports end.
    void give_up_layers();

private:
    std::string database_path() const { return path_ + "/metadata.sqlite"; }
    std::unique_ptr<Database> open(Database::Mode mode) const;
    std::unique_ptr<Database> open_writer(const std::optional<std::string>& seed) const;
    std::unique_ptr<BlockStore> open_blocks(Database& db);
    std::unique_ptr<ObjectFiles> open_objects(Database& db);
    void require_layers(Database& db) const;
    void mark_lost(Database& db);
    void delete_lost_objects(Database& db);
    void report_lost(const StorageError& lost, const std::vector<std::string>& snapshots);
    /// The background tells of it.
    void report(std::string words);
    void close_files();
    void look_for_lost_layers();
    void look_at_layers(std::vector<LayerId> layers);
    void restore_settings(Database& db);

    const std::string path_;
    const Durability durability_;
    const CatalogueOptions catalogue_;
    const AccountLimits limits_;
    Background& background_;
    OwnedWork work_;

    Clock clock_;
    Delays delays_;
    AccessKeys access_keys_;
    OpenExports exports_;
    Companions companions_;
    HeldBytes held_bytes_;
    Reserve reserve_;
    KeptFiles kept_files_;
    std::atomic<bool> is_saving_{false};
    std::set<std::string, std::less<>> regions_;
    std::string page_token_key_;
    std::atomic<bool> opted_out_{false};
    EarliestDue earliest_due_;
    std::atomic<bool> discarded_{false};
    std::function<void()> after_removal_;

    std::unique_ptr<Connections> connections_;
    std::unique_ptr<Persistence> persistence_;
    std::unique_ptr<Upkeep> upkeep_;
    std::unique_ptr<BlockStore> blocks_;
    PosixFileSystem object_file_system_;
    std::unique_ptr<ObjectFiles> objects_;
    std::unique_ptr<ObjectUpkeep> object_upkeep_;
};

}  // namespace amilab
