#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/wire/types.h"
#include "storage/base/units.h"
#include "tests/server/services/ec2/capacity_reservations/reservation_support.h"
#include "tests/server/services/ec2/common/sharing_support.h"

namespace amilab::test {
namespace {

constexpr const char* kSplit = "CreateCapacityReservationBySplitting";
constexpr const char* kMove = "MoveCapacityReservationInstances";
constexpr const char* kSource = "sourceCapacityReservation/";
constexpr const char* kDestination = "destinationCapacityReservation/";
constexpr const char* kTotal = "totalInstanceCount";
constexpr const char* kFree = "availableInstanceCount";
constexpr const char* kNoRoom =
    "The requested reservation does not have sufficient compatible and available capacity for this "
    "request.";

Parameters split_of(const std::string& id, int count, const Parameters& more = {})
{
    return merged({{"SourceCapacityReservationId", id}, {"InstanceCount", std::to_string(count)}},
                  more);
}

Parameters move_of(const std::string& from, const std::string& to, int count,
                   const Parameters& more = {})
{
    return merged(split_of(from, count, {{"DestinationCapacityReservationId", to}}), more);
}

Parameters count(int number, const Parameters& more = {})
{
    return merged({{"InstanceCount", std::to_string(number)}}, more);
}

std::string made_by(const Answer& answer)
{
    return answer.text(std::string(kDestination) + "capacityReservationId");
}

/// Launches of t3.micro instances beside the reservation that take what is open.
void run_open(TestEmulator& aws, int number)
{
    aws.must("RunInstances", launch(public_image(aws),
                                    merged(kReservedZone, {{"MinCount", std::to_string(number)},
                                                           {"MaxCount", std::to_string(number)}})));
}

std::string code_of(TestEmulator& aws, const char* action, const Parameters& parameters)
{
    return aws.call(action, parameters).code;
}

TEST(CreateCapacityReservationBySplitting, MakesOneLikeTheSourceButForItsTags)
{
    TestEmulator aws;
    const auto end = wire::format_timestamp({kStartMs + kDayMs});
    const auto source =
        reserve(aws, count(5, {{"EndDateType", "limited"},
                               {"EndDate", end},
                               {"InstanceMatchCriteria", "targeted"},
                               {"EbsOptimized", "true"},
                               {"TagSpecifications.1.ResourceType", "capacity-reservation"},
                               {"TagSpecifications.1.Tag.1.Key", "of"},
                               {"TagSpecifications.1.Tag.1.Value", "source"}}));
    aws.advance(kHourMs);
    const auto split =
        aws.must(kSplit, split_of(source, 2,
                                  {{"TagSpecification.1.ResourceType", "capacity-reservation"},
                                   {"TagSpecification.1.Tag.1.Key", "colour"},
                                   {"TagSpecification.1.Tag.1.Value", "red"}}));
    EXPECT_EQ(split.text("instanceCount"), "2");
    EXPECT_EQ(split.text(std::string(kSource) + "capacityReservationId"), source);
    EXPECT_EQ(split.text(std::string(kSource) + kTotal), "3");
    const auto id = made_by(split);
    for (const auto& [path, value] :
         Parameters{{"instanceType", "t3.micro"},
                    {"instancePlatform", "Linux/UNIX"},
                    {"availabilityZone", "us-east-1a"},
                    {"tenancy", "default"},
                    {"ebsOptimized", "true"},
                    {"instanceMatchCriteria", "targeted"},
                    {"endDateType", "limited"},
                    {"endDate", end},
                    {"createDate", wire::format_timestamp({kStartMs + kHourMs})},
                    {"state", "active"},
                    {kTotal, "2"},
                    {kFree, "2"},
                    {"tagSet/item/key", "colour"}}) {
        EXPECT_EQ(reservation_field(aws, id, path), value) << path;
    }
    aws.advance(kDayMs - kHourMs);
    EXPECT_EQ(reservation_field(aws, id, "state"), "expired");
}

TEST(CreateCapacityReservationBySplitting, TakesFreePlacesFirstAndOpenInstancesThen)
{
    TestEmulator aws;
    const auto source = reserve(aws, count(5));
    const auto named = call_launch(aws, reservation_target(source)).text(kInstanceId);
    run_open(aws, 2);
    EXPECT_EQ(reservation_field(aws, source, kFree), "2");
    const auto free = made_by(aws.must(kSplit, split_of(source, 1)));
    EXPECT_EQ(reservation_field(aws, free, kFree), "1");
    EXPECT_EQ(reservation_field(aws, source, kFree), "1");
    const auto used = made_by(aws.must(kSplit, split_of(source, 3)));
    EXPECT_EQ(reservation_field(aws, used, kTotal), "3");
    EXPECT_EQ(reservation_field(aws, used, kFree), "1");
    EXPECT_EQ(reservation_field(aws, source, kTotal), "1");
    EXPECT_EQ(reservation_field(aws, source, kFree), "0");
    EXPECT_EQ(field_of(aws, named, "capacityReservationId"), source);
}

TEST(CreateCapacityReservationBySplitting, RefusesWhatCannotGo)
{
    TestEmulator aws;
    const auto source = reserve(aws, count(3));
    EXPECT_EQ(code_of(aws, kSplit, split_of(source, 0)), "InvalidParameterValue");
    EXPECT_EQ(code_of(aws, kSplit, split_of(source, 3)), "InvalidParameterValue");
    EXPECT_EQ(code_of(aws, kSplit, split_of("cr-0123456789abcdef0", 1)),
              "InvalidCapacityReservationId.NotFound");
    EXPECT_EQ(code_of(aws, kSplit, split_of("i-0123456789abcdef0", 1)),
              "InvalidCapacityReservationId.Malformed");
    EXPECT_EQ(aws.call(kSplit, split_of(source, 1), kOtherAccount).code,
              "InvalidCapacityReservationId.NotFound");
    EXPECT_EQ(code_of(aws, kSplit, split_of(source, 1, {{"DryRun", "true"}})), "DryRunOperation");
    // Those that name it stay, so that there is less to go.
    for (int number = 0; number < 2; ++number) {
        ASSERT_TRUE(call_launch(aws, reservation_target(source)).ok());
    }
    expect_refused(aws.call(kSplit, split_of(source, 2)), "ReservationCapacityExceeded", kNoRoom);
    EXPECT_EQ(reservation_field(aws, source, kTotal), "3");
    EXPECT_TRUE(aws.call(kSplit, split_of(source, 1)).ok());
    aws.must("CancelCapacityReservation", {{"CapacityReservationId", source}});
    EXPECT_EQ(code_of(aws, kSplit, split_of(source, 1)), "IncorrectState");
}

TEST(CreateCapacityReservationBySplitting, LeavesUsedPlacesOfTargetedAndSharedOnes)
{
    TestEmulator aws;
    const auto source = reserve(aws, count(2));
    run_open(aws, 2);
    const Parameters id = {{"CapacityReservationId", source}};
    aws.must("ModifyCapacityReservation", merged(id, {{"InstanceMatchCriteria", "targeted"}}));
    EXPECT_EQ(code_of(aws, kSplit, split_of(source, 1)), "ReservationCapacityExceeded");
    aws.must("ModifyCapacityReservation", merged(id, {{"InstanceMatchCriteria", "open"}}));
    const auto organization = "arn:aws:organizations::999988887777:organization/o-abcdefghij";
    declare_account(aws, {.id = kAccount, .organization = organization});
    declare_account(aws, {.id = kOtherAccount, .organization = organization});
    const auto asked = merged(id, {{"UnusedReservationBillingOwnerId", kOtherAccount}});
    aws.must("AssociateCapacityReservationBillingOwner", asked);
    EXPECT_EQ(code_of(aws, kSplit, split_of(source, 1)), "ReservationCapacityExceeded");
    aws.must("DisassociateCapacityReservationBillingOwner", asked);
    EXPECT_TRUE(aws.call(kSplit, split_of(source, 1)).ok());
}

TEST(CreateCapacityReservationBySplitting, IsDoneOnceForAToken)
{
    TestEmulator aws;
    const auto source = reserve(aws, count(5));
    const Parameters token = {{"ClientToken", "once"}};
    const auto first = made_by(aws.must(kSplit, split_of(source, 2, token)));
    const auto again = aws.must(kSplit, split_of(source, 2, token));
    EXPECT_EQ(made_by(again), first);
    EXPECT_EQ(again.text(std::string(kSource) + kTotal), "3");
    EXPECT_EQ(again.text("instanceCount"), "2");
    EXPECT_EQ(code_of(aws, kSplit, split_of(source, 1, token)), "IdempotentParameterMismatch");
}

TEST(MoveCapacityReservationInstances, TakesFreePlacesFirstAndOpenInstancesThen)
{
    TestEmulator aws;
    const auto from = reserve(aws, count(4));
    run_open(aws, 3);
    const auto to = reserve(aws);
    const auto moved = aws.must(kMove, move_of(from, to, 2));
    EXPECT_EQ(moved.text("instanceCount"), "2");
    EXPECT_EQ(moved.text(std::string(kSource) + kTotal), "2");
    EXPECT_EQ(moved.text(std::string(kSource) + kFree), "0");
    EXPECT_EQ(moved.text(std::string(kDestination) + kTotal), "4");
    EXPECT_EQ(moved.text(std::string(kDestination) + kFree), "3");
    const auto usage = aws.must("GetCapacityReservationUsage", {{"CapacityReservationId", to}});
    EXPECT_EQ(usage.text("instanceUsageSet/item/usedInstanceCount"), "1");
}

TEST(MoveCapacityReservationInstances, LeavesTheDestinationWithAThousandAtMost)
{
    TestEmulator aws;
    const auto from = reserve(aws, count(10));
    const auto to = reserve(aws, count(995));
    expect_refused(aws.call(kMove, move_of(from, to, 6)), "InvalidParameterValue",
                   "The capacity reservation '" + to +
                       "' has 995 instances, and 6 more would be more than the 1000 that one may "
                       "have.");
    EXPECT_EQ(reservation_field(aws, from, kTotal), "10");
    EXPECT_EQ(reservation_field(aws, to, kTotal), "995");
    aws.must(kMove, move_of(from, to, 5));
    EXPECT_EQ(reservation_field(aws, to, kTotal), "1000");
    EXPECT_EQ(code_of(aws, kMove, move_of(from, to, 1)), "InvalidParameterValue");
}

TEST(MoveCapacityReservationInstances, IsOfAThousandAtMostAsASplitIs)
{
    TestEmulator aws;
    const auto from = reserve(aws);
    const auto to = reserve(aws);
    constexpr const char* kTooMany =
        "Value ( 1001 ) for parameter instanceCount is invalid. Expecting a value less than 1000.";
    expect_refused(aws.call(kMove, move_of(from, to, 1001)), "InvalidParameterValue", kTooMany);
    expect_refused(aws.call(kSplit, split_of(from, 1001)), "InvalidParameterValue", kTooMany);
    EXPECT_EQ(code_of(aws, kMove, move_of(from, to, 1000)), "ReservationCapacityExceeded");
}

TEST(MoveCapacityReservationInstances, CancelsASourceThatHasNothingLeft)
{
    TestEmulator aws;
    const auto from = reserve(aws);
    run_open(aws, 1);
    const auto to = reserve(aws);
    const auto moved = aws.must(kMove, move_of(from, to, 2));
    EXPECT_EQ(moved.text(std::string(kSource) + "state"), "cancelled");
    EXPECT_EQ(moved.text(std::string(kSource) + kTotal), "0");
    EXPECT_EQ(moved.text(std::string(kDestination) + kFree), "3");
    aws.advance(kDayMs);
    EXPECT_EQ(code_of(aws, "DescribeCapacityReservations", {{"CapacityReservationId.1", from}}),
              "InvalidCapacityReservationId.NotFound");
}

TEST(MoveCapacityReservationInstances, LeavesUsedPlacesUnlessBothAreOpen)
{
    TestEmulator aws;
    const auto from = reserve(aws);
    run_open(aws, 1);
    const Parameters targeted = {{"InstanceMatchCriteria", "targeted"}};
    const auto to = reserve(aws, targeted);
    expect_refused(aws.call(kMove, move_of(from, to, 2)), "ReservationCapacityExceeded", kNoRoom);
    EXPECT_EQ(reservation_field(aws, from, kTotal), "2");
    EXPECT_EQ(reservation_field(aws, to, kTotal), "2");
    EXPECT_TRUE(aws.call(kMove, move_of(from, to, 1)).ok());
    EXPECT_EQ(reservation_field(aws, to, kFree), "3");
}

TEST(MoveCapacityReservationInstances, LetsAnOpenDestinationTakeWhatRunsBeside)
{
    TestEmulator aws;
    run_open(aws, 1);
    const auto from = reserve(aws, {{"InstanceMatchCriteria", "targeted"}});
    const auto to = reserve(aws, count(1));
    run_open(aws, 1);
    EXPECT_EQ(reservation_field(aws, to, kFree), "0");
    const auto moved = aws.must(kMove, move_of(from, to, 2));
    EXPECT_EQ(moved.text(std::string(kDestination) + kTotal), "3");
    EXPECT_EQ(moved.text(std::string(kDestination) + kFree), "1");
}

TEST(MoveCapacityReservationInstances, RefusesReservationsThatAreNotAlike)
{
    TestEmulator aws;
    const auto from = reserve(aws);
    const auto end = wire::format_timestamp({kStartMs + kDayMs});
    for (const auto& other :
         {Parameters{{"InstanceType", "t3.small"}}, Parameters{{"InstancePlatform", "Windows"}},
          Parameters{{"AvailabilityZone", "us-east-1b"}}, Parameters{{"Tenancy", "dedicated"}},
          Parameters{{"EndDateType", "limited"}, {"EndDate", end}}}) {
        const auto to = reserve(aws, other);
        EXPECT_EQ(code_of(aws, kMove, move_of(from, to, 1)), "InvalidParameterValue")
            << other.front().first;
    }
    // Tags, and which instances run in them, need not be.
    EXPECT_TRUE(
        aws.call(kMove, move_of(from, reserve(aws, {{"InstanceMatchCriteria", "targeted"}}), 1))
            .ok());
}

TEST(MoveCapacityReservationInstances, RefusesWhatIsNotThere)
{
    TestEmulator aws;
    const auto from = reserve(aws);
    const auto to = reserve(aws);
    const std::string none = "cr-0123456789abcdef0";
    EXPECT_EQ(code_of(aws, kMove, move_of(from, to, 0)), "InvalidParameterValue");
    EXPECT_EQ(code_of(aws, kMove, move_of(from, from, 1)), "InvalidParameterValue");
    EXPECT_EQ(code_of(aws, kMove, move_of(from, to, 3)), "ReservationCapacityExceeded");
    EXPECT_EQ(code_of(aws, kMove, move_of(none, to, 1)), "InvalidCapacityReservationId.NotFound");
    EXPECT_EQ(code_of(aws, kMove, move_of(from, none, 1)), "InvalidCapacityReservationId.NotFound");
    EXPECT_EQ(code_of(aws, kMove, move_of(from, reserve(aws, {}, kOtherAccount), 1)),
              "InvalidCapacityReservationId.NotFound");
    EXPECT_EQ(code_of(aws, kMove, move_of(from, to, 1, {{"DryRun", "true"}})), "DryRunOperation");
    aws.must("CancelCapacityReservation", {{"CapacityReservationId", to}});
    EXPECT_EQ(code_of(aws, kMove, move_of(from, to, 1)), "IncorrectState");
    EXPECT_EQ(code_of(aws, kMove, move_of(to, from, 1)), "IncorrectState");
}

TEST(MoveCapacityReservationInstances, IsDoneOnceForAToken)
{
    TestEmulator aws;
    const auto from = reserve(aws, count(4));
    const auto to = reserve(aws);
    const Parameters token = {{"ClientToken", "once"}};
    for (int time = 0; time < 2; ++time) {
        const auto moved = aws.must(kMove, move_of(from, to, 1, token));
        EXPECT_EQ(moved.text(std::string(kSource) + kTotal), "3");
        EXPECT_EQ(moved.text(std::string(kDestination) + kTotal), "3");
    }
    EXPECT_EQ(code_of(aws, kMove, move_of(from, to, 2, token)), "IdempotentParameterMismatch");
}

}  // namespace
}  // namespace amilab::test
