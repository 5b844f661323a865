#include "storage/state/check.h"

#include <fcntl.h>
#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "storage/base/storage_error.h"
#include "storage/blocks/block_range.h"
#include "storage/files/posix_file_system.h"
#include "storage/metadata/catalogue/connection.h"
#include "storage/metadata/layers/impossible_rows.h"
#include "storage/metadata/layers/impossible_values.h"
#include "storage/metadata/layers/layer_record_rows.h"
#include "storage/metadata/layers/layer_report_rows.h"
#include "storage/metadata/layers/layer_rows.h"
#include "storage/metadata/s3/object_bytes_rows.h"
#include "storage/metadata/snapshots/snapshot_state.h"
#include "storage/metadata/sql/migrations.h"
#include "storage/metadata/volumes/volume_ids.h"
#include "storage/metadata/volumes/volume_state.h"
#include "storage/state/data_directory.h"
#include "storage/state/lock_file.h"
#include "storage/state/rows_mark.h"

namespace amilab {

namespace {

/// Keeps servers out until it is let go.
void take_lock(DirectoryLock& lock, const std::string& folder)
{
    if (!lock.is_open()) {
        const int error_number = errno;
        if (error_number == ENOENT || error_number == ENOTDIR) {
            throw StorageError(error_number, "check", folder, "it is no data directory");
        }
        throw StorageError(error_number, "check", folder);
    }
    if (!lock.take()) {
        throw StorageError(EBUSY, "check", folder, "an amilab serves it; stop that first");
    }
}

/// Without the statement that met it: one line.
std::string damage_in(const StorageError& error)
{
    return fmt::format("{}: {}", error.path, error.detail);
}

class Check {
public:
    /// `folder` is the generation's.
    Check(Database& db, const std::string& folder, CheckDepth depth)
        : db_(db),
          depth_(depth),
          files_(file_system_, folder + "/layers",
                 {.boot_id = read_boot_id(file_system_), .survives_power_loss = false}),
          objects_(file_system_, folder + "/objects", {})
    {
    }

    CheckReport run()
    {
        try {
            look();
        } catch (const StorageError& error) {
            if (!error.is_damage()) {
                throw;
            }
            problem_found(damage_in(error));
        }
        return std::move(report_);
    }

private:
    void look()
    {
        for (auto& problem : check_database(db_)) {
            problem_found("metadata.sqlite: " + problem);
        }
        for (const auto& problem : find_impossible_sizes(db_)) {
            problem_found("metadata.sqlite: " + problem);
        }
        for (const auto& problem : find_impossible_values(db_)) {
            problem_found("metadata.sqlite: " + problem);
        }
        for (const auto& row : select_layers(db_)) {
            rows_.emplace(row.id, row);
        }
        report_.layers = rows_.size();
        check_rows();
        check_files();
        check_objects();
    }
    void problem_found(std::string text) { report_.problems.push_back(std::move(text)); }

    void check_rows();
    void check_files();
    void check_objects();
    void name_disks_of(LayerId lost);

