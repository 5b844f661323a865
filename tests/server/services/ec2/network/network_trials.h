#pragma once

#include "tests/server/services/parameter_trials.h"

namespace amilab::test {

/// vpc, subnet (in us-east-1b), group, group_name: the account's default network.
void add_network(World& world);

extern const TrialSet kNetworkTrials;

}  // namespace amilab::test
