#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "storage/base/clock.h"
#include "storage/base/delays.h"
#include "storage/base/earliest_due.h"
#include "storage/base/owned_work.h"
#include "storage/blocks/layer_id.h"
#include "storage/metadata/catalogue/connection.h"
#include "storage/metadata/images/image_ids.h"
#include "storage/metadata/sql/connections.h"
#include "storage/state/access_keys.h"
#include "storage/state/account_limits.h"
#include "storage/state/companions.h"
#include "storage/state/held_bytes.h"
#include "storage/state/open_exports.h"
#include "storage/state/reserve.h"
#include "storage/upkeep/checksum_upkeep.h"

namespace amilab {

class Background;
class BlockStore;
class Persistence;
class Upkeep;
struct StorageError;

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
    Writer writer() { return connections_->writer(); }
    Reader reader() { return connections_->reader(); }

    BlockStore& blocks() { return *blocks_; }
    /// What calls have committed reaches the disk by it.
    Persistence& persistence() { return *persistence_; }
    Upkeep& upkeep() { return *upkeep_; }
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

    /// Syncs and removes what an earlier process left to do, and files that no row knows.
    void catch_up();
    /// The folder knows from now on how far its rows have come; see rows_mark.h.
    void note_rows();
    /// The folder goes when the last holder lets go, and exports end; used by reset. `then` runs
    /// behind that, on the background's thread.
    void discard(std::function<void()> then);
    /// For a reset that finds no room: the files of all layers go at once. Exports end.
    void give_up_layers();

private:
    std::string database_path() const { return path_ + "/metadata.sqlite"; }
    std::unique_ptr<Database> open(Database::Mode mode) const;
    std::unique_ptr<Database> open_writer(const std::optional<std::string>& seed) const;
    std::unique_ptr<BlockStore> open_blocks(Database& db);
    void require_layers(Database& db) const;
    void mark_lost(Database& db);
    void report_lost(const StorageError& lost, const std::vector<std::string>& snapshots);
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
};

}  // namespace amilab
