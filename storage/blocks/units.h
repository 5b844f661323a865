#pragma once

#include <cstdint>

#include "storage/blocks/layer_id.h"

namespace amilab {

/// What of a partial block is the layer's own: one bit for each unit of 4 KiB, the first the
/// lowest.
using Units = std::uint16_t;
inline constexpr std::uint64_t kUnitSize = 4096;
inline constexpr std::uint64_t kUnitsPerBlock = kBlockSize / kUnitSize;
inline constexpr Units kAllUnits = 0xffff;

/// The units of a range of whole units; bytes from the block's start.
inline Units units_of_range(std::uint64_t begin, std::uint64_t end)
{
    const auto below = [](std::uint64_t at) { return (1U << (at / kUnitSize)) - 1; };
    return static_cast<Units>(below(end) & ~below(begin));
}

/// Calls `action(begin, end)` for each run of units, with bytes from the block's start.
template <class Action>
void for_each_run(Units units, Action action)
{
    for (std::uint64_t unit = 0; unit < kUnitsPerBlock; ++unit) {
        if ((units >> unit & 1U) == 0) {
            continue;
        }
        const auto first = unit;
        while (unit < kUnitsPerBlock && (units >> unit & 1U) != 0) {
            ++unit;
        }
        action(first * kUnitSize, unit * kUnitSize);
    }
}

}  // namespace amilab
