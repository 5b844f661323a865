#pragma once

#include <array>
#include <atomic>
#include <boost/crc.hpp>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <vector>

#include "storage/base/mutex.h"
#include "storage/blocks/layer_files.h"
#include "storage/blocks/layer_index.h"
#include "storage/blocks/layer_record.h"
#include "storage/blocks/segment.h"

namespace amilab {

/// One layer: sparse data and a map, in segments that are made at the first write; an empty layer
/// has no file. Knows nothing of its parents. Blocks and offsets count from the volume's start.
/// Callers see to it that nobody writes a block that another reads or writes. Beyond that safe from
/// any thread. Throws StorageError.
class Layer {
public:
    enum class Role {
        kWritable,
        /// Nobody writes for the moment: its volume's gate is closed, and rows may seal it.
        kFrozen,
        kSealed,
    };

    /// `expected`: what an earlier process left. A layer that has something else is refused, block
    /// by block, with EBADMSG and the name of a file.
    Layer(LayerFiles& files, LayerId id, Role role, const LayerExpectation& expected = {})
        : files_(files),
          id_(id),
          role_(role),
          expected_(expected),
          is_as_expected_(!expected.record)
    {
    }
    /// Removes the files when remove_when_closed was called.
    ~Layer();
    Layer(const Layer&) = delete;
    Layer& operator=(const Layer&) = delete;

    LayerId id() const { return id_; }
    bool is_sealed() const { return role_.load() == Role::kSealed; }
    /// kSealed: from now on the bytes are what they are. From there is no way back.
    void set_role(Role role)
    {
        role_ = role;
        changes_ += role == Role::kSealed ? 1 : 0;
    }
    bool may_be_opened_as(Role role) const
    {
        return (role_.load() == Role::kWritable) == (role == Role::kWritable);
    }

    /// Null when the layer has nothing in the whole segment.
    std::shared_ptr<const Page> map_page(std::uint64_t number);
    /// What the map says of one block.
    BlockState state(std::uint64_t block);
    /// The first block from `block` on that is not absent; the end of all segments without any.
    std::uint64_t next_block(std::uint64_t block);
    /// How many blocks are not absent.
    std::uint64_t count_blocks();
    /// Whether the data file of a segment reaches to the end of each block that is data.
    bool has_whole_blocks(std::uint32_t segment)
    {
        auto* found = find_segment(segment);
        return found != nullptr && found->map().has_whole_blocks();
    }
    /// False where no file has ever been made for it, nor is looked for by a record.
    bool may_have_blocks() { return looked_for_segments() != 0; }
    /// What is there now; of a sealed layer it stays so until a merge begins.
    LayerRecord record();
    /// Whether the layer has any file for a segment.
    bool has_segment(std::uint32_t number) { return find_segment(number) != nullptr; }

    /// The data files' bytes, whatever the maps say of them.
    void read(std::uint64_t offset, std::span<std::byte> out);
    void write(std::uint64_t offset, std::span<const std::byte> bytes);
    /// Writes bytes of a file, which are there.
    void copy(std::uint64_t offset, File& from, std::uint64_t from_offset, std::uint64_t length);
    /// Makes a range of data blocks read as zeros.
    void zero(std::uint64_t offset, std::uint64_t length);
    /// Gives the space of blocks back that are no longer data.
    void release(std::uint64_t offset, std::uint64_t length);
    /// Whether nothing at all is stored in a range within one block.
    bool is_hole(std::uint64_t offset, std::uint64_t length);
    void set_state(std::uint64_t first_block, std::uint64_t count, BlockState state);

    /// Whether a block may become partial: its segment is of a format that has this, and there are
    /// not too many.
    bool may_have_partial(std::uint64_t block);
    /// Whether any block of the segments that a range lies in is partial.
    bool has_partial(std::uint64_t first_block, std::uint64_t count);
    /// Of a partial block what is this layer's own; 0 of any other block.
    Units units(std::uint64_t block);
    /// A block that is absent or partial has these units, whose bytes were written, and those that
    /// it had.
    void add_units(std::uint64_t block, Units units);
    /// All partial blocks.
    std::vector<std::uint64_t> partial_blocks();
    /// A partial block becomes data: `read_below` fills what all of it reads as in the layers
    /// below. Nobody reads other bytes than before, so that any layer may be changed so. Any other
    /// block is left as it is.
    void complete(std::uint64_t block, const std::function<void(std::span<std::byte>)>& read_below);

