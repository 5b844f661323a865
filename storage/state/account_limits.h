#pragma once

#include <cstdint>
#include <optional>

namespace amilab {

/// What one account may hold at most; nothing: as much as there is room for.
struct AccountLimits {
    /// Rows of all tables of what accounts have, in all regions.
    std::optional<std::int64_t> rows{};
    /// Bytes of its layers, as the file system counts them.
    std::optional<std::uint64_t> bytes{};

    bool any() const { return rows || bytes; }
};

}  // namespace amilab
