#pragma once

#include "tests/server/services/parameter_trials.h"

namespace amilab::test {

/// connect_endpoint to connect_endpoint_3, each in a VPC of its own, connect_group of the first's.
/// connect_subnet and connect_subnet_2 are of VPCs without any, connect_subnet_group of the
/// first of them.
extern const TrialSet kInstanceConnectEndpointsTrials;

}  // namespace amilab::test
