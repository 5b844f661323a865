#include "tests/server/services/ec2/capacity_reservations/capacity_reservations_trials.h"

#include "tests/server/services/trial_makers.h"

namespace amilab::test {

namespace {

Parameters wish(const char* type, const Parameters& more = {})
{
    return merged({{"InstanceType", type},
                   {"InstancePlatform", "Linux/UNIX"},
                   {"AvailabilityZone", "us-east-1b"},
                   {"InstanceCount", "2"}},
                  more);
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
    return table;
}

std::vector<Telling> tellings()
{
    return {{"capacity_reservation",
             "id",
             "DescribeCapacityReservations",
             {{"CapacityReservationId.1", "{}"}}}};
}

std::string reserve(World& world, const char* type)
{
    return world.must("CreateCapacityReservation", wish(type))
        .text("capacityReservation/capacityReservationId");
}

void add_reservations(World& world)
{
    for (int number = 1; number <= World::kOfEach; ++number) {
        world.set_id(number == 1 ? "reservation" : "reservation_2", reserve(world, "r5.large"));
    }
    world.set_id("used_reservation", reserve(world, "r5.xlarge"));
    world.must("RunInstances", {{"ImageId", "{image}"},
                                {"InstanceType", "r5.xlarge"},
                                {"Placement.AvailabilityZone", "us-east-1b"},
                                {"MinCount", "1"},
                                {"MaxCount", "1"}});
}

}  // namespace

constinit const TrialSet kCapacityReservationsTrials{
    .trials = trials, .tellings = tellings, .add_to_world = add_reservations};

}  // namespace amilab::test
