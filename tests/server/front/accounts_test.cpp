// What /_amilab/accounts says of who has called.
#include <string>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/json.hpp>

#include "storage/state/generation.h"
#include "tests/server/front/front_world.h"
#include "tests/support/emulator_fixture.h"

namespace amilab::test {
namespace {

namespace json = boost::json;

class Accounts : public testing::Test {
protected:
    Accounts()
    {
        world_.generation().timing().clock.freeze();
        world_.generation().timing().clock.set(kStartMs);
    }

    json::object show()
    {
        return json::parse(answer_to(make_request("GET", kPath), "").body).as_object();
    }
    http::Response declare(const std::string& body)
    {
        return answer_to(make_request("POST", kPath), body);
    }
    void call_as(const std::string& key)
    {
        world_.ask(make_request("GET", "/?Action=DescribeRegions&Version=2016-11-15",
                                {{"Authorization", authorization_of(key, kRegion, "ec2")}}));
    }

    static constexpr const char* kPath = "/_amilab/accounts";
    FrontWorld world_;

private:
    http::Response answer_to(http::Request request, const std::string& text)
    {
        TextRequestBody body(text);
        return world_.ask(std::move(request), body);
    }
};

TEST_F(Accounts, AreNoneBeforeAnybodyCalls)
{
    EXPECT_TRUE(show().empty());
}

TEST_F(Accounts, ThatHaveCalledAreListedThoughNobodyDeclaredThem)
{
    call_as(kOtherAccount);
    world_.generation().timing().clock.advance(1'000);
    call_as(kOtherAccount);
    call_as("mistyped");
    const auto accounts = show();
    ASSERT_EQ(accounts.size(), 2U);
    EXPECT_EQ(accounts.at(kOtherAccount),
              json::parse(R"({"access_keys":[],"organization":null,"organizational_units":[],
                              "subscriptions":[],"products":[],"declared":false,"calls":2,
                              "last_call":"2026-01-02T03:04:06.000Z"})"));
    EXPECT_EQ(accounts.at(kAccount).at("calls"), 1);
}

TEST_F(Accounts, HaveNamesThatPeopleGiveThem)
{
    EXPECT_EQ(declare(R"({"111122223333": {"name": "Bj\u00f6rk"}, "444455556666": {}})").status,
              200);
    EXPECT_EQ(show().at("111122223333").at("name"), "Bj\u00f6rk");
    EXPECT_FALSE(show().at("444455556666").as_object().contains("name"));
    // What is not named stays.
    EXPECT_EQ(declare(R"({"111122223333": {"subscriptions": ["abc"]}})").status, 200);
    EXPECT_EQ(show().at("111122223333").at("name"), "Bj\u00f6rk");
    for (const std::string wrong :
         {"\"\"", "7", "[]", "\"a\\u0007b\"", "\"a\\u007fb\"", "\"a\\nb\""}) {
        EXPECT_EQ(declare(R"({"111122223333": {"name": )" + wrong + "}}").status, 400) << wrong;
    }
    EXPECT_EQ(declare(R"({"111122223333": {"name": ")" + std::string(101, 'a') + "\"}}").status,
              400);
    EXPECT_EQ(declare(R"({"111122223333": {"name": null}})").status, 200);
    EXPECT_FALSE(show().at("111122223333").as_object().contains("name"));
}

TEST_F(Accounts, ThatAreDeclaredAreListedThoughTheyHaveNotCalled)
{
    EXPECT_EQ(declare(R"({"111122223333": {"subscriptions": ["abc"]}})").status, 200);
    call_as(kOtherAccount);
    const auto accounts = show();
    ASSERT_EQ(accounts.size(), 2U);
    const auto& declared = accounts.at("111122223333");
    EXPECT_EQ(declared.at("declared"), true);
    EXPECT_EQ(declared.at("calls"), 0);
    EXPECT_TRUE(declared.at("last_call").is_null());
    EXPECT_EQ(declared.at("subscriptions"), json::array{"abc"});
}

TEST_F(Accounts, ThatAreForgottenStayListedWhenTheyHaveCalled)
{
    declare(R"({"111122223333": {}, "444455556666": {}})");
    call_as("111122223333");
    declare(R"({"111122223333": null, "444455556666": null})");
    const auto accounts = show();
    ASSERT_EQ(accounts.size(), 1U);
    EXPECT_EQ(accounts.at("111122223333").at("declared"), false);
}

TEST_F(Accounts, AreNotToldWhatTheServerTells)
{
    for (const auto* key : {"declared", "calls", "last_call"}) {
        const auto answer = declare(fmt::format(R"({{"111122223333": {{"{}": 1}}}})", key));
        EXPECT_EQ(answer.status, 400);
        EXPECT_EQ(answer.body, fmt::format(R"({{"error":"{} is told, not set"}})", key) + "\n");
    }
    EXPECT_TRUE(show().empty());
}

TEST_F(Accounts, AreForgottenByAReset)
{
    call_as(kAccount);
    world_.data().reset();
    EXPECT_TRUE(show().empty());
}

}  // namespace
}  // namespace amilab::test
