#include "storage/blocks/volume.h"

#include <algorithm>
#include <cerrno>
#include <utility>

#include "storage/base/storage_error.h"
#include "storage/blocks/block_range.h"
#include "storage/blocks/layer_registry.h"
#include "storage/blocks/stack_writer.h"

namespace amilab {

namespace {

/// Of a range of `length` bytes what is written at once: all of it, or what ends with a block.
std::uint64_t first_piece(std::uint64_t offset, std::uint64_t length, std::uint64_t most)
{
    return length <= most ? length : most - (offset + most) % kBlockSize;
}

}  // namespace

/// Inside the gate, and alone with the blocks of a range, while it lives.
class Volume::BlockLease {
public:
    BlockLease(Volume& volume, std::uint64_t offset, std::uint64_t length)
        : BlockLease(volume, BlockRange::around(offset, length))
    {
    }

private:
    BlockLease(Volume& volume, const BlockRange& blocks)
        : pass_(volume.gate_),
          guard_(volume.locks_, RangeLocks::Mode::kExclusive, blocks.first, blocks.count)
    {
    }

    const WriteGate::Pass pass_;
    const RangeLocks::Guard guard_;
};

Volume::Volume(std::shared_ptr<LayerRegistry> registry,
               std::vector<std::shared_ptr<Layer>> bottom_first, std::uint64_t size)
    : registry_(std::move(registry)),
      size_(size),
      stack_(
          std::make_shared<const LayerStack>(registry_->files().pages(), std::move(bottom_first)))
{
}

void Volume::grow(std::uint64_t size)
{
    auto known = size_.load();
    while (known < size && !size_.compare_exchange_weak(known, size)) {
    }
}

LayerId Volume::top() const
{
    return stack()->top().id();
}

void Volume::read(std::uint64_t offset, std::span<std::byte> out) const
{
    require_range("read", offset, out.size());
    if (out.empty()) {
        return;
    }
    const auto blocks = BlockRange::around(offset, out.size());
    const RangeLocks::Guard guard(locks_, RangeLocks::Mode::kShared, blocks.first, blocks.count);
    read_stack(*stack(), offset, out);
}

void Volume::write(std::uint64_t offset, std::span<const std::byte> bytes)
{
    require_range("write", offset, bytes.size());
    for (auto rest = bytes; !rest.empty();) {
        const auto piece = rest.first(first_piece(offset, rest.size(), kPieceBytes));
        const BlockLease lease(*this, offset, piece.size());
        write_to_top(*stack(), size_, offset, piece);
        offset += piece.size();
        rest = rest.subspan(piece.size());
    }
}

void Volume::copy(std::uint64_t offset, File& from, std::uint64_t from_offset, std::uint64_t length)
{
    require_range("write", offset, length);
    if (offset % kBlockSize != 0 || length % kBlockSize != 0) {
        throw StorageError(EINVAL, "copy to", "volume", "the blocks are not whole");
    }
    while (length > 0) {
        const auto piece = first_piece(offset, length, kPieceBytes);
        const BlockLease lease(*this, offset, piece);
        copy_to_top(*stack(), offset, from, from_offset, piece);
        offset += piece;
        from_offset += piece;
        length -= piece;
    }
}

void Volume::write_zeroes(std::uint64_t offset, std::uint64_t length)
{
    require_range("write zeroes to", offset, length);
    while (length > 0) {
        const auto piece = first_piece(offset, length, kHolePieceBytes);
        const BlockLease lease(*this, offset, piece);
        zero_in_top(*stack(), size_, offset, piece);
        offset += piece;
        length -= piece;
    }
}

void Volume::write_zeroes_as_data(std::uint64_t offset, std::uint64_t length)
{
    require_range("write zeroes to", offset, length);
    const std::vector<std::byte> zeros(std::min(length, kPieceBytes));
    while (length > 0) {
        const auto piece = first_piece(offset, length, kPieceBytes);
        const BlockLease lease(*this, offset, piece);
        write_to_top(*stack(), size_, offset, std::span(zeros).first(piece));
        offset += piece;
        length -= piece;
    }
}

void Volume::trim(std::uint64_t offset, std::uint64_t length)
{
    require_range("trim", offset, length);
    const auto begin = (offset + kBlockSize - 1) / kBlockSize * kBlockSize;
    const auto range_end = offset + length;
    const auto end = range_end == size_ ? range_end : range_end / kBlockSize * kBlockSize;
    if (begin < end) {
        write_zeroes(begin, end - begin);
    }
}

void Volume::flush()
{
    const Lock lock(flush_mutex_);
    const auto stack = this->stack();
    const auto segments = segments_of(size_);
    if (synced_lineage_ != stack->lineage()) {
        synced_lineage_ = stack->lineage();
        synced_parents_ = 0;
    }
    // Parents first: what was written before a seal is older than what the top has.
    for (; synced_parents_ < stack->top_index(); ++synced_parents_) {
        complete(*stack, synced_parents_);
        stack->layer(synced_parents_).sync(segments);
    }
    complete(*stack, stack->top_index());
    sync_top(stack->top());
    const auto top = stack->top().id();
    if (metadata_durable_for_ != top && registry_->files().survives_power_loss()) {
        registry_->make_metadata_durable();
        metadata_durable_for_ = top;
    }
}

void Volume::complete(const LayerStack& stack, std::size_t layer)
{
    if (!registry_->files().survives_power_loss()) {
        return;
    }
    for (const auto block : stack.layer(layer).partial_blocks()) {
        // Without the gate: bytes that read as before belong to whatever it is closed for as well.
        const RangeLocks::Guard guard(locks_, RangeLocks::Mode::kExclusive, block, 1);
        stack.complete(layer, block);
    }
}

void Volume::sync_top(Layer& top)
{
    write_doubtful_again(top);
    try {
        top.sync(segments_of(size_));
    } catch (const StorageError&) {
        // At once, for what the kernel has not written it need not keep in its cache either.
        try {
            write_doubtful_again(top);
        } catch (const StorageError&) {
            // The next flush tries that again.
        }
        throw;
    }
}

void Volume::write_doubtful_again(Layer& top)
{
    const auto pieces = top.doubtful();
    for (const auto& piece : pieces) {
        const auto blocks = BlockRange::around(piece.offset, piece.length);
        // Without the gate: bytes that read as before belong to whatever it is closed for as well.
        const RangeLocks::Guard guard(locks_, RangeLocks::Mode::kExclusive, blocks.first,
                                      blocks.count);
        top.write_again(piece);
    }
    top.end_doubt(pieces);
}

Extents Volume::extents(std::uint64_t offset, std::uint64_t length) const
{
    require_range("list extents of", offset, length);
    return Extents(offset, length, [this](auto block, auto limit, auto& owners) {
        const RangeLocks::Guard guard(locks_, RangeLocks::Mode::kShared, block, limit);
        return stack()->look_ahead(block, limit, owners);
    });
}

Gate Volume::close_gate(LayerId next_top, std::uint64_t place)
{
    gate_.close(place);
    try {
        return Gate(shared_from_this(), next_top);
    } catch (...) {
        gate_.open();
        throw;
    }
}

void Volume::take_over(LayerId top, LayerId parent, std::uint64_t block)
{
    const WriteGate::Pass pass(gate_);
    const RangeLocks::Guard guard(locks_, RangeLocks::Mode::kExclusive, block, 1);
    const auto stack = this->stack();
    const auto index = stack->top_index();
    if (stack->top().id() != top || index == 0 || stack->layer(index - 1).id() != parent) {
        throw StorageError(ESTALE, "merge into", "volume", "it has another top, or another parent");
    }
    take_over_block(*stack, block);
}

void Volume::drop_layer(LayerId gone)
{
    // A gate that is closed has made its next stack of this one.
    try {
        gate_.close();
    } catch (const StorageError&) {
        return;  // an upload that was sealed: whoever has it is about to let go
    }
    if (auto next = stack()->without(gone)) {
        const Lock lock(stack_mutex_);
        stack_.swap(next);  // what goes with the old one goes without the lock
    }
    gate_.open();
}

void Volume::seal_for_good()
{
    gate_.close();
    try {
        stack()->top().settle();
    } catch (...) {
        gate_.open();
        throw;
    }
    auto& top = stack()->top();
    top.set_role(Layer::Role::kSealed);
    registry_->note_sealed(top.id());
    gate_.close_for_good();
}

std::shared_ptr<const LayerStack> Volume::stack() const
{
    const Lock lock(stack_mutex_);
    return stack_;
}

void Volume::require_range(const char* operation, std::uint64_t offset, std::uint64_t length) const
{
    amilab::require_range(operation, top(), offset, length, size_);
}

Gate::Gate(std::shared_ptr<Volume> volume, LayerId next_top)
    : volume_(std::move(volume)), old_top_(volume_->top()), next_top_(next_top)
{
    // All that can fail comes here, before any row is committed.
    const auto stack = volume_->stack();
    auto& old_top = stack->top();
    old_top.settle();
    auto layer = volume_->registry_->reserve_top(next_top, volume_);
    next_stack_ = stack->with_top(std::move(layer));
    old_top.set_role(Layer::Role::kFrozen);
}

Gate::Gate(std::shared_ptr<LayerRegistry> registry, LayerId top, LayerId next_top,
           std::uint64_t place)
    : registry_(std::move(registry)),
      frozen_(registry_->freeze(top, next_top, place)),
      old_top_(top),
      next_top_(next_top)
{
}

Gate::~Gate()
{
    if (frozen_) {
        registry_->thaw(frozen_);
    }
    if (!volume_) {
        return;
    }
    if (next_stack_) {
        volume_->stack()->top().set_role(Layer::Role::kWritable);
        next_stack_.reset();
        volume_->registry_->give_up_top(next_top_);
    }
    volume_->gate_.open();
}

void Gate::swap_top() noexcept
{
    if (frozen_) {
        registry_->note_sealed(old_top_);
        frozen_->set_role(Layer::Role::kSealed);
        return;
    }
    if (!next_stack_) {
        return;
    }
    auto& old_top = volume_->stack()->top();
    volume_->registry_->note_sealed(old_top.id());
    old_top.set_role(Layer::Role::kSealed);
    const Lock lock(volume_->stack_mutex_);
    volume_->stack_ = std::exchange(next_stack_, nullptr);
}

}  // namespace amilab
