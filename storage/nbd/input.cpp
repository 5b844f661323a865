#include "storage/nbd/input.h"

#include <algorithm>
#include <cstring>

namespace amilab::nbd {

std::span<const std::byte> Input::take(std::size_t size)
{
    if (buffered() < size && begin_ > 0) {
        std::memmove(bytes_.get(), bytes_.get() + begin_, buffered());
        end_ -= begin_;
        begin_ = 0;
    }
    while (buffered() < size) {
        end_ += stream_.receive_some(std::span(bytes_.get() + end_, kCapacity - end_));
    }
    const std::span<const std::byte> taken(bytes_.get() + begin_, size);
    begin_ += size;
    if (begin_ == end_) {
        begin_ = end_ = 0;  // the bytes stay where they are until the next call
    }
    return taken;
}

void Input::read(std::span<std::byte> out)
{
    const auto part = std::min(out.size(), buffered());
    std::copy_n(bytes_.get() + begin_, part, out.begin());  // both may be nothing
    begin_ += part;
    stream_.receive(out.subspan(part));
}

void Input::skip(std::uint64_t size)
{
    while (size > 0) {
        const auto part = std::min<std::uint64_t>(
            size, std::max<std::size_t>(1, std::min(buffered(), kCapacity)));
        take(part);
        size -= part;
    }
}

}  // namespace amilab::nbd
