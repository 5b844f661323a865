#pragma once

#include <span>

namespace amilab {

/// The scripts of storage/metadata/migrations/, in order: the n-th makes schema version n.
std::span<const char* const> migration_steps();

}  // namespace amilab
