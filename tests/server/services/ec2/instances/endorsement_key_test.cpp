#include "server/services/ec2/instances/endorsement_key.h"

#include <memory>

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "server/services/ec2/common/openssl.h"

namespace amilab::ec2 {
namespace {

using Type = EndorsementKeyType;
using Format = EndorsementKeyFormat;

using Key = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;

Key read_der(const std::string& der)
{
    const auto* at = reinterpret_cast<const unsigned char*>(der.data());
    return Key(d2i_PUBKEY(nullptr, &at, static_cast<long>(der.size())));
}

TEST(EndorsementKey, IsReadByOpenssl)
{
    const auto rsa = read_der(endorsement_key("seed", Type::kRsa2048, Format::kDer));
    ASSERT_NE(rsa, nullptr);
    EXPECT_EQ(EVP_PKEY_get_base_id(rsa.get()), EVP_PKEY_RSA);
    EXPECT_EQ(EVP_PKEY_get_bits(rsa.get()), 2048);
    const auto ecc = read_der(endorsement_key("seed", Type::kEccSecP384, Format::kDer));
    ASSERT_NE(ecc, nullptr);
    EXPECT_EQ(EVP_PKEY_get_base_id(ecc.get()), EVP_PKEY_EC);
    EXPECT_EQ(EVP_PKEY_get_bits(ecc.get()), 384);
}

TEST(EndorsementKey, HangsOnItsSeedAlone)
{
    for (const auto type : {Type::kRsa2048, Type::kEccSecP384}) {
        for (const auto format : {Format::kDer, Format::kTpmt}) {
            const auto key = endorsement_key("one", type, format);
            EXPECT_EQ(key, endorsement_key("one", type, format));
            EXPECT_NE(key, endorsement_key("other", type, format));
        }
    }
}

TEST(EndorsementKey, HasTheSizeOfItsTemplate)
{
    // type 2, digest 2, attributes 4, policy 2 + 32, symmetric 6, scheme 2, bits 2, exponent 4,
    // modulus 2 + 256
    EXPECT_EQ(endorsement_key("seed", Type::kRsa2048, Format::kTpmt).size(), 314U);
    // policy 2 + 48, curve 2, derivation 2, coordinates 2 + 48 each
    EXPECT_EQ(endorsement_key("seed", Type::kEccSecP384, Format::kTpmt).size(), 170U);
}

TEST(EndorsementKey, IsTheSameInBothFormats)
{
    for (const auto type : {Type::kRsa2048, Type::kEccSecP384}) {
        const auto der = endorsement_key("seed", type, Format::kDer);
        const auto tpmt = endorsement_key("seed", type, Format::kTpmt);
        const auto last_bytes = tpmt.substr(tpmt.size() - 40);
        EXPECT_NE(der.find(last_bytes), std::string::npos);
    }
}

}  // namespace
}  // namespace amilab::ec2
