#pragma once

#include <cstddef>
#include <cstring>
#include <span>

namespace amilab {

/// Whether all bytes are zero; there is one at least.
inline bool is_zero(std::span<const std::byte> bytes)
{
    // Equal to itself one byte on, and zero at the start: the C library's fastest loop.
    return bytes.front() == std::byte{0} &&
           std::memcmp(bytes.data(), bytes.data() + 1, bytes.size() - 1) == 0;
}

}  // namespace amilab
