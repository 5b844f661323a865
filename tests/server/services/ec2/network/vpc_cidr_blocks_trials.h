#pragma once

#include "tests/server/services/parameter_trials.h"

namespace amilab::test {

/// ipv6_vpc, 10.0.0.0/16, has a block of Amazon's, ipv6_block to ipv6_block_6 of which are /64s,
/// and besides 10.1.0.0/16 by secondary_association and 10.3.0.0/16 by secondary_association_2.
/// ipv6_subnet has the first /64, and in it ipv6_interface with ipv6_address and ipv6_interface_2;
/// ipv6_subnet_2 and ipv6_subnet_3 have the next ones by subnet_association_2 and
/// subnet_association_3; plain_subnet and plain_subnet_2 have none. ipv6_interface has ipv6_prefix
/// too; free_ipv6 and free_prefix are nobody's. dedicated_vpc and dedicated_vpc_2 are of that
/// tenancy. group_2 to group_6 are associated with own_vpc, the first of them with own_vpc_4 too.
extern const TrialSet kVpcCidrBlocksTrials;

}  // namespace amilab::test
