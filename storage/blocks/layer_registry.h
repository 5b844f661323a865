#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "storage/base/mutex.h"
#include "storage/blocks/layer.h"
#include "storage/blocks/layer_files.h"

namespace amilab {

class Volume;

/// Which layers and volumes of one data directory are open, so that each is open once: what a
/// volume, a snapshot and the store share. Safe from any thread. Throws StorageError.
class LayerRegistry {
public:
    LayerRegistry(std::shared_ptr<FileSystem> file_system, const std::string& directory,
                  LayerFiles::Options options, std::function<void()> make_metadata_durable,
                  LayerExpectations expectations = {})
        : file_system_(std::move(file_system)),
          files_(*file_system_, directory, std::move(options)),
          make_metadata_durable_(std::move(make_metadata_durable)),
          expectations_(std::move(expectations))
    {
    }

    LayerFiles& files() { return files_; }

    /// The layers of a sealed chain, bottom first. EINVAL: no layer, or one twice; EBUSY: one is
    /// being written; ESTALE: the first is being merged into, so that no row names it.
    std::vector<std::shared_ptr<Layer>> open_sealed(const std::vector<LayerId>& top_first);
    /// open_sealed for as long as somebody reads what its first layer stands for.
    std::vector<std::shared_ptr<Layer>> hold_sealed(const std::vector<LayerId>& top_first);
    void let_go(LayerId top);
    /// Whether somebody reads what the layer stands for.
    bool is_held(LayerId top);
    /// For merging into a layer, which then stands for something else. EBUSY: somebody holds it.
    void close_as_snapshot(LayerId top);
    void open_as_snapshot(LayerId top);

    /// The volume whose top is, or was, the first of the chain. Else `make` gets its layers, bottom
    /// first. ESTALE: that layer has been sealed since the caller looked. Waits while it is frozen.
    std::shared_ptr<Volume> open_volume(
        const std::vector<LayerId>& top_first,
        const std::function<std::shared_ptr<Volume>(std::vector<std::shared_ptr<Layer>>)>& make);

    /// Makes `next_top` the volume's name too, before its rows say so. EBUSY: it is in use.
    std::shared_ptr<Layer> reserve_top(LayerId next_top, const std::shared_ptr<Volume>& volume);
    void give_up_top(LayerId next_top);
    /// Null when the volume is not open.
    std::shared_ptr<Volume> find_volume(LayerId top);
    std::vector<std::shared_ptr<Volume>> open_volumes();
    /// Keeps a volume that is not open from being opened, to seal its top. EBUSY: the top, or
    /// `next_top`, is in use. ESTALE: it is sealed. EAGAIN: the volume is open. A frozen layer is a
    /// closed gate with a place among others, and thawed by the thread that froze it.
    std::shared_ptr<Layer> freeze(LayerId top, LayerId next_top, std::uint64_t place);
    void thaw(std::shared_ptr<Layer>& frozen);
    void note_sealed(LayerId layer);

    /// An open layer; null when nobody has it open.
    std::shared_ptr<Layer> find(LayerId layer);
    /// Open or not, with nobody else opening it as something different meanwhile.
    std::shared_ptr<Layer> open_to_sync(LayerId layer);
    void forget(LayerId layer);
    /// The layer becomes what no record knows: it is merged into.
    void forget_expectation(LayerId layer);
    /// Of layers with a record the files that were not there at the start, by layer.
    std::vector<std::pair<LayerId, std::string>> missing_files();
    std::vector<LayerId> recorded_layers();

    void make_metadata_durable()
    {
        if (make_metadata_durable_) {
            make_metadata_durable_();
        }
    }

private:
    std::shared_ptr<Layer> freeze_now(LayerId top, LayerId next_top);
    std::vector<std::shared_ptr<Layer>> open_unmerged(const std::vector<LayerId>& top_first)
        REQUIRES(mutex_);
    void require_not_sealed(LayerId top) REQUIRES(mutex_);
    std::shared_ptr<Layer> open_layer(LayerId id, Layer::Role role) REQUIRES(mutex_);
    std::vector<std::shared_ptr<Layer>> open_parents(std::span<const LayerId> top_first)
        REQUIRES(mutex_);

    std::shared_ptr<FileSystem> file_system_;
    LayerFiles files_;
    std::function<void()> make_metadata_durable_;

    Mutex mutex_{LockLevel::kLayerRegistry};  // held for no file operation
    std::unordered_map<LayerId, std::weak_ptr<Layer>> layers_ GUARDED_BY(mutex_);
    std::unordered_map<LayerId, std::weak_ptr<Volume>> volumes_ GUARDED_BY(mutex_);
    LayerExpectations expectations_ GUARDED_BY(mutex_);
    std::unordered_set<LayerId> sealed_ GUARDED_BY(mutex_);
    std::unordered_set<LayerId> frozen_ GUARDED_BY(mutex_);
    Condition thawed_;
    std::unordered_map<LayerId, std::size_t> held_ GUARDED_BY(mutex_);
    std::unordered_set<LayerId> merged_into_ GUARDED_BY(mutex_);
    std::size_t prune_layers_at_ GUARDED_BY(mutex_) = 1024;
    std::size_t prune_volumes_at_ GUARDED_BY(mutex_) = 1024;
};

}  // namespace amilab
