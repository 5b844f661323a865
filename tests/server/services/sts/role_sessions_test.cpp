#include "server/services/sts/role_sessions.h"

#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "server/calls/issued_credentials.h"
#include "server/wire/sts/schema.h"
#include "storage/base/units.h"
#include "storage/state/generation.h"
#include "tests/server/services/iam/roles_support.h"
#include "tests/support/emulator_fixture.h"

namespace amilab::test {
namespace {

constexpr std::string_view kRoleArn = "arn:aws:iam::210987654321:role/teams/builder";

struct Credentials {
    std::string access_key;
    std::string session_token;
};

Answer assume(TestEmulator& aws, const Parameters& more = {})
{
    return aws.call_form(
        sts::kService, "AssumeRole",
        merged({{"RoleArn", std::string(kRoleArn)}, {"RoleSessionName", "me@home"}}, more));
}

Credentials credentials_of(const Answer& answer, const std::string& result)
{
    const auto path = result + "/Credentials/";
    return {answer.text(path + "AccessKeyId"), answer.text(path + "SessionToken")};
}

Credentials assumed(TestEmulator& aws, const Parameters& more = {})
{
    const auto answer = assume(aws, more);
    EXPECT_EQ(answer.status, 200) << answer.body;
    return credentials_of(answer, "AssumeRoleResult");
}

/// A call with temporary credentials, of a service that takes forms.
ApiAnswer ask(TestEmulator& aws, const Credentials& credentials, std::string_view service,
              std::string_view form)
{
    const auto authorization = authorization_of(credentials.access_key, kRegion, service);
    const auto header = [&](std::string_view name) -> std::optional<std::string_view> {
        return name == "X-Amz-Security-Token" && !credentials.session_token.empty()
                   ? std::optional<std::string_view>(credentials.session_token)
                   : std::nullopt;
    };
    return aws.emulator()
        .parse({.method = "POST",
                .content_type = "application/x-www-form-urlencoded",
                .authorization = authorization,
                .header = header},
               form)
        .run();
}

ApiAnswer identity(TestEmulator& aws, const Credentials& credentials)
{
    return ask(aws, credentials, "sts", "Action=GetCallerIdentity&Version=2011-06-15");
}

ApiAnswer vpcs(TestEmulator& aws, const Credentials& credentials)
{
    return ask(aws, credentials, "ec2", "Action=DescribeVpcs&Version=2016-11-15");
}

bool says(const ApiAnswer& answer, std::string_view text)
{
    return answer.body.find(text) != std::string::npos;
}

TEST(AssumeRole, GivesCredentialsOfTheRolesAccount)
{
    TestEmulator aws;
    const auto answer = assume(aws);
    const auto user = std::string("AssumeRoleResult/AssumedRoleUser/");
    EXPECT_EQ(answer.text(user + "Arn"), "arn:aws:sts::210987654321:assumed-role/builder/me@home");
    const auto id = answer.text(user + "AssumedRoleId");
    EXPECT_EQ(id.size(), std::string("AROA:me@home").size() + 17);
    EXPECT_TRUE(id.starts_with("AROA") && id.ends_with(":me@home")) << id;
    EXPECT_EQ(answer.text("AssumeRoleResult/Credentials/SecretAccessKey").size(), 40U);
    const auto credentials = credentials_of(answer, "AssumeRoleResult");
    EXPECT_TRUE(credentials.access_key.starts_with("ASIA"));
    EXPECT_EQ(credentials.access_key.size(), 20U);

    const auto who = identity(aws, credentials);
    EXPECT_TRUE(says(who, "<Account>210987654321</Account>")) << who.body;
    EXPECT_TRUE(says(who, fmt::format("<UserId>{}</UserId>", id))) << who.body;
    EXPECT_TRUE(says(who, "<Arn>arn:aws:sts::210987654321:assumed-role/builder/me@home</Arn>"));
}

TEST(AssumeRole, GivesARoleTheSameIdEachTime)
{
    TestEmulator aws;
    TestEmulator other;
    const auto path = std::string("AssumeRoleResult/AssumedRoleUser/AssumedRoleId");
    EXPECT_EQ(assume(aws).text(path), assume(other).text(path));
    EXPECT_NE(assume(aws).text(path),
              assume(aws, {{"RoleArn", "arn:aws:iam::210987654321:role/other"}}).text(path));
}

TEST(AssumeRole, LeavesCallsToTheAccountOfTheCredentials)
{
    TestEmulator aws;
    ASSERT_EQ(aws.call("CreateKeyPair", {{"KeyName", "theirs"}}, kOtherAccount).status, 200);
    const auto keys = ask(aws, assumed(aws), "ec2", "Action=DescribeKeyPairs&Version=2016-11-15");
    EXPECT_TRUE(says(keys, "<keyName>theirs</keyName>")) << keys.body;
}

TEST(AssumeRole, SaysAllThatIsWrongAtOnce)
{
    TestEmulator aws;
    const auto none = aws.call_form(sts::kService, "AssumeRole", {});
    EXPECT_EQ(none.code, "ValidationError");
    EXPECT_EQ(none.message,
              "2 validation errors detected: Value null at 'roleArn' failed to satisfy constraint: "
              "Member must not be null; Value null at 'roleSessionName' failed to satisfy "
              "constraint: Member must not be null");
    const auto wrong = assume(aws, {{"RoleSessionName", "a b"}, {"DurationSeconds", "899"}});
    EXPECT_EQ(wrong.message,
              "2 validation errors detected: Value 'a b' at 'roleSessionName' failed to satisfy "
              "constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]*; Value "
              "'899' at 'durationSeconds' failed to satisfy constraint: Member must have value "
              "greater than or equal to 900");
}

TEST(AssumeRole, HoldsEachMemberToItsLimits)
{
    TestEmulator aws;
    Parameters many_tags;
    Parameters many_policies;
    for (int number = 1; number <= 51; ++number) {
        many_tags.emplace_back(fmt::format("Tags.{}.Key", number), std::to_string(number));
        many_tags.emplace_back(fmt::format("Tags.{}.Value", number), "v");
        many_policies.emplace_back(fmt::format("PolicyArns.{}.arn", number),
                                   "arn:aws:iam::aws:policy/ReadOnlyAccess");
    }
    const std::vector<Parameters> refused = {
        {{"RoleArn", "arn:aws:iam::1:role"}},
        {{"RoleSessionName", "x"}},
        {{"RoleSessionName", std::string(65, 'x')}},
        {{"DurationSeconds", "43201"}},
        {{"ExternalId", "x"}},
        {{"ExternalId", "a b"}},
        {{"SourceIdentity", "a/b"}},
        {{"Policy", std::string(2049, ' ')}},
        {{"PolicyArns.1.arn", "short"}},
        {{"Tags.1.Key", "a"}},
        {{"Tags.1.Key", ""}, {"Tags.1.Value", "v"}},
        {{"Tags.1.Key", std::string(129, 'k')}, {"Tags.1.Value", "v"}},
        {{"Tags.1.Key", "k"}, {"Tags.1.Value", std::string(257, 'v')}},
        {{"Tags.1.Key", "k;"}, {"Tags.1.Value", "v"}},
        many_tags,
        many_policies};
    for (const auto& more : refused) {
        const auto answer = assume(aws, more);
        EXPECT_EQ(answer.code, "ValidationError") << more.front().first << " " << answer.body;
        EXPECT_EQ(answer.status, 400);
    }
    EXPECT_EQ(assume(aws, {{"Tags.1.Key", "mögliche Größe"}, {"Tags.1.Value", ""}}).status, 200);
    EXPECT_EQ(assume(aws, {{"DurationSeconds", "43200"}, {"ExternalId", "a:b/c-d"}}).status, 200);
}

TEST(AssumeRole, RefusesWhatIsNoRole)
{
    TestEmulator aws;
    for (const auto* arn :
         {"arn:aws:iam::123456789012:user/somebody", "arn:aws:iam::12345678901:role/builder",
          "arn:aws-cn:iam::123456789012:role/builder", "arn:aws:iam::123456789012:role/teams/",
          "the role that I have in mind"}) {
        const auto answer = assume(aws, {{"RoleArn", arn}});
        EXPECT_EQ(answer.code, "ValidationError") << arn;
        EXPECT_EQ(answer.message, fmt::format("{} is invalid", arn));
    }
}

TEST(AssumeRole, JudgesPoliciesAndTagsThatNothingActsOnYet)
{
    TestEmulator aws;
    for (const auto* policy : {"{", "[]", "{}", "nonsense"}) {
        EXPECT_EQ(assume(aws, {{"Policy", policy}}).code, "MalformedPolicyDocument") << policy;
    }
    const auto policies = assume(aws, {{"Policy", R"({"Statement":[]})"}});
    EXPECT_EQ(policies.text("AssumeRoleResult/PackedPolicySize"), "1");
    const Parameters twice{{"Tags.1.Key", "team"},
                           {"Tags.1.Value", "a"},
                           {"Tags.2.Key", "TEAM"},
                           {"Tags.2.Value", "b"}};
    EXPECT_EQ(assume(aws, twice).code, "InvalidParameterValue");
    EXPECT_EQ(assume(aws, {{"TransitiveTagKeys.1", "team"}}).code, "InvalidParameterValue");
    Parameters large;
    for (int number = 1; number <= 10; ++number) {
        large.emplace_back(fmt::format("PolicyArns.{}.arn", number),
                           "arn:aws:iam::210987654321:policy/" + std::string(300, 'p'));
    }
    EXPECT_EQ(assume(aws, large).code, "PackedPolicyTooLarge");
}

TEST(AssumeRole, TakesListsAsClientsNumberThem)
{
    TestEmulator aws;
    const auto answer = assume(aws, {{"Tags.member.1.Key", "team"},
                                     {"Tags.member.1.Value", "infra"},
                                     {"TransitiveTagKeys.member.1", "team"}});
    EXPECT_EQ(answer.status, 200) << answer.body;
}

TEST(AssumeRole, OfASessionLastsAnHourAtMost)
{
    TestEmulator aws;
    const auto form = fmt::format(
        "Action=AssumeRole&Version=2011-06-15&RoleSessionName=next&RoleArn={}&DurationSeconds=",
        url_encoded(kRoleArn));
    const auto credentials = assumed(aws);
    EXPECT_EQ(ask(aws, credentials, "sts", form + "3600").status, 200);
    EXPECT_TRUE(says(ask(aws, credentials, "sts", form + "3601"), "role chaining"));
}

TEST(TemporaryCredentials, AreNothingWithoutTheirToken)
{
    TestEmulator aws;
    const auto good = assumed(aws);
    const auto other = assumed(aws);
    for (const auto& bad :
         {Credentials{good.access_key, ""}, Credentials{good.access_key, "nonsense"},
          Credentials{good.access_key, other.session_token},
          Credentials{good.access_key, good.session_token + "AA=="}}) {
        const auto refused = identity(aws, bad);
        EXPECT_EQ(refused.status, 403);
        EXPECT_TRUE(says(refused, "<Code>InvalidClientTokenId</Code>")) << refused.body;
        EXPECT_TRUE(says(refused, "The security token included in the request is invalid."));
        const auto ec2 = vpcs(aws, bad);
        EXPECT_EQ(ec2.status, 401);
        EXPECT_TRUE(says(ec2, "<Code>AuthFailure</Code>")) << ec2.body;
    }
    EXPECT_EQ(vpcs(aws, good).status, 200);
}

TEST(TemporaryCredentials, EndByTheWallClock)
{
    TestEmulator aws;
    aws.advance(100 * kHourMs);
    EXPECT_EQ(vpcs(aws, assumed(aws, {{"DurationSeconds", "900"}})).status, 200);

    const auto past =
        issue_credentials(aws.generation().settings(), kAccount, {}, Clock::wall_ms() - 1);
    const Credentials expired{past.access_key, past.session_token};
    const auto sts = identity(aws, expired);
    EXPECT_EQ(sts.status, 403);
    EXPECT_TRUE(says(sts, "<Code>ExpiredToken</Code>")) << sts.body;
    const auto ec2 = vpcs(aws, expired);
    EXPECT_EQ(ec2.status, 400);
    EXPECT_TRUE(says(ec2, "<Code>RequestExpired</Code>")) << ec2.body;
}

TEST(TemporaryCredentials, OfOthersAreTheDefaultAccountsAsEver)
{
    TestEmulator aws;
    const auto who = identity(aws, {"ASIAIOSFODNN7EXAMPLE", "a token of AWS's own"});
    EXPECT_TRUE(says(who, fmt::format("<Account>{}</Account>", kAccount))) << who.body;
}

TEST(GetSessionToken, GivesCredentialsOfTheCaller)
{
    TestEmulator aws;
    const auto answer = aws.call_form(sts::kService, "GetSessionToken", {}, kOtherAccount);
    const auto credentials = credentials_of(answer, "GetSessionTokenResult");
    const auto who = identity(aws, credentials);
    EXPECT_TRUE(says(who, "<Arn>arn:aws:iam::210987654321:root</Arn>")) << who.body;
    const auto again = ask(aws, credentials, "sts", "Action=GetSessionToken&Version=2011-06-15");
    EXPECT_EQ(again.status, 403);
    EXPECT_TRUE(says(again, "<Code>AccessDenied</Code>")) << again.body;
}

TEST(GetSessionToken, SaysOfWhatItDoesNotOfferWhichLengthsThereMayBe)
{
    TestEmulator aws;
    const auto call = [&](const char* name, const std::string& value) {
        return aws.call_form(sts::kService, "GetSessionToken", {{name, value}});
    };
    EXPECT_EQ(call("TokenCode", "1234567").code, "ValidationError");
    EXPECT_EQ(call("TokenCode", "1234567").message,
              "1 validation error detected: Value '1234567' at 'tokenCode' failed to satisfy "
              "constraint: Member must have length less than or equal to 6");
    EXPECT_EQ(call("TokenCode", "12345").message,
              "1 validation error detected: Value '12345' at 'tokenCode' failed to satisfy "
              "constraint: Member must have length greater than or equal to 6");
    EXPECT_EQ(call("SerialNumber", "12345678").code, "ValidationError");
    EXPECT_EQ(call("SerialNumber", std::string(257, 'x')).code, "ValidationError");
    EXPECT_EQ(call("TokenCode", "123456").code, "UnsupportedOperation");
    EXPECT_EQ(aws.call_form(sts::kService, "AssumeRole",
                            {{"ProvidedContexts.member.1.ProviderArn", "short"}})
                  .message,
              "1 validation error detected: Value 'short' at "
              "'providedContexts.1.member.providerArn' failed to satisfy constraint: Member must "
              "have length greater than or equal to 20");
}

TEST(GetSessionToken, LastsFromAQuarterOfAnHour)
{
    TestEmulator aws;
    for (const auto* seconds : {"899", "129601"}) {
        EXPECT_EQ(
            aws.call_form(sts::kService, "GetSessionToken", {{"DurationSeconds", seconds}}).code,
            "ValidationError");
    }
    EXPECT_EQ(
        aws.call_form(sts::kService, "GetSessionToken", {{"DurationSeconds", "129600"}}).status,
        200);
}

// Federated users

Answer federate(TestEmulator& aws, const Parameters& more = {})
{
    return aws.call_form(sts::kService, "GetFederationToken", merged({{"Name", "bob"}}, more));
}

TEST(GetFederationToken, GivesCredentialsOfAUserOfTheAccount)
{
    TestEmulator aws;
    const auto answer = federate(aws);
    EXPECT_EQ(answer.status, 200) << answer.message;
    const std::string at = "GetFederationTokenResult/FederatedUser/";
    EXPECT_EQ(answer.text(at + "Arn"), "arn:aws:sts::123456789012:federated-user/bob");
    EXPECT_EQ(answer.text(at + "FederatedUserId"), "123456789012:bob");
    EXPECT_EQ(answer.count("GetFederationTokenResult/PackedPolicySize"), 0U);
    const auto credentials = credentials_of(answer, "GetFederationTokenResult");
    const auto told = identity(aws, credentials);
    EXPECT_TRUE(says(told, "<Arn>arn:aws:sts::123456789012:federated-user/bob</Arn>")) << told.body;
    EXPECT_TRUE(says(told, "<UserId>123456789012:bob</UserId>")) << told.body;
    EXPECT_EQ(vpcs(aws, credentials).status, 200);
}

TEST(GetFederationToken, ChecksPoliciesAndTags)
{
    TestEmulator aws;
    const Parameters tag{{"Tags.1.Key", "team"}, {"Tags.1.Value", "infra"}};
    const auto answer = federate(aws, merged(tag, {{"Policy", R"({"Statement":[]})"}}));
    EXPECT_EQ(answer.text("GetFederationTokenResult/PackedPolicySize"), "1");
    EXPECT_EQ(federate(aws, {{"Policy", "{}"}}).code, "MalformedPolicyDocument");
    EXPECT_EQ(federate(aws, merged(tag, {{"Tags.2.Key", "Team"}, {"Tags.2.Value", "x"}})).code,
              "InvalidParameterValue");
}

TEST(GetFederationToken, RefusesNamesAndDurationsThatAreNone)
{
    TestEmulator aws;
    for (const auto& name : {std::string("b"), std::string(33, 'b'), std::string("b b")}) {
        EXPECT_EQ(federate(aws, {{"Name", name}}).code, "ValidationError") << name;
    }
    for (const auto* seconds : {"899", "129601"}) {
        EXPECT_EQ(federate(aws, {{"DurationSeconds", seconds}}).code, "ValidationError");
    }
    EXPECT_EQ(federate(aws, {{"DurationSeconds", "129600"}}).status, 200);
    EXPECT_EQ(aws.call_form(sts::kService, "GetFederationToken", {}).code, "ValidationError");
    EXPECT_EQ(federate(aws, {{"MinimumSessionTokenSize", "100"}}).code, "UnsupportedOperation");
}

TEST(GetFederationToken, IsForLongTermCredentials)
{
    TestEmulator aws;
    const auto refused =
        ask(aws, assumed(aws), "sts", "Action=GetFederationToken&Version=2011-06-15&Name=bob");
    EXPECT_EQ(refused.status, 403);
    EXPECT_TRUE(says(refused, "Cannot call GetFederationToken with session credentials"))
        << refused.body;
}

TEST(GetFederationToken, GivesCredentialsThatAskForNoOthers)
{
    TestEmulator aws;
    const auto credentials = credentials_of(federate(aws), "GetFederationTokenResult");
    for (const auto& form :
         {"Action=AssumeRole&RoleSessionName=two&RoleArn=" + std::string(kRoleArn),
          std::string("Action=GetSessionToken"), std::string("Action=GetFederationToken&Name=two"),
          std::string("Action=GetAccessKeyInfo&AccessKeyId=123456789012")}) {
        const auto answer = ask(aws, credentials, "sts", form + "&Version=2011-06-15");
        EXPECT_EQ(answer.status, 403) << form;
        EXPECT_TRUE(says(answer, "<Code>AccessDenied</Code>")) << answer.body;
    }
}

TEST(GetAccessKeyInfo, TellsASessionOfARoleWhoseItIs)
{
    TestEmulator aws;
    const auto credentials = assumed(aws);
    const auto answer =
        ask(aws, credentials, "sts",
            "Action=GetAccessKeyInfo&Version=2011-06-15&AccessKeyId=" + credentials.access_key);
    EXPECT_TRUE(says(answer, "<Account>210987654321</Account>")) << answer.body;
}

// Where roles are looked at

class StrictRoles : public ::testing::Test {
protected:
    /// A role of the other account that trusts the principal, below a path.
    void make(const std::string& principal, const Parameters& more = {})
    {
        const auto trust = fmt::format(
            R"({{"Statement": {{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": )"
            R"({{"AWS": "{}"}}}}}})",
            principal);
        create_role(aws, "builder",
                    merged({{"Path", "/teams/"}, {"AssumeRolePolicyDocument", trust}}, more),
                    kOtherAccount);
    }
    void expect_denied(const Answer& answer)
    {
        EXPECT_EQ(answer.status, 403);
        EXPECT_EQ(answer.code, "AccessDenied");
        EXPECT_EQ(answer.message,
                  "User: arn:aws:iam::123456789012:root is not authorized to perform: "
                  "sts:AssumeRole on resource: " +
                      std::string(kRoleArn));
    }

