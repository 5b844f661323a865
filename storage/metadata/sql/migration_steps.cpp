#include "storage/metadata/sql/migration_steps.h"

#include <array>

namespace amilab {

namespace {

constexpr auto kSteps = std::to_array<const char*>({
#include "storage/migration_steps.inc"
});

}  // namespace

std::span<const char* const> migration_steps()
{
    return kSteps;
}

}  // namespace amilab
