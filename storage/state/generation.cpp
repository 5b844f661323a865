#include "storage/state/generation.h"

#include <cerrno>
#include <exception>
#include <filesystem>
#include <string_view>

#include "storage/base/background.h"
#include "storage/base/descriptors.h"
#include "storage/base/storage_error.h"
#include "storage/blocks/block_store.h"
#include "storage/metadata/layers/layer_rows.h"
#include "storage/metadata/settings/account_content_rows.h"
#include "storage/metadata/sql/migrations.h"
#include "storage/metadata/sql/transaction.h"
#include "storage/state/rows_mark.h"
#include "storage/state/space.h"
#include "storage/state/stores.h"
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

Generation::Generation(std::string path, Durability durability, Background& background,
                       const std::optional<std::string>& seed, CatalogueOptions catalogue,
                       AccountLimits limits, DataChecksums checksums)
    : path_(std::move(path)),
      durability_(durability),
      settings_(std::move(catalogue), limits),
      background_(background),
      work_(background, [this] { return weak_from_this(); })
{
    auto writer = open_writer(seed);
    auto& db = *writer;  // nobody else has it yet
    connections_ = std::make_unique<Connections>(
        std::move(writer), [this](Database::Mode mode) { return open(mode); }, work_,
        [this] { note_rows(); });
    timing_.restore(db);
    settings_.restore(db);
    stores_ = std::make_unique<Stores>(
        background_, work_, *connections_, db,
        Stores::Options{.path = path_,
                        .durability = durability_,
                        .checksums = checksums,
                        .most_held_bytes = limits.bytes,
                        .measure_held_bytes = [this](std::string_view account) {
                            return measure_held_bytes(*this, account);
                        }});
}

Generation::~Generation()
{
    if (!is_discarded()) {  // nobody reads again what a reset has thrown away
        try {
            stores_->blocks().close();
        } catch (const std::exception&) {
            // What is not on the disk is in the page cache; the next start finds it there.
        }
    }
    stores_->end();
    if (is_discarded()) {
        connections_->leave_last_checkpoint();
    }
    connections_.reset();
    if (is_discarded()) {
        background_.post([path = path_, then = std::move(after_removal_)] {
            std::filesystem::remove_all(path);
            then();
        });
    }
}

std::unique_ptr<Database> Generation::open(Database::Mode mode) const
{
    return with_descriptors(
        [&] {
            return open_connection(path_ + "/metadata.sqlite", mode, durability_,
                                   settings_.catalogue().span());
        },
        [&] { return stores_ && stores_->close_some_files(); });
}

std::unique_ptr<Database> Generation::open_writer(const std::optional<std::string>& seed) const
{
    auto writer = open(Database::Mode::kReadWrite);
    migrate(*writer);
    require_made_schema(*writer);
    require_layers(*writer);
    make_catalogue_rows(*writer, settings_.catalogue());
    if (seed) {
        write_seed(*writer, *seed, durability_);
    }
    if (settings_.account_limits().any()) {
        keep_account_counts(*writer);
    }
    return writer;
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

void Generation::note_rows()
{
    if (durability_ == Durability::kPrivate || discarded_.load()) {
        return;
    }
    try {
        advance_rows_mark(*connections_, stores_->persistence(), path_);
    } catch (const StorageError& error) {
        if (!error.is_full_disk()) {
            throw;
        }
        // Rows and folder say what they said before.
    }
}

void Generation::catch_up()
{
    stores_->catch_up();
    work_.post([this] { note_rows(); });
    stores_->look_over();
}

void Generation::give_up_layers()
{
    stores_->upkeep().stop();
    exports_.end_all();
    std::error_code error;
    std::filesystem::remove_all(path_ + "/layers", error);
    std::filesystem::remove_all(path_ + "/objects", error);
    close_files();
}

void Generation::close_files()
{
    while (stores_->close_some_files()) {
    }
}

void Generation::discard(std::function<void()> then)
{
    after_removal_ = std::move(then);
    discarded_.store(true);
    stores_->upkeep().stop();
    exports_.end_all();
    close_files();
}

}  // namespace amilab
