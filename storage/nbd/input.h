#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "storage/nbd/stream.h"

namespace amilab::nbd {

/// What was received and not used yet, in one piece of memory. Not safe from several threads.
class Input {
public:
    /// What take() can give at most.
    static constexpr std::size_t kCapacity = std::size_t{64} << 10;

    explicit Input(Stream& stream)
        : stream_(stream), bytes_(std::make_unique_for_overwrite<std::byte[]>(kCapacity))
    {
    }

    std::size_t buffered() const { return end_ - begin_; }
    bool has_more() const { return buffered() > 0 || stream_.has_input(); }
    /// The next bytes, which stay until the next call; they count as used.
    std::span<const std::byte> take(std::size_t size);
    void read(std::span<std::byte> out);
    void skip(std::uint64_t size);

private:
    Stream& stream_;
    std::unique_ptr<std::byte[]> bytes_;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
};

}  // namespace amilab::nbd
