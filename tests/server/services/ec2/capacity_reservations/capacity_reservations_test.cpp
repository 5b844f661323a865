#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/wire/types.h"
#include "storage/base/units.h"
#include "tests/server/services/ec2/capacity_reservations/reservation_support.h"

namespace amilab::test {
namespace {

using ::testing::SizeIs;

const Parameters kOnly = {{"CapacityReservationSpecification.CapacityReservationPreference",
                           "capacity-reservations-only"}};

TEST(CapacityReservations, CountTheInstancesThatRunInThem)
{
    TestEmulator aws;
    const auto id = reserve(aws);
    EXPECT_EQ(reservation_field(aws, id, "availableInstanceCount"), "2");
    EXPECT_EQ(reservation_field(aws, id, "state"), "active");
    EXPECT_EQ(reservation_field(aws, id, "capacityReservationArn"),
              "arn:aws:ec2:us-east-1:123456789012:capacity-reservation/" + id);
    const auto first = call_launch(aws, kReservedZone);
    EXPECT_EQ(first.text(kReserved), id);
    const auto elsewhere = call_launch(aws, {{"Placement.AvailabilityZone", "us-east-1b"}});
    EXPECT_EQ(elsewhere.count(kReserved), 0U);
    EXPECT_EQ(
        call_launch(aws, merged(kReservedZone, {{"InstanceType", "t3.small"}})).count(kReserved),
        0U);
    EXPECT_EQ(reservation_field(aws, id, "availableInstanceCount"), "1");
    const auto more = call_launch(aws, merged(kReservedZone, {{"MaxCount", "2"}}));
    EXPECT_THAT(more.texts(kReserved), SizeIs(1));
    EXPECT_EQ(reservation_field(aws, id, "availableInstanceCount"), "0");
    const auto usage = aws.must("GetCapacityReservationUsage", {{"CapacityReservationId", id}});
    EXPECT_EQ(usage.text("instanceUsageSet/item/usedInstanceCount"), "2");
    EXPECT_EQ(usage.text("totalInstanceCount"), "2");
    EXPECT_EQ(aws.must("DescribeInstances", filter("capacity-reservation-id", id))
                  .count("reservationSet/item/instancesSet/item"),
              2U);
    aws.must("TerminateInstances", one_instance(first.text(kInstanceId)));
    EXPECT_EQ(reservation_field(aws, id, "availableInstanceCount"), "1");
}

TEST(CapacityReservations, TakeWhatRunsAlready)
{
    TestEmulator aws;
    const auto open = call_launch(aws, kReservedZone).text(kInstanceId);
    call_launch(
        aws, merged(kReservedZone,
                    {{"CapacityReservationSpecification.CapacityReservationPreference", "none"}}));
    const auto id = reserve(aws, {{"InstanceCount", "5"}});
    EXPECT_EQ(reservation_field(aws, id, "availableInstanceCount"), "4");
    EXPECT_EQ(field_of(aws, open, "capacityReservationId"), id);
    EXPECT_EQ(aws.call("ModifyCapacityReservation",
                       {{"CapacityReservationId", id}, {"InstanceMatchCriteria", "targeted"}})
                  .text("return"),
              "true");
    EXPECT_EQ(call_launch(aws, kReservedZone).count(kReserved), 0U);
    aws.must("ModifyCapacityReservation",
             {{"CapacityReservationId", id}, {"InstanceMatchCriteria", "open"}});
    EXPECT_EQ(reservation_field(aws, id, "availableInstanceCount"), "3");
}

TEST(CapacityReservations, TargetedOnesTakeWhoNamesThem)
{
    TestEmulator aws;
    const auto id = reserve(aws, {{"InstanceMatchCriteria", "targeted"}});
    EXPECT_EQ(call_launch(aws, kReservedZone).count(kReserved), 0U);
    const auto two = call_launch(aws, merged(reservation_target(id), {{"MaxCount", "5"}}));
    EXPECT_THAT(two.texts(kReserved), SizeIs(2));
    EXPECT_EQ(field_of(aws, two.text(kInstanceId),
                       "capacityReservationSpecification/capacityReservationTarget/"
                       "capacityReservationId"),
              id);
    expect_refused(call_launch(aws, reservation_target(id)), "ReservationCapacityExceeded",
                   "The requested reservation does not have sufficient compatible and available "
                   "capacity for this request.");
    EXPECT_EQ(call_launch(aws, merged(reservation_target(id), {{"InstanceType", "t3.small"}})).code,
              "InvalidParameterValue");
    EXPECT_EQ(call_launch(aws, reservation_target("cr-0123456789abcdef0")).code,
              "InvalidCapacityReservationId.NotFound");
    EXPECT_EQ(call_launch(aws, merged(reservation_target(id), kOnly)).code,
              "InvalidParameterCombination");
    EXPECT_EQ(call_launch(aws, merged(reservation_target(id),
                                      {{"InstanceMarketOptions.MarketType", "spot"}}))
                  .code,
              "InvalidParameterCombination");
}

TEST(CapacityReservations, OnlyMeansNowhereElse)
{
    TestEmulator aws;
    const auto only = merged(kReservedZone, kOnly);
    EXPECT_EQ(call_launch(aws, only).code, "ReservationCapacityExceeded");
    const auto id = reserve(aws);
    const auto both = call_launch(aws, merged(only, {{"MinCount", "2"}, {"MaxCount", "3"}}));
    EXPECT_THAT(both.texts(kReserved), SizeIs(2));
    EXPECT_EQ(call_launch(aws, only).code, "ReservationCapacityExceeded");
    EXPECT_EQ(reservation_field(aws, id, "availableInstanceCount"), "0");
}

TEST(CapacityReservations, AreLeftAndLookedForByStopAndStart)
{
    TestEmulator aws;
    const auto id = reserve(aws, {{"InstanceCount", "1"}});
    const auto instance = call_launch(aws, kReservedZone).text(kInstanceId);
    aws.must("StopInstances", one_instance(instance));
    EXPECT_EQ(reservation_field(aws, id, "availableInstanceCount"), "1");
    aws.must(
        "ModifyInstanceCapacityReservationAttributes",
        {{"InstanceId", instance},
         {"CapacityReservationSpecification.CapacityReservationTarget.CapacityReservationId", id}});
    call_launch(aws, kReservedZone);
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
    const auto instance = call_launch(aws, kReservedZone).text(kInstanceId);
    EXPECT_EQ(aws.call("ModifyCapacityReservation",
                       {{"CapacityReservationId", id}, {"InstanceCount", "0"}})
                  .code,
              "InvalidParameterValue");
    aws.must("CancelCapacityReservation", {{"CapacityReservationId", id}});
    EXPECT_EQ(reservation_field(aws, id, "state"), "cancelled");
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
    const auto end = wire::format_timestamp({aws.generation().timing().clock.now_ms() + kHourMs});
    const auto id = reserve(aws, {{"EndDateType", "limited"}, {"EndDate", end}});
    EXPECT_EQ(reservation_field(aws, id, "endDateType"), "limited");
    aws.advance(kHourMs);
    EXPECT_EQ(reservation_field(aws, id, "state"), "expired");
    const auto refused = [&](const Parameters& more) {
        return aws.call("CreateCapacityReservation", reservation_wish(more)).code;
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
        return aws.call("CreateCapacityReservation", reservation_wish(more)).code;
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
