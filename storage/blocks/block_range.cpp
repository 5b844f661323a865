#include "storage/blocks/block_range.h"

#include <boost/container/small_vector.hpp>
#include <cerrno>

#include <fmt/format.h>

#include "storage/base/storage_error.h"

namespace amilab {

std::string layer_name(LayerId layer)
{
    return fmt::format("layer {:016x}", to_number(layer));
}

void require_range(const char* operation, LayerId top, std::uint64_t offset, std::uint64_t length,
                   std::uint64_t size)
{
    if (offset > size || length > size - offset) {
        throw StorageError(
            EINVAL, operation, layer_name(top),
            fmt::format("offset {} and length {} go past the end, {}", offset, length, size));
    }
}

void require_volume_size(LayerId top, std::uint64_t size)
{
    if (size == 0 || size > kMaxVolumeSize || size % kSectorSize != 0) {
        throw StorageError(EINVAL, "open", layer_name(top),
                           fmt::format("a volume cannot have {} bytes", size));
    }
}

void read_stack(const LayerStack& stack, std::uint64_t offset, std::span<std::byte> out)
{
    const auto blocks = BlockRange::around(offset, out.size());
    boost::container::small_vector<Owner, 32> owners(blocks.count);
    stack.find_owners(blocks.first, owners);
    stack.read(offset, out, owners);
}

}  // namespace amilab
