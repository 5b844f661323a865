#include "server/services/ec2/key_pairs/key_material.h"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <span>
#include <stdexcept>

#include <fmt/format.h>
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/decoder.h>
#include <openssl/encoder.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>

#include "server/services/ec2/common/openssl.h"
#include "server/wire/types.h"
#include "storage/base/text.h"

namespace amilab::ec2 {

namespace {

constexpr std::string_view kRsaName = "ssh-rsa";
constexpr std::string_view kEd25519Name = "ssh-ed25519";
constexpr std::size_t kEd25519Bytes = 32;
constexpr std::size_t kCreatedRsaBits = 2048;
constexpr std::array kImportedRsaBits = {1024, 2048, 3072, 4096, 8192};
constexpr int kMaxExponentBits = 64;

using Key = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using Number = std::unique_ptr<BIGNUM, Free<BN_clear_free>>;

void require(bool done)
{
    if (!done) {
        throw std::runtime_error("OpenSSL cannot make a key");
    }
}

/// Takes what OpenSSL has noted about bad input off the thread's list of errors again.
class ForgottenErrors {
public:
    ForgottenErrors() { ERR_set_mark(); }
    ~ForgottenErrors() { ERR_pop_to_mark(); }
    ForgottenErrors(const ForgottenErrors&) = delete;
    ForgottenErrors& operator=(const ForgottenErrors&) = delete;
};

template <class Bytes>
std::string_view view(const Bytes& bytes)
{
    return {bytes.data(), bytes.size()};
}

unsigned char* unsigned_bytes(char* bytes)
{
    return reinterpret_cast<unsigned char*>(bytes);
}

const unsigned char* unsigned_bytes(const char* bytes)
{
    return reinterpret_cast<const unsigned char*>(bytes);
}

// RFC 4251's data types, written to a string when they are public, else to SecretBytes.

template <class Bytes>
void append(Bytes& to, std::string_view bytes)
{
    to.insert(to.end(), bytes.begin(), bytes.end());
}

template <class Bytes>
void append_uint32(Bytes& to, std::size_t number)
{
    for (const int shift : {24, 16, 8, 0}) {
        to.push_back(static_cast<char>(number >> shift & 0xFFU));
    }
}

template <class Bytes>
void append_string(Bytes& to, std::string_view bytes)
{
    append_uint32(to, bytes.size());
    append(to, bytes);
}

template <class Bytes>
void append_mpint(Bytes& to, const Number& number)
{
    // OpenSSL's MPI is the mpint of RFC 4251, its length included.
    const auto size = to.size();
    to.resize(size + static_cast<std::size_t>(BN_bn2mpi(number.get(), nullptr)));
    BN_bn2mpi(number.get(), unsigned_bytes(to.data() + size));
}

/// Takes an RFC 4251 string off the front of `bytes`; an mpint is one, too.
std::optional<std::string_view> take_string(std::string_view& bytes)
{
    constexpr std::size_t kLengthBytes = 4;
    if (bytes.size() < kLengthBytes) {
        return std::nullopt;
    }
    std::size_t length = 0;
    for (const char byte : bytes.substr(0, kLengthBytes)) {
        length = length << 8 | static_cast<unsigned char>(byte);
    }
    bytes.remove_prefix(kLengthBytes);
    if (bytes.size() < length) {
        return std::nullopt;
    }
    const auto string = bytes.substr(0, length);
    bytes.remove_prefix(length);
    return string;
}

Number number_in(std::string_view big_endian)
{
    Number number(
        BN_bin2bn(unsigned_bytes(big_endian.data()), static_cast<int>(big_endian.size()), nullptr));
    require(number != nullptr);
    return number;
}

/// A parameter of an RSA key, by its name in OpenSSL.
Number number_of(const Key& key, const char* name)
{
    BIGNUM* number = nullptr;
    require(EVP_PKEY_get_bn_param(key.get(), name, &number) == 1);
    return Number(number);
}

bool is_rsa(const Key& key)
{
    return EVP_PKEY_is_a(key.get(), "RSA") == 1;
}

std::string ed25519_public(const Key& key)
{
    std::string bytes(kEd25519Bytes, '\0');
    auto size = bytes.size();
    require(EVP_PKEY_get_raw_public_key(key.get(), unsigned_bytes(bytes.data()), &size) == 1);
    return bytes;
}

SecretBytes ed25519_private(const Key& key)
{
    SecretBytes bytes(kEd25519Bytes);
    auto size = bytes.size();
    require(EVP_PKEY_get_raw_private_key(key.get(), unsigned_bytes(bytes.data()), &size) == 1);
    return bytes;
}

/// The SSH form of a public key. Source: RFC 4253, 6.6, and RFC 8709, 4 (documented).
std::string blob_of(const Key& key)
{
    std::string blob;
    if (is_rsa(key)) {
        append_string(blob, kRsaName);
        append_mpint(blob, number_of(key, OSSL_PKEY_PARAM_RSA_E));
        append_mpint(blob, number_of(key, OSSL_PKEY_PARAM_RSA_N));
    } else {
        append_string(blob, kEd25519Name);
        append_string(blob, ed25519_public(key));
    }
    return blob;
}

/// One of OpenSSL's own forms of a key.
SecretBytes encoded(const Key& key, int selection, const char* output, const char* structure)
{
    const std::unique_ptr<OSSL_ENCODER_CTX, Free<OSSL_ENCODER_CTX_free>> encoder(
        OSSL_ENCODER_CTX_new_for_pkey(key.get(), selection, output, structure, nullptr));
    const std::unique_ptr<BIO, Free<BIO_free>> bio(BIO_new(BIO_s_secmem()));
    require(encoder != nullptr && bio != nullptr &&
            OSSL_ENCODER_to_bio(encoder.get(), bio.get()) == 1);
    const char* bytes = nullptr;
    const auto size = BIO_get_mem_data(bio.get(), &bytes);
    return {bytes, bytes + size};
}

SecretBytes public_der(const Key& key)
{
    return encoded(key, EVP_PKEY_PUBLIC_KEY, "DER", "SubjectPublicKeyInfo");
}

std::string digest(const EVP_MD* algorithm, std::string_view bytes)
{
    std::string digest(static_cast<std::size_t>(EVP_MD_get_size(algorithm)), '\0');
    require(EVP_Digest(bytes.data(), bytes.size(), unsigned_bytes(digest.data()), nullptr,
                       algorithm, nullptr) == 1);
    return digest;
}

/// "1f:51:ae".
std::string hex(std::string_view bytes, std::string_view between)
{
    const std::span pairs(unsigned_bytes(bytes.data()), bytes.size());
    return fmt::format("{:02x}", fmt::join(pairs, between));
}

std::string openssh_of(std::string_view algorithm, const std::string& blob)
{
    return std::string(algorithm) + ' ' + wire::encode_base64(blob);
}

PublicKey ed25519_key(const Key& key)
{
    const auto blob = blob_of(key);
    return {.type = KeyType::kEd25519,
            .openssh = openssh_of(kEd25519Name, blob),
            .fingerprint = wire::encode_base64(digest(EVP_sha256(), blob))};
}

/// `hash` is over the DER that stands for the key's origin.
PublicKey rsa_key(const Key& key, const EVP_MD* hash, const SecretBytes& der)
{
    return {.type = KeyType::kRsa,
            .openssh = openssh_of(kRsaName, blob_of(key)),
            .fingerprint = hex(digest(hash, view(der)), ":")};
}

PublicKey created_public_key(const Key& key)
{
    return is_rsa(key)
               ? rsa_key(key, EVP_sha1(), encoded(key, EVP_PKEY_KEYPAIR, "DER", "PrivateKeyInfo"))
               : ed25519_key(key);
}

PublicKey imported_public_key(const Key& key)
{
    return is_rsa(key) ? rsa_key(key, EVP_md5(), public_der(key)) : ed25519_key(key);
}

/// What a file's comment, which ends with its line, can hold of a name.
std::string comment_of(std::string_view name)
{
    std::string comment(name);
    const auto is_control = [](char c) {
        return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
    };
    std::replace_if(comment.begin(), comment.end(), is_control, ' ');
    return comment;
}

/// Base64 in lines of `columns`, each with its end.
SecretBytes base64_lines(std::string_view bytes, std::size_t columns)
{
    // EVP_EncodeBlock ends its text with a zero byte.
    SecretBytes text((bytes.size() + 2) / 3 * 4 + 1);
    EVP_EncodeBlock(unsigned_bytes(text.data()), unsigned_bytes(bytes.data()),
                    static_cast<int>(bytes.size()));
    text.pop_back();
    SecretBytes lines;
    for (auto rest = view(text); !rest.empty();
         rest.remove_prefix(std::min(columns, rest.size()))) {
        append(lines, rest.substr(0, columns));
        lines.push_back('\n');
    }
    return lines;
}

/// Without a line end behind it.
SecretBytes rsa_pem(const Key& key)
{
    auto text = encoded(key, EVP_PKEY_KEYPAIR, "PEM", "type-specific");
    while (!text.empty() && text.back() == '\n') {
        text.pop_back();
    }
    return text;
}

/// The part that a passphrase would encrypt, padded to the blocks of no cipher.
SecretBytes openssh_private_part(const Key& key, std::string_view public_bytes)
{
    constexpr std::size_t kBlockBytes = 8;
    std::array<char, 4> check;
    require(RAND_bytes(unsigned_bytes(check.data()), check.size()) == 1);
    auto pair = ed25519_private(key);
    append(pair, public_bytes);

    SecretBytes part;
    append(part, view(check));
    append(part, view(check));
    append_string(part, kEd25519Name);
    append_string(part, public_bytes);
    append_string(part, view(pair));
    append_string(part, "");
    for (char padding = 1; part.size() % kBlockBytes != 0; ++padding) {
        part.push_back(padding);
    }
    return part;
}

/// Source: OpenSSH's PROTOCOL.key (documented); lines of 70 columns and an end behind the last,
/// which OpenSSH needs (observed).
SecretBytes openssh_pem(const Key& key)
{
    constexpr std::size_t kColumns = 70;
    SecretBytes bytes;
    append(bytes, std::string_view("openssh-key-v1\0", 15));
    append_string(bytes, "none");
    append_string(bytes, "none");
    append_string(bytes, "");
    append_uint32(bytes, 1);
    append_string(bytes, blob_of(key));
    append_string(bytes, view(openssh_private_part(key, ed25519_public(key))));

    SecretBytes text;
    append(text, "-----BEGIN OPENSSH PRIVATE KEY-----\n");
    append(text, view(base64_lines(view(bytes), kColumns)));
    append(text, "-----END OPENSSH PRIVATE KEY-----\n");
    return text;
}

SecretBytes ppk_private_part(const Key& key)
{
    SecretBytes part;
    if (is_rsa(key)) {
        for (const auto* name : {OSSL_PKEY_PARAM_RSA_D, OSSL_PKEY_PARAM_RSA_FACTOR1,
                                 OSSL_PKEY_PARAM_RSA_FACTOR2, OSSL_PKEY_PARAM_RSA_COEFFICIENT1}) {
            append_mpint(part, number_of(key, name));
        }
    } else {
        append_string(part, view(ed25519_private(key)));
    }
    return part;
}

/// Private-MAC, which a file without a passphrase has, too.
std::string ppk_mac(std::initializer_list<std::string_view> parts)
{
    const auto key = digest(EVP_sha1(), "putty-private-key-file-mac-key");
    SecretBytes message;
    for (const auto part : parts) {
        append_string(message, part);
    }
    std::array<char, EVP_MAX_MD_SIZE> mac;
    std::size_t size = 0;
    require(EVP_Q_mac(nullptr, "HMAC", nullptr, "SHA1", nullptr, key.data(), key.size(),
                      unsigned_bytes(message.data()), message.size(), unsigned_bytes(mac.data()),
                      mac.size(), &size) != nullptr);
    return hex({mac.data(), size}, "");
}

void append_ppk_lines(SecretBytes& text, std::string_view header, std::string_view bytes)
{
    constexpr std::size_t kColumns = 64;
    const auto lines = base64_lines(bytes, kColumns);
    append(text, fmt::format("{}: {}\n", header, std::count(lines.begin(), lines.end(), '\n')));
    append(text, view(lines));
}

/// Source: PuTTY User Manual, appendix "PPK file format", version 2 (documented).
SecretBytes ppk(const Key& key, const std::string& comment)
{
    constexpr std::string_view kEncryption = "none";
    const auto algorithm = is_rsa(key) ? kRsaName : kEd25519Name;
    const auto public_part = blob_of(key);
    const auto private_part = ppk_private_part(key);
    const auto mac = ppk_mac({algorithm, kEncryption, comment, public_part, view(private_part)});

    SecretBytes text;
    append(text, fmt::format("PuTTY-User-Key-File-2: {}\nEncryption: {}\nComment: {}\n", algorithm,
                             kEncryption, comment));
    append_ppk_lines(text, "Public-Lines", public_part);
    append_ppk_lines(text, "Private-Lines", view(private_part));
    append(text, fmt::format("Private-MAC: {}\n", mac));
    return text;
}

SecretBytes material_of(const Key& key, KeyFormat format, std::string_view name)
{
    switch (format) {
        case KeyFormat::kPem:
            return is_rsa(key) ? rsa_pem(key) : openssh_pem(key);
        case KeyFormat::kPpk:
            return ppk(key, comment_of(name));
    }
    throw std::logic_error("no such key format");
}

Key generate(KeyType type)
{
    Key key(type == KeyType::kRsa ? EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", kCreatedRsaBits)
                                  : EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
    require(key != nullptr);
    return key;
}

// Readers answer a null pointer when what they are given is no key that EC2 takes.

/// Whether EC2 takes a key of this modulus and exponent.
bool is_taken(const Number& modulus, const Number& exponent)
{
    const auto* const bits =
        std::find(kImportedRsaBits.begin(), kImportedRsaBits.end(), BN_num_bits(modulus.get()));
    return bits != kImportedRsaBits.end() && BN_is_odd(modulus.get()) == 1 &&
           BN_is_odd(exponent.get()) == 1 && BN_is_one(exponent.get()) == 0 &&
           BN_num_bits(exponent.get()) <= kMaxExponentBits;
}

Key make_rsa(const Number& modulus, const Number& exponent)
{
    const std::unique_ptr<OSSL_PARAM_BLD, Free<OSSL_PARAM_BLD_free>> builder(OSSL_PARAM_BLD_new());
    require(builder != nullptr &&
            OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, modulus.get()) == 1 &&
            OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, exponent.get()) == 1);
    const std::unique_ptr<OSSL_PARAM, Free<OSSL_PARAM_free>> parameters(
        OSSL_PARAM_BLD_to_param(builder.get()));
    const std::unique_ptr<EVP_PKEY_CTX, Free<EVP_PKEY_CTX_free>> context(
        EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr));
    EVP_PKEY* key = nullptr;
    require(parameters != nullptr && context != nullptr &&
            EVP_PKEY_fromdata_init(context.get()) == 1 &&
            EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters.get()) == 1);
    return Key(key);
}

