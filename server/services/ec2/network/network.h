#pragma once

#include "server/calls/operation.h"
#include "server/wire/ec2/network.h"

namespace amilab::ec2 {

DescribeVpcsResponse describe_vpcs(Session& session, const DescribeVpcsRequest& request);
DescribeSubnetsResponse describe_subnets(Session& session, const DescribeSubnetsRequest& request);
DescribeSecurityGroupsResponse describe_security_groups(
    Session& session, const DescribeSecurityGroupsRequest& request);

/// A default VPC, a default subnet in each zone and a default security group: every account has
/// them in every region. Made on first use.
/// Source: VPC User Guide, "Default VPCs" (documented).
extern const Prerequisite kDefaultNetwork;

/// The same for a writing call.
void ensure_default_network(Session& session);

}  // namespace amilab::ec2
