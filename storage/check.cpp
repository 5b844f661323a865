#include "storage/check.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>

#include <fmt/format.h>

#include "storage/blocks/layer.h"
#include "storage/blocks/layer_stack.h"
#include "storage/files/posix_file_system.h"
#include "storage/metadata/connection.h"
#include "storage/metadata/layer_report_rows.h"
#include "storage/metadata/layer_rows.h"
#include "storage/metadata/migrations.h"
#include "storage/storage_error.h"

namespace amilab {

namespace {

std::string name_of(LayerId layer)
{
    return fmt::format("layer {:016x}", to_number(layer));
}

std::vector<std::byte> bytes_of(const LayerStack& stack, std::uint64_t block, Owner owner)
{
    std::vector<std::byte> bytes(kBlockSize);
    stack.read(block * kBlockSize, bytes, std::span(&owner, 1));
    return bytes;
}

/// Keeps servers out while it lives.
class Lock {
public:
    explicit Lock(const std::string& folder)
    {
        const auto path = folder + "/lock";
        file_ = open(path.c_str(), O_RDONLY | O_CLOEXEC);
        if (file_ < 0) {
            throw StorageError(errno, "check", folder, "it is no data directory");
        }
        if (flock(file_, LOCK_EX | LOCK_NB) != 0) {
            close(file_);
            throw StorageError(EBUSY, "check", folder, "an amilab serves it; stop that first");
        }
    }
    ~Lock() { close(file_); }
    Lock(const Lock&) = delete;
    Lock& operator=(const Lock&) = delete;

private:
    int file_ = -1;
};

class Check {
public:
    Check(Database& db, const std::string& directory)
        : db_(db), files_(file_system_, directory, {.boot_id = read_boot_id(file_system_)})
    {
    }

    CheckReport run()
    {
        for (auto& problem : check_database(db_)) {
            problem_found("metadata.sqlite: " + problem);
        }
        for (const auto& row : select_layers(db_)) {
            rows_.emplace(row.id, row);
        }
        report_.layers = rows_.size();
        check_rows();
        check_names();
        for (const auto& [id, row] : rows_) {
            check_maps(id);
        }
        for (const auto layer : indexed_) {
            check_index(layer);
        }
        return std::move(report_);
    }

private:
    void problem_found(std::string text) { report_.problems.push_back(std::move(text)); }

    void check_rows();
    void check_names();
    void check_file(const ParsedFileName& file, const std::set<LayerId>& removed);
    void check_maps(LayerId layer);
    void check_index(LayerId layer);
    std::optional<std::vector<std::shared_ptr<Layer>>> chain_of(LayerId top);
    void compare(const LayerStack& stack, std::uint32_t segment, const std::string& path);
    std::shared_ptr<Layer> layer(LayerId id);

