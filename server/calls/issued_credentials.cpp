#include "server/calls/issued_credentials.h"

#include <array>
#include <charconv>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>
#include <openssl/rand.h>

#include "server/calls/secrets.h"
#include "server/wire/types.h"
#include "storage/state/settings.h"

namespace amilab {

namespace {

// Source: "ASIA" begins the ids of temporary access keys, 20 characters in all (documented).
constexpr std::string_view kKeyPrefix = "ASIA";
constexpr std::size_t kKeyTail = 16;
// Half of the key's tail is random, half says that it is ours: five bytes are eight letters.
constexpr std::size_t kHalfBytes = 5;
// As many bytes as give the 40 characters of a secret key.
constexpr std::size_t kSecretBytes = 30;

std::string random_bytes(std::size_t size)
{
    std::string bytes(size, '\0');
    if (RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(size)) != 1) {
        throw std::runtime_error("OpenSSL has no random bytes");
    }
    return bytes;
}

std::string sign_as(const Settings& settings, std::string_view purpose, std::string_view text)
{
    return sign(settings.page_token_key(), fmt::format("{}\n{}", purpose, text));
}

std::string key_tail(const Settings& settings, const std::string& random)
{
    const auto half = encode_base32(random);
    const auto mark = sign_as(settings, "access key", half).substr(0, kHalfBytes);
    return half + encode_base32(mark);
}

bool is_issued_here(const Settings& settings, std::string_view access_key)
{
    if (access_key.size() != kKeyPrefix.size() + kKeyTail || !access_key.starts_with(kKeyPrefix)) {
        return false;
    }
    const auto half = access_key.substr(kKeyPrefix.size(), kKeyTail / 2);
    const auto mark = sign_as(settings, "access key", half).substr(0, kHalfBytes);
    return is_same_secret(encode_base32(mark), access_key.substr(kKeyPrefix.size() + half.size()));
}

/// The next line of `rest`, which goes on behind it.
std::string take_line(std::string_view& rest)
{
    const auto line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    return std::string(line);
}

}  // namespace

IssuedCredentials issue_credentials(const Settings& settings, std::string_view account,
                                    const Principal& principal, TimeMs expires_ms)
{
    IssuedCredentials made;
    made.access_key = std::string(kKeyPrefix) + key_tail(settings, random_bytes(kHalfBytes));
    made.secret_key = wire::encode_base64(random_bytes(kSecretBytes));
    const auto text = fmt::format("{}\n{}\n{}\n{}\n{}", made.access_key, expires_ms, account,
                                  principal.resource, principal.user_id);
    made.session_token = wire::encode_base64(sign_as(settings, "session token", text) + text);
    return made;
}

ShownCredentials look_at_credentials(const Settings& settings, std::string_view access_key,
                                     std::string_view token, TimeMs wall_ms)
{
    if (!is_issued_here(settings, access_key)) {
        return {};
    }
    const auto decoded = wire::decode_base64(token);
    if (!decoded || decoded->size() < kSignatureBytes) {
        return {.state = KeyState::kInvalid, .account = {}, .principal = {}};
    }
    const auto signature = std::string_view(*decoded).substr(0, kSignatureBytes);
    auto text = std::string_view(*decoded).substr(kSignatureBytes);
    const bool is_ours = is_same_secret(sign_as(settings, "session token", text), signature);
    if (!is_ours || take_line(text) != access_key) {
        return {.state = KeyState::kInvalid, .account = {}, .principal = {}};
    }
    const auto expires = take_line(text);
    TimeMs expires_ms = 0;
    std::from_chars(expires.data(), expires.data() + expires.size(), expires_ms);
    if (expires_ms <= wall_ms) {
        return {.state = KeyState::kExpired, .account = {}, .principal = {}};
    }
    auto account = take_line(text);
    auto resource = take_line(text);
    return {.state = KeyState::kValid,
            .account = std::move(account),
            .principal = {.resource = std::move(resource), .user_id = std::string(text)}};
}

}  // namespace amilab