    TestEmulator aws{Emulator::Options{.has_strict_roles = true}};
};

TEST_F(StrictRoles, HaveToBeThere)
{
    expect_denied(assume(aws));
    make(kAccount);
    EXPECT_EQ(assume(aws).code, "");
    EXPECT_EQ(assume(aws, {{"RoleArn", "arn:aws:iam::210987654321:role/builder"}}).code,
              "AccessDenied")
        << "an ARN has the path in it";
    EXPECT_EQ(assume(aws, {{"RoleArn", "arn:aws:iam::123456789012:role/teams/builder"}}).code,
              "AccessDenied")
        << "of another account";
    EXPECT_EQ(assume(aws, {{"RoleArn", "x"}}).code, "ValidationError");
}

TEST_F(StrictRoles, HaveToTrustTheCaller)
{
    make("999999999999");
    expect_denied(assume(aws));
    ask_iam(aws, "DeleteRole", {{"RoleName", "builder"}}, kOtherAccount);
    make("arn:aws:iam::123456789012:root");
    const auto answer = assume(aws);
    EXPECT_EQ(answer.code, "");
    EXPECT_EQ(answer.text("AssumeRoleResult/AssumedRoleUser/AssumedRoleId"),
              ask_iam(aws, "GetRole", {{"RoleName", "builder"}}, kOtherAccount)
                      .text("GetRoleResult/Role/RoleId") +
                  ":me@home");
}

TEST_F(StrictRoles, SayHowLongASessionMayBe)
{
    make("*", {{"MaxSessionDuration", "7200"}});
    EXPECT_EQ(assume(aws, {{"DurationSeconds", "7200"}}).code, "");
    const auto refused = assume(aws, {{"DurationSeconds", "7201"}});
    EXPECT_EQ(refused.status, 400);
    EXPECT_EQ(refused.code, "ValidationError");
    EXPECT_EQ(refused.message,
              "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.");
}

TEST_F(StrictRoles, AreTakenOnBySessionsOfRolesThatTheyTrust)
{
    make(kAccount);
    create_role(aws, "next",
                {{"AssumeRolePolicyDocument",
                  R"({"Statement": [{"Effect": "Allow", "Action": "sts:*", "Principal": )"
                  R"({"AWS": ["arn:aws:iam::210987654321:role/teams/builder"]}}]})"}});
    const std::string arn = "arn:aws:iam::123456789012:role/next";
    EXPECT_EQ(assume(aws, {{"RoleArn", arn}}).code, "AccessDenied");
    const auto credentials = assumed(aws);
    const auto chained =
        ask(aws, credentials, "sts",
            "Action=AssumeRole&Version=2011-06-15&RoleSessionName=two&RoleArn=" + arn);
    EXPECT_TRUE(says(chained, "assumed-role/next/two")) << chained.body;
}

}  // namespace
}  // namespace amilab::test
