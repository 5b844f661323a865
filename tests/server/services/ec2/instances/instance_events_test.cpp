#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/json.hpp>

#include "server/control/instance_events.h"
#include "server/http/message.h"
#include "storage/base/units.h"
#include "tests/server/services/ec2/instances/instance_support.h"

namespace amilab::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::StartsWith;

constexpr const char* kEvent = "instanceStatusSet/item/eventsSet/item/";
constexpr TimeMs kThreeHoursMs = 3 * kHourMs;

class InstanceEvents : public ::testing::Test {
protected:
    InstanceEvents() : instance(run_one(aws)) {}

    /// Schedules an event in three hours, with a deadline in six; returns its id.
    std::string schedule(const char* code)
    {
        const auto now_ms = aws.generation().timing().clock.now_ms();
        const boost::json::object event{{"instance_id", instance},
                                        {"code", code},
                                        {"not_before_ms", now_ms + kThreeHoursMs},
                                        {"not_before_deadline_ms", now_ms + 2 * kThreeHoursMs}};
        const auto made = control::schedule_instance_event(aws.emulator(), event);
        return std::string(made.at("id").as_string());
    }
    Answer statuses(const Parameters& more = {})
    {
        return aws.must("DescribeInstanceStatus", merged({{"IncludeAllInstances", "true"}}, more));
    }
    std::string event(const std::string& member) { return statuses().text(kEvent + member); }
    std::string state() { return field_of(aws, instance, "instanceState/name"); }
    Answer put_off(const std::string& id, const std::string& time)
    {
        return aws.call("ModifyInstanceEventStartTime",
                        {{"InstanceId", instance}, {"InstanceEventId", id}, {"NotBefore", time}});
    }

    TestEmulator aws;
    std::string instance;
};

TEST_F(InstanceEvents, AreToldWithTheStatus)
{
    const auto id = schedule("instance-stop");
    EXPECT_EQ(event("instanceEventId"), id);
    EXPECT_EQ(event("code"), "instance-stop");
    EXPECT_EQ(event("notBefore"), "2026-01-02T06:04:05.000Z");
    EXPECT_EQ(event("notBeforeDeadline"), "2026-01-02T09:04:05.000Z");
    EXPECT_EQ(statuses(filter("event.code", "instance-stop")).count("instanceStatusSet/item"), 1U);
    EXPECT_EQ(statuses(filter("event.code", "system-reboot")).count("instanceStatusSet/item"), 0U);
    EXPECT_EQ(
        statuses(filter("event.not-before", "2026-01-02T06*")).count("instanceStatusSet/item"), 1U);
}

TEST_F(InstanceEvents, StopAnInstanceWhenTheirTimeComes)
{
    for (const char* code : {"instance-stop", "instance-retirement"}) {
        aws.must("StartInstances", {{"InstanceId.1", instance}});
        schedule(code);
        EXPECT_EQ(state(), "running");
        aws.advance(kThreeHoursMs);
        EXPECT_EQ(state(), "stopped") << code;
        EXPECT_EQ(field_of(aws, instance, "stateReason/code"), "Server.ScheduledStop");
    }
}

TEST_F(InstanceEvents, RebootAnInstanceWhenTheirTimeComes)
{
    aws.set_delay("instance.initializing", kHourMs);
    schedule("system-reboot");
    aws.advance(kThreeHoursMs);
    EXPECT_EQ(statuses().text("instanceStatusSet/item/instanceStatus/status"), "initializing");
    EXPECT_EQ(state(), "running");
}

TEST_F(InstanceEvents, AreToldForAWeekWhenTheyAreCompleted)
{
    schedule("system-maintenance");
    aws.advance(kThreeHoursMs);
    EXPECT_THAT(event("description"), StartsWith("[Completed] "));
    EXPECT_EQ(statuses(filter("event.description", "*Completed*")).count("instanceStatusSet/item"),
              1U);
    aws.advance(7 * kDayMs);
    EXPECT_EQ(statuses().count("instanceStatusSet/item/eventsSet/item"), 0U);
}

TEST_F(InstanceEvents, ArePutOffUntilTheirDeadline)
{
    const auto id = schedule("instance-stop");
    EXPECT_EQ(put_off(id, "2026-01-02T08:04:05Z").text("event/notBefore"),
              "2026-01-02T08:04:05.000Z");
    aws.advance(kThreeHoursMs);
    EXPECT_EQ(state(), "running");
    aws.advance(2 * kHourMs);
    EXPECT_EQ(state(), "stopped");
    EXPECT_EQ(put_off(id, "2026-01-02T09:00:00Z").code, "UnsupportedOperation");
}

