#include "storage/blocks/snapshot.h"

#include <utility>

#include "storage/blocks/block_range.h"
#include "storage/blocks/layer_registry.h"

namespace amilab {

Snapshot::Snapshot(std::shared_ptr<LayerRegistry> registry,
                   std::vector<std::shared_ptr<Layer>> bottom_first, std::uint64_t size)
    : registry_(std::move(registry)),
      size_(size),
      stack_(registry_->files().pages(), std::move(bottom_first))
{
}

Snapshot::~Snapshot()
{
    registry_->let_go(stack_.top().id());
}

void Snapshot::read(std::uint64_t offset, std::span<std::byte> out) const
{
    require_range("read", stack_.top().id(), offset, out.size(), size_);
    if (!out.empty()) {
        read_stack(stack_, offset, out);
    }
}

Extents Snapshot::extents(std::uint64_t offset, std::uint64_t length) const
{
    require_range("list extents of", stack_.top().id(), offset, length, size_);
    return Extents(offset, length, [this](auto block, auto limit, auto& owners) {
        return stack_.look_ahead(block, limit, owners);
    });
}

std::uint64_t Snapshot::look_ahead(std::uint64_t block, std::uint64_t limit,
                                   std::vector<Owner>& owners) const
{
    return stack_.look_ahead(block, limit, owners);
}

std::vector<LayerId> Snapshot::layers() const
{
    std::vector<LayerId> layers;
    for (std::size_t index = 0; index <= stack_.top_index(); ++index) {
        layers.push_back(stack_.layer(index).id());
    }
    return layers;
}

}  // namespace amilab
