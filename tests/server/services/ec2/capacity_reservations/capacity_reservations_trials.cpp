#include "tests/server/services/ec2/capacity_reservations/capacity_reservations_trials.h"

#include <boost/json.hpp>

#include "server/control/accounts.h"
#include "tests/server/services/trial_makers.h"

namespace amilab::test {

namespace {

constexpr const char* kAsOwner = "odcr-owner";
constexpr const char* kAsBillingOwner = "unused-reservation-billing-owner";
/// None that images are shared with.
constexpr const char* kOrganization =
    "arn:aws:organizations::123456789012:organization/o-jihgfedcba";

Parameters wish(const char* type, const Parameters& more = {})
{
    return merged({{"InstanceType", type},
                   {"InstancePlatform", "Linux/UNIX"},
                   {"AvailabilityZone", "us-east-1b"},
                   {"InstanceCount", "2"}},
                  more);
}

void add_moves(TrialTable& table)
{
    table["CreateCapacityReservationBySplitting"] = {
        {{"SourceCapacityReservationId", "{asked_reservation}"}, {"InstanceCount", "1"}},
        token_trial() + changes("SourceCapacityReservationId", "{asked_reservation_2}") +
            changes("InstanceCount", "2") + tag_trials("capacity-reservation")};
    table["MoveCapacityReservationInstances"] = {
        {{"SourceCapacityReservationId", "{asked_reservation}"},
         {"DestinationCapacityReservationId", "{asked_reservation_2}"},
         {"InstanceCount", "1"}},
        token_trial() + changes("SourceCapacityReservationId", "{asked_reservation_3}") +
            changes("DestinationCapacityReservationId", "{asked_reservation_3}") +
            changes("InstanceCount", "2")};
}

void add_billing(TrialTable& table)
{
    table["AssociateCapacityReservationBillingOwner"] = {
        {{"CapacityReservationId", "{reservation}"},
         {"UnusedReservationBillingOwnerId", kOtherAccount}},
        changes("CapacityReservationId", "{reservation_2}") +
            changes("UnusedReservationBillingOwnerId", World::kThirdAccount)};
    table["DisassociateCapacityReservationBillingOwner"] = {
        {{"CapacityReservationId", "{asked_reservation}"},
         {"UnusedReservationBillingOwnerId", kOtherAccount}},
        changes("CapacityReservationId", "{asked_reservation_2}") +
            refused("UnusedReservationBillingOwnerId", World::kThirdAccount)};
    table["AcceptCapacityReservationBillingOwnership"] =
        either_of("CapacityReservationId", "{their_reservation}", "{their_reservation_2}");
    table["RejectCapacityReservationBillingOwnership"] =
        either_of("CapacityReservationId", "{their_reservation}", "{their_reservation_2}");
    table["DescribeCapacityReservationBillingRequests"] = {
        {{"Role", kAsOwner}},
        filter_trials("status", "pending") + page_trials() + changes("Role", kAsBillingOwner) +
            changes("CapacityReservationId.1", "{asked_reservation}")};
}

TrialTable trials()
{
    const std::string later = "2031-01-01T00:00:00Z";
    const Parameters limited{{"EndDateType", "limited"}, {"EndDate", "2032-01-01T00:00:00Z"}};
    TrialTable table;
    table["CreateCapacityReservation"] = {
        wish("r5.large"),
        token_trial() + changes("AvailabilityZone", "us-east-1c") +
            refused("AvailabilityZoneId", "use1-az1") + changes("EbsOptimized", "true") +
            changes("EndDate", later, limited) + refused("EndDateType", "limited") +
            changes("EphemeralStorage", "true") + changes("InstanceCount", "3") +
            changes("InstanceMatchCriteria", "targeted") + changes("InstancePlatform", "Windows") +
            changes("InstanceType", "r5.xlarge") + changes("Tenancy", "dedicated") +
            tag_trials("capacity-reservation", kTagSpecifications)};
    table["DescribeCapacityReservations"] =
        describe_operation(filter_trials("instance-type", "r5.large") +
                           changes("CapacityReservationId.1", "{reservation}") + page_trials());
    table["ModifyCapacityReservation"] = {
        {{"CapacityReservationId", "{reservation}"}, {"InstanceCount", "5"}},
        changes("CapacityReservationId", "{reservation_2}") + changes("EndDate", later, limited) +
            refused("EndDateType", "limited") + changes("InstanceCount", "6") +
            changes("InstanceMatchCriteria", "targeted")};
    table["CancelCapacityReservation"] =
        either_of("CapacityReservationId", "{reservation}", "{reservation_2}");
    table["GetCapacityReservationUsage"] = {{{"CapacityReservationId", "{used_reservation}"}},
                                            changes("CapacityReservationId", "{reservation}") +
                                                refused("MaxResults", "0") +
                                                refused("NextToken", "bm90IG91cnM=")};
    add_moves(table);
    add_billing(table);
    return table;
}

std::vector<Telling> tellings()
{
    return {{"capacity_reservation",
             "id",
             "DescribeCapacityReservations",
             {{"CapacityReservationId.1", "{}"}}},
            {"billing_request",
             "reservation_id",
             "DescribeCapacityReservationBillingRequests",
             {{"Role", kAsOwner}, {"CapacityReservationId.1", "{}"}}},
            {"billing_request",
             "reservation_id",
             "DescribeCapacityReservationBillingRequests",
             {{"Role", kAsBillingOwner}, {"CapacityReservationId.1", "{}"}}}};
}

std::string reserve(World& world, const Parameters& wanted, const char* account = kAccount)
{
    return world.must("CreateCapacityReservation", wanted, account)
        .text("capacityReservation/capacityReservationId");
}

/// A reservation of one account that it has asked another one to pay for.
std::string ask(World& world, const char* owner, const char* billing_owner)
{
    const auto id = reserve(world, wish("r5.2xlarge", {{"InstanceCount", "5"}}), owner);
    world.must("AssociateCapacityReservationBillingOwner",
               {{"CapacityReservationId", id}, {"UnusedReservationBillingOwnerId", billing_owner}},
               owner);
    return id;
}

void add_billing_requests(World& world)
{
    boost::json::object members;
    for (const auto* account : {kAccount, kOtherAccount, World::kThirdAccount}) {
        members[account] = boost::json::object{{"organization", kOrganization}};
    }
    control::change_accounts(world.emulator().emulator(), members);
    for (int number = 1; number <= World::kOfEach; ++number) {
        world.set_id(World::numbered("asked_reservation", number),
                     ask(world, kAccount, kOtherAccount));
    }
    for (const int number : {1, 2}) {
        world.set_id(World::numbered("their_reservation", number),
                     ask(world, kOtherAccount, kAccount));
    }
}

void add_reservations(World& world)
{
    for (int number = 1; number <= World::kOfEach; ++number) {
        world.set_id(number == 1 ? "reservation" : "reservation_2",
                     reserve(world, wish("r5.large")));
    }
    world.set_id("used_reservation", reserve(world, wish("r5.xlarge")));
    world.must("RunInstances", {{"ImageId", "{image}"},
                                {"InstanceType", "r5.xlarge"},
                                {"Placement.AvailabilityZone", "us-east-1b"},
                                {"MinCount", "1"},
                                {"MaxCount", "1"}});
    add_billing_requests(world);
}

}  // namespace

constinit const TrialSet kCapacityReservationsTrials{
    .trials = trials, .tellings = tellings, .add_to_world = add_reservations};

}  // namespace amilab::test
