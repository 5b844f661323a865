#include "tests/server/services/ec2/capacity_reservations/reservation_support.h"

namespace amilab::test {

Parameters reservation_wish(const Parameters& more)
{
    return merged({{"InstanceType", "t3.micro"},
                   {"InstancePlatform", "Linux/UNIX"},
                   {"AvailabilityZone", "us-east-1a"},
                   {"InstanceCount", "2"}},
                  more);
}

std::string reserve(TestEmulator& aws, const Parameters& more, std::string_view account)
{
    return aws.must("CreateCapacityReservation", reservation_wish(more), account)
        .text("capacityReservation/capacityReservationId");
}

std::string reservation_field(TestEmulator& aws, const std::string& id, const std::string& path)
{
    return aws.must("DescribeCapacityReservations", {{"CapacityReservationId.1", id}})
        .text("capacityReservationSet/item/" + path);
}

Answer call_launch(TestEmulator& aws, const Parameters& extra)
{
    return aws.call("RunInstances", launch(public_image(aws), extra));
}

Parameters reservation_target(const std::string& id)
{
    return merged(kReservedZone, {{"CapacityReservationSpecification.CapacityReservationTarget."
                                   "CapacityReservationId",
                                   id}});
}

}  // namespace amilab::test
