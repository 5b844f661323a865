#include "server/calls/caller_rules.h"

#include <string>

#include <gtest/gtest.h>

#include "server/wire/api_error.h"
#include "tests/support/emulator_fixture.h"

namespace amilab::test {
namespace {

CallerRules rules_of(const std::string& listen_address, bool is_strict = false)
{
    return CallerRules({.default_account = kAccount,
                        .default_region = kRegion,
                        .strict_accounts = is_strict,
                        .listen_address = listen_address,
                        .allowed_hosts = {"amilab"}});
}

TEST(OwnHosts, AreThoseOfHostHeaders)
{
    const auto rules = rules_of("127.0.0.1");
    for (const auto* own : {"localhost", "localhost:4566", "disks.s3.localhost:4566", "127.0.0.1",
                            "[::1]:4566", "amilab:4566"}) {
        EXPECT_TRUE(rules.is_own_host(own)) << own;
    }
    for (const auto* other : {"s3.amazonaws.com", "disks.s3.us-east-1.amazonaws.com", "192.0.2.1",
                              "localhost.example", ""}) {
        EXPECT_FALSE(rules.is_own_host(other)) << other;
    }
}

TEST(OwnHosts, AreAllAddressesWhereTheServerListensOnAll)
{
    const auto rules = rules_of("0.0.0.0");
    EXPECT_TRUE(rules.is_own_host("192.0.2.1:4566"));
    EXPECT_FALSE(rules.is_own_host("s3.amazonaws.com"));
}

class PresignedCallers : public ::testing::Test {
protected:
    std::string refusal_of(const CallerRules& rules, const std::string& query)
    {
        try {
            rules.presigned_caller(aws.generation().settings(), query);
        } catch (const ApiError& error) {
            return error.code;
        }
        return {};
    }

    TestEmulator aws;
};

TEST_F(PresignedCallers, AreThoseOfTheirKeys)
{
    const auto rules = rules_of("127.0.0.1");
    const std::string old_query = "AWSAccessKeyId=111122223333&Expires=1&Signature=c2ln";
    EXPECT_EQ(rules.presigned_caller(aws.generation().settings(), old_query).account,
              "111122223333");
    const auto caller = rules.presigned_caller(
        aws.generation().settings(),
        "X-Amz-Credential=111122223333%2F20260102%2Feu-west-1%2Fs3%2Faws4_request");
    EXPECT_EQ(caller.account, "111122223333");
    EXPECT_EQ(caller.region, "eu-west-1");
    EXPECT_EQ(rules.presigned_caller(aws.generation().settings(), "").access_key, "")
        << "somebody unknown";
}

TEST_F(PresignedCallers, AreRefusedAsThoseOfHeadersAre)
{
    EXPECT_EQ(refusal_of(rules_of("127.0.0.1"),
                         "X-Amz-Credential=111122223333%2F20260102%2Feu-west-1%2Fec2%2F"
                         "aws4_request"),
              "AuthorizationQueryParametersError");
    const std::string unknown = "AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE&Expires=1&Signature=c2ln";
    EXPECT_EQ(refusal_of(rules_of("127.0.0.1"), unknown), "");
    EXPECT_NE(refusal_of(rules_of("127.0.0.1", true), unknown), "");
}

}  // namespace
}  // namespace amilab::test
