// What /_amilab/calls lists and follows.
#include <functional>
#include <string>
#include <vector>

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
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::Pair;

http::Request call_as(const std::string& account, const std::string& form)
{
    return make_request("GET", "/?Version=2016-11-15&" + form,
                        {{"Authorization", authorization_of(account, "eu-west-1", "ec2")}});
}

/// The client of a stream: each piece is given to `take`, which may call the front meanwhile.
class ReadingClient final : public http::BodyWriter {
public:
    using Take = std::function<boost::asio::awaitable<void>(std::string)>;
    explicit ReadingClient(Take take) : take_(std::move(take)) {}

    boost::asio::awaitable<void> write(std::span<const std::byte> bytes) override
    {
        co_await take_({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    }

private:
    Take take_;
};

class Calls : public testing::Test {
protected:
    json::value list(const std::string& query = "")
    {
        const auto answer = world_.ask(make_request("GET", "/_amilab/calls?" + query));
        EXPECT_EQ(answer.status, 200);
        return json::parse(world_.body_of(answer));
    }
    std::vector<std::string> operations(const std::string& query = "")
    {
        std::vector<std::string> all;
        const auto answer = list(query);
        for (const auto& call : answer.at("calls").as_array()) {
            all.emplace_back(call.at("operation").as_string());
        }
        return all;
    }
    void reset(const std::string& body)
    {
        TextRequestBody text(body);
        EXPECT_EQ(world_.ask(make_request("POST", "/_amilab/reset"), text).status, 200);
    }

    FrontWorld world_;
};

TEST_F(Calls, AreListedWithAllThatIsKnownOfThem)
{
    world_.generation().timing().clock.freeze();
    world_.generation().timing().clock.set(kStartMs);
    world_.ask(call_as(kOtherAccount, "Action=DescribeVolumes&VolumeId.1=vol-00000000000000001"));
    auto answer = list();
    EXPECT_EQ(answer.at("last"), 1);
    auto call = answer.at("calls").at(0).as_object();
    EXPECT_EQ(call.at("request_id").as_string().size(), 36U);
    EXPECT_GE(call.at("milliseconds").to_number<double>(), 0);
    call.erase("request_id");
    call.erase("milliseconds");
    EXPECT_EQ(call, json::parse(fmt::format(R"({{
        "number": 1, "time": "2026-01-02T03:04:05.000Z", "account": "{}", "region": "eu-west-1",
        "service": "ec2", "operation": "DescribeVolumes",
        "parameters": {{"VolumeId.1": "vol-00000000000000001"}},
        "status": 400, "code": "InvalidVolume.NotFound",
        "message": "The volume 'vol-00000000000000001' does not exist.",
        "parameter": "VolumeId.1"}})",
                                            kOtherAccount)));
}

TEST_F(Calls, ThatSucceedHaveNoError)
{
    world_.ask(call_as(kAccount, "Action=DescribeRegions"));
    const auto call = list().at("calls").at(0);
    EXPECT_EQ(call.at("status"), 200);
    for (const auto* name : {"code", "message", "parameter"}) {
        EXPECT_TRUE(call.at(name).is_null()) << name;
    }
    EXPECT_TRUE(call.at("parameters").as_object().empty());
}

TEST_F(Calls, ThatAreRefusedEarlyBlameTheParameterAsItWasSent)
{
    world_.ask(call_as(kAccount, "Action=DescribeVolumes&MaxResults=1"));
    world_.ask(call_as(kAccount, "Action=DescribeVolumes&Filter.1.Nme=x"));
    world_.ask(call_as(kAccount, "Action=DeleteVolume"));
    world_.ask(call_as(kAccount, "Action=Nope"));
    const auto calls = list().at("calls");
    EXPECT_EQ(calls.at(0).at("parameter"), "MaxResults");
    EXPECT_EQ(calls.at(1).at("parameter"), "Filter.1.Nme");
    EXPECT_EQ(calls.at(2).at("parameter"), "VolumeId");
    EXPECT_TRUE(calls.at(3).at("parameter").is_null());
    EXPECT_EQ(calls.at(3).at("operation"), "Nope");
}

TEST_F(Calls, OfTheControlApiAreNotListed)
{
    world_.ask(make_request("GET", "/_amilab/clock"));
    list();
    EXPECT_THAT(operations(), IsEmpty());
}

TEST_F(Calls, AreFilteredAndLimitedToTheLastOnes)
{
    world_.ask(call_as(kAccount, "Action=DescribeRegions"));
    world_.ask(call_as(kOtherAccount, "Action=DescribeVolumes"));
    world_.ask(call_as(kAccount, "Action=DescribeFleets"));
    EXPECT_THAT(operations(), ElementsAre("DescribeRegions", "DescribeVolumes", "DescribeFleets"));
    EXPECT_THAT(operations("account=" + std::string(kOtherAccount)),
                ElementsAre("DescribeVolumes"));
    EXPECT_THAT(operations("status=4xx"), ElementsAre("DescribeFleets"));
    EXPECT_THAT(operations("limit=2"), ElementsAre("DescribeVolumes", "DescribeFleets"));
    EXPECT_THAT(operations("limit=0"), IsEmpty());
    EXPECT_THAT(operations("limit=1&status=200"), ElementsAre("DescribeVolumes"));
    EXPECT_THAT(operations("since=2"), ElementsAre("DescribeFleets"));
    EXPECT_EQ(list("operation=DescribeImages").at("last"), 3);
}

