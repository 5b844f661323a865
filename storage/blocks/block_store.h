#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "storage/blocks/data_checksums.h"
#include "storage/blocks/layer_bytes.h"
#include "storage/blocks/layer_id.h"
#include "storage/blocks/layer_merge.h"
#include "storage/blocks/layer_record.h"
#include "storage/blocks/snapshot.h"
#include "storage/blocks/upload_layer.h"
#include "storage/blocks/volume.h"
#include "storage/files/file_system.h"

namespace amilab {

class DataWriting;
class Layer;
class LayerRegistry;

/// The layers of one data directory. Which layer lies on which, and what they are for, stands in
/// rows that others keep: chains of layers come in, top first. docs/formats.md has the files.
/// What it opened may outlive it, but not the file system. Safe from any thread. Throws
/// StorageError.
class BlockStore {
public:
    struct Options {
        /// Descriptors kept open while nobody uses them.
        std::size_t max_open_files = 256;
        /// Memory for pages of maps and owners, of all volumes together.
        std::size_t max_page_bytes = std::size_t{32} << 20;
        /// Blocks of all layers together that may be partial.
        std::int64_t max_partial_blocks = 32'768;
        /// What changes when the machine starts anew; empty: the kernel's boot id.
        std::string boot_id = {};
        /// The largest layer id that the rows have ever had; see new_layer_id.
        LayerId highest_known_layer{0};
        /// What rows know of the layers that are there.
        LayerExpectations expectations = {};
        /// Called by Volume::flush, once for each top layer, to make the rows that name it survive
        /// power loss; throws StorageError when it cannot. Must not call the store.
        std::function<void()> make_metadata_durable = {};
        /// The layer and all below it, top first, as rows have it: of a layer whose blocks have to
        /// be made whole. Must not call the store.
        std::function<std::vector<LayerId>(LayerId)> chain_of = {};
        /// False for a folder that is removed at exit: nothing is ever synced, flushes cost
        /// nothing.
        bool survives_power_loss = true;
    };

    /// `directory` is the layers' own; made when missing, in a folder that must be there. Its names
    /// are synced and read, the files are not.
    BlockStore(FileSystem& file_system, const std::string& directory, Options options);
    /// A block store over the kernel's files.
    BlockStore(const std::string& directory, Options options);
    ~BlockStore();

    /// An id above all that rows or files know. Power loss can take rows back and leave their
    /// files, so a counter in the rows alone would give a new layer the files of one that is gone.
    /// No file is made. Cannot fail.
    LayerId new_layer_id() { return LayerId{next_new_.fetch_add(1)}; }

    /// `chain`: the writable layer, its parent, and so on. A volume is open once: whoever names its
    /// top, or a layer that has been its top while it was open, gets the same. `size` is a multiple
    /// of 512 up to 64 TiB; an open volume that is smaller grows to it, one that is larger stays as
    /// it is. No file is touched. EINVAL: the size; an empty chain. EBUSY: a parent is being
    /// written, or the top is a parent. ESTALE: the top has been sealed; the rows say more.
    std::shared_ptr<Volume> open_volume(const std::vector<LayerId>& chain, std::uint64_t size);
    /// The volume of that top when somebody has it open; else null. Asks no chain.
    std::shared_ptr<Volume> find_volume(LayerId top) const;
    /// `chain`: sealed layers, top first. EBUSY: one of them is being written.
    std::shared_ptr<Snapshot> open_snapshot(const std::vector<LayerId>& chain, std::uint64_t size);
    /// Opens what open_volume does, for one writer. EBUSY: it is open.
    std::unique_ptr<UploadLayer> open_upload(const std::vector<LayerId>& chain, std::uint64_t size);

    /// Volume::close_gate for a volume that may not be open, so that sealing costs the same however
    /// long its chain is. ESTALE: the top has been sealed.
    Gate close_gate(LayerId top, LayerId next_top, std::uint64_t place = 0);

    /// Writes the resolved index of a sealed chain, top first, beside its top layer. Returns false
    /// when `go_on` did, which is asked now and then. The chain, and the rows that seal it, must
    /// survive power loss already: a layer that is written again would have an index that says what
    /// it was. Not while one of its layers is merged.
    bool write_index(const std::vector<LayerId>& chain, const std::function<bool()>& go_on);
    void remove_index(LayerId layer);

