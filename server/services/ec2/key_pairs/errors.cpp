#include "server/services/ec2/key_pairs/errors.h"

#include <fmt/format.h>

#include "server/calls/errors.h"

namespace amilab::ec2 {

// Source: no code of its own is documented; the code and the text are assumed.
template <>
ApiError malformed_id<KeyPairId>(std::string_view text, std::string_view /*parameter*/)
{
    return invalid_value(text, "keyPairId", "Expected: 'key-...'.");
}

// Source: the code is documented, the text assumed.
ApiError not_found(const KeyPairId& id)
{
    return {"InvalidKeyPair.NotFound",
            fmt::format("The key pair ID '{}' does not exist", id.text())};
}

ApiError key_pair_not_found(std::string_view name)
{
    return {"InvalidKeyPair.NotFound", fmt::format("The key pair '{}' does not exist", name)};
}

// Source: observed.
ApiError key_pair_name_taken()
{
    return {"InvalidKeyPair.Duplicate", "The keypair already exists"};
}

// Source: assumed.
ApiError key_pair_not_named()
{
    return {"MissingParameter", "The request must contain the parameter KeyName or KeyPairId"};
}

// Source: observed.
ApiError key_name_not_trimmed(std::string_view name)
{
    return invalid_parameter_value(
        fmt::format("Invalid value '{}' for keyName. It should be trimmed", name));
}

// Source: observed.
ApiError public_key_malformed()
{
    return {"InvalidKey.Format", "Key is not in valid OpenSSH public key format"};
}

// Source: the rule is documented; code and text are assumed.
ApiError key_type_not_for_windows()
{
    return {"InvalidParameterCombination",
            "ED25519 key pairs are not supported with Windows AMIs. Use an RSA key pair."};
}

}  // namespace amilab::ec2
