#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "storage/base/descriptors.h"
#include "storage/base/mutex.h"
#include "storage/base/storage_error.h"
#include "storage/blocks/layer_format.h"
#include "storage/blocks/lru_cache.h"
#include "storage/blocks/page_cache.h"
#include "storage/files/file_system.h"

namespace amilab {

/// Where the layers of one data directory lie: their folder, the open descriptors and the map
/// pages, each within a bound. Safe from any thread. Throws StorageError.
class LayerFiles {
public:
    struct Options {
        /// Files kept open while nobody uses them.
        std::size_t max_open_files = 256;
        /// Pages of maps and owners kept.
        std::size_t max_page_bytes = std::size_t{32} << 20;
        /// Partial blocks of all layers together.
        std::int64_t max_partial_blocks = 32'768;
        /// What changes whenever the machine starts anew, up to kMaxBootIdSize characters.
        std::string boot_id = {};
        /// False: nothing is ever synced.
        bool survives_power_loss = true;
    };

    /// Makes `directory` when it is missing (its parent must be there).
    LayerFiles(FileSystem& file_system, std::string directory, Options options);

    /// An open file: from the cache, or opened and, if it is a map, checked. Throws ENOENT when it
    /// is missing. The file stays open while somebody holds it.
    std::shared_ptr<File> open(const FileKey& key, OpenMode mode);
    /// What open() gives; nothing for a file that is missing.
    std::shared_ptr<File> open_if_exists(const FileKey& key, OpenMode mode);
    /// From a descriptor of its own, whatever is kept open, and not looked at; null for a file that
    /// is missing.
    std::unique_ptr<File> open_anew(const FileKey& key);
    /// A live map that this boot wrote; nothing when it is missing, blank or of another boot.
    std::shared_ptr<File> open_current_live_map(const FileKey& key, OpenMode mode);

    bool exists(const FileKey& key);
    /// One bit for each segment in which the layer has data or maps: those that were there when
    /// this was made, and those that note_segment was told of. Asks no disk.
    std::uint64_t segments_of(LayerId layer);
    /// To be called before a segment's first file is made.
    void note_segment(LayerId layer, std::uint32_t segment);
    /// Whether the name was there when this was made; not for indexes.
    bool was_there(const FileKey& key);
    /// Opens `new_file_name(key)`, emptied.
    std::unique_ptr<File> open_new(const FileKey& key);
    /// Renames what open_new made into its place.
    void put_in_place(const FileKey& key);
    /// False when there was no such file.
    bool unlink(const FileKey& key);
    /// Removes a layer's files of a kind; on return not even power loss brings them back, nor any
    /// that an earlier call removed and failed after.
    void unlink_for_good(LayerId layer, FileKind kind);
    /// Removes one file so, for who does not expect it to be there.
    void unlink_for_good(const FileKey& key);
    /// Removes all files of a layer, the data last: what is left when this stops half-way is found
    /// again.
    void unlink_layer(LayerId layer);
    /// Removes the files of a layer of which some may be missing in any way.
    void unlink_every_file(LayerId layer);
    /// The layers that have files, or are about to. Asks no disk.
    std::vector<LayerId> layers();
    /// The bytes of all files of the layer, as the file system counts them. Looks for no other
    /// files than may be there.
    std::uint64_t allocated_bytes(LayerId layer);
    /// What somebody has found them to be, as long as nothing may have changed them since.
    std::optional<std::uint64_t> kept_bytes(LayerId layer);
    /// To be called before a look at files that nobody has open; what is found may be kept by the
    /// number that this returns, unless forget_bytes() was called or another look began meanwhile.
    std::uint64_t begin_look(LayerId layer);
    void keep_bytes(LayerId layer, std::uint64_t look, std::uint64_t bytes);
    /// To be called before somebody opens the layer, and when its files were changed without that.
    void forget_bytes(LayerId layer);

    /// To be called when a file has got a hole.
    void note_freed() { ++frees_; }
    /// How often files were removed or got holes.
    std::uint64_t frees() const { return frees_; }

