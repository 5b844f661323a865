#include "tests/fuzz/memory_stream.h"

#include <algorithm>

namespace amilab::fuzz {

std::size_t MemoryStream::receive_some(std::span<std::byte> out)
{
    const auto part = said_.first(std::min(said_.size(), out.size()));
    if (part.empty()) {
        throw nbd::Disconnected();
    }
    std::copy(part.begin(), part.end(), out.begin());
    said_ = said_.subspan(part.size());
    return part.size();
}

void MemoryStream::receive(std::span<std::byte> out)
{
    while (!out.empty()) {
        out = out.subspan(receive_some(out));
    }
}

void MemoryStream::send(std::span<iovec> pieces)
{
    for (const auto& piece : pieces) {
        const auto* begin = static_cast<const std::byte*>(piece.iov_base);
        told_.insert(told_.end(), begin, begin + piece.iov_len);
    }
}

}  // namespace amilab::fuzz
