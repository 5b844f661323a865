#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "storage/base/mutex.h"

namespace amilab {

/// Readers and writers of blocks, kept apart: many readers or one writer of each. A range is taken
/// whole, so that nobody sees half a write. Blocks share stripes; stripes are taken in one order.
class RangeLocks {
public:
    RangeLocks() : stripes_(make_stripes(std::make_index_sequence<kStripes>())) {}

    enum class Mode { kShared, kExclusive };

    class Guard {
    public:
        Guard(RangeLocks& locks, Mode mode, std::uint64_t first_block, std::uint64_t count)
            : locks_(locks), mode_(mode), stripes_(stripes_of(first_block, count))
        {
            for (std::size_t index = 0; index < kStripes; ++index) {
                if ((stripes_ >> index & 1U) == 0) {
                    continue;
                }
                mode_ == Mode::kShared ? locks_.stripes_[index].lock_shared()
                                       : locks_.stripes_[index].lock();
            }
        }
        ~Guard()
        {
            for (auto index = kStripes; index-- > 0;) {
                if ((stripes_ >> index & 1U) == 0) {
                    continue;
                }
                mode_ == Mode::kShared ? locks_.stripes_[index].unlock_shared()
                                       : locks_.stripes_[index].unlock();
            }
        }
        Guard(const Guard&) = delete;
        Guard& operator=(const Guard&) = delete;

    private:
        RangeLocks& locks_;
        Mode mode_;
        std::uint32_t stripes_;
    };

private:
    static constexpr std::size_t kStripes = 32;

    static std::uint32_t stripes_of(std::uint64_t first_block, std::uint64_t count)
    {
        if (count >= kStripes) {
            return ~std::uint32_t{0};
        }
        std::uint32_t stripes = 0;
        for (std::uint64_t block = first_block; block < first_block + count; ++block) {
            stripes |= std::uint32_t{1} << (block % kStripes);
        }
        return stripes;
    }

    template <std::size_t... kIndexes>
    static std::array<SharedMutex, kStripes> make_stripes(std::index_sequence<kIndexes...>)
    {
        return {SharedMutex(LockLevel::kRange, kIndexes + 1)...};
    }

    std::array<SharedMutex, kStripes> stripes_;
};

}  // namespace amilab
