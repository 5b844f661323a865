#pragma once

#include <cstdint>

#include "storage/base/vocabulary.h"

namespace amilab {

/// A task that failed was deleted, as one that was cancelled.
enum class ImportTaskState : std::uint8_t { kActive, kCompleted, kDeleting, kDeleted };
template <>
inline constexpr auto kWords<ImportTaskState> = words("active", "completed", "deleting", "deleted");

}  // namespace amilab
