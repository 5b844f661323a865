#pragma once

#include <cstdint>

#include "storage/base/vocabulary.h"

namespace amilab {

enum class SnapshotState : std::uint8_t { kPending, kCompleted, kError };
template <>
inline constexpr auto kWords<SnapshotState> = words("pending", "completed", "error");

}  // namespace amilab