    Database& db_;
    const CheckDepth depth_;
    PosixFileSystem file_system_;
    LayerFiles files_;
    ObjectFiles objects_;
    CheckReport report_;
    std::map<LayerId, LayerRow> rows_;
};

void Check::check_rows()
{
    std::map<LayerId, std::size_t> needed;
    for (const auto& [id, row] : rows_) {
        if (row.parent) {
            ++needed[*row.parent];
            const auto parent = rows_.find(*row.parent);
            if (parent != rows_.end() && !parent->second.is_sealed) {
                problem_found(fmt::format("{} lies on {}, which is not sealed", layer_name(id),
                                          layer_name(*row.parent)));
            }
            if (*row.parent >= id && parent == rows_.end()) {
                problem_found(fmt::format("{} lies on {}, which no row knows", layer_name(id),
                                          layer_name(*row.parent)));
            }
        }
    }
    std::map<LayerId, std::string> written_by;
    for (const auto& disk : select_disks(db_)) {
        const auto row = rows_.find(disk.layer);
        if (row == rows_.end()) {
            continue;  // a foreign key that check_database has told of
        }
        // A pending snapshot may be one that is still being uploaded.
        const bool may_differ =
            disk.state == VolumeState::kDeleted || disk.state == SnapshotState::kPending;
        if (disk.is_volume == row->second.is_sealed && !may_differ) {
            problem_found(fmt::format("{} has {}, which is {}", disk.id, layer_name(disk.layer),
                                      disk.is_volume ? "sealed" : "not sealed"));
        }
        if (disk.is_volume && !written_by.emplace(disk.layer, disk.id).second) {
            problem_found(fmt::format("{} and {} both write {}", written_by[disk.layer], disk.id,
                                      layer_name(disk.layer)));
        }
        if (!disk.is_volume && disk.state != SnapshotState::kError && row->second.is_sealed &&
            !row->second.is_synced && row->second.boot_id != files_.boot_id()) {
            report_.leftovers.push_back(
                disk.id + " was not on the disk when the power went: it becomes an error");
        }
    }
    for (const auto& upload : select_lost_uploads(db_, files_.boot_id())) {
        report_.leftovers.push_back(upload +
                                    " was being uploaded when the power went: it becomes an error");
    }
    for (const auto layer : select_referred_layers(db_)) {
        ++needed[layer];
    }
    for (const auto& [id, row] : rows_) {
        if (needed[id] == 0) {
            problem_found(layer_name(id) + " is there for nobody");
        }
    }
}

void Check::check_files()
{
    LayerLineage lineage;
    for (const auto& [id, row] : rows_) {
        lineage.parents.emplace(id, row.parent);
    }
    for (const auto layer : select_removed_layers(db_)) {
        lineage.removed.insert(layer);
    }
    lineage.expectations = select_layer_expectations(db_, files_.boot_id());
    auto found = check_layer_files(files_, lineage, depth_);
    std::copy(found.problems.begin(), found.problems.end(), std::back_inserter(report_.problems));
    std::move(found.leftovers.begin(), found.leftovers.end(),
              std::back_inserter(report_.leftovers));
    report_.passing = std::move(found.passing);
    for (const auto layer : found.lost) {
        name_disks_of(layer);
    }
    report_.files = found.files;
    report_.data_blocks = found.data_blocks;
    report_.sealed_blocks = found.sealed_blocks;
    report_.compared_blocks = found.compared_blocks;
}

void Check::check_objects()
{
    if (!has_column(db_, "s3_blob", "number")) {
        return;  // the database is of a version that had no objects
    }
    std::set<BlobNumber> known;
    for (const auto& blob : select_blob_files(db_)) {
        known.insert(blob.number);
        const auto status = objects_.status(blob.number);
        if (!status) {
            problem_found(fmt::format("{}: the file is missing", objects_.path_of(blob.number)));
        } else if (status->size_bytes != static_cast<std::uint64_t>(blob.size_bytes)) {
            problem_found(fmt::format("{}: it has {} bytes, and its row says {}",
                                      objects_.path_of(blob.number), status->size_bytes,
                                      blob.size_bytes));
        }
    }
    for (const auto& object : select_lost_contents(db_, files_.boot_id())) {
        report_.leftovers.push_back(object + " was not on the disk when the power went: it goes");
    }
    for (const auto blob : objects_.written()) {
        if (!known.contains(blob)) {
            report_.leftovers.push_back(objects_.path_of(blob) + ": no object has it");
        }
    }
}

void Check::name_disks_of(LayerId lost)
{
    std::vector<std::string> snapshots;
    std::vector<std::string> volumes;
    for (auto& id : select_disks_above(db_, lost)) {
        (VolumeId::from_text(id) ? volumes : snapshots).push_back(std::move(id));
    }
    if (!snapshots.empty()) {
        problem_found(
            fmt::format("{} is read by {}: the next start puts in error what it cannot "
                        "read",
                        layer_name(lost), fmt::join(snapshots, ", ")));
    }
    if (!volumes.empty()) {
        problem_found(fmt::format("{} is read by {}: reads of what is lost fail", layer_name(lost),
                                  fmt::join(volumes, ", ")));
    }
}

}  // namespace

CheckReport check_data_directory(const std::string& path, CheckDepth depth)
{
    DirectoryLock lock(path, O_RDONLY);
    take_lock(lock, path);
    std::optional<std::string> name;
    try {
        name = read_current_generation(path);
    } catch (const StorageError& error) {
        // A file that is missing or says nothing is wrong; one that cannot be read may be whole.
        if (error.error_number != ENOENT && error.error_number != EINVAL) {
            throw;
        }
        return {.problems = {error.what()}};
    }
    if (!name) {
        throw StorageError(ENOENT, "check", path, "it is no data directory of amilab");
    }
    const auto folder = path + "/" + *name;
    std::unique_ptr<Database> db;
    try {
        const auto database = folder + "/metadata.sqlite";
        require_rows(database, folder);
        db = open_connection(database, Database::Mode::kUntouched, Durability::kKept);
        require_known_version(*db);
    } catch (const StorageError& error) {
        if (!error.is_damage()) {
            throw;
        }
        return {.problems = {damage_in(error)}};
    }
    if (!std::filesystem::exists(folder + "/layers")) {
        return {.problems = {folder + "/layers is missing, with the bytes of all disks"}};
    }
    return Check(*db, folder, depth).run();
}

}  // namespace amilab
