#pragma once

#include "tests/server/services/parameter_trials.h"

namespace amilab::test {

/// In own_subnet: nat_gateway to nat_gateway_6, private, the first two with nat_address and
/// nat_address_2 besides; public_nat with nat_association besides its primary one. One private one
/// in own_subnet_2. Of own_vpc: egress_only_gateway to egress_only_gateway_6, the
/// first with a tag.
extern const TrialSet kNatGatewaysTrials;

}  // namespace amilab::test
