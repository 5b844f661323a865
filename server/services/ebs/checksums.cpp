#include "server/services/ebs/checksums.h"

#include <cstring>
#include <stdexcept>

#include <openssl/evp.h>

#include "server/services/ebs/errors.h"
#include "server/wire/types.h"

namespace amilab::ebs {

Digest sha256(std::string_view bytes)
{
    Digest digest;
    if (EVP_Digest(bytes.data(), bytes.size(), reinterpret_cast<unsigned char*>(digest.data()),
                   nullptr, EVP_sha256(), nullptr) != 1) {
        throw std::runtime_error("OpenSSL has no SHA-256");
    }
    return digest;
}

std::string to_base64(const Digest& digest)
{
    return wire::encode_base64({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

Digest parse_checksum(std::string_view text)
{
    Digest digest;
    const auto bytes = wire::decode_base64(text);
    if (!bytes || bytes->size() != digest.size()) {
        throw invalid_parameter("The checksum is not the base64 of a SHA-256.");
    }
    std::memcpy(digest.data(), bytes->data(), digest.size());
    return digest;
}

}  // namespace amilab::ebs
