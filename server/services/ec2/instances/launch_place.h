#pragma once

#include <optional>
#include <string>
#include <vector>

#include "server/calls/session.h"
#include "server/wire/ec2/instances/launches.h"
#include "storage/metadata/instances/instance_rows.h"
#include "storage/metadata/instances/launch_place_rows.h"
#include "storage/metadata/instances/launch_rows.h"

/// Where a launch goes.
namespace amilab::ec2 {

/// The zone that the request names or whose subnet it names, itself or by its first interface;
/// nothing when the choice is AWS's. Throws when there is no such zone or subnet, or they
/// contradict each other.
std::optional<std::string> named_zone(Session& session, const RunInstancesRequest& request);

/// The subnets that the launch may go to, the best first; never none. Throws when none of them has
/// the type.
/// Source: EC2 API Reference, RunInstances: a default subnet when none is named (documented); that
/// of the first zone that has the type (assumed).
std::vector<LaunchSubnet> choose_subnets(Session& session, const RunInstancesRequest& request,
                                         const LaunchTypeRow& type);

}  // namespace amilab::ec2
