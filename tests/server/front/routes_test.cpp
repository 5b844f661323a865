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

TEST_F(FrontRoutes, RefuseParametersThatAControlPathDoesNotTake)
{
    for (const auto* path : {"clock", "delays", "accounts", "space", "health"}) {
        const auto answer = ask("GET", std::string("/_amilab/") + path + "?account=1");
        EXPECT_EQ(answer.status, 400) << path;
        EXPECT_THAT(answer.body, HasSubstr("unknown parameter account; this path takes none"));
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
