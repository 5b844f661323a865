#include "server/labs/class_table.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace amilab::labs {
namespace {

namespace json = boost::json;

json::object call_of(int time, std::string_view operation, std::string_view code = {})
{
    return {{"time", fmt::format("2026-01-01T00:00:{:02}.000Z", time)},
            {"account", "111111111111"},
            {"service", "ec2"},
            {"operation", json::string(operation)},
            {"parameters", json::object()},
            {"code", code.empty() ? json::value() : json::value(json::string(code))}};
}

json::object mark_of(int time, std::string_view parameter)
{
    auto call = call_of(time, "GetParameter", "ParameterNotFound");
    call["service"] = "ssm";
    call["parameters"] = json::object{{"Name", json::string(parameter)}};
    return call;
}

Activity activity(const json::array& calls)
{
    return activity_of(calls, "111111111111");
}

TEST(ClassActivity, IsTheLastCallAndTheLastRefusal)
{
    const auto found = activity(
        {call_of(1, "RunInstances", "InvalidAMIID.NotFound"), call_of(2, "DescribeImages")});
    EXPECT_EQ(found.last_refusal, "RunInstances InvalidAMIID.NotFound");
    EXPECT_EQ(found.last_call, "2026-01-01T00:00:02.000Z");
    EXPECT_EQ(activity_of({call_of(1, "RunInstances")}, "222222222222").last_call, "");
}

TEST(ClassActivity, IsNotWhatTheTableItselfCalls)
{
    const auto found =
        activity({call_of(1, "DescribeImages"), mark_of(2, kClassBegins),
                  call_of(3, "DescribeSnapshots", "AuthFailure"), mark_of(4, kClassEnds)});
    EXPECT_EQ(found.last_refusal, "");
    EXPECT_EQ(found.last_call, "2026-01-01T00:00:01.000Z");
}

TEST(ClassActivity, ACheckIsWorkButNoneOfItsRefusalsCounts)
{
    const auto found =
        activity({mark_of(1, kCheckBegins), call_of(2, "DescribeImages", "InvalidAMIID.NotFound"),
                  mark_of(3, kCheckEnds)});
    EXPECT_EQ(found.last_refusal, "");
    EXPECT_EQ(found.last_call, "2026-01-01T00:00:03.000Z");
}

TEST(ClassActivity, ADryRunThatSaysYesIsNoRefusal)
{
    const auto found = activity({call_of(1, "RunInstances", "InvalidAMIID.NotFound"),
                                 call_of(2, "RunInstances", "DryRunOperation")});
    EXPECT_EQ(found.last_refusal, "RunInstances InvalidAMIID.NotFound");
    EXPECT_EQ(found.last_call, "2026-01-01T00:00:02.000Z");
}

std::vector<ClassRow> rows()
{
    return {{.account = "100000000001",
             .name = "Ada \"A\" Lovelace",
             .lab = "launch",
             .steps = {{.step = 1, .points = 2, .of = 2},
                       {.step = 2, .points = 1, .of = 2},
                       {.step = 3, .points = 0, .of = 1}},
             .activity = {.last_call = "2026-01-01T00:00:00.000Z", .last_refusal = "A B"},
             .idle_ms = 90'000},
            {.account = "100000000002", .name = "=1+1", .lab = {}}};
}

TEST(ClassTable, IsTextCsvAndJson)
{
    EXPECT_EQ(class_text(rows()),
              "account       name              lab         steps   points   idle  last refusal\n"
              "100000000001  Ada \"A\" Lovelace  launch      #+.        3/5    90s  A B\n"
              "100000000002  =1+1              -                        -      -  -\n"
              "steps: # right, + begun, . not yet\n");
    EXPECT_EQ(
        class_csv(rows()),
        "account,name,lab,points,of,idle_seconds,last_call,last_refusal,step_1,step_2,step_3\n"
        "100000000001,\"Ada \"\"A\"\" Lovelace\",\"launch\",3,5,90,"
        "2026-01-01T00:00:00.000Z,\"A B\",2,1,0\n"
        "100000000002,\"'=1+1\",\"\",0,0,,,\"\",,,\n");
    const auto parsed = json::parse(class_json(rows()));
    EXPECT_EQ(parsed.at(0).at("idle_ms").as_int64(), 90'000);
    EXPECT_TRUE(parsed.at(1).at("lab").is_null());
    EXPECT_EQ(parsed.at(0).at("steps").as_array().size(), 3U);
}

}  // namespace
}  // namespace amilab::labs
