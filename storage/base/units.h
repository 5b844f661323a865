#pragma once

#include <cstdint>

#include "storage/base/clock.h"

namespace amilab {

inline constexpr std::uint64_t kGiB = std::uint64_t{1} << 30;
/// 64 TiB. Source: EBS User Guide, "Amazon EBS volume limits" (documented, of io2 and gp3).
inline constexpr std::int64_t kLargestVolumeGib = 65'536;

inline constexpr TimeMs kSecondMs = 1000;
inline constexpr TimeMs kMinuteMs = 60 * kSecondMs;
inline constexpr TimeMs kHourMs = 60 * kMinuteMs;
inline constexpr TimeMs kDayMs = 24 * kHourMs;

/// The time without its milliseconds.
constexpr TimeMs whole_seconds(TimeMs time_ms)
{
    return time_ms - time_ms % kSecondMs;
}

}  // namespace amilab
