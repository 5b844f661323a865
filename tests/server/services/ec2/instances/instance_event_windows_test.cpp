#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/server/services/ec2/instances/instance_support.h"

namespace amilab::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr const char* kListed = "instanceEventWindowSet/item/";
constexpr const char* kCron = "* 0-4,20-23 * * 1,5";

Parameters range(const std::string& from_day, const std::string& from_hour,
                 const std::string& to_day, const std::string& to_hour)
{
    return {{"TimeRange.1.StartWeekDay", from_day},
            {"TimeRange.1.StartHour", from_hour},
            {"TimeRange.1.EndWeekDay", to_day},
            {"TimeRange.1.EndHour", to_hour}};
}

class EventWindows : public ::testing::Test {
protected:
    std::string create(const Parameters& more = {{"CronExpression", kCron}})
    {
        return aws.must("CreateInstanceEventWindow", more)
            .text("instanceEventWindow/instanceEventWindowId");
    }
    std::string refusal(const Parameters& more)
    {
        return aws.call("CreateInstanceEventWindow", more).code;
    }
    std::string cron_refusal(const std::string& expression)
    {
        return refusal({{"CronExpression", expression}});
    }
    Answer associate(const std::string& id, const Parameters& target)
    {
        return aws.call("AssociateInstanceEventWindow",
                        merged({{"InstanceEventWindowId", id}}, target));
    }
    std::vector<std::string> listed(const std::string& member, const Parameters& more = {})
    {
        return aws.must("DescribeInstanceEventWindows", more).texts(kListed + member);
    }
    TestEmulator aws;
};

TEST_F(EventWindows, AreMadeOfRangesOrAnExpression)
{
    const auto answer =
        aws.must("CreateInstanceEventWindow",
                 merged(range("monday", "2", "monday", "8"),
                        {{"Name", "early"},
                         {"TagSpecification.1.ResourceType", "instance-event-window"},
                         {"TagSpecification.1.Tag.1.Key", "of"},
                         {"TagSpecification.1.Tag.1.Value", "test"}}));
    EXPECT_EQ(answer.text("instanceEventWindow/state"), "creating");
    EXPECT_EQ(answer.text("instanceEventWindow/timeRangeSet/item/startWeekDay"), "monday");
    EXPECT_EQ(answer.text("instanceEventWindow/timeRangeSet/item/endHour"), "8");
    EXPECT_EQ(answer.text("instanceEventWindow/tagSet/item/key"), "of");
    EXPECT_THAT(listed("state"), ElementsAre("active"));
    const auto other = create();
    EXPECT_THAT(listed("cronExpression", {{"InstanceEventWindowId.1", other}}), ElementsAre(kCron));
    EXPECT_THAT(listed("name", filter("event-window-name", "ea*")), ElementsAre("early"));
}

TEST_F(EventWindows, RefuseTimesThatAreTooShortOrNone)
{
    EXPECT_EQ(refusal({}), "MissingParameter");
    EXPECT_EQ(refusal(merged(range("monday", "2", "monday", "8"), {{"CronExpression", kCron}})),
              "InvalidParameterCombination");
    EXPECT_EQ(refusal(range("monday", "2", "monday", "3")), "InvalidParameterValue");
    EXPECT_EQ(refusal(range("monday", "2", "monday", "5")), "InvalidParameterValue");
    EXPECT_EQ(refusal(range("monday", "24", "monday", "5")), "InvalidParameterValue");
    EXPECT_EQ(refusal(range("saturday", "22", "sunday", "4")), "");
    EXPECT_EQ(refusal({{"TimeRange.1.StartHour", "2"}}), "MissingParameter");
}

TEST_F(EventWindows, RefuseExpressionsOfMoreThanHoursAndDays)
{
    for (const char* good : {"* 0-4 * * *", "* * * * 0", "* 0-2 * * SUN,MON", kCron}) {
        EXPECT_EQ(cron_refusal(good), "") << good;
    }
    for (const char* bad :
         {"0 0-4 * * *", "* 0-4 1 * *", "* 0-4 * 1 *", "* 0-4 * *", "* 4 * * *", "* 0-1 * * *",
          "* 4-0 * * *", "* 0-2 * * 1", "* 0-4 * * 7", "* 0-4 * * sunday", "* 0-24 * * *", ""}) {
        EXPECT_EQ(cron_refusal(bad), "InvalidParameterValue") << bad;
    }
}

TEST_F(EventWindows, AreTwoHundredOfARegion)
{
    for (int number = 0; number < 200; ++number) {
        create();
    }
    EXPECT_EQ(cron_refusal(kCron), "InstanceEventWindowLimitExceeded");
    EXPECT_EQ(listed("instanceEventWindowId").size(), 200U);
    EXPECT_EQ(
        aws.call("CreateInstanceEventWindow", {{"CronExpression", kCron}}, kOtherAccount).code, "");
}

TEST_F(EventWindows, MayHaveOneName)
{
    const Parameters named = {{"CronExpression", kCron}, {"Name", "nights"}};
    const auto one = create(named);
    EXPECT_NE(create(named), one);
    EXPECT_THAT(listed("name"), ElementsAre("nights", "nights"));
    EXPECT_EQ(
        listed("name", {{"Filter.1.Name", "event-window-name"}, {"Filter.1.Value.1", "nights"}})
            .size(),
        2U);
}

