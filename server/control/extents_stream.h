#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace amilab::control {

/// The media type of the extents stream; any other body is a raw disk. docs/formats.md, "The
/// extents stream", has its form.
inline constexpr std::string_view kExtentsType = "application/x-amilab-extents";

/// What stands before a frame's bytes, all in bytes. A length of zero ends the stream; its offset
/// is the disk's size.
struct ExtentFrame {
    std::uint64_t offset = 0;
    std::uint64_t length = 0;
};
static_assert(std::endian::native == std::endian::little, "frames are little-endian");
static_assert(sizeof(ExtentFrame) == 16);

using FrameHeader = std::array<std::byte, sizeof(ExtentFrame)>;

inline FrameHeader frame_header(const ExtentFrame& frame)
{
    return std::bit_cast<FrameHeader>(frame);
}

inline ExtentFrame parse_frame(const FrameHeader& header)
{
    return std::bit_cast<ExtentFrame>(header);
}

}  // namespace amilab::control
