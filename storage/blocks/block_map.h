#pragma once

#include <array>
#include <atomic>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "storage/base/mutex.h"
#include "storage/blocks/layer_files.h"
#include "storage/blocks/layer_id.h"
#include "storage/blocks/page_cache.h"

namespace amilab {

/// The state in the map word that holds a block, and the word's place.
constexpr std::uint64_t kBlocksPerMapWord = 16;
inline BlockState state_in(const Page& page, std::uint64_t block_in_page)
{
    const auto word = page.word(block_in_page / kBlocksPerMapWord);
    return static_cast<BlockState>((word >> (block_in_page % kBlocksPerMapWord * 2)) & 3U);
}

/// The map of one segment: which blocks the layer has. Every change is in the live map's file
/// before set() returns; the durable map follows at a flush, behind its data (docs/formats.md).
/// Block and page numbers count from the segment's start. Safe from any thread. Throws
/// StorageError.
class BlockMap {
public:
    /// Nothing when the layer has no map here that counts.
    static std::unique_ptr<BlockMap> open(LayerFiles& files, LayerId layer, std::uint32_t segment);
    /// Of a segment without a map: all blocks absent. Its file is made by prepare_to_write.
    BlockMap(LayerFiles& files, LayerId layer, std::uint32_t segment);
    ~BlockMap();
    BlockMap(const BlockMap&) = delete;
    BlockMap& operator=(const BlockMap&) = delete;

    /// Never null. Throws StorageError (EBADMSG) when the page holds a state that does not exist.
    std::shared_ptr<const Page> page(std::uint64_t number);

    /// Makes the live map when it is not there. Its data file must be there before.
    void prepare_to_write();
    /// After a failure the map is as it was in some of the blocks and changed in the others.
    void set(std::uint64_t first, std::uint64_t count, BlockState state);

    /// Whether blocks that are absent may become partial.
    bool may_have_partial() const { return has_whole_blocks() && files_.has_room_for_partial(); }
    /// Whether any block is partial.
    bool has_partial() const { return partial_blocks_.load(std::memory_order_acquire) > 0; }
    /// Of a partial block; 0 of any other.
    Units units(std::uint64_t block);
    std::vector<std::uint64_t> partial_blocks();
    /// A block that is absent becomes partial with these units, one that is partial has them
    /// besides. Their bytes are in the data file. After a failure it is as it was, or changed.
    void add_units(std::uint64_t block, Units units);

    /// Writes again what a failed set() left in doubt, so that what the file says is what page()
    /// says. Throws when that fails again.
    void settle();
    /// Settles the pages that hold a range of blocks. Whoever leaves the map as it is because
    /// it says already what shall be must call this first: the file may say something else.
    void settle(std::uint64_t first, std::uint64_t count);

    /// Whether the data file reaches to the end of each block that is data.
    bool has_whole_blocks() const { return format_version_ >= kKnownLengthsVersion; }
    bool has_live_map() const { return has_live_.load(); }
    /// Whether this map was found as another process of this boot left it, so that nobody knows how
    /// much of it is durable.
    bool was_found_live() const { return was_found_live_; }

    struct PageImage {
        std::uint64_t number = 0;
        std::array<std::byte, kMapPageSize> bytes{};
        /// Blocks are partial, which the copy has as absent: the page goes on counting as changed.
        bool has_partial = false;
    };
    /// Copies of at most `limit` pages, from `begin` on, that the durable map does not have yet;
    /// they count as taken. `begin` moves behind them.
    std::vector<PageImage> take_changed_pages(std::uint64_t& begin, std::size_t limit);
    /// What failed to become durable is changed again.
    void give_back(const std::vector<PageImage>& pages);
    /// Writes pages into the durable map and syncs it; what they call data must be on the disk.
    void write_durable(const std::vector<PageImage>& pages);
    /// Whether write_durable has made the file since the last call.
    bool take_new_durable_name() { return new_durable_name_.exchange(false); }
    /// Gives the live map up, when the durable one says the same. For sealed layers.
    void drop_live_map();

private:
    std::shared_ptr<Page> load(std::uint64_t number) REQUIRES(mutex_);
    void note_header(File& file, FileKind kind) REQUIRES(mutex_);
    /// The durable map alone is not what this boot has written.
    void require_no_live_map(File& durable);
    void note_pages(File& file);
    void write_header(File& file, FileKind kind, std::string_view boot_id, std::uint32_t pages);
    void write_header(File& file, FileKind kind, const MapHeader& header);
    /// Before the live map's page is written: a file that is shorter than its header says has lost
    /// something.
    void make_room(File& live, std::uint64_t page) REQUIRES(mutex_);
    bool may_have_page(std::uint64_t number) const
    {
        return (pages_with_data_[number / 64].load(std::memory_order_acquire) >> number % 64 &
                1U) != 0;
    }
    void note_page(std::uint64_t number)
    {
        pages_with_data_[number / 64].fetch_or(std::uint64_t{1} << number % 64);
    }
    void make_live_map() REQUIRES(mutex_);
    void settle_pages(std::uint64_t first_page, std::uint64_t last_page);
    /// What a live map says behind its states.
    void load_units(File& live) REQUIRES(mutex_);
    /// Makes room for units in the live map.
    void make_room_for_units(File& live) REQUIRES(mutex_);
    void forget_units(std::uint64_t first, std::uint64_t count) REQUIRES(mutex_);
    /// Tells, when units have come or gone, how many blocks are partial now.
    void count_partial() REQUIRES(mutex_);
    void set_in_page(std::uint64_t number, std::uint64_t first, std::uint64_t count,
                     BlockState state) REQUIRES(mutex_);
    FileKey key(FileKind kind) const { return {layer_, segment_, kind}; }

    LayerFiles& files_;
    LayerId layer_;
    std::uint32_t segment_;
    std::uint64_t cache_owner_;
    bool was_found_live_ = false;
    std::uint32_t format_version_ = kFormatVersion;
    std::atomic<bool> has_live_{false};
    std::atomic<bool> new_durable_name_{false};

    // One bit for each page that is not a hole in the file: most of a large map are.
    std::array<std::atomic<std::uint64_t>, kMapPagesPerSegment / 64> pages_with_data_{};

    Mutex mutex_{LockLevel::kBlockMap};  // orders loads and changes of pages
    bool has_durable_ GUARDED_BY(mutex_) = false;
    std::uint32_t live_pages_ GUARDED_BY(mutex_) = 0;
    std::uint32_t durable_pages_ = 0;  // of whoever opens, syncs or makes the live map
    std::bitset<kMapPagesPerSegment> changed_ GUARDED_BY(mutex_);
    std::map<std::uint64_t, std::shared_ptr<Page>> doubtful_ GUARDED_BY(mutex_);
    std::atomic<bool> has_doubtful_{false};      // read without the lock
    bool has_units_ GUARDED_BY(mutex_) = false;  // the live map has room for them
    std::unordered_map<std::uint64_t, Units> units_ GUARDED_BY(mutex_);  // of partial blocks
    std::atomic<std::size_t> partial_blocks_{0};                         // read without the lock
};

}  // namespace amilab
