#include "server/calls/emulator.h"

#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/support/emulator_fixture.h"

namespace amilab::test {
namespace {

std::string signed_for(std::string_view service)
{
    return authorization_of(kAccount, kRegion, service);
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

/// What a GET of this query is answered, sent to a name that other machines may have or not.
ApiAnswer get(TestEmulator& aws, std::string_view query, bool is_to_loopback,
              std::string_view authorization = {}, std::string_view method = "GET")
{
    return aws.emulator()
        .parse({.method = method,
                .query = query,
                .authorization = authorization,
                .is_to_loopback = is_to_loopback})
        .run();
}

constexpr std::string_view kChange = "Action=CreateVolume&Size=1&AvailabilityZone=us-east-1a";

TEST(UnsignedGets, ChangeNothingWhereTheHostIsNoLoopbackName)
{
    TestEmulator aws;
    const auto presigned = fmt::format(
        "{}&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=00"
        "&X-Amz-Credential={}%2F20260102%2Fus-east-1%2Fec2%2Faws4_request",
        kChange, kAccount);
    for (const auto& [query, method] : std::initializer_list<std::pair<std::string, const char*>>{
             {std::string(kChange), "GET"}, {std::string(kChange), "HEAD"}, {presigned, "GET"}}) {
        const auto answer = get(aws, query, false, {}, method);
        EXPECT_EQ(answer.status, 403) << query;
        EXPECT_NE(answer.body.find("<Code>MissingAuthenticationToken</Code>"), std::string::npos);
    }
    EXPECT_EQ(aws.must("DescribeVolumes").count("volumeSet/item"), 0U);
}

TEST(UnsignedGets, ReadWhatTheyLike)
{
    TestEmulator aws;
    EXPECT_EQ(get(aws, "Action=DescribeVolumes", false).status, 200);
}

TEST(UnsignedGets, ChangeWhatTheyLikeWhereTheHostIsALoopbackName)
{
    TestEmulator aws;
    EXPECT_EQ(get(aws, kChange, true).status, 200);
}

TEST(SignedGets, ChangeSomethingWhateverTheHost)
{
    TestEmulator aws;
    EXPECT_EQ(get(aws, kChange, false, signed_for("ec2")).status, 200);
}

TEST(UnsignedPosts, ChangeSomethingWhateverTheHost)
{
    TestEmulator aws;
    EXPECT_EQ(get(aws, kChange, false, {}, "POST").status, 200);
}

/// What a service that is not offered is answered.
ApiAnswer ask_unknown(TestEmulator& aws, std::string_view service, std::string_view type,
                      std::string_view method, std::string_view body, std::string_view target = {})
{
    const auto authorization = signed_for(service);
    return aws.emulator()
        .parse({.method = method,
                .content_type = type,
                .authorization = authorization,
                .header =
                    [&](std::string_view name) {
                        return name == "X-Amz-Target" && !target.empty() ? std::optional(target)
                                                                         : std::nullopt;
                    }},
               body)
        .run();
}

TEST(UnknownServices, AreRefusedInTheirOwnProtocol)
{
    TestEmulator aws;
    const auto text = [](std::string_view service) {
        return fmt::format(
            "amilab does not offer the service {}; `amilab help coverage` lists what it "
            "offers.",
            service);
    };
    const auto kms = ask_unknown(aws, "kms", "application/x-amz-json-1.1", "POST", "{}",
                                 "TrentService.ListKeys");
    EXPECT_EQ(kms.status, 400);
    EXPECT_EQ(kms.content_type, "application/x-amz-json-1.1");
    EXPECT_EQ(kms.body, R"({"__type":"UnsupportedOperation","message":")" + text("kms") + R"("})");

    const auto builder = ask_unknown(aws, "imagebuilder", "application/json", "POST", "{}");
    EXPECT_EQ(builder.status, 400);
    EXPECT_EQ(builder.body, R"({"message":")" + text("imagebuilder") + R"("})");
    ASSERT_EQ(builder.headers.size(), 1U);
    EXPECT_EQ(builder.headers.front().first, "x-amzn-ErrorType");
    EXPECT_EQ(ask_unknown(aws, "eks", "", "GET", "").content_type, "application/json");

    const auto s3 = ask_unknown(aws, "s3express", "", "GET", "");
    EXPECT_EQ(s3.status, 400);
    EXPECT_EQ(s3.content_type, "application/xml");
    EXPECT_NE(s3.body.find("<Error><Code>UnsupportedOperation</Code><Message>" + text("s3express")),
              std::string::npos)
        << s3.body;

    const auto sns = ask_unknown(aws, "sns", "application/x-www-form-urlencoded", "POST",
                                 "Action=Publish&Version=2010-03-31");
    EXPECT_EQ(sns.status, 400);
    EXPECT_NE(sns.body.find("<Message>" + text("sns")), std::string::npos) << sns.body;
}

TEST(Versions, ThatWereAreTheNamespaceOfTheirAnswers)
{
    TestEmulator aws;
    const auto authorization = signed_for("ec2");
    const auto ask = [&](std::string_view action, std::string_view version) {
        return aws.emulator()
            .parse({.method = "POST", .authorization = authorization},
                   fmt::format("Action={}&Version={}", action, version))
            .run()
            .body;
    };
    for (const auto* action : {"DescribeRegions", "DescribeImages"}) {
        for (const auto* version : {"2014-09-01", "2016-11-15"}) {
            EXPECT_NE(ask(action, version)
                          .find(fmt::format("xmlns=\"http://ec2.amazonaws.com/doc/{}/\"", version)),
                      std::string::npos)
                << action << " " << version;
        }
    }
    EXPECT_NE(ask("DescribeRegions", "2014-09-02").find("<Code>NoSuchVersion</Code>"),
              std::string::npos);
}

}  // namespace
}  // namespace amilab::test