Key read_rsa(std::string_view fields)
{
    const auto exponent = take_string(fields);
    const auto modulus = take_string(fields);
    if (!exponent || !modulus) {
        return nullptr;
    }
    const auto e = number_in(*exponent);
    const auto n = number_in(*modulus);
    return is_taken(n, e) ? make_rsa(n, e) : nullptr;
}

Key read_ed25519(std::string_view fields)
{
    const auto bytes = take_string(fields);
    if (!bytes || bytes->size() != kEd25519Bytes) {
        return nullptr;
    }
    return Key(EVP_PKEY_new_raw_public_key_ex(nullptr, "ED25519", nullptr,
                                              unsigned_bytes(bytes->data()), bytes->size()));
}

/// The key whose SSH form is exactly these bytes.
Key read_blob(std::string_view algorithm, std::string_view blob)
{
    auto fields = blob;
    if (take_string(fields) != algorithm) {
        return nullptr;
    }
    auto key = algorithm == kRsaName ? read_rsa(fields) : read_ed25519(fields);
    return key && blob_of(key) == blob ? std::move(key) : nullptr;
}

/// Takes a word and the blanks behind it off the front of a line.
std::string_view take_word(std::string_view& line)
{
    constexpr std::string_view kBlanks = " \t";
    const auto word = line.substr(0, line.find_first_of(kBlanks));
    line.remove_prefix(word.size());
    line.remove_prefix(std::min(line.find_first_not_of(kBlanks), line.size()));
    return word;
}

