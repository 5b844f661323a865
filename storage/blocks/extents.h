#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "storage/blocks/layer_stack.h"

namespace amilab {

/// A run of bytes of one kind. Both zeros and holes read as zeros.
struct Extent {
    enum class Kind {
        kData,
        /// A layer says that it is zero: trimmed, or written as zeros.
        kZero,
        /// No layer has ever had it.
        kHole,
    };

    std::uint64_t offset = 0;
    std::uint64_t length = 0;
    Kind kind = Kind::kHole;

    bool operator==(const Extent&) const = default;
};

/// Walks over a range of a volume or snapshot, run by run, each as long as it can be. Must not
/// outlive what it walks over. Cheap where there is nothing, however large. Not safe from several
/// threads.
class Extents {
public:
    using LookAhead = std::function<std::uint64_t(std::uint64_t block, std::uint64_t limit,
                                                  std::vector<Owner>& owners)>;

    Extents(std::uint64_t offset, std::uint64_t length, LookAhead look_ahead)
        : at_(offset), end_(offset + length), look_ahead_(std::move(look_ahead))
    {
    }

    /// Nothing behind the last. Throws StorageError.
    std::optional<Extent> next();

private:
    Extent piece();

    std::uint64_t at_;
    std::uint64_t end_;
    LookAhead look_ahead_;
    std::uint64_t window_first_ = 0;
    std::uint64_t window_count_ = 0;
    std::vector<Owner> window_;
};

}  // namespace amilab
