#pragma once

#include <cstddef>
#include <optional>
#include <span>

namespace amilab {

/// Unpacks into `out` what zlib has packed, whole or not at all; how many bytes there are, and
/// nothing where they are damaged, do not end, or are more than fit. Throws std::bad_alloc.
std::optional<std::size_t> unpack_zlib(std::span<const std::byte> packed, std::span<std::byte> out);

}  // namespace amilab
