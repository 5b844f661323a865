#pragma once

#include "server/calls/session.h"
#include "storage/metadata/network/subnet_rows.h"
#include "storage/metadata/network/vpc_rows.h"

/// The makers of VPCs and subnets, each with what every one has from the start.
namespace amilab::ec2 {

/// Gives the row ids, account, region and the default DHCP options, and inserts it with a main
/// route table, a default network ACL and a default security group.
/// Source: VPC User Guide, "Create a VPC" (documented).
void make_vpc(Session& session, VpcRow& row);

/// Gives a VPC that has its first IPv6 block what the rules of such VPCs are from the start: in its
/// ACLs the rules that deny what no other has decided, in the default ACL rules that let everything
/// in and out, in the default group one that lets everything out. A direction whose rules are not
/// as they were made gets none that allow.
/// Source: VPC User Guide, "Default network ACL", "Default security groups" (documented); that a
/// direction counts as modified by what it has now, and what happens to other ACLs, is assumed.
void add_ipv6_rules(Session& session, const VpcId& vpc);

/// Gives the row its id, account and region, and inserts it with its VPC's default network ACL.
/// Source: VPC User Guide, "Network ACL basics" (documented).
void make_subnet(Session& session, SubnetRow& row);

}  // namespace amilab::ec2
