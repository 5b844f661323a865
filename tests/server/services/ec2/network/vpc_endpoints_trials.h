#pragma once

#include "tests/server/services/parameter_trials.h"

namespace amilab::test {

/// gateway_endpoint to gateway_endpoint_6 of own_vpc, the first two to S3 by a route of own tables
/// endpoint_table and endpoint_table_2. interface_endpoint in named_subnet of named_vpc, whose
/// hosts have names, with named_group and named_group_2; named_subnet_2 is of another zone.
extern const TrialSet kVpcEndpointsTrials;

}  // namespace amilab::test