/// "ssh-rsa AAAA... comment".
Key read_openssh(std::string_view line)
{
    if (line.find_first_of("\r\n") != std::string_view::npos) {
        return nullptr;
    }
    const auto algorithm = take_word(line);
    const auto blob = wire::decode_base64(take_word(line));
    if (!blob || (algorithm != kRsaName && algorithm != kEd25519Name)) {
        return nullptr;
    }
    return read_blob(algorithm, *blob);
}

/// Takes a line and its end (CR, LF or both) off the front of a text.
std::string_view take_line(std::string_view& text)
{
    const auto line = text.substr(0, text.find_first_of("\r\n"));
    text.remove_prefix(line.size());
    text.remove_prefix(text.starts_with("\r\n") ? 2 : text.empty() ? 0 : 1);
    return line;
}

/// Takes the headers and the lines that continue them off the front of a text.
void skip_headers(std::string_view& text)
{
    for (bool is_continued = false; !text.empty();) {
        auto rest = text;
        const auto line = take_line(rest);
        if (!is_continued && line.find(':') == std::string_view::npos) {
            return;
        }
        is_continued = line.ends_with('\\');
        text = rest;
    }
}

constexpr std::string_view kSsh2Begin = "---- BEGIN SSH2 PUBLIC KEY ----";
constexpr std::string_view kSsh2End = "---- END SSH2 PUBLIC KEY ----";

