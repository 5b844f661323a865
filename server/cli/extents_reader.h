#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>

#include "server/control/extents_stream.h"

namespace amilab::cli {

/// Takes the extents stream in pieces of any size, and hands on the bytes that it holds.
class ExtentsReader {
public:
    using Write = std::function<void(std::uint64_t offset, std::span<const std::byte> bytes)>;
    explicit ExtentsReader(Write write) : write_(std::move(write)) {}

    void take(std::span<const std::byte> bytes);

    /// The disk's size. Throws std::runtime_error when the last frame has not come.
    std::uint64_t size_bytes() const;

private:
    Write write_;
    control::FrameHeader header_{};
    std::size_t header_size_ = 0;
    control::ExtentFrame frame_;
    bool is_done_ = false;
};

}  // namespace amilab::cli
