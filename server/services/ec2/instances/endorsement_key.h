#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "storage/base/vocabulary.h"

/// The endorsement keys of TPMs that are not there.
namespace amilab::ec2 {

enum class EndorsementKeyType : std::uint8_t { kRsa2048, kEccSecP384 };
enum class EndorsementKeyFormat : std::uint8_t { kDer, kTpmt };

/// A public key that is ever the same for the same seed, and of which nobody has the private half:
/// a modulus or a point made of the seed's digests. Throws std::runtime_error when OpenSSL fails.
/// Source: DER's SubjectPublicKeyInfo, or TPM 2.0's TPMT_PUBLIC of the default templates L-1 (RSA)
/// and H-3 (P-384) of the TCG EK Credential Profile (documented).
std::string endorsement_key(std::string_view seed, EndorsementKeyType type,
                            EndorsementKeyFormat format);

}  // namespace amilab::ec2

namespace amilab {
template <>
inline constexpr auto kWords<ec2::EndorsementKeyType> = words("rsa-2048", "ecc-sec-p384");
template <>
inline constexpr auto kWords<ec2::EndorsementKeyFormat> = words("der", "tpmt");
}  // namespace amilab
