#include "storage/blocks/layer_bytes.h"

#include <algorithm>
#include <utility>

namespace amilab {

namespace {

constexpr std::uint64_t kMostDataBlocks = LayerBytes::kMostDataBytes / kBlockSize;

}  // namespace

LayerBytes::LayerBytes(std::shared_ptr<Layer> layer,
                       std::function<std::shared_ptr<Snapshot>()> open_whole)
    : layer_(std::move(layer)), open_whole_(std::move(open_whole))
{
}

std::optional<LayerBytes::Run> LayerBytes::next()
{
    const auto first = layer_->next_block(next_block_);
    if (first >= kEndBlock) {
        return std::nullopt;
    }
    const bool is_data = layer_->state(first) != BlockState::kZero;
    const auto end = (first / kBlocksPerSegment + 1) * kBlocksPerSegment;
    const auto stop = is_data ? std::min(end, first + kMostDataBlocks) : end;
    auto block = first + 1;
    while (block < stop) {
        const auto state = layer_->state(block);
        if (state == BlockState::kAbsent || (state != BlockState::kZero) != is_data) {
            break;
        }
        ++block;
    }
    next_block_ = block;
    return Run{first * kBlockSize, (block - first) * kBlockSize, is_data};
}

void LayerBytes::read(const Run& run, std::span<std::byte> out)
{
    if (!layer_->has_partial(run.offset / kBlockSize, run.length / kBlockSize)) {
        layer_->read(run.offset, out);
        return;
    }
    for (std::uint64_t at = 0; at < run.length; at += kBlockSize) {
        const auto block = (run.offset + at) / kBlockSize;
        const auto part = out.subspan(at, kBlockSize);
        if (layer_->state(block) != BlockState::kPartial) {
            layer_->read(run.offset + at, part);
            continue;
        }
        if (!whole_) {
            whole_ = open_whole_();
        }
        whole_->read(run.offset + at, part);
    }
}

}  // namespace amilab
