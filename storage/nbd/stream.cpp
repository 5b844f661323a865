#include "storage/nbd/stream.h"

namespace amilab::nbd {

void Stream::send(std::span<const std::byte> bytes)
{
    // Sending only reads what its pieces point at.
    iovec piece = {.iov_base = const_cast<std::byte*>(bytes.data()), .iov_len = bytes.size()};
    send(std::span(&piece, 1));
}

}  // namespace amilab::nbd
