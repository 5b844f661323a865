#include "storage/base/unpacking.h"

#include <new>

#include <zlib.h>

namespace amilab {

std::optional<std::size_t> unpack_zlib(std::span<const std::byte> packed, std::span<std::byte> out)
{
    auto length = static_cast<uLongf>(out.size());
    const auto result = ::uncompress(reinterpret_cast<Bytef*>(out.data()), &length,
                                     reinterpret_cast<const Bytef*>(packed.data()), packed.size());
    if (result == Z_MEM_ERROR) {
        throw std::bad_alloc();
    }
    return result == Z_OK ? std::optional<std::size_t>(length) : std::nullopt;
}

}  // namespace amilab
