#include "server/calls/secrets.h"

#include <openssl/crypto.h>

namespace amilab {

bool is_same_secret(std::string_view secret, std::string_view shown)
{
    return secret.size() == shown.size() &&
           CRYPTO_memcmp(secret.data(), shown.data(), secret.size()) == 0;
}

}  // namespace amilab
