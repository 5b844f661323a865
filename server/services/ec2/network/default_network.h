#pragma once

#include "server/calls/family.h"

namespace amilab::ec2 {

/// Default DHCP options, a default VPC with an internet gateway, a default subnet in each zone and
/// a default security group: every account has them in every region. Made on first use; once
/// somebody deletes the VPC, or a subnet, it stays away until CreateDefaultVpc or its like.
/// Source: VPC User Guide, "Default VPCs" (documented).
extern const Prerequisite kDefaultNetwork;

/// Makes them for a writing call, unless they have been made.
void ensure_default_network(Session& session);

extern const Family kDefaultNetworks;

}  // namespace amilab::ec2
