#pragma once

#include <cstdint>

#include "storage/base/vocabulary.h"

namespace amilab {

/// How far a block, an address, a group or a route table belongs to what it was given to.
/// Source: EC2 API Reference, VpcCidrBlockState, SubnetCidrBlockState, NatGatewayAddress,
/// SecurityGroupVpcAssociation and RouteTableAssociationState (documented).
enum class AssociationState : std::uint8_t { kAssociating, kAssociated, kDisassociating };
template <>
inline constexpr auto kWords<AssociationState> = words("associating", "associated",
                                                       "disassociating");

}  // namespace amilab
