#pragma once

#include "tests/server/services/parameter_trials.h"

namespace amilab::test {

/// peering to peering_6: own_vpc has asked peer_vpc to peer_vpc_6 for them; the first two are
/// accepted. far_vpc stands in another region, and far_peering leads there.
extern const TrialSet kVpcPeeringConnectionsTrials;

}  // namespace amilab::test
