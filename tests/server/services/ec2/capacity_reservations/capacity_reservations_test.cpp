#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/wire/types.h"
#include "storage/base/units.h"
#include "tests/server/services/ec2/instances/instance_support.h"

namespace amilab::test {
namespace {

using ::testing::SizeIs;

constexpr const char* kId = "capacityReservation/capacityReservationId";
constexpr const char* kReserved = "instancesSet/item/capacityReservationId";
const Parameters kHere = {{"Placement.AvailabilityZone", "us-east-1a"}};
const Parameters kOnly = {{"CapacityReservationSpecification.CapacityReservationPreference",
                           "capacity-reservations-only"}};

Parameters wish(const Parameters& more = {})
{
    return merged({{"InstanceType", "t3.micro"},
                   {"InstancePlatform", "Linux/UNIX"},
                   {"AvailabilityZone", "us-east-1a"},
                   {"InstanceCount", "2"}},
                  more);
}

std::string reserve(TestEmulator& aws, const Parameters& more = {})
{
    return aws.must("CreateCapacityReservation", wish(more)).text(kId);
}

std::string field(TestEmulator& aws, const std::string& id, const std::string& path)
{
    return aws.must("DescribeCapacityReservations", {{"CapacityReservationId.1", id}})
        .text("capacityReservationSet/item/" + path);
}

Parameters target(const std::string& id)
{
    return merged(kHere, {{"CapacityReservationSpecification.CapacityReservationTarget."
                           "CapacityReservationId",
                           id}});
}

Answer run(TestEmulator& aws, const Parameters& extra)
{
    return aws.call("RunInstances", launch(public_image(aws), extra));
}

TEST(CapacityReservations, CountTheInstancesThatRunInThem)
{
    TestEmulator aws;
    const auto id = reserve(aws);
    EXPECT_EQ(field(aws, id, "availableInstanceCount"), "2");
    EXPECT_EQ(field(aws, id, "state"), "active");
    EXPECT_EQ(field(aws, id, "capacityReservationArn"),
              "arn:aws:ec2:us-east-1:123456789012:capacity-reservation/" + id);
    const auto first = run(aws, kHere);
    EXPECT_EQ(first.text(kReserved), id);
    const auto elsewhere = run(aws, {{"Placement.AvailabilityZone", "us-east-1b"}});
    EXPECT_EQ(elsewhere.count(kReserved), 0U);
    EXPECT_EQ(run(aws, merged(kHere, {{"InstanceType", "t3.small"}})).count(kReserved), 0U);
    EXPECT_EQ(field(aws, id, "availableInstanceCount"), "1");
    const auto more = run(aws, merged(kHere, {{"MaxCount", "2"}}));
    EXPECT_THAT(more.texts(kReserved), SizeIs(1));
    EXPECT_EQ(field(aws, id, "availableInstanceCount"), "0");
    const auto usage = aws.must("GetCapacityReservationUsage", {{"CapacityReservationId", id}});
    EXPECT_EQ(usage.text("instanceUsageSet/item/usedInstanceCount"), "2");
    EXPECT_EQ(usage.text("totalInstanceCount"), "2");
    EXPECT_EQ(aws.must("DescribeInstances", filter("capacity-reservation-id", id))
                  .count("reservationSet/item/instancesSet/item"),
              2U);
    aws.must("TerminateInstances", one_instance(first.text(kInstanceId)));
    EXPECT_EQ(field(aws, id, "availableInstanceCount"), "1");
}

TEST(CapacityReservations, TakeWhatRunsAlready)
{
    TestEmulator aws;
    const auto open = run(aws, kHere).text(kInstanceId);
    run(aws, merged(kHere,
                    {{"CapacityReservationSpecification.CapacityReservationPreference", "none"}}));
    const auto id = reserve(aws, {{"InstanceCount", "5"}});
    EXPECT_EQ(field(aws, id, "availableInstanceCount"), "4");
    EXPECT_EQ(field_of(aws, open, "capacityReservationId"), id);
    EXPECT_EQ(aws.call("ModifyCapacityReservation",
                       {{"CapacityReservationId", id}, {"InstanceMatchCriteria", "targeted"}})
                  .text("return"),
              "true");
    EXPECT_EQ(run(aws, kHere).count(kReserved), 0U);
    aws.must("ModifyCapacityReservation",
             {{"CapacityReservationId", id}, {"InstanceMatchCriteria", "open"}});
    EXPECT_EQ(field(aws, id, "availableInstanceCount"), "3");
}

TEST(CapacityReservations, TargetedOnesTakeWhoNamesThem)
{
    TestEmulator aws;
    const auto id = reserve(aws, {{"InstanceMatchCriteria", "targeted"}});
    EXPECT_EQ(run(aws, kHere).count(kReserved), 0U);
    const auto two = run(aws, merged(target(id), {{"MaxCount", "5"}}));
    EXPECT_THAT(two.texts(kReserved), SizeIs(2));
    EXPECT_EQ(field_of(aws, two.text(kInstanceId),
                       "capacityReservationSpecification/capacityReservationTarget/"
                       "capacityReservationId"),
              id);
    expect_refused(run(aws, target(id)), "ReservationCapacityExceeded",
                   "The requested reservation does not have sufficient compatible and available "
                   "capacity for this request.");
    EXPECT_EQ(run(aws, merged(target(id), {{"InstanceType", "t3.small"}})).code,
              "InvalidParameterValue");
    EXPECT_EQ(run(aws, target("cr-0123456789abcdef0")).code,
              "InvalidCapacityReservationId.NotFound");
    EXPECT_EQ(run(aws, merged(target(id), kOnly)).code, "InvalidParameterCombination");
    EXPECT_EQ(run(aws, merged(target(id), {{"InstanceMarketOptions.MarketType", "spot"}})).code,
              "InvalidParameterCombination");
}

TEST(CapacityReservations, OnlyMeansNowhereElse)
{
    TestEmulator aws;
    const auto only = merged(kHere, kOnly);
    EXPECT_EQ(run(aws, only).code, "ReservationCapacityExceeded");
    const auto id = reserve(aws);
    const auto both = run(aws, merged(only, {{"MinCount", "2"}, {"MaxCount", "3"}}));
    EXPECT_THAT(both.texts(kReserved), SizeIs(2));
    EXPECT_EQ(run(aws, only).code, "ReservationCapacityExceeded");
    EXPECT_EQ(field(aws, id, "availableInstanceCount"), "0");
}

TEST(CapacityReservations, AreLeftAndLookedForByStopAndStart)
{
    TestEmulator aws;
    const auto id = reserve(aws, {{"InstanceCount", "1"}});
    const auto instance = run(aws, kHere).text(kInstanceId);
    aws.must("StopInstances", one_instance(instance));
    EXPECT_EQ(field(aws, id, "availableInstanceCount"), "1");
    aws.must(
        "ModifyInstanceCapacityReservationAttributes",
        {{"InstanceId", instance},
         {"CapacityReservationSpecification.CapacityReservationTarget.CapacityReservationId", id}});
    run(aws, kHere);
    EXPECT_EQ(aws.call("StartInstances", one_instance(instance)).code,
              "ReservationCapacityExceeded");
    aws.must("ModifyCapacityReservation", {{"CapacityReservationId", id}, {"InstanceCount", "2"}});
    aws.must("StartInstances", one_instance(instance));
    EXPECT_EQ(field_of(aws, instance, "capacityReservationId"), id);
}

TEST(CapacityReservations, EndAndLetInstancesRunOn)
{
    TestEmulator aws;
    const auto id = reserve(aws);
    const auto instance = run(aws, kHere).text(kInstanceId);
    EXPECT_EQ(aws.call("ModifyCapacityReservation",
                       {{"CapacityReservationId", id}, {"InstanceCount", "0"}})
                  .code,
              "InvalidParameterValue");
    aws.must("CancelCapacityReservation", {{"CapacityReservationId", id}});
    EXPECT_EQ(field(aws, id, "state"), "cancelled");
    EXPECT_EQ(state_of(aws, instance), "running");
    EXPECT_EQ(field_of(aws, instance, "capacityReservationId"), "");
    EXPECT_EQ(aws.call("CancelCapacityReservation", {{"CapacityReservationId", id}}).code,
              "IncorrectState");
    aws.advance(kDayMs);
    EXPECT_EQ(aws.call("DescribeCapacityReservations", {{"CapacityReservationId.1", id}}).code,
              "InvalidCapacityReservationId.NotFound");
}

TEST(CapacityReservations, ExpireAtTheirDate)
{
    TestEmulator aws;
    const auto end = wire::format_timestamp({aws.generation().clock().now_ms() + kHourMs});
    const auto id = reserve(aws, {{"EndDateType", "limited"}, {"EndDate", end}});
    EXPECT_EQ(field(aws, id, "endDateType"), "limited");
    aws.advance(kHourMs);
    EXPECT_EQ(field(aws, id, "state"), "expired");
    const auto refused = [&](const Parameters& more) {
        return aws.call("CreateCapacityReservation", wish(more)).code;
    };
    EXPECT_EQ(refused({{"EndDateType", "limited"}}), "MissingParameter");
    EXPECT_EQ(refused({{"EndDate", "2031-01-01T00:00:00Z"}}), "InvalidParameterCombination");
    EXPECT_EQ(refused({{"EndDateType", "limited"}, {"EndDate", "2001-01-01T00:00:00Z"}}),
              "InvalidParameterValue");
}

TEST(CreateCapacityReservation, RefusesWhatIsNotThere)
{
    TestEmulator aws;
    const auto refused = [&](const Parameters& more) {
        return aws.call("CreateCapacityReservation", wish(more)).code;
    };
    EXPECT_EQ(refused({{"InstanceType", "t9.micro"}}), "InvalidParameterValue");
    EXPECT_EQ(refused({{"InstancePlatform", "BeOS"}}), "InvalidParameterValue");
    EXPECT_EQ(refused({{"AvailabilityZone", "us-east-9a"}}), "InvalidParameterValue");
    EXPECT_EQ(refused({{"AvailabilityZone", ""}}), "MissingParameter");
    EXPECT_EQ(refused({{"AvailabilityZoneId", "use1-az1"}}), "InvalidParameterCombination");
    EXPECT_EQ(refused({{"InstanceCount", "1001"}}), "InvalidParameterValue");
    EXPECT_EQ(refused({{"StartDate", "2031-01-01T00:00:00Z"}}), "UnsupportedOperation");
}

}  // namespace
}  // namespace amilab::test
