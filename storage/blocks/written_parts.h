#pragma once

#include <array>
#include <atomic>
#include <bit>
#include <cstdint>
#include <vector>

#include "storage/blocks/layer_id.h"

namespace amilab {

/// Which parts of a segment have been written since somebody last took them. Offsets and lengths
/// are bytes from the segment's start. Safe from any thread.
class WrittenParts {
public:
    static constexpr std::uint64_t kPartSize = std::uint64_t{64} << 20;

    void add(std::uint64_t offset, std::uint64_t length)
    {
        for (auto part = offset / kPartSize; part * kPartSize < offset + length; ++part) {
            auto& word = words_[part / kBits];
            const auto bit = std::uint64_t{1} << part % kBits;
            if ((word.load(std::memory_order_acquire) & bit) == 0) {
                word.fetch_or(bit);
            }
        }
    }
    void add_all()
    {
        for (auto& word : words_) {
            word.store(~std::uint64_t{0});
        }
    }
    /// The parts' numbers, in order; none is left.
    std::vector<std::uint64_t> take()
    {
        std::vector<std::uint64_t> parts;
        for (std::size_t index = 0; index < words_.size(); ++index) {
            for (auto word = words_[index].exchange(0); word != 0; word &= word - 1) {
                parts.push_back(index * kBits + static_cast<std::uint64_t>(std::countr_zero(word)));
            }
        }
        return parts;
    }

private:
    static constexpr std::uint64_t kBits = 64;

    std::array<std::atomic<std::uint64_t>, kSegmentSize / kPartSize / kBits> words_{};
};

}  // namespace amilab