    /// To be called after a file was made or renamed: what sync_directory must wait for.
    std::uint64_t note_directory_change();
    /// Makes the changes up to `change` survive power loss; costs nothing when they do already.
    void sync_directory(std::uint64_t change);

    /// What the kernel has failed to bring to the disk of a file of data.
    struct Doubt {
        StorageError failure;
        std::set<std::uint64_t> parts;  ///< WrittenParts
    };
    /// Whoever opens the segment next is told, for as long as this lives: the kernel says so once.
    /// Nothing: no part is in doubt any more.
    void note_doubt(const FileKey& data, const std::optional<Doubt>& doubt);
    std::optional<Doubt> doubt_of(const FileKey& data);
    /// Whether a part was ever in doubt: of holes that have been made before, nobody writes again
    /// what they read as, so that older bytes may be there on the disk.
    bool are_holes_in_doubt(const FileKey& data);

    /// Whether there may be another partial block: somebody has to make them whole in the end.
    bool has_room_for_partial() const { return partial_blocks_ < options_.max_partial_blocks; }
    void note_partial(std::int64_t more) { partial_blocks_ += more; }

    std::string path_of(const FileKey& key) const;
    const std::string& directory() const { return directory_; }
    const std::string& boot_id() const { return options_.boot_id; }
    bool survives_power_loss() const { return options_.survives_power_loss; }
    FileSystem& file_system() { return file_system_; }
    PageCache& pages() { return pages_; }
    std::size_t open_file_count();
    /// For who was refused a descriptor: closes half of the files that are kept open, those used
    /// longest ago. False when there is none. One that is in use stays open until it is not.
    bool close_some();

private:
    struct OpenFile {
        std::shared_ptr<File> file;
        bool writable = false;
    };

    /// Runs `open`, with fewer files kept open where there are no descriptors for it.
    template <class Open>
    auto with_descriptors(const Open& open)
    {
        return amilab::with_descriptors(open, [this] { return close_some(); });
    }

    /// For each kind of file one bit for each segment that has one.
    using Names = std::array<std::uint64_t, 3>;
    struct Size {
        std::uint64_t look = 0;  ///< the last that has begun
        std::optional<std::uint64_t> bytes;
    };

    void read_names();
    void forget_names(LayerId layer);
    void unlink_segment(LayerId layer, std::uint32_t segment);
    void note_unlinked_for_good();
    void sync_unlinked();
    std::shared_ptr<File> find_open(const FileKey& key, OpenMode mode);
    void keep_open(const FileKey& key, std::shared_ptr<File> file, OpenMode mode);
    void forget(const FileKey& key);

    FileSystem& file_system_;
    std::string directory_;
    Options options_;
    PageCache pages_;
    std::atomic<std::uint64_t> frees_{0};

    Mutex files_mutex_{LockLevel::kLayerFiles};
    LruCache<FileKey, OpenFile, FileKeyHash> files_ GUARDED_BY(files_mutex_);

    std::unordered_map<LayerId, Names> names_ GUARDED_BY(files_mutex_);
    /// One bit for each segment that has an index.
    std::unordered_map<LayerId, std::uint64_t> indexes_ GUARDED_BY(files_mutex_);
    std::unordered_map<LayerId, Size> sizes_ GUARDED_BY(files_mutex_);
    std::uint64_t looks_ GUARDED_BY(files_mutex_) = 0;
    std::map<FileKey, Doubt> doubts_ GUARDED_BY(files_mutex_);
    std::set<FileKey> doubtful_holes_ GUARDED_BY(files_mutex_);

    std::atomic<std::int64_t> partial_blocks_{0};

    Mutex directory_mutex_{LockLevel::kLayerDirectory};  // one sync at a time
    std::atomic<std::uint64_t> directory_changes_{1};
    std::atomic<std::uint64_t> directory_synced_{0};
    // The last of those that unlink_for_good made, by whomever.
    std::atomic<std::uint64_t> unlinked_for_good_{0};
    bool parent_synced_ GUARDED_BY(directory_mutex_) = false;
};

/// The kernel's boot id. Throws StorageError (ENOENT: there is no /proc).
std::string read_boot_id(FileSystem& file_system);

}  // namespace amilab
