#include "storage/blocks/stack_writer.h"

#include <algorithm>
#include <boost/container/small_vector.hpp>
#include <boost/container/static_vector.hpp>
#include <cassert>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "storage/base/storage_error.h"
#include "storage/blocks/block_range.h"

namespace amilab {
namespace {

/// Up to here it pays to remember owners; beyond, to skip what nobody has.
constexpr std::uint64_t kFewBlocks = 64;

using Owners = boost::container::small_vector<Owner, 32>;

/// The part of a range that lies in one block.
struct Piece {
    std::uint64_t block = 0;
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
    /// The whole block, or all of it that the volume has.
    bool is_whole = false;
};

Piece piece_at(std::uint64_t begin, std::uint64_t range_end, std::uint64_t volume_size)
{
    const auto block = begin / kBlockSize;
    const auto block_end = std::min((block + 1) * kBlockSize, volume_size);
    const auto end = std::min(range_end, block_end);
    return {.block = block,
            .begin = begin,
            .end = end,
            .is_whole = begin == block * kBlockSize && end == block_end};
}

void set_top(const LayerStack& stack, std::uint64_t first_block, std::uint64_t count,
             BlockState state)
{
    try {
        stack.top().set_state(first_block, count, state);
    } catch (const StorageError&) {
        stack.forget_owners(first_block, count);
        throw;
    }
    stack.set_top_owner(first_block, count, state);
}

/// Writes a part of a block that the top does not have, with the rest as it reads now.
void fill_block(const LayerStack& stack, std::uint64_t volume_size, Owner owner,
                std::uint64_t offset, std::span<const std::byte> bytes)
{
    const auto begin = offset / kBlockSize * kBlockSize;
    const auto length = std::min(kBlockSize, volume_size - begin);
    // The file may hold what power loss or a failed write left behind; only a hole is surely zero.
    if (owner.reads_as_zeros() && stack.top().is_hole(begin, length)) {
        stack.top().write(offset, bytes);
        return;
    }
    // All of it is read over: zeros in it first would cost as much as the read.
    const auto room = std::make_unique_for_overwrite<std::byte[]>(length);
    const std::span block(room.get(), length);
    stack.read(begin, block, std::span(&owner, 1));
    std::copy(bytes.begin(), bytes.end(),
              block.begin() + static_cast<std::ptrdiff_t>(offset - begin));
    stack.top().write(begin, block);
}

bool has_whole_units(const Piece& piece)
{
    return piece.begin % kUnitSize == 0 && piece.end % kUnitSize == 0;
}

/// Whether a part of a block that the top does not have may be written alone, the rest being left
/// to the one layer below that has all of it.
bool may_become_partial(const LayerStack& stack, std::uint64_t volume_size, const Piece& piece,
                        Owner owner)
{
    return has_whole_units(piece) && (piece.block + 1) * kBlockSize <= volume_size &&
           owner.is_data() && !owner.is_data_of(stack.top_index()) &&
           stack.layer(owner.layer()).units(piece.block) == 0 &&
           stack.top().may_have_partial(piece.block);
}

Units units_of(const Piece& piece)
{
    const auto begin = piece.block * kBlockSize;
    return units_of_range(piece.begin - begin, piece.end - begin);
}

/// What a write makes of the blocks that it lies in.
class TopChange {
public:
    TopChange(const LayerStack& stack, std::uint64_t first, std::uint64_t count)
        : stack_(stack), begin_(first), end_(first + count)
    {
    }

    enum class How {
        /// The bytes alone are written.
        kAlone,
        /// The rest of the block is filled as it reads.
        kFilled,
    };
    /// The pieces of the write, in their order.
    How add(const Piece& piece, Owner owner, std::uint64_t volume_size)
    {
        const bool is_tops = owner.is_data_of(stack_.top_index());
        const auto units = is_tops ? stack_.top().units(piece.block) : Units{0};
        if (piece.is_whole || (is_tops && units == 0)) {
            changes_map_ = changes_map_ || !is_tops || units != 0;
            return How::kAlone;
        }
        if (units != 0 && !has_whole_units(piece)) {
            stack_.complete(stack_.top_index(), piece.block);
            return How::kAlone;
        }
        if (units == 0 && !may_become_partial(stack_, volume_size, piece, owner)) {
            changes_map_ = true;
            return How::kFilled;
        }
        add_partial(piece, units);
        return How::kAlone;
    }

    /// To be called when all bytes are written.
    void finish()
    {
        if (changes_map_ && begin_ < end_) {
            set_top(stack_, begin_, end_ - begin_, BlockState::kData);
        }
        for (const auto& [block, units] : partial_) {
            add_units(block, units);
        }
    }

private:
    /// Only the first and the last block of a range are written in part.
    void add_partial(const Piece& piece, Units known)
    {
        const auto units = units_of(piece);
        if (static_cast<Units>(known | units) == kAllUnits) {
            changes_map_ = true;  // it is whole now
            return;
        }
        partial_.emplace_back(piece.block, units);
        if (piece.block == begin_) {
            ++begin_;
        } else {
            --end_;
        }
    }

    void add_units(std::uint64_t block, Units units)
    {
        try {
            stack_.top().add_units(block, units);
        } catch (const StorageError&) {
            stack_.forget_owners(block, 1);
            throw;
        }
        stack_.set_top_owner(block, 1, BlockState::kData);
    }

