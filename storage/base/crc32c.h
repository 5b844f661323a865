#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace amilab {

/// CRC-32C (Castagnoli) as iSCSI has it, by the processor's own instruction where there is one.
std::uint32_t crc32c(std::span<const std::byte> bytes);
/// What crc32c gives, on every processor.
std::uint32_t crc32c_by_table(std::span<const std::byte> bytes);

}  // namespace amilab
