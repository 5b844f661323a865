#include "server/calls/request_id.h"

#include <array>
#include <stdexcept>
#include <string_view>

#include <openssl/rand.h>

namespace amilab {

std::string make_request_id()
{
    // Random bytes are drawn by the page: OpenSSL's generator costs microseconds a call.
    thread_local std::array<unsigned char, 4096> pool;
    thread_local std::size_t used = pool.size();
    constexpr std::size_t kBytes = 16;
    if (used == pool.size()) {
        if (RAND_bytes(pool.data(), static_cast<int>(pool.size())) != 1) {
            throw std::runtime_error("OpenSSL has no random bytes");
        }
        used = 0;
    }
    auto* bytes = pool.data() + used;
    used += kBytes;
    bytes[6] = static_cast<unsigned char>((bytes[6] & 0x0fU) | 0x40U);
    bytes[8] = static_cast<unsigned char>((bytes[8] & 0x3fU) | 0x80U);
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string text;
    text.reserve(36);
    for (std::size_t i = 0; i < kBytes; ++i) {
        if (i == 4 || i == 6 || i == 8 || i == 10) {
            text += '-';
        }
        text += kDigits[bytes[i] >> 4];
        text += kDigits[bytes[i] & 0x0fU];
    }
    return text;
}

}  // namespace amilab
