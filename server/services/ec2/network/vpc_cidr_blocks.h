#pragma once

#include <optional>
#include <string>
#include <vector>

#include "server/calls/family.h"
#include "server/calls/session.h"
#include "server/wire/ec2/network/shared.h"
#include "storage/metadata/network/association_state.h"
#include "storage/metadata/network/ipv4_block.h"
#include "storage/metadata/network/ipv6_block.h"
#include "storage/metadata/network/vpc_cidr_block_rows.h"
#include "storage/metadata/network/vpc_rows.h"

namespace amilab::ec2 {

extern const Family kVpcCidrBlocks;

/// Throws unless the text is a block that a VPC may have.
/// Source: what is canonical, and which lengths are right (documented); the refusals are observed,
/// of ranges that are nobody's: see there.
Ipv4Block parse_vpc_block(const std::string& text);

/// Throws unless an IPv6 block of Amazon's may be advertised from where the request says.
/// Source: said of Amazon's blocks alone (documented), the refusal of others is assumed.
void check_ipv6_border_group(Session& session, bool is_amazons,
                             const std::optional<std::string>& group);

/// Gives the VPC one of Amazon's IPv6 blocks, a /56, and a route within it.
VpcCidrBlockRow add_amazon_ipv6_block(Session& session, const VpcRow& vpc);

/// The VPC's IPv4 blocks, its primary one first, and its IPv6 blocks.
std::vector<Ipv4Block> ipv4_blocks_of(Session& session, const VpcRow& vpc);
std::vector<Ipv6Block> ipv6_blocks_of(Session& session, const VpcRow& vpc);

// Blocks as answers have them.

VpcCidrBlockAssociation ipv4_association(const std::string& id, const std::string& block,
                                         AssociationState state = AssociationState::kAssociated);
VpcIpv6CidrBlockAssociation ipv6_association(
    const VpcCidrBlockRow& row, AssociationState state = AssociationState::kAssociated);

}  // namespace amilab::ec2