/// Source: RFC 4716, 3 (documented).
Key read_ssh2(std::string_view text)
{
    if (take_line(text) != kSsh2Begin || !text.ends_with(kSsh2End)) {
        return nullptr;
    }
    text.remove_suffix(kSsh2End.size());
    skip_headers(text);
    if (!text.ends_with('\n') && !text.ends_with('\r')) {
        return nullptr;
    }
    const auto blob = wire::decode_base64(text);
    return blob ? read_blob(kRsaName, *blob) : nullptr;
}

/// The RSA key whose SubjectPublicKeyInfo is exactly these bytes.
Key read_der(std::string_view der)
{
    EVP_PKEY* found = nullptr;
    const std::unique_ptr<OSSL_DECODER_CTX, Free<OSSL_DECODER_CTX_free>> decoder(
        OSSL_DECODER_CTX_new_for_pkey(&found, "DER", "SubjectPublicKeyInfo", "RSA",
                                      EVP_PKEY_PUBLIC_KEY, nullptr, nullptr));
    require(decoder != nullptr);
    const auto* bytes = unsigned_bytes(der.data());
    auto size = der.size();
    const bool is_read = OSSL_DECODER_from_data(decoder.get(), &bytes, &size) == 1;
    Key key(found);
    if (!is_read || !key ||
        !is_taken(number_of(key, OSSL_PKEY_PARAM_RSA_N), number_of(key, OSSL_PKEY_PARAM_RSA_E))) {
        return nullptr;
    }
    return view(public_der(key)) == der ? std::move(key) : nullptr;
}