    Database& db_;
    PosixFileSystem file_system_;
    LayerFiles files_;
    CheckReport report_;
    std::map<LayerId, LayerRow> rows_;
    std::map<LayerId, std::shared_ptr<Layer>> layers_;
    std::set<LayerId> indexed_;
};

void Check::check_rows()
{
    std::map<LayerId, std::size_t> needed;
    for (const auto& [id, row] : rows_) {
        if (row.parent) {
            ++needed[*row.parent];
            const auto parent = rows_.find(*row.parent);
            if (parent != rows_.end() && !parent->second.is_sealed) {
                problem_found(fmt::format("{} lies on {}, which is not sealed", name_of(id),
                                          name_of(*row.parent)));
            }
            if (*row.parent >= id && parent == rows_.end()) {
                problem_found(fmt::format("{} lies on {}, which no row knows", name_of(id),
                                          name_of(*row.parent)));
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
        const bool may_differ = disk.state == "deleted" || disk.state == "pending";
        if (disk.is_volume == row->second.is_sealed && !may_differ) {
            problem_found(fmt::format("{} has {}, which is {}", disk.id, name_of(disk.layer),
                                      disk.is_volume ? "sealed" : "not sealed"));
        }
        if (disk.is_volume && !written_by.emplace(disk.layer, disk.id).second) {
            problem_found(fmt::format("{} and {} both write {}", written_by[disk.layer], disk.id,
                                      name_of(disk.layer)));
        }
        if (!disk.is_volume && disk.state != "error" && row->second.is_sealed &&
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
            problem_found(name_of(id) + " is there for nobody");
        }
    }
}

void Check::check_names()
{
    std::set<LayerId> removed;
    for (const auto layer : select_removed_layers(db_)) {
        removed.insert(layer);
    }
    for (const auto& name : file_system_.list_directory(files_.directory())) {
        if (const auto parsed = parse_file_name(name)) {
            ++report_.files;
            check_file(*parsed, removed);
        }
    }
}

void Check::check_file(const ParsedFileName& file, const std::set<LayerId>& removed)
{
    const auto path = files_.path_of(file.key);
    if (file.is_new) {
        report_.leftovers.push_back(path + ".new was never finished: written over, or removed");
    } else if (!rows_.contains(file.key.layer)) {
        report_.leftovers.push_back(path + (removed.contains(file.key.layer)
                                                ? ": its layer has been removed: it goes"
                                                : ": no row knows its layer: it goes"));
    } else if (file.key.kind == FileKind::kIndex) {
        indexed_.insert(file.key.layer);
    } else if (file.key.kind != FileKind::kData &&
               !files_.exists({file.key.layer, file.key.segment, FileKind::kData})) {
        problem_found(path + " is there and its data file is not");
    }
}

void Check::check_maps(LayerId id)
{
    for (std::uint32_t segment = 0; segment < kMaxSegments; ++segment) {
        try {
            for (std::uint64_t page = 0;
                 layer(id)->has_segment(segment) && page < kMapPagesPerSegment; ++page) {
                const auto map = layer(id)->map_page(segment * kMapPagesPerSegment + page);
                for (std::uint64_t block = 0;
                     map != files_.pages().zero_page() && block < kBlocksPerMapPage; ++block) {
                    report_.data_blocks += state_in(*map, block) == BlockState::kData ? 1 : 0;
                }
            }
        } catch (const StorageError& error) {
            problem_found(error.what());
        }
    }
}

std::optional<std::vector<std::shared_ptr<Layer>>> Check::chain_of(LayerId top)
{
    std::vector<std::shared_ptr<Layer>> layers;
    std::optional<LayerId> next = top;
    while (next) {
        const auto row = rows_.find(*next);
        if (row == rows_.end() || layers.size() > rows_.size()) {
            return std::nullopt;  // told of already
        }
        layers.push_back(layer(*next));
        next = row->second.parent;
    }
    std::reverse(layers.begin(), layers.end());
    return layers;
}

void Check::check_index(LayerId id)
{
    const auto layers = chain_of(id);
    if (!layers) {
        return;
    }
    const LayerStack stack(files_.pages(), *layers);
    for (std::uint32_t segment = 0; segment < kMaxSegments; ++segment) {
        const auto path = files_.path_of({id, segment, FileKind::kIndex});
        try {
            const auto index = LayerIndex::open(files_, id, segment);
            for (std::uint64_t page = 0; index && page < kIndexPagesPerSegment; ++page) {
                index->page(page);
            }
            const auto has_segment = [&](const auto& one) { return one->has_segment(segment); };
            if (std::any_of(layers->begin(), layers->end(), has_segment)) {
                compare(stack, segment, path);
            }
        } catch (const StorageError& error) {
            problem_found(fmt::format("{}; remove it, for it can be made again", error.what()));
        }
    }
}

void Check::compare(const LayerStack& stack, std::uint32_t segment, const std::string& path)
{
    std::vector<Owner> expected(kBlocksPerMapPage);
    std::vector<Owner> found(kBlocksPerMapPage);
    for (std::uint64_t page = 0; page < kMapPagesPerSegment; ++page) {
        const auto first = segment * kBlocksPerSegment + page * kBlocksPerMapPage;
        if (!stack.may_have_owners(first / kBlocksPerMapPage)) {
            continue;
        }
        std::fill(expected.begin(), expected.end(), Owner());
        std::fill(found.begin(), found.end(), Owner());
        stack.scan(first, expected, LayerStack::Indexes::kIgnored);
        stack.scan(first, found);
        for (std::uint64_t block = 0; block < kBlocksPerMapPage; ++block) {
            // A merge that was ended half-way has a block in two places, with the same bytes.
            if (expected[block] != found[block] &&
                bytes_of(stack, first + block, expected[block]) !=
                    bytes_of(stack, first + block, found[block])) {
                throw_corrupt(path,
                              fmt::format("block {} belongs to another layer than the maps say",
                                          page * kBlocksPerMapPage + block));
            }
        }
    }
}

std::shared_ptr<Layer> Check::layer(LayerId id)
{
    auto& known = layers_[id];
    if (!known) {
        known = std::make_shared<Layer>(files_, id, Layer::Role::kSealed);
    }
    return known;
}

}  // namespace

CheckReport check_data_directory(const std::string& path)
{
    const Lock lock(path);
    std::string name;
    std::ifstream(path + "/current") >> name;
    const auto folder = path + "/" + name;
    if (name.empty() || !std::filesystem::exists(folder + "/metadata.sqlite")) {
        throw StorageError(ENOENT, "check", path, "it names no generation that is there");
    }
    const auto db =
        open_connection(folder + "/metadata.sqlite", Database::Mode::kReadOnly, Durability::kKept);
    require_known_version(*db);
    if (!std::filesystem::exists(folder + "/layers")) {
        throw StorageError(ENOENT, "check", folder + "/layers");
    }
    return Check(*db, folder + "/layers").run();
}

}  // namespace amilab
