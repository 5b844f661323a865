// Who answers which path.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/server/front/front_world.h"

namespace amilab::test {
namespace {

using testing::HasSubstr;

class FrontRoutes : public testing::Test {
protected:
    http::Response ask(const std::string& method, const std::string& target)
    {
        return world_.ask(make_request(method, target));
    }

    FrontWorld world_;
};

TEST_F(FrontRoutes, LeadToTheControlApi)
{
    const auto answer = ask("GET", "/_amilab/health");
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.content_type, "application/json");
    EXPECT_THAT(answer.body, HasSubstr(R"("status":"ok")"));
}

TEST_F(FrontRoutes, RefuseUnknownControlPaths)
{
    for (const auto* path :
         {"/_amilab/", "/_amilab/healthy", "/_amilab/health/", "/_amilab/exports"}) {
        const auto answer = ask("GET", path);
        EXPECT_EQ(answer.status, 404) << path;
        EXPECT_EQ(answer.body, std::string(R"({"error":"no route )") + path +
                                   R"(; `amilab help control` lists them"})" + "\n");
    }
}

TEST_F(FrontRoutes, AnswerHealthAsLocalStackDoes)
{
    const auto answer = ask("GET", "/_localstack/health");
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.content_type, "application/json");
    EXPECT_THAT(answer.body, HasSubstr(R"("ec2":"running")"));
    EXPECT_THAT(answer.body, HasSubstr(R"("ssm":"running")"));
    EXPECT_EQ(ask("POST", "/_localstack/health").status, 405);
}

TEST_F(FrontRoutes, ResetByThePathsOfOtherEmulators)
{
    for (const auto* path : {"/moto-api/reset", "/_localstack/state/reset"}) {
        const auto answer = ask("POST", path);
        EXPECT_EQ(answer.status, 200) << path;
        EXPECT_EQ(answer.body, R"({"status":"ok"})"
                               "\n");
        EXPECT_EQ(ask("GET", path).status, 405) << path;
    }
    EXPECT_EQ(ask("POST", "/moto-api/reset-auth").status, 404);
    EXPECT_EQ(ask("GET", "/_localstack/info").status, 404);
}

TEST_F(FrontRoutes, RefuseParametersThatAControlPathDoesNotTake)
{
    for (const auto* path : {"clock", "delays", "accounts", "space", "health"}) {
        const auto answer = ask("GET", std::string("/_amilab/") + path + "?place=1");
        EXPECT_EQ(answer.status, 400) << path;
        EXPECT_THAT(answer.body, HasSubstr("unknown parameter place; "));
    }
    EXPECT_EQ(ask("POST", "/_amilab/reset?account=123456789012").status, 400);
    EXPECT_EQ(ask("GET", "/_amilab/health?").status, 200);
}

TEST_F(FrontRoutes, SayNothingThatIsNotText)
{
    const auto path = ask("GET", "/_amilab/\xFF");
    EXPECT_EQ(path.status, 404);
    EXPECT_EQ(path.body, "{\"error\":\"no such route; `amilab help control` lists them\"}\n");
    for (const auto* query : {"name=%FF", "description=%00", "n%FFame=x", "region=%01"}) {
        const auto answer = ask("POST", std::string("/_amilab/import?") + query);
        EXPECT_EQ(answer.status, 400) << query;
        EXPECT_EQ(answer.body, "{\"error\":\"the query string is not text in UTF-8\"}\n") << query;
    }
}

TEST_F(FrontRoutes, RefuseMethodsThatAControlPathDoesNotTake)
{
    const auto answer = ask("DELETE", "/_amilab/import?name=x");
    EXPECT_EQ(answer.status, 405);
    EXPECT_EQ(answer.body, R"({"error":"/_amilab/import does not take DELETE; use POST or PUT"})"
                           "\n");
    EXPECT_EQ(ask("POST", "/_amilab/health").status, 405);
    EXPECT_EQ(ask("HEAD", "/_amilab/export/snap-0123456789abcdef0").status, 405);
}

TEST_F(FrontRoutes, NameTheMethodsThatAreTakenWhereOneIsNot)
{
    const auto allowed = [&](const std::string& method, const std::string& target) {
        const auto answer = ask(method, target);
        EXPECT_EQ(answer.status, 405);
        return header_of(answer, "Allow");
    };
    EXPECT_EQ(allowed("POST", "/_amilab/health"), "GET, HEAD");
    EXPECT_EQ(allowed("DELETE", "/_amilab/import?name=x"), "POST, PUT");
    EXPECT_EQ(allowed("PUT", "/_amilab/reset"), "POST");
    EXPECT_EQ(allowed("DELETE", "/"), "GET, HEAD, POST");
}

TEST_F(FrontRoutes, SayWhatHttpRefusesInTheFormOfWhoIsAsked)
{
    const http::HttpError foreign(403, "Host \"x\" does not mean this machine.");
    const auto said = [&](const std::string& target, std::vector<http::Header> headers = {}) {
        auto answer = world_.refuse(make_request("POST", target, std::move(headers)), foreign);
        EXPECT_EQ(answer.status, 403);
        return answer;
    };
    const auto control = said("/_amilab/clock");
    EXPECT_EQ(control.content_type, "application/json");
    EXPECT_EQ(control.body, R"({"error":"Host \"x\" does not mean this machine."})"
                            "\n");
    const auto ec2 = said("/");
    EXPECT_EQ(ec2.content_type, "text/xml;charset=UTF-8");
    EXPECT_THAT(ec2.body, HasSubstr("<Code>InvalidRequest</Code><Message>Host \"x\" does not"));
    EXPECT_FALSE(ec2.request_id.empty());
    EXPECT_THAT(ec2.body, HasSubstr("<RequestID>" + ec2.request_id));
    const auto ssm = said("/", {{"X-Amz-Target", "AmazonSSM.GetParameter"}});
    EXPECT_EQ(ssm.content_type, "application/x-amz-json-1.1");
    EXPECT_THAT(ssm.body, HasSubstr("Host"));
    EXPECT_THAT(said("/", {{"Authorization", "nonsense"}}).body, HasSubstr("InvalidRequest"));
    const auto busy = world_.refuse(make_request("POST", "/"), http::HttpError(503, "busy"));
    EXPECT_THAT(busy.body, HasSubstr("<Code>Unavailable</Code>"));
}

TEST_F(FrontRoutes, LeadEverythingElseToTheApi)
{
    EXPECT_THAT(ask("GET", "/?Action=DescribeRegions&Version=2016-11-15").body,
                HasSubstr("<DescribeRegionsResponse"));
    EXPECT_THAT(ask("GET", "/_amilab").body, HasSubstr("<Code>MissingAction</Code>"));
    EXPECT_THAT(ask("DELETE", "/").body, HasSubstr("<Code>InvalidRequest</Code>"));
    EXPECT_THAT(ask("GET", "/rules/no").body, HasSubstr("Message"));
}

}  // namespace
}  // namespace amilab::test
