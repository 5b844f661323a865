#include "server/services/ec2/instances/host_keys.h"

#include <string_view>

#include <fmt/format.h>
#include <openssl/obj_mac.h>

#include "server/calls/secrets.h"
#include "server/services/ec2/instances/public_numbers.h"
#include "server/wire/types.h"

namespace amilab::ec2 {

namespace {

using namespace std::string_view_literals;

constexpr std::size_t kHostModulusBytes = 384;
constexpr std::size_t kHostCoordinateBytes = 32;

/// Bytes with their length before them, as SSH writes them.
std::string ssh_string(std::string_view bytes)
{
    std::string text;
    for (const int shift : {24, 16, 8, 0}) {
        text += static_cast<char>(bytes.size() >> shift & 0xFF);
    }
    return text.append(bytes);
}

HostKey host_key(std::int64_t bits, std::string_view kind, std::string_view algorithm,
                 const std::string& rest)
{
    const auto blob = ssh_string(algorithm) + rest;
    auto fingerprint = wire::encode_base64(sha256(blob));
    fingerprint.erase(fingerprint.find('='));
    return {.bits = bits,
            .kind = std::string(kind),
            .line = fmt::format("{} {}", algorithm, wire::encode_base64(blob)),
            .fingerprint = fmt::format("SHA256:{}", fingerprint)};
}

}  // namespace

std::array<HostKey, 3> host_keys_of(const InstanceId& id)
{
    const auto seed = "host key of " + id.text();
    // A zero before the number, lest its highest bit make it a negative one.
    const auto modulus = '\0' + modulus_of(seed + "/rsa", kHostModulusBytes);
    const auto point = point_of(seed + "/ecdsa", NID_X9_62_prime256v1, kHostCoordinateBytes);
    return {
        host_key(256, "ECDSA", "ecdsa-sha2-nistp256", ssh_string("nistp256") + ssh_string(point)),
        host_key(256, "ED25519", "ssh-ed25519", ssh_string(sha256(seed))),
        host_key(3072, "RSA", "ssh-rsa", ssh_string("\x01\x00\x01"sv) + ssh_string(modulus))};
}

}  // namespace amilab::ec2
