#include "server/services/sts/identity.h"

#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "server/wire/sts/schema.h"
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

Answer key_info(TestEmulator& aws, const std::string& key)
{
    return aws.call_form(sts::kService, "GetAccessKeyInfo", {{"AccessKeyId", key}});
}

std::string account_of(TestEmulator& aws, const std::string& key)
{
    const auto answer = key_info(aws, key);
    EXPECT_EQ(answer.status, 200) << answer.message;
    return answer.text("GetAccessKeyInfoResult/Account");
}

TEST(GetAccessKeyInfo, TellsWhoseTheCallsWithAKeyAre)
{
    TestEmulator aws;
    EXPECT_EQ(account_of(aws, kOtherAccount), kOtherAccount);
    EXPECT_EQ(account_of(aws, "AKIAIOSFODNN7EXAMPLE"), kAccount) << "the default account's";
}

TEST(GetAccessKeyInfo, RefusesWhatIsNoKey)
{
    TestEmulator aws;
    for (const auto* key : {"AKIA", "AKIAIOSFODNN7EXAMPL-", ""}) {
        EXPECT_EQ(key_info(aws, key).code, "ValidationError") << key;
    }
    EXPECT_EQ(key_info(aws, std::string(129, 'A')).code, "ValidationError");
    EXPECT_EQ(aws.call_form(sts::kService, "GetAccessKeyInfo", {}).code, "ValidationError");
}

TEST(GetAccessKeyInfo, KnowsNoStrangersWhereAccountsAreStrict)
{
    TestEmulator aws(Emulator::Options{.strict_accounts = true});
    const auto refused = key_info(aws, "AKIAIOSFODNN7EXAMPLE");
    EXPECT_EQ(refused.status, 400);
    EXPECT_EQ(refused.code, "ValidationError");
    EXPECT_EQ(account_of(aws, kOtherAccount), kOtherAccount);
}

TEST(GetAccessKeyInfo, KnowsNoTemporaryKeysOfOthers)
{
    TestEmulator aws;
    const auto key = aws.call_form(sts::kService, "GetSessionToken", {})
                         .text("GetSessionTokenResult/Credentials/AccessKeyId");
    EXPECT_EQ(key_info(aws, key).code, "ValidationError");
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
