#include "server/services/ec2/instances/endorsement_key.h"

#include <array>
#include <memory>
#include <stdexcept>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>
#include <openssl/param_build.h>
#include <openssl/x509.h>

#include "server/services/ec2/common/openssl.h"
#include "server/services/ec2/instances/public_numbers.h"

namespace amilab::ec2 {

namespace {

constexpr std::size_t kModulusBytes = 256;
constexpr std::size_t kCoordinateBytes = 48;

void require_key(bool is_done)
{
    if (!is_done) {
        throw std::runtime_error("OpenSSL cannot make an endorsement key");
    }
}

const unsigned char* bytes_of(const std::string& text)
{
    return reinterpret_cast<const unsigned char*>(text.data());
}

/// The SubjectPublicKeyInfo of a key with these parameters.
std::string der_of(const char* algorithm, OSSL_PARAM* parameters)
{
    const Owned<EVP_PKEY_CTX, EVP_PKEY_CTX_free> context(
        EVP_PKEY_CTX_new_from_name(nullptr, algorithm, nullptr));
    EVP_PKEY* made = nullptr;
    require_key(context != nullptr && EVP_PKEY_fromdata_init(context.get()) == 1 &&
                EVP_PKEY_fromdata(context.get(), &made, EVP_PKEY_PUBLIC_KEY, parameters) == 1);
    const Owned<EVP_PKEY, EVP_PKEY_free> key(made);
    const int size = i2d_PUBKEY(key.get(), nullptr);
    require_key(size > 0);
    // Into memory of our own: OPENSSL_free would write into the program where it was built.
    std::string text(static_cast<std::size_t>(size), '\0');
    auto* end = reinterpret_cast<unsigned char*>(text.data());
    require_key(i2d_PUBKEY(key.get(), &end) == size);
    return text;
}

std::string rsa_der(const std::string& modulus)
{
    const Owned<BIGNUM, BN_free> number(
        BN_bin2bn(bytes_of(modulus), static_cast<int>(modulus.size()), nullptr));
    const Owned<OSSL_PARAM_BLD, OSSL_PARAM_BLD_free> builder(OSSL_PARAM_BLD_new());
    require_key(number != nullptr && builder != nullptr &&
                OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, number.get()) == 1 &&
                OSSL_PARAM_BLD_push_ulong(builder.get(), OSSL_PKEY_PARAM_RSA_E, 65537) == 1);
    const Owned<OSSL_PARAM, OSSL_PARAM_free> parameters(OSSL_PARAM_BLD_to_param(builder.get()));
    return der_of("RSA", parameters.get());
}

std::string ecc_der(std::string point)
{
    std::string curve = "P-384";
    std::array parameters{
        OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, curve.data(), 0),
        OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()),
        OSSL_PARAM_construct_end()};
    return der_of("EC", parameters.data());
}

/// A number of two bytes, the higher first.
std::string number(std::size_t value)
{
    return {static_cast<char>(value >> 8), static_cast<char>(value & 0xFF)};
}

/// Bytes with their number before them.
std::string sized(std::string_view bytes)
{
    return number(bytes.size()).append(bytes);
}

// TPM 2.0's words, as the specification numbers them.
constexpr std::size_t kTpmRsa = 0x0001;
constexpr std::size_t kTpmEcc = 0x0023;
constexpr std::size_t kTpmSha256 = 0x000B;
constexpr std::size_t kTpmSha384 = 0x000C;
constexpr std::size_t kTpmAes = 0x0006;
constexpr std::size_t kTpmCfb = 0x0043;
constexpr std::size_t kTpmNull = 0x0010;
constexpr std::size_t kTpmNistP384 = 0x0004;

std::string rsa_tpmt(const std::string& modulus)
{
    using namespace std::string_view_literals;
    // fixedTPM, fixedParent, sensitiveDataOrigin, adminWithPolicy, restricted, decrypt
    constexpr auto kObjectAttributes = "\x00\x03\x00\xB2"sv;
    constexpr auto kPolicy =
        "\x83\x71\x97\x67\x44\x84\xB3\xF8\x1A\x90\xCC\x8D\x46\xA5\xD7\x24"
        "\xFD\x52\xD7\x6E\x06\x52\x0B\x64\xF2\xA1\xDA\x1B\x33\x14\x69\xAA"sv;
    constexpr auto kUsualExponent = "\0\0\0\0"sv;
    return number(kTpmRsa) + number(kTpmSha256) + std::string(kObjectAttributes) + sized(kPolicy) +
           number(kTpmAes) + number(128) + number(kTpmCfb) + number(kTpmNull) + number(2048) +
           std::string(kUsualExponent) + sized(modulus);
}

std::string ecc_tpmt(const std::string& point)
{
    using namespace std::string_view_literals;
    // those of RSA and userWithAuth
    constexpr auto kObjectAttributes = "\x00\x03\x00\xF2"sv;
    constexpr auto kPolicy =
        "\xB2\x6E\x7D\x28\xD1\x1A\x50\xBC\x53\xD8\x82\xBC\xF5\xFD\x3A\x1A"
        "\x07\x41\x48\xBB\x35\xD3\xB4\xE4\xCB\x1C\x0A\xD9\xBD\xE4\x19\xCA"
        "\xCB\x47\xBA\x09\x69\x96\x46\x15\x0F\x9F\xC0\x00\xF3\xF8\x0E\x12"sv;
    return number(kTpmEcc) + number(kTpmSha384) + std::string(kObjectAttributes) + sized(kPolicy) +
           number(kTpmAes) + number(256) + number(kTpmCfb) + number(kTpmNull) +
           number(kTpmNistP384) + number(kTpmNull) + sized(point.substr(1, kCoordinateBytes)) +
           sized(point.substr(1 + kCoordinateBytes));
}

}  // namespace

std::string endorsement_key(std::string_view seed, EndorsementKeyType type,
                            EndorsementKeyFormat format)
{
    const bool is_der = format == EndorsementKeyFormat::kDer;
    if (type == EndorsementKeyType::kRsa2048) {
        const auto modulus = modulus_of(seed, kModulusBytes);
        return is_der ? rsa_der(modulus) : rsa_tpmt(modulus);
    }
    const auto point = point_of(seed, NID_secp384r1, kCoordinateBytes);
    return is_der ? ecc_der(point) : ecc_tpmt(point);
}

}  // namespace amilab::ec2
