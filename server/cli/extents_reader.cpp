#include "server/cli/extents_reader.h"

#include <algorithm>
#include <cstring>
#include <stdexcept>

namespace amilab::cli {

void ExtentsReader::take(std::span<const std::byte> bytes)
{
    while (!bytes.empty()) {
        if (frame_.length > 0) {
            const auto part = bytes.first(std::min<std::uint64_t>(frame_.length, bytes.size()));
            write_(frame_.offset, part);
            frame_.offset += part.size();
            frame_.length -= part.size();
            bytes = bytes.subspan(part.size());
            continue;
        }
        const auto part = bytes.first(std::min(header_.size() - header_size_, bytes.size()));
        std::memcpy(header_.data() + header_size_, part.data(), part.size());
        header_size_ += part.size();
        bytes = bytes.subspan(part.size());
        if (header_size_ == header_.size()) {
            frame_ = control::parse_frame(header_);
            header_size_ = 0;
            is_done_ = frame_.length == 0;
        }
    }
}

std::uint64_t ExtentsReader::size_bytes() const
{
    if (!is_done_) {
        throw std::runtime_error("the server's answer ends too early");
    }
    return frame_.offset;
}

}  // namespace amilab::cli
