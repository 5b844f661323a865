#include "storage/blocks/layer_files.h"

#include <cerrno>
#include <filesystem>
#include <optional>
#include <utility>
#include <vector>

#include "storage/base/storage_error.h"
#include "storage/files/file_io.h"

namespace amilab {
namespace {

/// Indexes are checked by LayerIndex, which needs what their headers say.
void check_header(File& file, const FileKey& key)
{
    if (key.kind == FileKind::kChecksums) {
        read_checksums_header(file, key);
    }
    if (key.kind == FileKind::kLiveMap || key.kind == FileKind::kMap) {
        require_map_length(file, read_map_header(file, key));
    }
}

}  // namespace

LayerFiles::LayerFiles(FileSystem& file_system, std::string directory, Options options)
    : file_system_(file_system),
      directory_(std::move(directory)),
      options_(std::move(options)),
      pages_(options_.max_page_bytes),
      files_(options_.max_open_files)
{
    if (options_.boot_id.empty() || options_.boot_id.size() > kMaxBootIdSize) {
        throw StorageError(EINVAL, "open", directory_, "the boot id is empty or too long");
    }
    if (!file_system_.make_directory(directory_) && options_.survives_power_loss) {
        // What an earlier process unlinked must not come back once its names are given again.
        file_system_.sync_directory(directory_);
    }
    read_names();
}

void LayerFiles::read_names()
{
    const auto names = file_system_.list_directory(directory_);
    const Lock lock(files_mutex_);
    for (const auto& name : names) {
        const auto parsed = parse_file_name(name);
        if (!parsed || parsed->is_new) {
            continue;
        }
        const auto bit = std::uint64_t{1} << parsed->key.segment;
        if (parsed->key.kind <= FileKind::kMap) {
            names_[parsed->key.layer][static_cast<std::size_t>(parsed->key.kind)] |= bit;
        } else if (parsed->key.kind == FileKind::kIndex) {
            indexes_[parsed->key.layer] |= bit;
        }
    }
}

std::uint64_t LayerFiles::segments_of(LayerId layer)
{
    const Lock lock(files_mutex_);
    const auto found = names_.find(layer);
    return found == names_.end() ? 0 : found->second[0] | found->second[1] | found->second[2];
}

void LayerFiles::note_segment(LayerId layer, std::uint32_t segment)
{
    const Lock lock(files_mutex_);
    names_[layer][static_cast<std::size_t>(FileKind::kData)] |= std::uint64_t{1} << segment;
}

bool LayerFiles::was_there(const FileKey& key)
{
    const Lock lock(files_mutex_);
    const auto found = names_.find(key.layer);
    return found != names_.end() &&
           (found->second[static_cast<std::size_t>(key.kind)] >> key.segment & 1U) != 0;
}

void LayerFiles::forget_names(LayerId layer)
{
    const Lock lock(files_mutex_);
    names_.erase(layer);
    indexes_.erase(layer);
    sizes_.erase(layer);
    std::erase_if(doubts_, [&](const auto& entry) { return entry.first.layer == layer; });
    std::erase_if(doubtful_holes_, [&](const auto& data) { return data.layer == layer; });
}

std::shared_ptr<File> LayerFiles::open(const FileKey& key, OpenMode mode)
{
    if (auto file = find_open(key, mode)) {
        return file;
    }
    std::shared_ptr<File> file =
        with_descriptors([&] { return file_system_.open(path_of(key), mode); });
    check_header(*file, key);
    keep_open(key, file, mode);
    return file;
}

std::shared_ptr<File> LayerFiles::open_if_exists(const FileKey& key, OpenMode mode)
{
    if (auto file = find_open(key, mode)) {
        return file;
    }
    std::shared_ptr<File> file =
        with_descriptors([&] { return file_system_.open_if_exists(path_of(key), mode); });
    if (file) {
        check_header(*file, key);
        keep_open(key, file, mode);
    }
    return file;
}

std::unique_ptr<File> LayerFiles::open_anew(const FileKey& key)
{
    return with_descriptors(
        [&] { return file_system_.open_if_exists(path_of(key), OpenMode::kRead); });
}

std::shared_ptr<File> LayerFiles::open_current_live_map(const FileKey& key, OpenMode mode)
{
    std::shared_ptr<File> file =
        with_descriptors([&] { return file_system_.open_if_exists(path_of(key), mode); });
    if (!file || is_blank_map(*file)) {
        return nullptr;
    }
    const auto header = read_map_header(*file, key);
    if (header.boot_id != boot_id()) {
        return nullptr;
    }
    require_map_length(*file, header);
    keep_open(key, file, mode);
    return file;
}

bool LayerFiles::exists(const FileKey& key)
{
    return file_system_.status(path_of(key)).has_value();
}

std::unique_ptr<File> LayerFiles::open_new(const FileKey& key)
{
    const auto path = directory_ + '/' + new_file_name(key);
    return with_descriptors([&] { return file_system_.open(path, OpenMode::kReplace); });
}

void LayerFiles::put_in_place(const FileKey& key)
{
    if (key.kind == FileKind::kIndex) {
        const Lock lock(files_mutex_);
        indexes_[key.layer] |= std::uint64_t{1} << key.segment;
    }
    file_system_.rename(directory_ + '/' + new_file_name(key), path_of(key));
    forget(key);
    forget_bytes(key.layer);
}

bool LayerFiles::unlink(const FileKey& key)
{
    forget(key);
    const bool was_there = file_system_.unlink(path_of(key));
    forget_bytes(key.layer);
    note_freed();
    return was_there;
}

void LayerFiles::unlink_for_good(LayerId layer, FileKind kind)
{
    for (std::uint32_t segment = 0; segment < kMaxSegments; ++segment) {
        if (unlink({layer, segment, kind})) {
            note_unlinked_for_good();
        }
    }
    sync_unlinked();
}

void LayerFiles::unlink_for_good(const FileKey& key)
{
    // Whoever counts what has been freed is not told of nothing.
    if (exists(key) && unlink(key)) {
        note_unlinked_for_good();
    }
    sync_unlinked();
}

void LayerFiles::note_unlinked_for_good()
{
    const auto change = note_directory_change();
    auto last = unlinked_for_good_.load();
    while (last < change && !unlinked_for_good_.compare_exchange_weak(last, change)) {
    }
}

/// Who finds nothing to remove may come after one that removed it and could not sync that.
void LayerFiles::sync_unlinked()
{
    if (survives_power_loss()) {
        sync_directory(unlinked_for_good_);
    }
}

void LayerFiles::unlink_layer(LayerId layer)
{
    for (std::uint32_t segment = 0; segment < kMaxSegments; ++segment) {
        // An index may be where the layer itself has nothing.
        if (exists({layer, segment, FileKind::kData}) ||
            exists({layer, segment, FileKind::kIndex})) {
            unlink_segment(layer, segment);
        }
    }
    forget_names(layer);
}

void LayerFiles::unlink_every_file(LayerId layer)
{
    for (std::uint32_t segment = 0; segment < kMaxSegments; ++segment) {
        unlink_segment(layer, segment);
    }
    forget_names(layer);
}

void LayerFiles::unlink_segment(LayerId layer, std::uint32_t segment)
{
    for (const auto kind : {FileKind::kIndex, FileKind::kChecksums, FileKind::kLiveMap,
                            FileKind::kMap, FileKind::kData}) {
        const FileKey key{layer, segment, kind};
        file_system_.unlink(directory_ + '/' + new_file_name(key));
        unlink(key);
    }
}

std::vector<LayerId> LayerFiles::layers()
{
    std::vector<LayerId> layers;
    const Lock lock(files_mutex_);
    for (const auto& [layer, names] : names_) {
        layers.push_back(layer);
    }
    for (const auto& [layer, segments] : indexes_) {
        if (!names_.contains(layer)) {
            layers.push_back(layer);
        }
    }
    return layers;
}

std::uint64_t LayerFiles::allocated_bytes(LayerId layer)
{
    std::uint64_t indexes = 0;
    {
        const Lock lock(files_mutex_);
        const auto found = indexes_.find(layer);
        indexes = found == indexes_.end() ? 0 : found->second;
    }
    const auto segments = segments_of(layer);
    std::uint64_t bytes = 0;
    const auto add = [&](std::uint32_t segment, FileKind kind) {
        const auto status = file_system_.status(path_of({layer, segment, kind}));
        bytes += status ? status->allocated_bytes : 0;
        return status.has_value();
    };
    for (std::uint32_t segment = 0; segment < kMaxSegments; ++segment) {
        if ((indexes >> segment & 1U) != 0) {
            add(segment, FileKind::kIndex);
        }
        if ((segments >> segment & 1U) != 0 && add(segment, FileKind::kData)) {
            for (const auto kind : {FileKind::kLiveMap, FileKind::kMap, FileKind::kChecksums}) {
                add(segment, kind);
            }
        }
    }
    return bytes;
}

std::optional<std::uint64_t> LayerFiles::kept_bytes(LayerId layer)
{
    const Lock lock(files_mutex_);
    const auto found = sizes_.find(layer);
    return found == sizes_.end() ? std::nullopt : found->second.bytes;
}

std::uint64_t LayerFiles::begin_look(LayerId layer)
{
    const Lock lock(files_mutex_);
    sizes_[layer] = {.look = ++looks_, .bytes = {}};
    return looks_;
}

void LayerFiles::keep_bytes(LayerId layer, std::uint64_t look, std::uint64_t bytes)
{
    const Lock lock(files_mutex_);
    if (const auto found = sizes_.find(layer);
        found != sizes_.end() && found->second.look == look) {
        found->second.bytes = bytes;
    }
}

void LayerFiles::forget_bytes(LayerId layer)
{
    const Lock lock(files_mutex_);
    sizes_.erase(layer);
}

std::uint64_t LayerFiles::note_directory_change()
{
    return directory_changes_.fetch_add(1) + 1;
}

void LayerFiles::sync_directory(std::uint64_t change)
{
    if (directory_synced_.load() >= change) {
        return;
    }
    const Lock lock(directory_mutex_);
    if (directory_synced_.load() >= change) {
        return;
    }
    // Read before the sync: a change made meanwhile may not be in it.
    const auto upto = directory_changes_.load();
    with_descriptors([&] { file_system_.sync_directory(directory_); });
    if (!parent_synced_) {
        const auto parent = std::filesystem::path(directory_).parent_path().string();
        with_descriptors([&] { file_system_.sync_directory(parent); });
        parent_synced_ = true;
    }
    directory_synced_.store(upto);
}

void LayerFiles::note_doubt(const FileKey& data, const std::optional<Doubt>& doubt)
{
    const Lock lock(files_mutex_);
    doubts_.erase(data);
    if (doubt) {
        doubts_.emplace(data, *doubt);
        doubtful_holes_.insert(data);
    }
}

bool LayerFiles::are_holes_in_doubt(const FileKey& data)
{
    const Lock lock(files_mutex_);
    return doubtful_holes_.contains(data);
}

std::optional<LayerFiles::Doubt> LayerFiles::doubt_of(const FileKey& data)
{
    const Lock lock(files_mutex_);
    const auto found = doubts_.find(data);
    return found == doubts_.end() ? std::nullopt : std::optional(found->second);
}

std::string LayerFiles::path_of(const FileKey& key) const
{
    return directory_ + '/' + file_name(key);
}

std::size_t LayerFiles::open_file_count()
{
    const Lock lock(files_mutex_);
    return files_.size();
}

bool LayerFiles::close_some()
{
    std::vector<OpenFile> closed;  // outside the lock
    const Lock lock(files_mutex_);
    for (auto count = (files_.size() + 1) / 2; count > 0; --count) {
        closed.push_back(std::move(*files_.take_oldest()));
    }
    return !closed.empty();
}

std::shared_ptr<File> LayerFiles::find_open(const FileKey& key, OpenMode mode)
{
    const Lock lock(files_mutex_);
    const auto found = files_.find(key);
    return found && (found->writable || mode == OpenMode::kRead) ? found->file : nullptr;
}

void LayerFiles::keep_open(const FileKey& key, std::shared_ptr<File> file, OpenMode mode)
{
    std::optional<OpenFile> dropped;  // closed outside the lock
    const Lock lock(files_mutex_);
    dropped = files_.put(key, {std::move(file), mode != OpenMode::kRead});
}

void LayerFiles::forget(const FileKey& key)
{
    const Lock lock(files_mutex_);
    files_.erase(key);
}

std::string read_boot_id(FileSystem& file_system)
{
    const std::string path = "/proc/sys/kernel/random/boot_id";
    const auto file = file_system.open_if_exists(path, OpenMode::kRead);
    if (!file) {
        // Anything made up would pass for another boot after a kill, and lose what had been kept.
        throw StorageError(ENOENT, "read", path,
                           "there is no /proc here, and a data directory that is kept needs it");
    }
    std::string text(kMaxBootIdSize, '\0');
    text.resize(read_fully(*file, 0, std::as_writable_bytes(std::span(text))));
    while (!text.empty() && text.back() == '\n') {
        text.pop_back();
    }
    if (text.empty()) {
        throw StorageError(EIO, "read", path, "the kernel names no boot");
    }
    return text;
}

}  // namespace amilab
