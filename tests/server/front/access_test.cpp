// Who may use what is no AWS API.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/state/generation.h"
#include "tests/server/front/front_world.h"

namespace amilab::test {
namespace {

using testing::HasSubstr;
using testing::Not;
using From = ControlAccess::From;

constexpr const char* kToken = "s3cr3t+/._~-token==";

// Every path of the control API, and what it may lead to yet.
constexpr const char* kPaths[] = {
    "/_amilab/reset",
    "/_amilab/clock",
    "/_amilab/delays",
    "/_amilab/accounts",
    "/_amilab/regions",
    "/_amilab/space",
    "/_amilab/import",
    "/_amilab/export/vol-1",
    "/_amilab/quotas",
    "/_amilab/instance-events",
    "/_amilab/export/snap-1",
    "/_amilab/nothing",
    "/_amilab/",
    "/_amilab/health/",
    "/_localstack/state/reset",
    "/_localstack/nothing",
    "/moto-api/reset",
    "/moto-api/data.json",
};
constexpr const char* kMethods[] = {"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"};

http::Request make_control_request(const std::string& method, const std::string& target,
                                   const std::string& authorization)
{
    return make_request(method, target, {{"Authorization", authorization}});
}

const http::Header* find_header(const http::Response& response, std::string_view name)
{
    for (const auto& header : response.headers) {
        if (header.name == name) {
            return &header;
        }
    }
    return nullptr;
}

class ControlToken : public testing::Test {
protected:
    http::Response clock_with(const std::string& authorization)
    {
        return world_.ask(make_control_request("GET", "/_amilab/clock", authorization));
    }

    FrontWorld world_{all_services(), ControlAccess(kToken)};
};

TEST_F(ControlToken, IsWantedOnEveryPath)
{
    for (const auto* path : kPaths) {
        for (const auto* method : kMethods) {
            auto request = make_request(method, path);
            request.from_loopback = true;
            const auto answer = world_.ask(request);
            EXPECT_EQ(answer.status, 401) << method << " " << path;
            EXPECT_THAT(answer.body, HasSubstr("Authorization: Bearer TOKEN"));
            const auto* challenge = find_header(answer, "WWW-Authenticate");
            ASSERT_NE(challenge, nullptr);
            EXPECT_EQ(challenge->value, "Bearer realm=\"amilab\"");
        }
    }
}

TEST_F(ControlToken, OpensEveryPathFromAnywhere)
{
    EXPECT_EQ(clock_with(std::string("Bearer ") + kToken).status, 200);
    EXPECT_EQ(clock_with(std::string("bearer   ") + kToken).status, 200);
    for (const auto* path : kPaths) {
        const auto answer =
            world_.ask(make_control_request("GET", path, std::string("Bearer ") + kToken));
        EXPECT_THAT(answer.status, testing::AllOf(testing::Ne(401), testing::Ne(403))) << path;
    }
}

TEST_F(ControlToken, IsTheWholeTokenAndNothingElse)
{
    const std::string token = kToken;
    auto other_case = token;
    other_case[0] = 'S';
    for (const auto& wrong :
         {token.substr(1), token.substr(0, token.size() - 1), token + "x", " x" + token, other_case,
          token + " " + token, std::string(100'000, 'x'), std::string("\0", 1) + token}) {
        const auto answer = clock_with("Bearer " + wrong);
        EXPECT_EQ(answer.status, 401) << wrong;
        EXPECT_EQ(answer.body, "{\"error\":\"this is not the server's control token\"}\n");
    }
    for (const auto* scheme : {"", "Basic ", "Bearer", "AWS4-HMAC-SHA256 Credential="}) {
        const auto answer = clock_with(scheme + token);
        EXPECT_EQ(answer.status, 401) << scheme;
        EXPECT_THAT(answer.body, Not(HasSubstr(token)));
    }
    for (const auto* empty : {"", "Bearer", "Bearer ", "Bearer  "}) {
        EXPECT_EQ(clock_with(empty).status, 401) << empty;
    }
}

TEST_F(ControlToken, IsAskedForBeforeTheBodyIsRead)
{
    CountedRequestBody large(std::uint64_t{1} << 30);
    auto request = make_request("POST", "/_amilab/import?name=x");
    EXPECT_EQ(world_.ask(request, large).status, 401);
    EXPECT_EQ(large.most_at_once(), 0U);
}

TEST_F(ControlToken, ChangesNothingWithoutIt)
{
    const auto before = world_.generation().timing().clock.setting();
    EXPECT_EQ(world_.ask(make_request("POST", "/_amilab/clock")).status, 401);
    const auto* generation = &world_.generation();
    EXPECT_EQ(world_.ask(make_request("POST", "/_amilab/reset")).status, 401);
    EXPECT_EQ(&world_.generation(), generation);
    EXPECT_EQ(world_.generation().timing().clock.setting().frozen, before.frozen);
}

TEST_F(ControlToken, IsNotWantedForHealthAndTheApis)
{
    EXPECT_EQ(world_.ask(make_request("GET", "/_amilab/health")).status, 200);
    EXPECT_EQ(world_.ask(make_request("HEAD", "/_amilab/health")).status, 200);
    EXPECT_EQ(world_.ask(make_request("POST", "/_amilab/health")).status, 401);
    EXPECT_EQ(world_.ask(make_request("GET", "/_localstack/health")).status, 200);
    EXPECT_EQ(world_.ask(make_request("POST", "/_localstack/health")).status, 401);
    EXPECT_THAT(world_.ask(make_request("GET", "/?Action=DescribeRegions&Version=2016-11-15")).body,
                HasSubstr("<DescribeRegionsResponse"));
}

TEST(ControlAccess, OfAServerBeyondLoopbackIsOfItsOwnMachine)
{
    FrontWorld world(all_services(), ControlAccess(From::kLoopback));
    for (const auto* path : kPaths) {
        for (const auto* method : kMethods) {
            const auto answer = world.ask(make_request(method, path));
            EXPECT_EQ(answer.status, 403) << method << " " << path;
            EXPECT_THAT(answer.body,
                        HasSubstr("--control-token-file FILE, or with --control-open"));
            EXPECT_EQ(find_header(answer, "WWW-Authenticate"), nullptr);
        }
    }
    auto near = make_request("GET", "/_amilab/clock");
    near.from_loopback = true;
    EXPECT_EQ(world.ask(near).status, 200);
    EXPECT_EQ(world.ask(make_control_request("GET", "/_amilab/clock", "Bearer x")).status, 403);
    EXPECT_EQ(world.ask(make_request("GET", "/_amilab/health")).status, 200);
    EXPECT_THAT(world.ask(make_request("GET", "/?Action=DescribeRegions&Version=2016-11-15")).body,
                HasSubstr("<DescribeRegionsResponse"));
}

TEST(ControlAccess, OfAnOpenServerIsEverybodys)
{
    FrontWorld world(all_services(), ControlAccess(From::kAnywhere));
    EXPECT_EQ(world.ask(make_request("GET", "/_amilab/clock")).status, 200);
    EXPECT_EQ(world.ask(make_control_request("GET", "/_amilab/clock", "Bearer x")).status, 200);
}

}  // namespace
}  // namespace amilab::test