Key read_base64_der(std::string_view text)
{
    const auto der = wire::decode_base64(text);
    return der && !der->empty() ? read_der(*der) : nullptr;
}

constexpr std::string_view kSpacesAround = " \t\r\n";

/// Whether these bytes are ASCII that can be shown.
bool is_text(std::string_view bytes)
{
    return std::all_of(bytes.begin(), bytes.end(), [](char c) {
        return (c >= 0x20 && c < 0x7F) || kSpacesAround.find(c) != std::string_view::npos;
    });
}

Key read_key(std::string_view text)
{
    if (text.starts_with("ssh-")) {
        return read_openssh(text);
    }
    return text.starts_with(kSsh2Begin) ? read_ssh2(text) : read_base64_der(text);
}

}  // namespace

CreatedKey create_key(KeyType type, KeyFormat format, std::string_view name)
{
    const auto key = generate(type);
    return {created_public_key(key), KeyMaterial(material_of(key, format, name))};
}

std::optional<PublicKey> import_public_key(std::string_view material)
{
    if (material.size() > kMaxPublicKeyMaterialBytes || !is_text(material)) {
        return std::nullopt;
    }
    const ForgottenErrors errors;
    const auto key = read_key(trimmed(material, kSpacesAround));
    return key ? std::optional(imported_public_key(key)) : std::nullopt;
}

std::string encrypted_to(std::string_view openssh, std::string_view secret)
{
    const auto key = read_key(openssh);
    require(key != nullptr);
    const std::unique_ptr<EVP_PKEY_CTX, Free<EVP_PKEY_CTX_free>> context(
        EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr));
    std::string encrypted(static_cast<std::size_t>(EVP_PKEY_get_size(key.get())), '\0');
    auto size = encrypted.size();
    require(context != nullptr && EVP_PKEY_encrypt_init(context.get()) == 1 &&
            EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_PADDING) == 1 &&
            EVP_PKEY_encrypt(context.get(), unsigned_bytes(encrypted.data()), &size,
                             unsigned_bytes(secret.data()), secret.size()) == 1);
    encrypted.resize(size);
    return encrypted;
}

std::string public_key_line(const PublicKey& key, std::string_view name)
{
    return key.openssh + ' ' + comment_of(name);
}

}  // namespace amilab::ec2
