#include "server/services/ec2/network/subnet_cidr_blocks.h"
#include "server/wire/ec2/network/subnet_cidr_blocks.h"

#include <algorithm>

#include <fmt/format.h>

#include "server/services/ec2/common/errors.h"
#include "server/services/ec2/common/own_rows.h"
#include "server/services/ec2/network/errors.h"
#include "server/services/ec2/network/subnets.h"
#include "server/services/ec2/network/vpc_cidr_blocks.h"
#include "server/services/ec2/network/vpcs.h"
#include "server/wire/ec2/schema.h"

namespace amilab::ec2 {

namespace {

// Source: "between /44 and /64 in increments of /4" (documented, VPC User Guide, "Subnet CIDR
// blocks").
constexpr int kFewestIpv6Bits = 44;
constexpr int kMostIpv6Bits = 64;
constexpr int kStep = 4;

/// Source: code assumed.
ApiError association_not_found(const SubnetCidrAssociationId& id)
{
    return {"InvalidSubnetCidrBlockAssociationID.NotFound",
            fmt::format("The subnet CIDR block association ID '{}' does not exist", id.text())};
}

/// Source: documented of IPv4 blocks and of IPv6 ones; the refusals are IPv4's, which are observed.
Ipv6Block parse_block(Session& session, const VpcRow& vpc, const std::string& text)
{
    const auto block = parse_cidr_block<Ipv6Block>(text, "ipv6CidrBlock");
    const auto wholes = ipv6_blocks_of(session, vpc);
    const bool is_within = std::any_of(wholes.begin(), wholes.end(),
                                       [&](const auto& one) { return one.contains(block); });
    if (block.length < kFewestIpv6Bits || block.length > kMostIpv6Bits ||
        block.length % kStep != 0 || !is_within) {
        throw subnet_out_of_range(text);
    }
    return block;
}

// Source: EC2 API Reference, AssociateSubnetCidrBlock: one block for a subnet (documented), the
// code and the text of a second one are assumed.
AssociateSubnetCidrBlockResponse associate_subnet_cidr_block(
    Session& session, const AssociateSubnetCidrBlockRequest& request)
{
    auto row = require_subnet_row(session, parse_id<SubnetId>(request.subnet_id));
    if (row.ipv6_cidr_block) {
        throw ApiError("SubnetIpv6CidrBlockLimitExceeded",
                       fmt::format("The subnet {} already has an IPv6 CIDR block.", row.id.text()));
    }
    give_ipv6_block(session, row, require_vpc(session, row.vpc_id), request.ipv6_cidr_block);
    update_subnet(session.db(), row);
    return {.ipv6_cidr_block_association = ipv6_association(row, AssociationState::kAssociating),
            .subnet_id = row.id.text()};
}

/// Source: observed.
ApiError block_is_assigned_from(const SubnetCidrAssociationId& id)
{
    return {"InvalidCidrBlock.InUse",
            fmt::format("The subnet IPv6 CIDR block with association ID {} may not be "
                        "disassociated, because its subnet has assign-ipv6-address-on-creation set "
                        "to true.",
                        id.text())};
}

// Source: EC2 API Reference, DisassociateSubnetCidrBlock: without addresses of the block
// (documented), code and text are assumed; not while interfaces get some by themselves (observed),
// as those of an IPv6-only subnet always do.
DisassociateSubnetCidrBlockResponse disassociate_subnet_cidr_block(
    Session& session, const DisassociateSubnetCidrBlockRequest& request)
{
    const auto id = parse_id<SubnetCidrAssociationId>(request.association_id);
    auto row = find_own<kSubnetList, &SubnetRow::ipv6_association_id>(session, id);
    if (!row) {
        throw association_not_found(id);
    }
    if (has_ipv6_addresses(session.db(), row->id)) {
        throw has_dependencies("subnet CIDR block association", id.text());
    }
    if (row->assign_ipv6_address_on_creation) {
        throw block_is_assigned_from(id);
    }
    DisassociateSubnetCidrBlockResponse response{
        .ipv6_cidr_block_association = ipv6_association(*row, AssociationState::kDisassociating),
        .subnet_id = row->id.text()};
    row->ipv6_cidr_block.reset();
    row->ipv6_association_id.reset();
    update_subnet(session.db(), *row);
    return response;
}

constexpr Operation kOperations[] = {
    write<associate_subnet_cidr_block>(kAssociateSubnetCidrBlock),
    write<disassociate_subnet_cidr_block>(kDisassociateSubnetCidrBlock),
};

}  // namespace

void give_ipv6_block(Session& session, SubnetRow& row, const VpcRow& vpc, const std::string& text)
{
    const auto block = parse_block(session, vpc, text);
    for (const auto& other : select_subnets_of(session.db(), vpc.id)) {
        if (other.ipv6_cidr_block &&
            Ipv6Block::from_text(*other.ipv6_cidr_block)->overlaps(block)) {
            throw subnet_conflicts(text);
        }
    }
    row.ipv6_cidr_block = block.text();
    row.ipv6_association_id = session.next_id<SubnetCidrAssociationId>();
}

SubnetIpv6CidrBlockAssociation ipv6_association(const SubnetRow& row, AssociationState state)
{
    SubnetIpv6CidrBlockAssociation answer;
    answer.association_id = row.ipv6_association_id->text();
    answer.ip_source = "amazon";
    answer.ipv6_address_attribute = "public";
    answer.ipv6_cidr_block = row.ipv6_cidr_block;
    answer.ipv6_cidr_block_state = SubnetCidrBlockState{std::string(text_of(state)), {}};
    return answer;
}

constinit const Family kSubnetCidrBlocks{.operations = kOperations};

}  // namespace amilab::ec2