    /// Makes the maps' files say what map_page says, after a failed set_state.
    void settle();
    /// Settles a range of blocks, before a change that may find its map right already.
    void settle(std::uint64_t first_block, std::uint64_t count);
    /// Makes everything written before the call survive power loss; looks at the first
    /// `segments` only. A sealed layer is looked at once. Partial blocks are left out: whoever
    /// calls makes those whole before that the promise is about. When it fails, what it was for is
    /// in doubt until it has been written again, which is done here for a sealed layer.
    void sync(std::uint32_t segments);
    /// A range of bytes, in doubt since one of its segment's syncs failed.
    struct Range {
        std::uint64_t offset = 0;
        std::uint64_t length = 0;
        std::uint64_t sync = 0;  ///< Segment::Doubtful
    };
    /// What is in doubt, in pieces that write_again takes: whole blocks within one segment.
    std::vector<Range> doubtful();
    /// Writes the data of a piece once more as they read; kept from a layer that is merged into,
    /// which fails as its sync did. Callers see to it that nobody else writes or reads the piece.
    void write_again(const Range& piece);
    /// All of these, which doubtful() gave, have been written again: sync may try once more. What
    /// another sync has put in doubt since then stays so.
    void end_doubt(const std::vector<Range>& pieces);

    /// Merging writes to a sealed layer what leaves every reader's bytes as they are. The copies
    /// survive power loss when end_merge has returned; until then no sync looks at them.
    void begin_merge();
    void end_merge();
    /// Until end_merge, also when the merge was dropped.
    bool is_merged_into() const { return is_merged_into_.load(); }
    /// Grows when the layer is sealed, when a merge into it begins or ends and when it is removed:
    /// two that are the same say that between them its bytes were to stay as they are.
    std::uint64_t changes() const { return changes_.load(); }

    /// The resolved index of the chain up to this layer, for one segment; null when there is none
    /// that can be used: a damaged one counts as none, for the maps say the same.
    std::shared_ptr<LayerIndex> index(std::uint32_t segment);
    /// Looks for it anew: it has been made or removed.
    void forget_index();
    /// Goes without the index from now on: it is damaged.
    void ignore_index();

    void remove_when_closed()
    {
        remove_when_closed_ = true;
        ++changes_;
    }

private:
    void sync_segments(std::uint32_t segments, bool is_sealed) REQUIRES(sync_mutex_);
    void require_expected();
    std::uint64_t looked_for_segments();
    Segment* find_segment(std::uint32_t number);
    Segment* open_segment(std::uint32_t number);
    void require_no_bytes(std::uint32_t number);
    /// Adds a segment's map to a record's checksum; returns how many blocks it has.
    std::uint64_t add_to(boost::crc_32_type& crc, BlockMap& map, std::uint32_t segment);
    Segment& segment_to_write(std::uint32_t number);
    Segment& known_segment(std::uint32_t number);

    LayerFiles& files_;
    LayerId id_;
    std::atomic<Role> role_;
    const LayerExpectation expected_;
    std::atomic<bool> is_as_expected_;
    std::atomic<bool> is_synced_{false};
    std::atomic<bool> remove_when_closed_{false};
    std::atomic<bool> is_merged_into_{false};
    std::atomic<std::uint64_t> changes_{0};

    // One block becomes whole at a time: who comes late finds it so.
    Mutex partial_mutex_{LockLevel::kLayerPartial};
    // One sync at a time, none across the start of a merge.
    Mutex sync_mutex_{LockLevel::kLayerSync};

    Mutex index_mutex_{LockLevel::kLayerIndexes};
    bool ignores_index_ GUARDED_BY(index_mutex_) = false;
    // Null: there is none.
    std::map<std::uint32_t, std::shared_ptr<LayerIndex>> indexes_ GUARDED_BY(index_mutex_);

    // Read without the lock: what is there stays until the layer goes.
    std::array<std::atomic<Segment*>, kMaxSegments> segments_{};
    std::atomic<std::uint64_t> missing_segments_{0};
    Mutex segments_mutex_{LockLevel::kLayerSegments};  // one is made at a time
    std::vector<std::unique_ptr<Segment>> owned_segments_ GUARDED_BY(segments_mutex_);
};

}  // namespace amilab
