#pragma once

#include "tests/server/services/parameter_trials.h"

namespace amilab::test {

/// vpc, subnet (in us-east-1b), group, group_name: the account's default network. own_vpc, gateway
/// and dhcp_options, six of each, the first gateway attached to the first VPC; in that one
/// own_subnet, acl_association, route_table, acl and route_association, two of each.
void add_network(World& world);

extern const TrialSet kNetworkTrials;

}  // namespace amilab::test
