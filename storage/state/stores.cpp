#include "storage/state/stores.h"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "storage/base/background.h"
#include "storage/base/descriptors.h"
#include "storage/base/owned_work.h"
#include "storage/base/storage_error.h"
#include "storage/blocks/block_store.h"
#include "storage/blocks/layer_files.h"
#include "storage/metadata/layers/layer_record_rows.h"
#include "storage/metadata/layers/layer_rows.h"
#include "storage/metadata/s3/object_bytes_rows.h"
#include "storage/metadata/snapshots/direct_snapshot_rows.h"
#include "storage/metadata/snapshots/snapshot_rows.h"
#include "storage/metadata/sql/connections.h"
#include "storage/metadata/sql/transaction.h"
#include "storage/objects/object_files.h"
#include "storage/upkeep/checksum_upkeep.h"
#include "storage/upkeep/object_upkeep.h"
#include "storage/upkeep/persistence.h"
#include "storage/upkeep/upkeep.h"

namespace amilab {

std::string boot_id_of(Durability durability)
{
    if (durability != Durability::kKept) {
        return "any boot";
    }
    PosixFileSystem file_system;
    return read_boot_id(file_system);
}

Stores::Stores(Background& background, OwnedWork& work, Connections& connections, Database& db,
               Options options)
    : background_(background),
      work_(work),
      connections_(connections),
      options_(std::move(options)),
      held_bytes_(options_.most_held_bytes, options_.measure_held_bytes,
                  [this] { return blocks_->count_frees(); }),
      reserve_(options_.path + "/reserve")
{
    blocks_ = open_blocks(db);
    mark_lost(db);
    objects_ = open_objects(db);
    delete_lost_objects(db);
    persistence_ = std::make_unique<Persistence>(
        work_, connections_, *blocks_,
        Persistence::Options{.database_path = options_.path + "/metadata.sqlite",
                             .durability = options_.durability,
                             .on_synced = [this](LayerId layer) { upkeep_->add_synced(layer); },
                             .kept = kept_files_});
    upkeep_ = std::make_unique<Upkeep>(
        work_, connections_, *blocks_, *persistence_, kept_files_,
        options_.durability == Durability::kPrivate ? DataChecksums::kNone : options_.checksums);
    object_upkeep_ =
        std::make_unique<ObjectUpkeep>(work_, connections_, *objects_, *persistence_, kept_files_);
}

Stores::~Stores() = default;

std::unique_ptr<BlockStore> Stores::open_blocks(Database& db)
{
    BlockStore::Options options;
    options.max_open_files = share_descriptors(descriptor_limit()).layer_files;
    options.highest_known_layer = select_highest_layer(db);
    options.boot_id = boot_id_of(options_.durability);
    options.expectations = select_layer_expectations(db, options.boot_id);
    options.chain_of = [this](LayerId layer) {
        auto lease = connections_.reader();
        return select_layer_chain(lease.db(), layer);
    };
    options.make_metadata_durable = [this] { persistence_->make_metadata_durable(); };
    options.survives_power_loss = options_.durability == Durability::kKept;
    return std::make_unique<BlockStore>(options_.path + "/layers", std::move(options));
}

std::unique_ptr<ObjectFiles> Stores::open_objects(Database& db)
{
    namespace fs = std::filesystem;
    const auto directory = options_.path + "/objects";
    // It is made with the first object. What lies in its place would fail each call in turn.
    if (fs::exists(fs::symlink_status(directory)) && !fs::is_directory(directory)) {
        throw StorageError(ENOTDIR, "open", directory);
    }
    return std::make_unique<ObjectFiles>(
        object_file_system_, directory,
        ObjectFiles::Options{.highest_known = select_highest_blob(db),
                             .survives_power_loss = options_.durability == Durability::kKept,
                             .close_some_files = [this] { return blocks_->close_some_files(); }});
}

/// An object that is not what was put there is worse than none. They are reported.
void Stores::delete_lost_objects(Database& db)
{
    Transaction transaction(db);
    const auto lost = delete_lost_contents(db, blocks_->boot_id());
    transaction.commit();
    if (!lost.empty()) {
        report(fmt::format("{}: not on the disk when the power went, and deleted: {}",
                           objects_->directory(), fmt::join(lost, ", ")));
    }
}

void Stores::mark_lost(Database& db)
{
    mark_lost_snapshots(db, blocks_->boot_id());
    mark_lost_direct_snapshots(db, blocks_->boot_id());
    for (const auto& [layer, path] : blocks_->missing_files()) {
        report_lost(StorageError(ENOENT, "open", path), mark_snapshots_above_lost(db, layer));
    }
}

/// By name.
void Stores::report_lost(const StorageError& lost, const std::vector<std::string>& snapshots)
{
    auto words = std::string(lost.what()) + ": its layer cannot be read";
    if (!snapshots.empty()) {
        words += fmt::format("; in error from now on: {}", fmt::join(snapshots, ", "));
    }
    report(std::move(words));
}

void Stores::report(std::string words)
{
    background_.post([words = std::move(words)] { throw std::runtime_error(words); });
}

/// Reads all maps that are expected to be what they were, in the background; whoever needs one
/// earlier reads it then.
void Stores::look_for_lost_layers()
{
    auto layers = blocks_->recorded_layers();
    std::reverse(layers.begin(), layers.end());  // the last is taken first
    look_at_layers(std::move(layers));
}

void Stores::look_at_layers(std::vector<LayerId> layers)
{
    constexpr std::size_t kAtOnce = 16;
    for (std::size_t done = 0; done < kAtOnce && !layers.empty(); ++done) {
        const auto layer = layers.back();
        layers.pop_back();
        try {
            blocks_->require_expected(layer);
        } catch (const StorageError& lost) {
            if (!lost.is_damage()) {
                // The disk may give it another time, and the others now.
                background_.post([lost] { throw lost; });
                continue;
            }
            auto held = connections_.writer();
            Transaction transaction(held.db());
            const auto snapshots = mark_snapshots_above_lost(held.db(), layer);
            transaction.commit();
            report_lost(lost, snapshots);
        }
    }
    if (!layers.empty()) {
        work_.post([this, rest = std::move(layers)]() mutable { look_at_layers(std::move(rest)); });
    }
}

void Stores::give_kept_files_back()
{
    kept_files_.end();
    is_saving_ = false;
    persistence_->remove_kept_files();
    object_upkeep_->remove_files_later();
    work_.post([this] { upkeep_->try_postponed(); });
}

void Stores::catch_up()
{
    std::vector<LayerId> removed;
    std::vector<LayerId> unsynced;
    std::vector<SnapshotId> uncounted;
    {
        auto held = connections_.writer();
        removed = select_removed_layers(held.db());
        uncounted = select_uncounted_snapshots(held.db());
        unsynced = select_unsynced_layers(held.db());
    }
    persistence_->remove_files_later(removed);
    for (const auto layer : unsynced) {
        persistence_->sync_later(layer);
    }
    if (!uncounted.empty()) {
        upkeep_->count_snapshots_later(std::move(uncounted));
    }
}

void Stores::look_over()
{
    work_.post([this] { upkeep_->add_all(); });
    object_upkeep_->catch_up();
    work_.post([this] { look_for_lost_layers(); });
    work_.post([this] {
        auto db = connections_.reader();
        blocks_->sweep_orphans([&](LayerId layer) {
            return kept_files_.keeps(layer) || layer_exists(db.db(), layer);
        });
    });
}

bool Stores::close_some_files()
{
    return blocks_ && blocks_->close_some_files();
}

void Stores::end()
{
    object_upkeep_.reset();
    upkeep_.reset();  // a layer that it looks at may be the last one's to close
    blocks_.reset();
}

}  // namespace amilab