TEST_F(InstanceEvents, AreNotPutOffBeyondWhatIsPossible)
{
    const auto id = schedule("instance-stop");
    EXPECT_EQ(put_off(id, "2026-01-02T03:30:00Z").code, "InvalidParameterValue");
    EXPECT_EQ(put_off(id, "2026-01-02T09:04:06Z").code, "InvalidParameterValue");
    EXPECT_EQ(put_off("instance-event-0123456789abcdef0", "2026-01-02T08:00:00Z").code,
              "InvalidParameterValue");
    const boost::json::object fixed{{"instance_id", instance},
                                    {"code", "system-reboot"},
                                    {"not_before_ms", kStartMs + kThreeHoursMs}};
    const auto other = control::schedule_instance_event(aws.emulator(), fixed);
    EXPECT_EQ(put_off(std::string(other.at("id").as_string()), "2026-01-02T08:00:00Z").code,
              "UnsupportedOperation");
}

TEST_F(InstanceEvents, AreRefusedByTheControlApiWhenTheyCannotBe)
{
    const auto refused = [&](boost::json::object event) {
        EXPECT_THROW(control::schedule_instance_event(aws.emulator(), event), http::HttpError);
    };
    refused({{"instance_id", instance}});
    refused({{"instance_id", instance}, {"code", "explode"}});
    refused({{"instance_id", "i-0123456789abcdef0"}, {"code", "system-reboot"}});
    refused({{"instance_id", instance}, {"code", "system-reboot"}, {"colour", "red"}});
    refused({{"instance_id", instance}, {"code", "system-reboot"}, {"not_before_ms", "soon"}});
    EXPECT_TRUE(control::show_instance_events(aws.emulator(), "").as_array().empty());
}

TEST_F(InstanceEvents, ReportsAreOfInstancesThatRun)
{
    const auto code = [&](const Parameters& more) {
        return aws
            .call("ReportInstanceStatus", merged({{"InstanceId.1", instance},
                                                  {"Status", "impaired"},
                                                  {"ReasonCode.1", "unresponsive"}},
                                                 more))
            .code;
    };
    EXPECT_EQ(code({}), "");
    EXPECT_EQ(code({{"StartTime", "2026-01-02T00:00:00Z"}, {"EndTime", "2026-01-01T00:00:00Z"}}),
              "InvalidParameterValue");
    EXPECT_EQ(code({{"ReasonCode.1", "bored"}}), "InvalidParameterValue");
    EXPECT_EQ(code({{"InstanceId.1", "i-0123456789abcdef0"}}), "InvalidInstanceID.NotFound");
    aws.must("StopInstances", {{"InstanceId.1", instance}});
    EXPECT_EQ(code({}), "IncorrectInstanceState");
}

TEST_F(InstanceEvents, NotificationsHaveTheTagsThatAreRegistered)
{
    const std::string attribute = "InstanceTagAttribute.";
    const auto keys = [&] {
        return aws.must("DescribeInstanceEventNotificationAttributes")
            .texts("instanceTagAttribute/instanceTagKeySet/item");
    };
    const auto is_all = [&] {
        return aws.must("DescribeInstanceEventNotificationAttributes")
            .text("instanceTagAttribute/includeAllTagsOfInstance");
    };
    EXPECT_THAT(keys(), IsEmpty());
    EXPECT_EQ(is_all(), "false");
    aws.must("RegisterInstanceEventNotificationAttributes",
             {{attribute + "InstanceTagKey.1", "team"}, {attribute + "InstanceTagKey.2", "of"}});
    EXPECT_THAT(keys(), ElementsAre("of", "team"));
    aws.must("DeregisterInstanceEventNotificationAttributes",
             {{attribute + "InstanceTagKey.1", "of"}});
    EXPECT_THAT(keys(), ElementsAre("team"));
    aws.must("RegisterInstanceEventNotificationAttributes",
             {{attribute + "IncludeAllTagsOfInstance", "true"}});
    EXPECT_EQ(is_all(), "true");
    aws.must("DeregisterInstanceEventNotificationAttributes",
             {{attribute + "IncludeAllTagsOfInstance", "false"}});
    EXPECT_EQ(is_all(), "false");
    EXPECT_THAT(keys(), IsEmpty());
    EXPECT_EQ(aws.call("RegisterInstanceEventNotificationAttributes").code, "MissingParameter");
    Parameters eleven;
    for (int i = 1; i <= 11; ++i) {
        eleven.emplace_back(attribute + "InstanceTagKey." + std::to_string(i),
                            "key" + std::to_string(i));
    }
    EXPECT_EQ(aws.call("RegisterInstanceEventNotificationAttributes", eleven).code,
              "InvalidParameterValue");
    EXPECT_THAT(keys(), IsEmpty());
}

}  // namespace
}  // namespace amilab::test
