#include "storage/blocks/block_store.h"

#include <algorithm>
#include <cerrno>
#include <optional>
#include <set>
#include <utility>

#include "storage/base/storage_error.h"
#include "storage/blocks/block_range.h"
#include "storage/blocks/data_writing.h"
#include "storage/blocks/layer_registry.h"
#include "storage/files/posix_file_system.h"

namespace amilab {
namespace {

LayerFiles::Options file_options(FileSystem& file_system, const BlockStore::Options& options)
{
    return {.max_open_files = options.max_open_files,
            .max_page_bytes = options.max_page_bytes,
            .max_partial_blocks = options.max_partial_blocks,
            .boot_id = options.boot_id.empty() ? read_boot_id(file_system) : options.boot_id,
            .survives_power_loss = options.survives_power_loss};
}

}  // namespace

BlockStore::BlockStore(const std::string& directory, Options options)
    : BlockStore(std::make_shared<PosixFileSystem>(), directory, std::move(options))
{
}

BlockStore::BlockStore(FileSystem& file_system, const std::string& directory, Options options)
    // Not owned: an alias of nothing.
    : BlockStore(std::shared_ptr<FileSystem>(std::shared_ptr<void>(), &file_system), directory,
                 std::move(options))
{
}

BlockStore::BlockStore(std::shared_ptr<FileSystem> file_system, const std::string& directory,
                       Options options)
    : registry_(std::make_shared<LayerRegistry>(
          file_system, directory, file_options(*file_system, options),
          std::move(options.make_metadata_durable), std::move(options.expectations))),
      chain_of_(std::move(options.chain_of))
{
    const auto layers = layers_on_disk(false);
    const auto highest_file = layers.empty() ? 0 : to_number(layers.back());
    first_new_ = std::max(highest_file, to_number(options.highest_known_layer)) + 1;
    next_new_ = first_new_;
    remove_half_made_files();
}

BlockStore::~BlockStore() = default;

void BlockStore::remove_half_made_files()
{
    auto& files = registry_->files();
    for (const auto& name : files.file_system().list_directory(files.directory())) {
        const auto parsed = parse_file_name(name);
        if (parsed && parsed->is_new) {
            files.file_system().unlink(files.directory() + '/' + name);
        }
    }
}

std::shared_ptr<Volume> BlockStore::open_volume(const std::vector<LayerId>& chain,
                                                std::uint64_t size)
{
    const auto top = chain.empty() ? LayerId{0} : chain.front();
    require_volume_size(top, size);
    auto volume = registry_->open_volume(chain, [&](auto layers) {
        return std::make_shared<Volume>(registry_, std::move(layers), size);
    });
    // Whoever asks for less read its rows before the volume grew.
    volume->grow(size);
    return volume;
}

std::shared_ptr<Volume> BlockStore::find_volume(LayerId top) const
{
    return registry_->find_volume(top);
}

std::shared_ptr<Snapshot> BlockStore::open_snapshot(const std::vector<LayerId>& chain,
                                                    std::uint64_t size)
{
    require_volume_size(chain.empty() ? LayerId{0} : chain.front(), size);
    return std::make_shared<Snapshot>(registry_, registry_->hold_sealed(chain), size);
}

std::unique_ptr<UploadLayer> BlockStore::open_upload(const std::vector<LayerId>& chain,
                                                     std::uint64_t size)
{
    bool is_new = false;
    require_volume_size(chain.empty() ? LayerId{0} : chain.front(), size);
    auto volume = registry_->open_volume(chain, [&](auto layers) {
        is_new = true;
        return std::make_shared<Volume>(registry_, std::move(layers), size);
    });
    if (!is_new) {
        throw StorageError(EBUSY, "open", layer_name(chain.front()), "it is being written");
    }
    return std::make_unique<UploadLayer>(std::move(volume));
}

Gate BlockStore::close_gate(LayerId top, LayerId next_top, std::uint64_t place)
{
    for (;;) {
        if (const auto volume = registry_->find_volume(top)) {
            return volume->close_gate(next_top, place);
        }
        try {
            return Gate(registry_, top, next_top, place);
        } catch (const StorageError& error) {
            if (error.error_number != EAGAIN) {
                throw;
            }
            // It has been opened in between.
        }
    }
}

bool BlockStore::write_index(const std::vector<LayerId>& chain, const std::function<bool()>& go_on)
{
    auto& files = registry_->files();
    const LayerStack stack(files.pages(), registry_->open_sealed(chain));
    const bool written = amilab::write_index(files, stack, go_on);
    stack.top().forget_index();
    return written;
}

void BlockStore::remove_index(LayerId layer)
{
    amilab::remove_index(registry_->files(), layer);
    if (const auto open = registry_->find(layer)) {
        open->forget_index();
    }
}

bool BlockStore::is_read_as_snapshot(LayerId layer) const
{
    return registry_->is_held(layer);
}

std::unique_ptr<LayerMerge> BlockStore::merge_sealed(LayerId parent, LayerId child)
{
    auto layers = registry_->open_sealed({child, parent});
    for (const auto& layer : layers) {
        complete(*layer);  // all is when they are synced, but in a folder that is removed at exit
    }
    const auto direction = layers[0]->count_blocks() > layers[1]->count_blocks()
                               ? LayerMerge::Direction::kIntoParent
                               : LayerMerge::Direction::kIntoChild;
    auto merge = std::make_unique<LayerMerge>(registry_, layers[0], layers[1], direction);
    registry_->forget_expectation(direction == LayerMerge::Direction::kIntoParent ? parent : child);
    return merge;
}

LayerRecord BlockStore::record_of(LayerId layer)
{
    return registry_->open_to_sync(layer)->record();
}

std::vector<std::pair<LayerId, std::string>> BlockStore::missing_files() const
{
    return registry_->missing_files();
}

std::vector<LayerId> BlockStore::recorded_layers() const
{
    return registry_->recorded_layers();
}

std::unique_ptr<ChecksumWriter> BlockStore::write_checksums(LayerId layer)
{
    auto open = registry_->open_to_sync(layer);
    if (open->is_merged_into() || !lacks_checksums(registry_->files(), *open)) {
        return nullptr;
    }
    // Power loss must not take what they are about to be made of: rows go on calling a layer synced
    // whose merge was cut short.
    sync_layer(layer);
    return std::make_unique<ChecksumWriter>(registry_->files(), std::move(open));
}

std::unique_ptr<DataCheck> BlockStore::check_data(LayerId layer)
{
    return std::make_unique<DataCheck>(registry_->files(), layer, [registry = registry_, layer] {
        return registry->open_to_sync(layer);
    });
}

std::string BlockStore::words_for_changed(const std::vector<ChangedBlock>& blocks) const
{
    return amilab::words_for_changed(registry_->files(), blocks);
}

std::string BlockStore::words_for_passing(const std::vector<ChangedBlock>& blocks) const
{
    return amilab::words_for_passing(registry_->files(), blocks);
}

void BlockStore::require_expected(LayerId layer)
{
    registry_->open_to_sync(layer)->map_page(0);
}

std::unique_ptr<LayerMerge> BlockStore::merge_into_volume(const std::vector<LayerId>& chain,
                                                          std::uint64_t size)
{
    auto volume = open_volume(chain, size);
    auto parent = registry_->open_sealed({chain.at(1)}).front();
    complete(*parent);
    const auto top = registry_->find(chain.front());
    constexpr std::uint64_t kAlways = 1024;
    if (!top || parent->count_blocks() > std::max(top->count_blocks(), kAlways)) {
        return nullptr;
    }
    return std::make_unique<LayerMerge>(registry_, std::move(parent), std::move(volume));
}

void BlockStore::drop_from_volumes(LayerId gone)
{
    for (const auto& volume : registry_->open_volumes()) {
        volume->drop_layer(gone);
    }
}

bool BlockStore::is_empty_layer(LayerId layer)
{
    const auto open = registry_->open_to_sync(layer);
    return !open->may_have_blocks() || open->next_block(0) >= kEndBlock;
}

bool BlockStore::was_never_written(LayerId layer)
{
    return !registry_->open_to_sync(layer)->may_have_blocks();
}

std::unique_ptr<LayerBytes> BlockStore::layer_bytes(LayerId layer,
                                                    std::function<std::vector<LayerId>()> chain_of)
{
    return std::make_unique<LayerBytes>(registry_->open_to_sync(layer),
                                        [this, chain_of = std::move(chain_of)] {
                                            return open_snapshot(chain_of(), kMaxVolumeSize);
                                        });
}

void BlockStore::remove_layer(LayerId layer)
{
    registry_->forget(layer);
    if (const auto open = registry_->find(layer)) {
        open->remove_when_closed();
        return;
    }
    registry_->files().unlink_layer(layer);
}

std::size_t BlockStore::sweep_orphans(const std::function<bool(LayerId)>& is_known)
{
    std::size_t swept = 0;
    for (const auto layer : layers_on_disk(false)) {
        if (to_number(layer) < first_new_ && !registry_->find(layer) && !is_known(layer)) {
            registry_->files().unlink_every_file(layer);
            ++swept;
        }
    }
    return swept;
}

std::uint64_t BlockStore::count_frees() const
{
    return registry_->files().frees();
}

std::uint64_t BlockStore::allocated_bytes(LayerId layer) const
{
    auto& files = registry_->files();
    if (const auto kept = files.kept_bytes(layer)) {
        return *kept;
    }
    // In this order: who opens the layer later has the look forgotten.
    const auto look = files.begin_look(layer);
    const bool is_open = registry_->find(layer) != nullptr;
    const auto bytes = files.allocated_bytes(layer);
    if (is_open) {
        files.forget_bytes(layer);
    } else {
        files.keep_bytes(layer, look, bytes);
    }
    return bytes;
}

std::uint64_t BlockStore::unfilled_bytes(LayerId layer) const
{
    const auto open = registry_->find(layer);
    return open ? open->partial_blocks().size() * (kBlockSize - kUnitSize) : 0;
}

std::map<LayerId, std::uint64_t> BlockStore::allocated_bytes_of_all() const
{
    std::map<LayerId, std::uint64_t> bytes;
    for (const auto layer : registry_->files().layers()) {
        if (const auto size = allocated_bytes(layer); size > 0) {
            bytes.emplace(layer, size);
        }
    }
    return bytes;
}

void BlockStore::sync_layer(LayerId layer)
{
    const auto open = registry_->open_to_sync(layer);
    complete(*open);
    open->sync(kMaxSegments);
}

std::unique_ptr<DataWriting> BlockStore::begin_writing(LayerId layer)
{
    auto& files = registry_->files();
    if (!files.survives_power_loss()) {
        return nullptr;
    }
    auto writing = std::make_unique<DataWriting>(files, layer);
    return writing->is_large() ? std::move(writing) : nullptr;
}

void BlockStore::complete(Layer& layer)
{
    if (layer.partial_blocks().empty()) {
        return;
    }
    auto chain = chain_of_ ? chain_of_(layer.id()) : std::vector<LayerId>();
    if (chain.size() < 2) {
        throw StorageError(EBUSY, "fill", registry_->files().path_of({layer.id(), 0, {}}),
                           "some of its blocks are not whole, and no row says what is below");
    }
    chain.erase(chain.begin());
    auto layers = registry_->open_sealed(chain);
    layers.push_back(registry_->open_to_sync(layer.id()));
    const LayerStack stack(registry_->files().pages(), std::move(layers));
    stack.complete_all(stack.top_index());
}

void BlockStore::close()
{
    std::optional<StorageError> first_error;
    for (const auto layer : layers_on_disk(true)) {
        try {
            sync_layer(layer);
        } catch (const StorageError& error) {
            if (!first_error) {
                first_error.emplace(error);
            }
        }
    }
    if (first_error) {
        throw StorageError(*first_error);
    }
}

const std::string& BlockStore::boot_id() const
{
    return registry_->files().boot_id();
}

std::size_t BlockStore::open_file_count() const
{
    return registry_->files().open_file_count();
}

bool BlockStore::close_some_files()
{
    return registry_->files().close_some();
}

std::size_t BlockStore::page_count() const
{
    return registry_->files().pages().page_count();
}

std::vector<LayerId> BlockStore::layers_on_disk(bool only_live) const
{
    std::set<LayerId> found;
    auto& files = registry_->files();
    for (const auto& name : files.file_system().list_directory(files.directory())) {
        const auto parsed = parse_file_name(name);
        if (parsed && (!only_live || parsed->key.kind == FileKind::kLiveMap)) {
            found.insert(parsed->key.layer);
        }
    }
    return {found.begin(), found.end()};
}

}  // namespace amilab
