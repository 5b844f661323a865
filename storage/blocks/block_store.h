#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "storage/blocks/layer_id.h"
#include "storage/blocks/snapshot.h"
#include "storage/blocks/upload_layer.h"
#include "storage/blocks/volume.h"
#include "storage/files/file_system.h"

namespace amilab {

class LayerRegistry;

struct BlockStoreOptions {
    /// Descriptors kept open while nobody uses them.
    std::size_t max_open_files = 256;
    /// Memory for pages of maps and owners, of all volumes together.
    std::size_t max_page_bytes = std::size_t{32} << 20;
    /// What changes when the machine starts anew; empty: the kernel's boot id.
    std::string boot_id;
    /// The largest layer id in the rows: new ids are above it and above those of all files.
    LayerId highest_known_layer{0};
    /// Called by Volume::flush, once for each top layer, to make the rows that name it survive
    /// power loss; throws StorageError when it cannot. Must not call the store.
    std::function<void(LayerId top)> make_metadata_durable;
};

/// The layers of one data directory. Which layer lies on which, and what they are for, stands in
/// rows that others keep: chains of layers come in, top first. docs/formats.md has the files.
/// What it opened may outlive it, but not the file system. Safe from any thread. Throws
/// StorageError.
class BlockStore {
public:
    /// Files lie in `directory`/layers, made when missing; `directory` must be there. Nothing is
    /// read or written yet.
    BlockStore(FileSystem& file_system, const std::string& directory, BlockStoreOptions options);
    ~BlockStore();

    /// Never given before, in this process or an earlier one, though power loss takes back rows:
    /// the files of a row that is gone must not become another layer's. No file is made.
    LayerId new_layer_id();

    /// `chain`: the writable layer, its parent, and so on. A volume is open once: whoever names its
    /// top, or a layer that has been its top while it was open, gets the same. `size` is a multiple
    /// of 512 up to 64 TiB. No file is touched. EINVAL: the size, or another than it is open with;
    /// an empty chain. EBUSY: a parent is being written, or the top is a parent. ESTALE: the top
    /// has been sealed; the rows say more.
    std::shared_ptr<Volume> open_volume(const std::vector<LayerId>& chain, std::uint64_t size);
    /// `chain`: sealed layers, top first. EBUSY: one of them is being written.
    std::shared_ptr<Snapshot> open_snapshot(const std::vector<LayerId>& chain, std::uint64_t size);
    /// As open_volume, for one writer. EBUSY: it is open.
    std::unique_ptr<UploadLayer> open_upload(const std::vector<LayerId>& chain, std::uint64_t size);

    /// Unlinks a layer's files, now or when its last user has gone. To be called after the row's
    /// deletion is durable.
    void remove_layer(LayerId layer);
    /// Removes the files of layers that no row knows and that an earlier process made. Returns how
    /// many layers. `is_known` is called for those only.
    std::size_t sweep_orphans(const std::function<bool(LayerId)>& is_known);

    /// The space of a layer's files as the file system counts it.
    std::uint64_t allocated_bytes(LayerId layer) const;

    /// Makes a sealed chain survive power loss, lowest layer first; cheap for what does already.
    /// A snapshot counts as synced when this has returned, not before.
    void sync_chain(const std::vector<LayerId>& chain, std::uint64_t size);
    /// The same for one layer, for callers that know its parents to be synced.
    void sync_layer(LayerId layer);
    /// For a clean end: makes everything survive power loss that any process of this boot wrote.
    /// Goes on after an error and throws the first.
    void close();

    /// Rows keep it beside what is not synced yet: found with another one, it was lost.
    const std::string& boot_id() const;
    std::size_t open_file_count() const;
    std::size_t page_count() const;

private:
    std::vector<LayerId> layers_on_disk(bool only_live) const;
    void find_first_new_id();

    std::shared_ptr<LayerRegistry> registry_;
    std::mutex id_mutex_;  // guards what follows
    bool ids_known_ = false;
    std::uint64_t highest_known_;
    std::uint64_t first_new_ = 0;
    std::uint64_t next_new_ = 0;
};

}  // namespace amilab
