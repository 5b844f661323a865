#pragma once

#include "server/calls/operation.h"

namespace amilab::ec2 {

/// A default VPC, a default subnet in each zone and a default security group: every account has
/// them in every region. Made on first use.
/// Source: VPC User Guide, "Default VPCs" (documented).
extern const Prerequisite kDefaultNetwork;

/// Makes them for a writing call, unless they are there.
void ensure_default_network(Session& session);

}  // namespace amilab::ec2
