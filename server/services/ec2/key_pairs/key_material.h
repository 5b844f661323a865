#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <openssl/crypto.h>

#include "storage/metadata/key_pairs/key_type.h"

namespace amilab {

/// What a private key is written as: for OpenSSH or for PuTTY.
enum class KeyFormat : std::uint8_t { kPem, kPpk };
template <>
inline constexpr auto kWords<KeyFormat> = words("pem", "ppk");

}  // namespace amilab

namespace amilab::ec2 {

/// Overwrites memory before it gives it back.
template <class T>
struct WipingAllocator {
    using value_type = T;

    WipingAllocator() = default;
    template <class Other>
    explicit WipingAllocator(const WipingAllocator<Other>&)
    {
    }

    T* allocate(std::size_t count) { return std::allocator<T>().allocate(count); }
    void deallocate(T* memory, std::size_t count)
    {
        OPENSSL_cleanse(memory, count * sizeof(T));
        std::allocator<T>().deallocate(memory, count);
    }
    bool operator==(const WipingAllocator&) const = default;
};

using SecretBytes = std::vector<char, WipingAllocator<char>>;

/// KeyMaterial, the text of a private key: moved, never copied, and wiped when it goes. It belongs
/// into an answer and nowhere else: no log, no row.
class KeyMaterial {
public:
    explicit KeyMaterial(SecretBytes text) : text_(std::move(text)) {}
    KeyMaterial(KeyMaterial&&) noexcept = default;
    KeyMaterial& operator=(KeyMaterial&&) noexcept = default;
    KeyMaterial(const KeyMaterial&) = delete;
    KeyMaterial& operator=(const KeyMaterial&) = delete;
    ~KeyMaterial() = default;

    std::string_view text() const { return {text_.data(), text_.size()}; }

private:
    SecretBytes text_;
};

/// What EC2 keeps of a key pair; nothing in it is secret.
struct PublicKey {
    KeyType type;
    /// "ssh-rsa AAAA...": one line without its end and without a comment.
    std::string openssh;
    /// KeyFingerprint. Source: of a created RSA key the SHA-1 of its PKCS#8 DER, of an imported one
    /// the MD5 of its SubjectPublicKeyInfo, both as pairs of hex digits; of an ED25519 key the
    /// SHA-256 of its SSH form in base64 with its padding (documented: EC2 User Guide, "Verify the
    /// fingerprint of your key pair"; which DER it is, and the padding, observed).
    std::string fingerprint;
};

struct CreatedKey {
    PublicKey public_key;
    KeyMaterial material;
};

/// A new key pair from OpenSSL's generator. An RSA key has 2048 bits and takes tens of
/// milliseconds, now and then some hundreds, so call it with no transaction open. Any thread.
/// Throws std::runtime_error when OpenSSL fails.
///
/// Source: RSA as PKCS#1 PEM, ED25519 as OpenSSH's PEM, both unencrypted; PPK for PuTTY
/// (documented: EC2 API Reference, CreateKeyPair). RSA's PEM ends without a line end, as examples
/// show it; ED25519's has no comment (both assumed). PPK is of version 2, with the name for a
/// comment (assumed: there was no other version when EC2 began to offer PPK, and every PuTTY reads
/// it).
CreatedKey create_key(KeyType type, KeyFormat format, std::string_view name);

/// Source: "Length exceeds maximum of 2048." (observed); that it counts decoded bytes is assumed.
inline constexpr std::size_t kMaxPublicKeyMaterialBytes = 2048;

/// The key in PublicKeyMaterial, of which the API's base64 has been taken off; nothing when there
/// is none that EC2 takes, whatever the bytes are. Its comment is not kept. Any thread. Throws
/// std::runtime_error when OpenSSL fails.
///
/// Source: RSA of 1024 to 8192 bits as an OpenSSH line, in RFC 4716's form, or as base64 of
/// its DER; ED25519 as an OpenSSH line (documented: EC2 User Guide, "Create a key pair using a
/// third-party tool"). The DER is a SubjectPublicKeyInfo; PEM of it, options before the line, a
/// second line, bytes behind a key, needless zeros and exponents of more than 64 bits are no key
/// (assumed).
std::optional<PublicKey> import_public_key(std::string_view material);

/// The secret as only the holder of the private key can read it: RSA with the padding of PKCS #1,
/// 1.5. `openssh` is a PublicKey's, of RSA. Throws std::runtime_error when OpenSSL fails.
/// Source: EC2 API Reference, GetPasswordData, and tools that decrypt what it answers (observed).
std::string encrypted_to(std::string_view openssh, std::string_view secret);

/// DescribeKeyPairs' PublicKey: the OpenSSH line with the name of the key pair as its comment. A
/// control character of a name is shown as a space, lest it begin a line of its own.
/// Source: observed in examples of the EC2 User Guide, "Describe your key pairs".
std::string public_key_line(const PublicKey& key, std::string_view name);

}  // namespace amilab::ec2
