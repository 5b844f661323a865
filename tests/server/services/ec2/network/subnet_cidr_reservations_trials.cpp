#include "tests/server/services/ec2/network/subnet_cidr_reservations_trials.h"

#include "tests/server/services/trial_makers.h"

namespace amilab::test {

namespace {

TrialTable trials()
{
    TrialTable table;
    table["CreateSubnetCidrReservation"] = {
        {{"SubnetId", "{reserved_subnet}"},
         {"Cidr", "10.0.70.128/28"},
         {"ReservationType", "explicit"}},
        refused("SubnetId", "{own_subnet}") + changes("Cidr", "10.0.70.144/28") +
            changes("ReservationType", "prefix") + changes("Description", "why") +
            tag_trials("subnet-cidr-reservation")};
    table["GetSubnetCidrReservations"] = {{{"SubnetId", "{reserved_subnet}"}},
                                          changes("SubnetId", "{own_subnet}") +
                                              filter_trials("reservationType", "prefix") +
                                              page_trials()};
    table["DeleteSubnetCidrReservation"] =
        either_of("SubnetCidrReservationId", "{cidr_reservation}", "{cidr_reservation_2}");
    return table;
}

std::vector<Telling> tellings()
{
    return {{"subnet_cidr_reservation",
             "subnet_id",
             "GetSubnetCidrReservations",
             {{"SubnetId", "{}"}}}};
}

void add_to_world(World& world)
{
    world.set_id("reserved_subnet",
                 world.must("CreateSubnet", {{"VpcId", "{own_vpc}"}, {"CidrBlock", "10.0.70.0/24"}})
                     .text("subnet/subnetId"));
    for (int number = 1; number <= World::kOfEach; ++number) {
        world.set_id(World::numbered("cidr_reservation", number),
                     world
                         .must("CreateSubnetCidrReservation",
                               {{"SubnetId", "{reserved_subnet}"},
                                {"Cidr", "10.0.70." + std::to_string(16 * number) + "/28"},
                                {"ReservationType", number == 1 ? "prefix" : "explicit"}})
                         .text("subnetCidrReservation/subnetCidrReservationId"));
    }
}

}  // namespace

constinit const TrialSet kSubnetCidrReservationsTrials{
    .trials = trials, .tellings = tellings, .add_to_world = add_to_world};

}  // namespace amilab::test
