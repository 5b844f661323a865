#include "server/calls/secrets.h"

#include <array>
#include <cstdint>
#include <span>
#include <stdexcept>

#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

namespace amilab {

namespace {

constexpr std::size_t kDigestBytes = 32;

void require_hashed(int result)
{
    if (result != 1) {
        throw std::runtime_error("OpenSSL cannot hash");
    }
}

const EVP_MD* openssl_of(HashAlgorithm algorithm)
{
    switch (algorithm) {
        case HashAlgorithm::kMd5:
            return EVP_md5();
        case HashAlgorithm::kSha1:
            return EVP_sha1();
        case HashAlgorithm::kSha256:
            break;
    }
    return EVP_sha256();
}

}  // namespace

bool is_same_secret(std::string_view secret, std::string_view shown)
{
    return secret.size() == shown.size() &&
           CRYPTO_memcmp(secret.data(), shown.data(), secret.size()) == 0;
}

std::string sign(std::string_view key, std::string_view text)
{
    std::array<unsigned char, EVP_MAX_MD_SIZE> mac;
    unsigned int size = 0;
    if (HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
             reinterpret_cast<const unsigned char*>(text.data()), text.size(), mac.data(),
             &size) == nullptr) {
        throw std::runtime_error("OpenSSL cannot sign");
    }
    return {reinterpret_cast<const char*>(mac.data()), kSignatureBytes};
}

std::string sha256(std::string_view bytes)
{
    std::string digest(kDigestBytes, '\0');
    require_hashed(EVP_Digest(bytes.data(), bytes.size(),
                              reinterpret_cast<unsigned char*>(digest.data()), nullptr,
                              EVP_sha256(), nullptr));
    return digest;
}

void Hash::Free::operator()(evp_md_ctx_st* context) const
{
    EVP_MD_CTX_free(context);
}

Hash::Hash(HashAlgorithm algorithm) : context_(EVP_MD_CTX_new())
{
    require_hashed(context_ ? EVP_DigestInit_ex(context_.get(), openssl_of(algorithm), nullptr)
                            : 0);
}

void Hash::add(std::string_view bytes)
{
    require_hashed(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()));
}

std::string Hash::digest()
{
    std::string digest(EVP_MAX_MD_SIZE, '\0');
    unsigned int size = 0;
    require_hashed(
        EVP_DigestFinal_ex(context_.get(), reinterpret_cast<unsigned char*>(digest.data()), &size));
    digest.resize(size);
    return digest;
}

std::string to_hex(std::string_view bytes)
{
    return fmt::format("{:02x}", fmt::join(std::as_bytes(std::span(bytes)), ""));
}

std::string encode_base32(std::string_view bytes)
{
    constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    constexpr unsigned kBits = 5;
    std::string text;
    std::uint32_t held = 0;
    unsigned held_bits = 0;
    for (const char byte : bytes) {
        held = (held << 8U) | static_cast<unsigned char>(byte);
        for (held_bits += 8; held_bits >= kBits; held_bits -= kBits) {
            text += kLetters[(held >> (held_bits - kBits)) & 0x1FU];
        }
    }
    if (held_bits > 0) {
        text += kLetters[(held << (kBits - held_bits)) & 0x1FU];
    }
    return text;
}

}  // namespace amilab
