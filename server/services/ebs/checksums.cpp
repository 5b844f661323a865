#include "server/services/ebs/checksums.h"

#include <cstring>

#include "server/services/ebs/errors.h"
#include "server/wire/types.h"

namespace amilab::ebs {

Digest as_digest(std::string_view bytes)
{
    Digest digest;
    std::memcpy(digest.data(), bytes.data(), digest.size());
    return digest;
}

std::string to_base64(const Digest& digest)
{
    return wire::encode_base64({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

Digest parse_checksum(std::string_view text)
{
    const auto bytes = wire::decode_base64(text);
    if (!bytes || bytes->size() != std::tuple_size_v<Digest>) {
        throw invalid_parameter("The checksum is not the base64 of a SHA-256.");
    }
    return as_digest(*bytes);
}

}  // namespace amilab::ebs
