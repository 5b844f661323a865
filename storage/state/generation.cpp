#include "storage/state/generation.h"

#include <algorithm>
#include <cerrno>
#include <exception>
#include <filesystem>
#include <functional>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "storage/base/background.h"
#include "storage/base/descriptors.h"
#include "storage/base/storage_error.h"
#include "storage/blocks/block_store.h"
#include "storage/blocks/layer_files.h"
#include "storage/files/posix_file_system.h"
#include "storage/metadata/calls/transition_rows.h"
#include "storage/metadata/layers/layer_record_rows.h"
#include "storage/metadata/layers/layer_rows.h"
#include "storage/metadata/regions/region_rows.h"
#include "storage/metadata/s3/object_bytes_rows.h"
#include "storage/metadata/settings/account_content_rows.h"
#include "storage/metadata/settings/account_rows.h"
#include "storage/metadata/settings/setting_rows.h"
#include "storage/metadata/snapshots/direct_snapshot_rows.h"
#include "storage/metadata/snapshots/snapshot_rows.h"
#include "storage/metadata/sql/migrations.h"
#include "storage/metadata/sql/transaction.h"
#include "storage/state/rows_mark.h"
#include "storage/state/space.h"
#include "storage/upkeep/object_upkeep.h"
#include "storage/upkeep/persistence.h"
#include "storage/upkeep/upkeep.h"