    const LayerStack& stack_;
    // What of the blocks becomes data.
    std::uint64_t begin_;
    std::uint64_t end_;
    bool changes_map_ = false;
    boost::container::static_vector<std::pair<std::uint64_t, Units>, 2> partial_;
};

/// Blocks [first, end) are zero from now on; those that were the top's data give their space back.
void zero_whole_blocks(const LayerStack& stack, std::uint64_t first, std::uint64_t end,
                       std::span<const Owner> owners)
{
    if (first == end) {
        return;
    }
    set_top(stack, first, end - first, BlockState::kZero);
    for (auto block = first; block < end;) {
        auto stop = block;
        while (stop < end && owners[stop - first].is_data_of(stack.top_index())) {
            ++stop;
        }
        if (stop > block) {
            stack.top().release(block * kBlockSize, (stop - block) * kBlockSize);
        }
        block = stop + 1;
    }
}

void zero_part(const LayerStack& stack, std::uint64_t volume_size, const Piece& piece, Owner owner)
{
    if (owner.is_data_of(stack.top_index())) {
        stack.complete(stack.top_index(), piece.block);
        stack.top().zero(piece.begin, piece.end - piece.begin);
    } else {
        const std::vector<std::byte> zeros(piece.end - piece.begin);
        fill_block(stack, volume_size, owner, piece.begin, zeros);
        set_top(stack, piece.block, 1, BlockState::kData);
    }
}

void zero_window(const LayerStack& stack, std::uint64_t volume_size, std::uint64_t offset,
                 std::uint64_t end, std::span<const Owner> owners)
{
    const auto first = offset / kBlockSize;
    auto run = first;  // whole blocks [run, piece.block) wait to be made zero
    const auto finish_run = [&](std::uint64_t run_end) {
        zero_whole_blocks(stack, run, run_end, owners.subspan(run - first));
    };
    while (offset < end) {
        const auto piece = piece_at(offset, end, volume_size);
        const auto owner = owners[piece.block - first];
        if (owner.reads_as_zeros() || !piece.is_whole) {
            finish_run(piece.block);
            run = piece.block + 1;
        }
        if (!owner.reads_as_zeros() && !piece.is_whole) {
            zero_part(stack, volume_size, piece, owner);
        }
        offset = piece.end;
    }
    finish_run(first + owners.size());
}

}  // namespace

void write_to_top(const LayerStack& stack, std::uint64_t volume_size, std::uint64_t offset,
                  std::span<const std::byte> bytes)
{
    const auto first = offset / kBlockSize;
    Owners owners(BlockRange::around(offset, bytes.size()).count);
    stack.top().settle(first, owners.size());
    stack.find_owners(first, owners);
    auto& top = stack.top();
    TopChange change(stack, first, owners.size());
    auto run = offset;  // bytes [run, piece.begin) wait to be written at once
    const auto finish_run = [&](std::uint64_t run_end) {
        if (run < run_end) {
            top.write(run, bytes.subspan(run - offset, run_end - run));
        }
    };
    const auto end = offset + bytes.size();
    for (auto at = offset; at < end;) {
        const auto piece = piece_at(at, end, volume_size);
        const auto owner = owners[piece.block - first];
        const auto how = change.add(piece, owner, volume_size);
        if (how == TopChange::How::kFilled) {
            finish_run(piece.begin);
            fill_block(stack, volume_size, owner, piece.begin,
                       bytes.subspan(piece.begin - offset, piece.end - piece.begin));
            run = piece.end;
        }
        at = piece.end;
    }
    finish_run(end);
    // Data before map: a crash in between loses the write, never shows what was not written.
    change.finish();
}

void copy_to_top(const LayerStack& stack, std::uint64_t offset, File& from,
                 std::uint64_t from_offset, std::uint64_t length)
{
    assert(offset % kBlockSize == 0 && length % kBlockSize == 0);
    const auto first = offset / kBlockSize;
    const auto count = length / kBlockSize;
    stack.top().settle(first, count);
    stack.top().copy(offset, from, from_offset, length);
    // Data before map, as in write_to_top.
    set_top(stack, first, count, BlockState::kData);
}

void zero_in_top(const LayerStack& stack, std::uint64_t volume_size, std::uint64_t offset,
                 std::uint64_t length)
{
    const auto end = offset + length;
    const auto all = BlockRange::around(offset, length);
    stack.top().settle(all.first, all.count);
    std::vector<Owner> owners;
    while (offset < end) {
        const auto blocks = BlockRange::around(offset, end - offset);
        auto count = blocks.count;
        if (count <= kFewBlocks) {
            owners.resize(count);
            stack.find_owners(blocks.first, owners);
        } else {
            count = stack.look_ahead(blocks.first, count, owners);
        }
        const auto stop = std::min(end, (blocks.first + count) * kBlockSize);
        if (!owners.empty()) {
            zero_window(stack, volume_size, offset, stop, owners);
        }
        offset = stop;
    }
}

void take_over_block(const LayerStack& stack, std::uint64_t block)
{
    stack.top().settle(block, 1);
    auto& parent = stack.layer(stack.top_index() - 1);
    const auto state = parent.state(block);
    if (state != BlockState::kAbsent) {
        stack.complete(stack.top_index(), block);
    }
    if (state == BlockState::kAbsent || stack.top().state(block) != BlockState::kAbsent) {
        return;
    }
    if (state == BlockState::kData) {
        std::vector<std::byte> bytes(kBlockSize);
        parent.read(block * kBlockSize, bytes);
        stack.top().write(block * kBlockSize, bytes);
    }
    set_top(stack, block, 1, state);
}

}  // namespace amilab
