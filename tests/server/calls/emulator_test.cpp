#include "server/calls/emulator.h"

#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/support/emulator_fixture.h"

namespace amilab::test {
namespace {

std::string signed_for(std::string_view service)
{
    return fmt::format(
        "AWS4-HMAC-SHA256 Credential={}/20260102/us-east-1/{}/aws4_request, "
        "SignedHeaders=host, Signature=00",
        kAccount, service);
}

TEST(MediaTypes, OfFormsCompareWithoutCase)
{
    TestEmulator aws;
    const auto authorization = signed_for("ec2");
    const auto status = [&](std::string_view type) {
        return aws.emulator()
            .parse({.method = "POST", .content_type = type, .authorization = authorization},
                   "Action=DescribeRegions&Version=2016-11-15")
            .run()
            .status;
    };
    EXPECT_EQ(status("Application/X-WWW-Form-Urlencoded;charset=UTF-8"), 200);
    EXPECT_EQ(status("application/x-www-form-urlencoded ; charset=utf-8"), 200);
    EXPECT_EQ(status("application/x-www-form-urlencoded-too"), 415);
    EXPECT_EQ(status("multipart/form-data"), 415);
}

}  // namespace
}  // namespace amilab::test
