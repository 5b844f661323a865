#pragma once

#include <string>
#include <string_view>

#include "tests/server/services/ec2/instances/instance_support.h"

/// What tests of capacity reservations have in common.
namespace amilab::test {

inline const Parameters kReservedZone = {{"Placement.AvailabilityZone", "us-east-1a"}};
/// Of an instance that was launched.
inline constexpr const char* kReserved = "instancesSet/item/capacityReservationId";

/// What a reservation of two t3.micro in that zone is asked for by, with `more` on top.
Parameters reservation_wish(const Parameters& more = {});
/// Makes one. Its id.
std::string reserve(TestEmulator& aws, const Parameters& more = {},
                    std::string_view account = kAccount);
/// What its owner is told of it.
std::string reservation_field(TestEmulator& aws, const std::string& id, const std::string& path);
/// A launch of a t3.micro, with `extra` on top.
Answer call_launch(TestEmulator& aws, const Parameters& extra);
/// What a launch says to run in that reservation.
Parameters reservation_target(const std::string& id);

}  // namespace amilab::test
