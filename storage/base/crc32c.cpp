#include "storage/base/crc32c.h"

#include <boost/crc.hpp>
#include <cstring>

namespace amilab {
namespace {

#ifdef __x86_64__
[[gnu::target("sse4.2")]] std::uint32_t crc32c_by_instruction(std::span<const std::byte> bytes)
{
    std::uint64_t sum = ~0U;
    for (; bytes.size() >= sizeof sum; bytes = bytes.subspan(sizeof sum)) {
        std::uint64_t word = 0;
        std::memcpy(&word, bytes.data(), sizeof word);
        sum = __builtin_ia32_crc32di(sum, word);
    }
    auto crc = static_cast<std::uint32_t>(sum);
    for (const auto byte : bytes) {
        crc = __builtin_ia32_crc32qi(crc, static_cast<std::uint8_t>(byte));
    }
    return ~crc;
}
#endif

}  // namespace

std::uint32_t crc32c(std::span<const std::byte> bytes)
{
#ifdef __x86_64__
    if (__builtin_cpu_supports("sse4.2") != 0) {
        return crc32c_by_instruction(bytes);
    }
#endif
    return crc32c_by_table(bytes);
}

std::uint32_t crc32c_by_table(std::span<const std::byte> bytes)
{
    constexpr std::uint32_t kPolynomial = 0x1edc6f41;
    boost::crc_optimal<32, kPolynomial, ~0U, ~0U, true, true> crc;
    crc.process_bytes(bytes.data(), bytes.size());
    return crc.checksum();
}

}  // namespace amilab
