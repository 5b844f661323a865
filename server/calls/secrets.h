#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

struct evp_md_ctx_st;  // OpenSSL's EVP_MD_CTX

namespace amilab {

/// Whether a secret is what somebody showed for it. Takes as long wherever the two begin to differ;
/// how long a secret is, is none. Safe from any thread.
bool is_same_secret(std::string_view secret, std::string_view shown);

/// How long a signature is, in bytes.
inline constexpr std::size_t kSignatureBytes = 16;

/// The first half of an HMAC-SHA256 of `text`. Safe from any thread.
std::string sign(std::string_view key, std::string_view text);

/// The 32 bytes of the digest. Throws std::runtime_error when OpenSSL fails. Safe from any thread.
std::string sha256(std::string_view bytes);

enum class HashAlgorithm : std::uint8_t { kMd5, kSha1, kSha256 };

/// The hash of bytes that come one piece after the other. Throws as sha256() does. One thread.
class Hash {
public:
    explicit Hash(HashAlgorithm algorithm);
    void add(std::string_view bytes);
    /// The bytes of the digest; once, at the end.
    std::string digest();

private:
    struct Free {
        void operator()(evp_md_ctx_st* context) const;
    };
    std::unique_ptr<evp_md_ctx_st, Free> context_;
};

/// Two digits a byte, in small letters.
std::string to_hex(std::string_view bytes);

/// RFC 4648's letters and digits, without padding; five bytes are eight characters.
std::string encode_base32(std::string_view bytes);

}  // namespace amilab