TEST_F(Calls, OfAnOperationThatThereIsNotAreRefusedUnlessOneAskedForIt)
{
    const auto refusal = [&](const std::string& query) {
        const auto answer = world_.ask(make_request("GET", "/_amilab/calls?" + query));
        return std::pair(answer.status, world_.body_of(answer));
    };
    for (const auto* way : {"", "&follow=true"}) {
        EXPECT_THAT(refusal("operation=DescribeRegion" + std::string(way)),
                    Pair(400, HasSubstr("operation is DescribeRegion; did you mean "
                                        "DescribeRegions?")));
        EXPECT_THAT(refusal("operation=Nope" + std::string(way)),
                    Pair(400, HasSubstr("expected one of a service, such as RunInstances")));
        EXPECT_THAT(refusal("service=ec3" + std::string(way)),
                    Pair(400, HasSubstr("expected one of ec2, ")));
        EXPECT_THAT(refusal("account=12" + std::string(way)), Pair(400, HasSubstr("12 digits")));
    }
    world_.ask(call_as(kAccount, "Action=Nope"));
    EXPECT_THAT(operations("operation=Nope"), ElementsAre("Nope"));
}

TEST_F(Calls, HoldNothingThatIsSecret)
{
    const std::string secret = "c2VjcmV0c2VjcmV0";
    world_.ask(call_as(
        kAccount, "Action=RunInstances&ImageId=ami-1&MinCount=1&MaxCount=1&UserData=" + secret +
                      "&ClientToken=" + secret));
    world_.ask(call_as(kAccount, "Action=ImportKeyPair&KeyName=k&PublicKeyMaterial=" + secret));
    world_.ask(call_as(kAccount, "Action=DescribeVolumes&NextToken=" + secret));
    world_.ask(call_as(kAccount, "Action=DescribeVolumes&X-Amz-Security-Token=" + secret));
    const auto answer = world_.ask(make_request("GET", "/_amilab/calls"));
    const auto text = world_.body_of(answer);
    EXPECT_THAT(text, HasSubstr(R"--("UserData":"(16 bytes)")--"));
    EXPECT_THAT(text, Not(HasSubstr(secret)));
}

TEST_F(Calls, ThatAreManyAreSentInParts)
{
    for (int i = 0; i < 300; ++i) {
        world_.ask(call_as(kAccount, "Action=DescribeVolumes&VolumeId.1=" + std::string(250, 'v')));
    }
    const auto answer = world_.ask(make_request("GET", "/_amilab/calls"));
    EXPECT_TRUE(answer.stream != nullptr);
    const auto all = json::parse(world_.body_of(answer));
    EXPECT_EQ(all.at("calls").as_array().size(), 300U);
    EXPECT_EQ(all.at("last"), 300);
}

TEST_F(Calls, GoWithAReset)
{
    world_.ask(call_as(kAccount, "Action=DescribeRegions"));
    reset("");
    EXPECT_THAT(operations(), IsEmpty());
    world_.ask(call_as(kAccount, "Action=DescribeRegions"));
    EXPECT_EQ(list().at("calls").at(0).at("number"), 2);
}

TEST_F(Calls, OfOneAccountGoWithItsReset)
{
    world_.ask(call_as(kAccount, "Action=DescribeRegions"));
    world_.ask(call_as(kOtherAccount, "Action=DescribeVolumes"));
    reset(fmt::format(R"({{"account": "{}"}})", kAccount));
    EXPECT_THAT(operations(), ElementsAre("DescribeVolumes"));
}

TEST_F(Calls, AreFollowedUntilTheServerStops)
{
    world_.ask(call_as(kAccount, "Action=DescribeRegions"));
    const auto answer = world_.ask(make_request("GET", "/_amilab/calls?follow=true"));
    EXPECT_EQ(answer.content_type, "text/event-stream");
    std::string seen;
    ReadingClient client([&](std::string text) -> boost::asio::awaitable<void> {
        seen += text;
        if (text.starts_with(":")) {
            auto request = call_as(kAccount, "Action=DescribeVolumes");
            CountedRequestBody none(0);
            co_await world_.front().handle(request, none);
        } else {
            world_.front().stop();
        }
    });
    world_.send(answer, client);
    EXPECT_THAT(seen, HasSubstr("\nid: 2\ndata: {\"number\":2,"));
    EXPECT_THAT(seen, Not(HasSubstr("DescribeRegions")));
    EXPECT_THAT(seen, testing::EndsWith("\n\n"));
}

TEST_F(Calls, AreFollowedFromAnEarlierOneWhereThatIsAsked)
{
    for (const auto* operation : {"DescribeRegions", "DescribeVolumes", "DescribeFleets"}) {
        world_.ask(call_as(kAccount, fmt::format("Action={}", operation)));
    }
    std::string seen;
    ReadingClient client([&](std::string text) -> boost::asio::awaitable<void> {
        seen += text;
        if (!text.starts_with(":")) {
            world_.front().stop();
        }
        co_return;
    });
    world_.send(world_.ask(make_request("GET", "/_amilab/calls?follow=true&since=1&status=200")),
                client);
    EXPECT_THAT(seen, HasSubstr("\"DescribeVolumes\""));
    EXPECT_THAT(seen, Not(HasSubstr("DescribeRegions")));
    EXPECT_THAT(seen, Not(HasSubstr("DescribeFleets")));
}

TEST_F(Calls, AreFollowedByAFewAtATime)
{
    std::vector<http::Response> followers;
    for (std::size_t i = 0; i < CallRing::kMostFollowers; ++i) {
        followers.push_back(world_.ask(make_request("GET", "/_amilab/calls?follow=true")));
        ASSERT_EQ(followers.back().status, 200);
    }
    EXPECT_EQ(world_.ask(make_request("GET", "/_amilab/calls?follow=true")).status, 503);
    followers.pop_back();
    EXPECT_EQ(world_.ask(make_request("GET", "/_amilab/calls?follow=true")).status, 200);
}

}  // namespace
}  // namespace amilab::test
