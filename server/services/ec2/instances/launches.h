#pragma once

#include "server/calls/family.h"
#include "server/services/ec2/instances/spot_instances.h"
#include "server/wire/ec2/instances/launches.h"

namespace amilab::ec2 {

extern const Family kLaunches;

/// Throws what stands against a launch for the Spot request but its price, and completes the row.
void check_spot_launch(Session& session, const RunInstancesRequest& request, SpotRequestRow& row);
/// Launches one instance for the Spot request, which is there. Throws what a launch does.
void launch_for_spot(Session& session, const RunInstancesRequest& request, const SpotTerms& terms);

}  // namespace amilab::ec2
