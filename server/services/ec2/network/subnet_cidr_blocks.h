#pragma once

#include <string>

#include "server/calls/family.h"
#include "server/calls/session.h"
#include "server/wire/ec2/network/shared.h"
#include "storage/metadata/network/association_state.h"
#include "storage/metadata/network/subnet_rows.h"
#include "storage/metadata/network/vpc_rows.h"

namespace amilab::ec2 {

extern const Family kSubnetCidrBlocks;

/// Gives a row that is not stored yet an IPv6 block and its association. Throws unless the text is
/// one that a subnet of the VPC may have and no other has.
/// Source: EC2 API Reference, CreateSubnet and AssociateSubnetCidrBlock (documented).
void give_ipv6_block(Session& session, SubnetRow& row, const VpcRow& vpc, const std::string& text);

/// The block of a subnet that has one, as answers have it.
SubnetIpv6CidrBlockAssociation ipv6_association(
    const SubnetRow& row, AssociationState state = AssociationState::kAssociated);

}  // namespace amilab::ec2
