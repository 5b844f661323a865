#include "storage/base/crc32c.h"

#include <array>
#include <cstring>

namespace amilab {
namespace {

constexpr std::uint32_t kPolynomial = 0x82f63b78;  // 0x1edc6f41, its lowest bit first

constexpr std::array<std::uint32_t, 256> make_table()
{
    std::array<std::uint32_t, 256> table{};
    for (std::uint32_t byte = 0; byte < table.size(); ++byte) {
        auto crc = byte;
        for (int bit = 0; bit < 8; ++bit) {
            crc = (crc >> 1U) ^ ((crc & 1U) != 0 ? kPolynomial : 0);
        }
        table[byte] = crc;
    }
    return table;
}

std::uint32_t add_bytes(std::uint32_t crc, std::span<const std::byte> bytes)
{
    static constexpr auto kTable = make_table();
    for (const auto byte : bytes) {
        crc = (crc >> 8U) ^ kTable[(crc ^ static_cast<std::uint32_t>(byte)) & 0xffU];
    }
    return crc;
}

#ifdef __x86_64__
[[gnu::target("sse4.2")]] std::uint32_t add_words(std::uint32_t crc, const std::byte* words,
                                                  std::size_t count)
{
    std::uint64_t sum = crc;
    for (std::size_t index = 0; index < count; ++index) {
        std::uint64_t word = 0;
        std::memcpy(&word, words + index * sizeof word, sizeof word);
        sum = __builtin_ia32_crc32di(sum, word);
    }
    return static_cast<std::uint32_t>(sum);
}
#endif

}  // namespace

std::uint32_t crc32c(std::span<const std::byte> bytes)
{
#ifdef __x86_64__
    if (__builtin_cpu_supports("sse4.2") != 0) {
        const auto words = bytes.size() / sizeof(std::uint64_t);
        const auto crc = add_words(~0U, bytes.data(), words);
        return ~add_bytes(crc, bytes.subspan(words * sizeof(std::uint64_t)));
    }
#endif
    return crc32c_by_table(bytes);
}

std::uint32_t crc32c_by_table(std::span<const std::byte> bytes)
{
    return ~add_bytes(~0U, bytes);
}

}  // namespace amilab