namespace amilab {

namespace {

/// Of a new generation it waits for no disk: whoever makes one syncs all of it before anything
/// names it. SQLite would sync the first page of the WAL, and its folder, by themselves.
void write_seed(Database& db, const std::string& seed, Durability durability)
{
    const bool hurries = durability == Durability::kKept && !IdSource::has_seed(db);
    if (hurries) {
        db.run("PRAGMA synchronous = OFF");
    }
    IdSource::set_seed(db, seed);
    if (hurries) {
        write_first_rows_mark(db);
        db.run("PRAGMA synchronous = NORMAL");
    }
}

void make_catalogue_rows(Database& db, const CatalogueOptions& catalogue)
{
    if (!catalogue.make_rows) {
        return;
    }
    Transaction transaction(db);
    catalogue.make_rows(db, std::nullopt);
    transaction.commit();
}

}  // namespace

std::string boot_id_of(Durability durability)
{
    if (durability != Durability::kKept) {
        return "any boot";
    }
    PosixFileSystem file_system;
    return read_boot_id(file_system);
}

Generation::Generation(std::string path, Durability durability, Background& background,
                       const std::optional<std::string>& seed, CatalogueOptions catalogue,
                       AccountLimits limits, DataChecksums checksums)
    : path_(std::move(path)),
      durability_(durability),
      catalogue_(std::move(catalogue)),
      limits_(limits),
      background_(background),
      work_(background, [this] { return weak_from_this(); }),
      held_bytes_(
          limits.bytes,
          [this](std::string_view account) { return measure_held_bytes(*this, account); },
          [this] { return blocks_->count_frees(); }),
      reserve_(path_ + "/reserve")
{
    auto writer = open_writer(seed);
    auto& db = *writer;  // nobody else has it yet
    connections_ = std::make_unique<Connections>(
        std::move(writer), [this](Database::Mode mode) { return open(mode); }, work_,
        [this] { note_rows(); });
    restore_settings(db);
    regions_ = select_region_names(db);
    page_token_key_ = IdSource::key_for(db, "page tokens");
    blocks_ = open_blocks(db);
    mark_lost(db);
    objects_ = open_objects(db);
    delete_lost_objects(db);
    persistence_ = std::make_unique<Persistence>(
        work_, *connections_, *blocks_,
        Persistence::Options{.database_path = database_path(),
                             .durability = durability_,
                             .on_synced = [this](LayerId layer) { upkeep_->add_synced(layer); },
                             .kept = kept_files_});
    upkeep_ = std::make_unique<Upkeep>(
        work_, *connections_, *blocks_, *persistence_, kept_files_,
        durability_ == Durability::kPrivate ? DataChecksums::kNone : checksums);
    object_upkeep_ =
        std::make_unique<ObjectUpkeep>(work_, *connections_, *objects_, *persistence_, kept_files_);
}

Generation::~Generation()
{
    if (!discarded_.load()) {  // nobody reads again what a reset has thrown away
        try {
            blocks_->close();
        } catch (const std::exception&) {
            // What is not on the disk is in the page cache; the next start finds it there.
        }
    }
    object_upkeep_.reset();
    upkeep_.reset();  // a layer that it looks at may be the last one's to close
    blocks_.reset();
    if (discarded_.load()) {
        connections_->leave_last_checkpoint();
    }
    connections_.reset();
    if (discarded_.load()) {
        background_.post([path = path_, then = std::move(after_removal_)] {
            std::filesystem::remove_all(path);
            then();
        });
    }
}

std::unique_ptr<Database> Generation::open(Database::Mode mode) const
{
    return with_descriptors(
        [&] { return open_connection(database_path(), mode, durability_, catalogue_.span()); },
        [&] { return blocks_ && blocks_->close_some_files(); });
}

std::unique_ptr<Database> Generation::open_writer(const std::optional<std::string>& seed) const
{
    auto writer = open(Database::Mode::kReadWrite);
    migrate(*writer);
    require_made_schema(*writer);
    require_layers(*writer);
    make_catalogue_rows(*writer, catalogue_);
    if (seed) {
        write_seed(*writer, *seed, durability_);
    }
    if (limits_.any()) {
        keep_account_counts(*writer);
    }
    return writer;
}

std::unique_ptr<BlockStore> Generation::open_blocks(Database& db)
{
    BlockStore::Options options;
    options.max_open_files = share_descriptors(descriptor_limit()).layer_files;
    options.highest_known_layer = select_highest_layer(db);
    options.boot_id = boot_id_of(durability_);
    options.expectations = select_layer_expectations(db, options.boot_id);
    options.chain_of = [this](LayerId layer) {
        auto lease = reader();
        return select_layer_chain(lease.db(), layer);
    };
    options.make_metadata_durable = [this] { persistence_->make_metadata_durable(); };
    options.survives_power_loss = durability_ == Durability::kKept;
    return std::make_unique<BlockStore>(path_ + "/layers", std::move(options));
}

std::unique_ptr<ObjectFiles> Generation::open_objects(Database& db)
{
    return std::make_unique<ObjectFiles>(
        object_file_system_, path_ + "/objects",
        ObjectFiles::Options{.highest_known = select_highest_blob(db),
                             .survives_power_loss = durability_ == Durability::kKept,
                             .close_some_files = [this] { return blocks_->close_some_files(); }});
}

/// An object that is not what was put there is worse than none. They are reported.
void Generation::delete_lost_objects(Database& db)
{
    Transaction transaction(db);
    const auto lost = delete_lost_contents(db, blocks_->boot_id());
    transaction.commit();
    if (!lost.empty()) {
        report(fmt::format("{}: not on the disk when the power went, and deleted: {}",
                           objects_->directory(), fmt::join(lost, ", ")));
    }
}

/// Made anew, the folder would have all disks read as zeros.
void Generation::require_layers(Database& db) const
{
    const auto layers = path_ + "/layers";
    if (select_highest_layer(db) > LayerId{0} && !std::filesystem::exists(layers)) {
        throw StorageError(ENOENT, "open", layers,
                           "the bytes of all volumes and snapshots are in it; put it back");
    }
}

void Generation::mark_lost(Database& db)
{
    mark_lost_snapshots(db, blocks_->boot_id());
    mark_lost_direct_snapshots(db, blocks_->boot_id());
    for (const auto& [layer, path] : blocks_->missing_files()) {
        report_lost(StorageError(ENOENT, "open", path), mark_snapshots_above_lost(db, layer));
    }
}

/// By name.
void Generation::report_lost(const StorageError& lost, const std::vector<std::string>& snapshots)
{
    auto words = std::string(lost.what()) + ": its layer cannot be read";
    if (!snapshots.empty()) {
        words += fmt::format("; in error from now on: {}", fmt::join(snapshots, ", "));
    }
    report(std::move(words));
}

void Generation::report(std::string words)
{
    background_.post([words = std::move(words)] { throw std::runtime_error(words); });
}

/// Reads all maps that are expected to be what they were, in the background; whoever needs one
/// earlier reads it then.
void Generation::look_for_lost_layers()
{
    auto layers = blocks_->recorded_layers();
    std::reverse(layers.begin(), layers.end());  // the last is taken first
    look_at_layers(std::move(layers));
}

void Generation::look_at_layers(std::vector<LayerId> layers)
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
            auto held = writer();
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

void Generation::note_rows()
{
    if (durability_ == Durability::kPrivate || discarded_.load()) {
        return;
    }
    try {
        advance_rows_mark(*connections_, *persistence_, path_);
    } catch (const StorageError& error) {
        if (!error.is_full_disk()) {
            throw;
        }
        // Rows and folder say what they said before.
    }
}

void Generation::restore_settings(Database& db)
{
    clock_.restore(read_clock_setting(db));
    access_keys_.replace(select_access_keys(db));
    opted_out_ = any_opted_out(db);
    take_up_interrupted(db);
    earliest_due_.set_ms(read_earliest_due_ms(db));
    for (const auto& [name, delay_ms] : read_delay_settings(db)) {
        delays_.set(name, delay_ms);
    }
}

void Generation::make_rows_of(Database& db, std::string_view account) const
{
    if (catalogue_.make_rows) {
        catalogue_.make_rows(db, account);
    }
}

void Generation::catch_up()
{
    std::vector<LayerId> removed;
    std::vector<LayerId> unsynced;
    std::vector<SnapshotId> uncounted;
    {
        auto held = writer();
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
    work_.post([this] { note_rows(); });
    work_.post([this] { upkeep_->add_all(); });
    object_upkeep_->catch_up();
    work_.post([this] { look_for_lost_layers(); });
    work_.post([this] {
        auto db = reader();
        blocks_->sweep_orphans([&](LayerId layer) {
            return kept_files_.keeps(layer) || layer_exists(db.db(), layer);
        });
    });
}

void Generation::give_kept_files_back()
{
    kept_files_.end();
    is_saving_ = false;
    persistence_->remove_kept_files();
    object_upkeep_->remove_files_later();
    work_.post([this] { upkeep_->try_postponed(); });
}

void Generation::give_up_layers()
{
    upkeep_->stop();
    exports_.end_all();
    std::error_code error;
    std::filesystem::remove_all(path_ + "/layers", error);
    std::filesystem::remove_all(path_ + "/objects", error);
    close_files();
}

void Generation::close_files()
{
    while (blocks_->close_some_files()) {
    }
}

void Generation::discard(std::function<void()> then)
{
    after_removal_ = std::move(then);
    discarded_.store(true);
    upkeep_->stop();
    exports_.end_all();
    close_files();
}

}  // namespace amilab
