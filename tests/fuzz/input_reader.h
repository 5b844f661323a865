#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace amilab::fuzz {

/// Takes an input apart from its front; what is missing at its end reads as zero. Numbers are
/// little-endian.
class InputReader {
public:
    explicit InputReader(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}

    bool is_at_end() const { return bytes_.empty(); }

    template <class Number>
    Number number()
    {
        Number number = 0;
        const auto part = take(sizeof number);
        for (std::size_t index = 0; index < part.size(); ++index) {
            number |= static_cast<Number>(Number{part[index]} << (8 * index));
        }
        return number;
    }

    /// At most `size` bytes.
    std::span<const std::uint8_t> take(std::size_t size)
    {
        const auto part = bytes_.first(std::min(size, bytes_.size()));
        bytes_ = bytes_.subspan(part.size());
        return part;
    }

    std::span<const std::uint8_t> rest() { return take(bytes_.size()); }

private:
    std::span<const std::uint8_t> bytes_;
};

}  // namespace amilab::fuzz