    /// Whether somebody reads what the layer stands for, which holds up its merges.
    bool is_read_as_snapshot(LayerId layer) const;
    /// Merges two sealed neighbours, both synced: whichever has fewer blocks is copied. The rows of
    /// merge.gone() go when step() has said that all is copied, after open_parent(); then
    /// drop_from_volumes(gone).
    /// EBUSY: somebody reads the parent as a snapshot. One merge at a time.
    std::unique_ptr<LayerMerge> merge_sealed(LayerId parent, LayerId child);
    /// Merges the parent into a volume's top. Null when that would be much work for little: the
    /// parent has more blocks than the top and more than 1,024 (64 MiB).
    std::unique_ptr<LayerMerge> merge_into_volume(const std::vector<LayerId>& chain,
                                                  std::uint64_t size);
    /// Open volumes go on without a layer that has been merged, so that its files can go.
    void drop_from_volumes(LayerId gone);

    /// What a sealed layer that is on the disk has, for its row.
    LayerRecord record_of(LayerId layer);
    /// Of layers whose rows have a record the files that were missing at the start, by layer.
    std::vector<std::pair<LayerId, std::string>> missing_files() const;
    /// Layers whose record says what they have, in the order of their ids.
    std::vector<LayerId> recorded_layers() const;
    /// Reads the layer's maps. EBADMSG: they are not what its row says.
    void require_expected(LayerId layer);

    /// Writes checksums of the data of a sealed layer that is on the disk; null when it has them,
    /// or gets them with the end of a merge that has broken off. What another process's merge has
    /// left in it is brought to the disk before.
    std::unique_ptr<ChecksumWriter> write_checksums(LayerId layer);
    /// Compares a sealed layer's data with its checksums.
    std::unique_ptr<DataCheck> check_data(LayerId layer);
    std::string words_for_changed(const std::vector<ChangedBlock>& blocks) const;
    std::string words_for_passing(const std::vector<ChangedBlock>& blocks) const;

    /// Whether the layer has no block. Of one that nobody writes to at the moment.
    bool is_empty_layer(LayerId layer);
    /// Whether no file has ever been made for it: no look at the disk. As is_empty_layer().
    bool was_never_written(LayerId layer);
    /// What a layer has of its own. Nobody writes to it. `chain_of`: the layer and all below it,
    /// top first; asked where blocks are partial.
    std::unique_ptr<LayerBytes> layer_bytes(LayerId layer,
                                            std::function<std::vector<LayerId>()> chain_of);

    /// Unlinks a layer's files, now or when its last user has gone. To be called after the row's
    /// deletion is durable.
    void remove_layer(LayerId layer);
    /// Removes the files of layers that no row knows and that an earlier process made. Returns how
    /// many layers. `is_known` is called for those only.
    std::size_t sweep_orphans(const std::function<bool(LayerId)>& is_known);

    /// The space of a layer's files as the file system counts it. A layer that nobody has opened
    /// since the last look is not looked at again.
    std::uint64_t allocated_bytes(LayerId layer) const;
    /// How often files of layers were removed or got holes. Cheap.
    std::uint64_t count_frees() const;
    /// What the layer's partial blocks will take besides when they are whole.
    std::uint64_t unfilled_bytes(LayerId layer) const;
    /// The space of all layers that take any. Looks at what has been open since the last look.
    std::map<LayerId, std::uint64_t> allocated_bytes_of_all() const;

    /// Makes one layer survive power loss, for callers that know its parents to do so: a snapshot
    /// counts as synced when all its layers are, the lowest first. Cheap for one that is already.
    void sync_layer(LayerId layer);
    /// For before sync_layer(), which may take long: has the kernel write the data in parts.
    /// Nothing where they are few, or never synced. Must not outlive the store.
    std::unique_ptr<DataWriting> begin_writing(LayerId layer);
    /// For a clean end: makes everything survive power loss that any process of this boot wrote.
    /// Goes on after an error and throws the first.
    void close();

    /// Rows keep it beside what is not synced yet: found with another one, it was lost.
    const std::string& boot_id() const;
    std::size_t open_file_count() const;
    /// LayerFiles::close_some, for whoever else wants a descriptor.
    bool close_some_files();
    std::size_t page_count() const;

private:
    BlockStore(std::shared_ptr<FileSystem> file_system, const std::string& directory,
               Options options);

    std::vector<LayerId> layers_on_disk(bool only_live) const;
    /// Makes all blocks of a layer whole that nobody writes to.
    void complete(Layer& layer);
    void remove_half_made_files();

    std::shared_ptr<LayerRegistry> registry_;
    const std::function<std::vector<LayerId>(LayerId)> chain_of_;
    std::uint64_t first_new_;
    std::atomic<std::uint64_t> next_new_;
};

}  // namespace amilab