TEST_F(EventWindows, AreModifiedAsFarAsIsSaid)
{
    const auto id = create();
    const auto modify = [&](const Parameters& more) {
        return aws.call("ModifyInstanceEventWindow", merged({{"InstanceEventWindowId", id}}, more));
    };
    EXPECT_EQ(modify({{"Name", "late"}}).text("instanceEventWindow/cronExpression"), kCron);
    const auto ranged = modify(range("friday", "2", "friday", "8"));
    EXPECT_EQ(ranged.text("instanceEventWindow/name"), "late");
    EXPECT_EQ(ranged.count("instanceEventWindow/cronExpression"), 0U);
    EXPECT_EQ(modify({{"CronExpression", kCron}}).count("instanceEventWindow/timeRangeSet/item"),
              0U);
    EXPECT_EQ(modify({}).code, "MissingParameter");
    EXPECT_EQ(aws.call("ModifyInstanceEventWindow",
                       {{"InstanceEventWindowId", "iew-0123456789abcdef0"}, {"Name", "x"}})
                  .code,
              "InvalidInstanceEventWindowID.NotFound");
}

TEST_F(EventWindows, AreForInstancesOrForTags)
{
    const auto id = create();
    const auto instance = run_one(aws);
    const auto answer = associate(id, {{"AssociationTarget.InstanceId.1", instance}});
    EXPECT_EQ(answer.text("instanceEventWindow/associationTarget/instanceIdSet/item"), instance);
    EXPECT_THAT(listed("instanceEventWindowId", filter("instance-id", instance)), ElementsAre(id));
    const Parameters tag = {{"AssociationTarget.InstanceTag.1.Key", "of"},
                            {"AssociationTarget.InstanceTag.1.Value", "test"}};
    EXPECT_EQ(associate(id, tag).code, "InvalidParameterCombination");
    const auto other = create();
    EXPECT_EQ(associate(other, {{"AssociationTarget.InstanceId.1", instance}}).code,
              "InvalidParameterValue");
    EXPECT_EQ(associate(other, tag).text("instanceEventWindow/associationTarget/tagSet/item/key"),
              "of");
    EXPECT_THAT(listed("instanceEventWindowId", filter("instance-tag", "of=test")),
                ElementsAre(other));
    EXPECT_EQ(associate(other, {}).code, "MissingParameter");
    EXPECT_EQ(associate(other, {{"AssociationTarget.InstanceId.1", "i-0123456789abcdef0"}}).code,
              "InvalidInstanceID.NotFound");
}

TEST_F(EventWindows, AreForDedicatedHosts)
{
    const auto id = create();
    const auto host = aws.must("AllocateHosts", {{"InstanceType", "m5.12xlarge"},
                                                 {"AvailabilityZone", "us-east-1b"}})
                          .text("hostIdSet/item");
    const Parameters target = {{"AssociationTarget.DedicatedHostId.1", host}};
    EXPECT_EQ(
        associate(id, target).text("instanceEventWindow/associationTarget/dedicatedHostIdSet/item"),
        host);
    EXPECT_THAT(listed("instanceEventWindowId", filter("dedicated-host-id", host)),
                ElementsAre(id));
    EXPECT_EQ(associate(create(), target).code, "InvalidParameterValue");
    const auto on_host =
        run_one(aws, {{"InstanceType", "m5.12xlarge"}, {"Placement.HostId", host}});
    const Parameters instance = {{"AssociationTarget.InstanceId.1", on_host}};
    EXPECT_EQ(associate(create(), instance).code, "InvalidParameterValue");
    EXPECT_EQ(associate(id, merged(target, instance)).code, "InvalidParameterCombination");
    EXPECT_EQ(associate(id, {{"AssociationTarget.DedicatedHostId.1", "h-0123456789abcdef0"}}).code,
              "InvalidHostID.NotFound");
    EXPECT_EQ(
        aws.must("DisassociateInstanceEventWindow", merged({{"InstanceEventWindowId", id}}, target))
            .count("instanceEventWindow/associationTarget"),
        0U);
}

TEST_F(EventWindows, AreDeletedWithTargetsWhenForced)
{
    const auto id = create();
    const Parameters named = {{"InstanceEventWindowId", id}};
    associate(id, {{"AssociationTarget.InstanceId.1", run_one(aws)}});
    EXPECT_EQ(aws.call("DeleteInstanceEventWindow", named).code, "DependencyViolation");
    EXPECT_EQ(aws.must("DeleteInstanceEventWindow", merged(named, {{"ForceDelete", "true"}}))
                  .text("instanceEventWindowState/state"),
              "deleting");
    EXPECT_THAT(listed("instanceEventWindowId"), IsEmpty());
}

TEST_F(EventWindows, AreDisassociated)
{
    const auto id = create();
    const auto instance = run_one(aws);
    const Parameters target = {{"InstanceEventWindowId", id},
                               {"AssociationTarget.InstanceId.1", instance}};
    aws.must("AssociateInstanceEventWindow", target);
    EXPECT_EQ(aws.must("DisassociateInstanceEventWindow", target)
                  .count("instanceEventWindow/associationTarget"),
              0U);
    aws.must("DeleteInstanceEventWindow", {{"InstanceEventWindowId", id}});
}

TEST_F(EventWindows, AreTheirOwnersAlone)
{
    const auto id = create();
    EXPECT_EQ(
        aws.call("DeleteInstanceEventWindow", {{"InstanceEventWindowId", id}}, kOtherAccount).code,
        "InvalidInstanceEventWindowID.NotFound");
    EXPECT_EQ(aws.call("DescribeInstanceEventWindows", {{"InstanceEventWindowId.1", "iew-x"}}).code,
              "InvalidInstanceEventWindowID.Malformed");
}

}  // namespace
}  // namespace amilab::test
