#include "server/wire/credential_scope.h"

#include <string>

#include <gtest/gtest.h>

#include "tests/server/wire/refusal.h"

namespace amilab::wire {
namespace {

constexpr std::string_view kScope = "AKIDEXAMPLE/20260102/us-east-1/ec2/aws4_request";

void expect_scope(const CredentialScope& scope)
{
    EXPECT_EQ(scope.access_key, "AKIDEXAMPLE");
    EXPECT_EQ(scope.date, "20260102");
    EXPECT_EQ(scope.region, "us-east-1");
    EXPECT_EQ(scope.service, "ec2");
}

std::string header(std::string_view scope)
{
    return fmt::format(
        "AWS4-HMAC-SHA256 Credential={}, SignedHeaders=host;x-amz-date, "
        "Signature=abc",
        scope);
}

TEST(CredentialScope, IsReadFromTheAuthorizationHeader)
{
    expect_scope(*scope_from_authorization(header(kScope)));
    expect_scope(*scope_from_authorization(
        fmt::format("  AWS4-HMAC-SHA256  Signature=a,SignedHeaders=h,Credential={} ", kScope)));
}

TEST(CredentialScope, IsReadFromAPresignedRequest)
{
    expect_scope(scope_from_credential(kScope));
}

TEST(CredentialScope, IsAbsentWithoutAHeader)
{
    EXPECT_FALSE(scope_from_authorization(""));
    EXPECT_FALSE(scope_from_authorization("  "));
}

TEST(CredentialScope, NamesEachMissingPart)
{
    EXPECT_EQ(refusal([] { scope_from_authorization("AWS4-HMAC-SHA256 Credential=ABCDEF"); }),
              "IncompleteSignature: Authorization header requires 'Signature' parameter. "
              "Authorization header requires 'SignedHeaders' parameter. "
              "Authorization=AWS4-HMAC-SHA256 Credential=ABCDEF");
    EXPECT_EQ(refusal([] { scope_from_authorization("AWS key signature"); }),
              "IncompleteSignature: Authorization header requires 'Credential' parameter. "
              "Authorization header requires 'Signature' parameter. "
              "Authorization header requires 'SignedHeaders' parameter. "
              "Authorization=AWS key signature");
    for (const auto* old : {"AWS", "AWS :signature", "AWS key:", "AWS3 key:signature"}) {
        EXPECT_EQ(refusal_code([&] { scope_from_authorization(old); }), "IncompleteSignature")
            << old;
    }
}

TEST(CredentialScope, IsReadOfS3sOlderSignatures)
{
    const auto scope = scope_from_authorization(" AWS AKID:c2lnbmF0dXJl= ");
    ASSERT_TRUE(scope);
    EXPECT_EQ(scope->access_key, "AKID");
    EXPECT_EQ(scope->service, "s3");
    EXPECT_EQ(scope->region, "");
}

TEST(CredentialScope, RefusesAFieldWithoutAnEqualsSign)
{
    const std::string broken = "AWS4-HMAC-SHA256 Credential=AKID /20260102/r/ec2/aws4_request";
    EXPECT_EQ(refusal([&] { scope_from_authorization(broken); }),
              "IncompleteSignature: '/20260102/r/ec2/aws4_request' not a valid key=value pair "
              "(missing equal-sign) in Authorization header: '" +
                  broken + "'.");
}

TEST(CredentialScope, RefusesAnotherNumberOfParts)
{
    for (const auto* scope :
         {"", "AKID", "AKID/20260102/us-east-1/ec2", "a/b/c/d/aws4_request/f",
          "a/b/c/d/aws5_request", "/b/c/d/aws4_request", "a/b//d/aws4_request"}) {
        EXPECT_EQ(refusal_code([&] { scope_from_credential(scope); }), "IncompleteSignature")
            << scope;
    }
    EXPECT_EQ(refusal([] { scope_from_authorization(header("asWer9")); }),
              "IncompleteSignature: Credential must have exactly 5 slash-delimited elements, e.g. "
              "keyid/date/region/service/term, got 'asWer9'");
}

TEST(CredentialScope, ShowsNoUnreadableHeader)
{
    EXPECT_EQ(refusal([] { scope_from_authorization("AWS4-HMAC-SHA256 \xFF"); }).find('\xFF'),
              std::string::npos);
    EXPECT_LT(refusal([] { scope_from_authorization(std::string(100'000, 'x')); }).size(), 1000U);
}

}  // namespace
}  // namespace amilab::wire
