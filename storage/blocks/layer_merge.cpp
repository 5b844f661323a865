#include "storage/blocks/layer_merge.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "storage/blocks/data_checksums.h"
#include "storage/blocks/layer_registry.h"

namespace amilab {
namespace {

/// Data before map, as in every write.
void copy_block(Layer& from, Layer& to, std::uint64_t block)
{
    const auto was_data = to.state(block) == BlockState::kData;
    const auto state = from.state(block);
    if (state == BlockState::kData) {
        std::vector<std::byte> bytes(kBlockSize);
        from.read(block * kBlockSize, bytes);
        to.write(block * kBlockSize, bytes);
    }
    to.set_state(block, 1, state);
    if (state == BlockState::kZero && was_data) {
        to.release(block * kBlockSize, kBlockSize);
    }
}

}  // namespace

LayerMerge::LayerMerge(std::shared_ptr<LayerRegistry> registry, std::shared_ptr<Layer> parent,
                       std::shared_ptr<Layer> child, Direction direction)
    : registry_(std::move(registry)),
      parent_(std::move(parent)),
      child_(std::move(child)),
      child_id_(child_->id()),
      direction_(direction)
{
    if (direction == Direction::kIntoParent) {
        registry_->close_as_snapshot(parent_->id());
        try {
            // It says what the parent alone was; and what is made later would not say it.
            remove_index(registry_->files(), parent_->id());
            remove_checksums(registry_->files(), parent_->id());
        } catch (...) {
            registry_->open_as_snapshot(parent_->id());
            throw;
        }
        parent_->forget_index();
        parent_->begin_merge();
    } else {
        remove_checksums(registry_->files(), child_->id());
        child_->begin_merge();
    }
}

LayerMerge::LayerMerge(std::shared_ptr<LayerRegistry> registry, std::shared_ptr<Layer> parent,
                       std::shared_ptr<Volume> child)
    : registry_(std::move(registry)),
      parent_(std::move(parent)),
      volume_(std::move(child)),
      child_id_(volume_->top()),
      direction_(Direction::kIntoChild)
{
}

LayerMerge::~LayerMerge()
{
    open_parent();
}

void LayerMerge::open_parent()
{
    if (direction_ == Direction::kIntoParent) {
        registry_->open_as_snapshot(parent_->id());
    }
}

LayerId LayerMerge::gone() const
{
    return direction_ == Direction::kIntoChild ? parent_->id() : child_id_;
}

bool LayerMerge::step(std::uint64_t blocks)
{
    for (std::uint64_t done = 0; done < blocks && !is_done_; ++done) {
        if (find_next()) {
            copy(next_block_++);
        } else {
            finish();
            is_done_ = true;
        }
    }
    if (volume_ && !is_done_) {
        volume_->flush();  // now and then, so that no client's flush has to wait for all of it
    }
    return !is_done_;
}

bool LayerMerge::find_next()
{
    auto& from = direction_ == Direction::kIntoChild ? *parent_ : *child_;
    next_block_ = from.next_block(next_block_);
    return next_block_ < kEndBlock;
}

void LayerMerge::copy(std::uint64_t block)
{
    if (volume_) {
        volume_->take_over(child_id_, parent_->id(), block);
    } else if (direction_ == Direction::kIntoParent) {
        copy_block(*child_, *parent_, block);
    } else if (child_->state(block) == BlockState::kAbsent) {
        copy_block(*parent_, *child_, block);
    }
}

void LayerMerge::finish()
{
    if (volume_) {
        volume_->flush();
    } else if (direction_ == Direction::kIntoParent) {
        parent_->end_merge();
    } else {
        child_->end_merge();
    }
}

}  // namespace amilab
