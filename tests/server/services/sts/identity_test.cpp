#include "server/services/sts/identity.h"

#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/support/emulator_fixture.h"

namespace amilab::test {
namespace {

ApiAnswer ask(TestEmulator& aws, std::string_view access_key, std::string_view body,
              std::string_view region = "us-east-1")
{
    const auto authorization = authorization_of(access_key, region, "sts");
    return aws.emulator()
        .parse({.method = "POST",
                .content_type = "application/x-www-form-urlencoded",
                .authorization = authorization},
               body)
        .run();
}

TEST(GetCallerIdentity, TellsTheAccountOfTheKey)
{
    TestEmulator aws;
    const auto answer = ask(aws, kOtherAccount, "Action=GetCallerIdentity&Version=2011-06-15");
    EXPECT_EQ(answer.status, 200);
    EXPECT_NE(answer.body.find(fmt::format("<Account>{}</Account>", kOtherAccount)),
              std::string::npos)
        << answer.body;
    EXPECT_NE(answer.body.find(fmt::format("<Arn>arn:aws:iam::{}:", kOtherAccount)),
              std::string::npos)
        << answer.body;
}

TEST(GetCallerIdentity, NamesThePartitionOfTheRegion)
{
    TestEmulator aws;
    const auto answer =
        ask(aws, kAccount, "Action=GetCallerIdentity&Version=2011-06-15", "cn-north-1");
    EXPECT_NE(answer.body.find(fmt::format("<Arn>arn:aws-cn:iam::{}:root</Arn>", kAccount)),
              std::string::npos)
        << answer.body;
}

TEST(GetCallerIdentity, RefusesAnActionThatIsNone)
{
    TestEmulator aws;
    const auto answer = ask(aws, kAccount, "Action=GetCallerIdentities&Version=2011-06-15");
    EXPECT_EQ(answer.status, 400);
    EXPECT_NE(answer.body.find("<Code>InvalidAction</Code>"), std::string::npos) << answer.body;
}

}  // namespace
}  // namespace amilab::test
