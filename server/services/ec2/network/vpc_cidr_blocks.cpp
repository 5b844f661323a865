#include "server/services/ec2/network/vpc_cidr_blocks.h"
#include "server/wire/ec2/network/vpc_cidr_blocks.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "server/services/ec2/common/errors.h"
#include "server/services/ec2/common/own_rows.h"
#include "server/services/ec2/network/border_groups.h"
#include "server/services/ec2/network/default_network.h"
#include "server/services/ec2/network/errors.h"
#include "server/services/ec2/network/new_network.h"
#include "server/services/ec2/network/subnets.h"
#include "server/services/ec2/network/vpcs.h"
#include "server/wire/ec2/schema.h"
#include "storage/metadata/network/route_rows.h"

namespace amilab::ec2 {

namespace {

// Source: "between a /28 netmask and /16 netmask" (documented, VPC User Guide, "VPC CIDR blocks").
constexpr int kFewestVpcBits = 16;
constexpr int kMostVpcBits = 28;

// Source: 5 of each family, which AWS raises to 50 (documented, VPC User Guide, "Amazon VPC
// quotas").
constexpr std::size_t kMostBlocks = 50;

// RFC 3849: for documentation, which no network routes; AWS's own are nobody else's.
constexpr std::string_view kAmazonBlock = "2001:db8::/32";
constexpr int kAmazonBits = 56;
constexpr std::uint64_t kAmazonBlocks = std::uint64_t{1} << 24;

/// Source: code assumed.
ApiError association_not_found(const VpcCidrAssociationId& id)
{
    return {"InvalidVpcCidrBlockAssociationID.NotFound",
            fmt::format("The vpc CIDR block association ID '{}' does not exist", id.text())};
}

ApiError too_many_blocks(const VpcId& vpc)
{
    return {"CidrLimitExceeded",
            fmt::format("This network '{}' has met its maximum number of allowed CIDRs: {}",
                        vpc.text(), kMostBlocks)};
}

/// Which of the ranges a block is of that do not go together; nothing of any other.
/// Source: VPC User Guide, "IPv4 CIDR block association restrictions" (documented).
std::optional<std::size_t> range_of(const Ipv4Block& block)
{
    static const std::array kRanges = {
        *Ipv4Block::from_text("10.0.0.0/8"), *Ipv4Block::from_text("172.16.0.0/12"),
        *Ipv4Block::from_text("192.168.0.0/16"), *Ipv4Block::from_text("198.19.0.0/16")};
    for (std::size_t i = 0; i < kRanges.size(); ++i) {
        if (kRanges.at(i).overlaps(block)) {
            return i;
        }
    }
    return std::nullopt;
}

/// Source: apart from the VPC's other blocks, and of ranges that go together (documented); the text
/// of the second refusal is observed.
void require_fitting(const Ipv4Block& block, const std::vector<Ipv4Block>& others)
{
    if (std::any_of(others.begin(), others.end(),
                    [&](const Ipv4Block& one) { return one.overlaps(block); })) {
        throw ApiError(
            "InvalidVpc.Range",
            fmt::format("The CIDR '{}' conflicts with another of the VPC.", block.text()));
    }
    const auto range = range_of(block);
    if (range && range != range_of(others.front())) {
        throw ApiError(
            "InvalidVpc.Range",
            fmt::format("The CIDR '{}' is restricted. Use a CIDR from the same private address "
                        "range as the current VPC CIDR, or use a publicly-routable CIDR.",
                        block.text()));
    }
}

/// Whether a route of the VPC is for the block or for a part of it. Of prefix lists nothing is
/// asked. Source: a block "must not be the same or larger than a destination CIDR range in a route"
/// (documented, VPC User Guide, "VPC CIDR blocks").
template <class Block>
bool has_route_within(Session& session, const VpcId& vpc, const Block& block)
{
    const auto destinations = select_destinations_of(session.db(), vpc);
    return std::any_of(destinations.begin(), destinations.end(), [&](const std::string& text) {
        const auto one = Block::from_text(text);
        return one && block.contains(*one);
    });
}

/// Whether a block is of what no network has of its own: this network, this host, link-local,
/// multicast and what lies above.
/// Source: 169.254.0.0/16 "can't be assigned to VPCs" (documented, VPC User Guide, "IPv4 CIDR block
/// association restrictions"), the others are neither private nor routed (RFC 6890; assumed).
bool is_nobodys(const Ipv4Block& block)
{
    static const std::array kRanges = {
        *Ipv4Block::from_text("0.0.0.0/8"), *Ipv4Block::from_text("127.0.0.0/8"),
        *Ipv4Block::from_text("169.254.0.0/16"), *Ipv4Block::from_text("224.0.0.0/3")};
    return std::any_of(kRanges.begin(), kRanges.end(),
                       [&](const Ipv4Block& range) { return range.overlaps(block); });
}

VpcCidrBlockRow insert_block(Session& session, const VpcRow& vpc, AddressFamily family,
                             const std::string& block)
{
    const VpcCidrBlockRow row{.id = session.next_id<VpcCidrAssociationId>(),
                              .region = vpc.region,
                              .owner = vpc.owner,
                              .vpc_id = vpc.id.text(),
                              .family = family,
                              .cidr_block = block};
    insert_row<kVpcCidrBlockColumns>(session.db(), row);
    insert_local_routes(session.db(), vpc.id, block);
    return row;
}

std::vector<std::string> texts_of(Session& session, const VpcRow& vpc, AddressFamily family)
{
    std::vector<std::string> texts;
    for (auto& row : select_children<kBlocksOfVpcs>(session.db(), {vpc.id.text()})) {
        if (row.family == family) {
            texts.push_back(std::move(row.cidr_block));
        }
    }
    return texts;
}

// Source: EC2 API Reference, AssociateVpcCidrBlock (documented): a block, or one of Amazon's; it
// is associated at once, though the answer says that it will be (assumed).
AssociateVpcCidrBlockResponse associate_vpc_cidr_block(Session& session,
                                                       const AssociateVpcCidrBlockRequest& request)
{
    const bool is_ipv6 = request.amazon_provided_ipv6_cidr_block.value_or(false);
    if (is_ipv6 == is_given(request.cidr_block)) {
        throw is_ipv6 ? parameters_not_together("CidrBlock", "AmazonProvidedIpv6CidrBlock")
                      : missing_parameter("CidrBlock");
    }
    const auto vpc_id = parse_id<VpcId>(request.vpc_id);
    check_ipv6_border_group(session, is_ipv6, request.ipv6_cidr_block_network_border_group);
    ensure_default_network(session);
    const auto vpc = require_vpc(session, vpc_id);
    AssociateVpcCidrBlockResponse response{.vpc_id = vpc.id.text()};
    if (is_ipv6) {
        response.ipv6_cidr_block_association =
            ipv6_association(add_amazon_ipv6_block(session, vpc), AssociationState::kAssociating);
        return response;
    }
    const auto block = parse_vpc_block(*request.cidr_block);
    const auto others = ipv4_blocks_of(session, vpc);
    require_fitting(block, others);
    if (has_route_within(session, vpc.id, block)) {
        throw ApiError(
            "InvalidVpc.Range",
            fmt::format("The CIDR '{}' conflicts with a route of the VPC.", block.text()));
    }
    if (others.size() >= kMostBlocks) {
        throw too_many_blocks(vpc.id);
    }
    const auto row = insert_block(session, vpc, AddressFamily::kIpv4, block.text());
    response.cidr_block_association =
        ipv4_association(row.id.text(), row.cidr_block, AssociationState::kAssociating);
    return response;
}

/// Throws while a subnet is in the block. Source: documented, code and text are assumed.
void require_unused(Session& session, const VpcCidrBlockRow& row)
{
    const auto subnets = select_subnets_of(session.db(), VpcId::trusted(row.vpc_id));
    const bool is_used = std::any_of(subnets.begin(), subnets.end(), [&](const SubnetRow& one) {
        if (row.family == AddressFamily::kIpv4) {
            const auto block = Ipv4Block::from_text(one.cidr_block);
            return block && Ipv4Block::from_text(row.cidr_block)->contains(*block);
        }
        return one.ipv6_cidr_block && Ipv6Block::from_text(row.cidr_block)
                                          ->contains(*Ipv6Block::from_text(*one.ipv6_cidr_block));
    });
    if (is_used) {
        throw has_dependencies("vpc CIDR block association", row.id.text());
    }
}

// Source: EC2 API Reference, DisassociateVpcCidrBlock (documented): without subnets, and not the
// primary one, whose refusal is observed.
DisassociateVpcCidrBlockResponse disassociate_vpc_cidr_block(
    Session& session, const DisassociateVpcCidrBlockRequest& request)
{
    const auto id = parse_id<VpcCidrAssociationId>(request.association_id);
    const auto row = find_own<kVpcCidrBlockList, &VpcCidrBlockRow::id>(session, id);
    if (!row) {
        if (find_own<kVpcList, &VpcRow::cidr_association_id>(session, id)) {
            throw operation_not_permitted(
                fmt::format("The vpc CIDR block with association ID {} may not be disassociated. "
                            "It is the primary IPv4 CIDR block of the VPC",
                            id.text()));
        }
        throw association_not_found(id);
    }
    require_unused(session, *row);
    delete_local_routes(session.db(), VpcId::trusted(row->vpc_id), row->cidr_block);
    delete_row<kVpcCidrBlockColumns>(session.db(), id);
    DisassociateVpcCidrBlockResponse response{.vpc_id = row->vpc_id};
    if (row->family == AddressFamily::kIpv6) {
        response.ipv6_cidr_block_association =
            ipv6_association(*row, AssociationState::kDisassociating);
    } else {
        response.cidr_block_association =
            ipv4_association(id.text(), row->cidr_block, AssociationState::kDisassociating);
    }
    return response;
}

constexpr Operation kOperations[] = {
    write<associate_vpc_cidr_block>(kAssociateVpcCidrBlock),
    write<disassociate_vpc_cidr_block>(kDisassociateVpcCidrBlock, {.frees_space = true}),
};

}  // namespace

Ipv4Block parse_vpc_block(const std::string& text)
{
    const auto block = parse_cidr_block<Ipv4Block>(text, "cidrBlock");
    if (block.length < kFewestVpcBits || block.length > kMostVpcBits || is_nobodys(block)) {
        throw ApiError("InvalidVpc.Range", fmt::format("The CIDR '{}' is invalid.", text));
    }
    return block;
}

void check_ipv6_border_group(Session& session, bool is_amazons,
                             const std::optional<std::string>& group)
{
    if (!is_given(group)) {
        return;
    }
    if (!is_amazons) {
        throw invalid_parameter_dependency("ipv6CidrBlockNetworkBorderGroup",
                                           "amazonProvidedIpv6CidrBlock");
    }
    check_border_group(session, group, "ipv6CidrBlockNetworkBorderGroup");
}

VpcCidrBlockRow add_amazon_ipv6_block(Session& session, const VpcRow& vpc)
{
    if (texts_of(session, vpc, AddressFamily::kIpv6).size() >= kMostBlocks) {
        throw too_many_blocks(vpc.id);
    }
    const auto whole = *Ipv6Block::from_text(kAmazonBlock);
    auto number = session.ids().next_number("ipv6-block");
    auto block = whole.part(kAmazonBits, number % kAmazonBlocks);
    while (is_ipv6_block_taken(session.db(), block.text()) ||
           has_route_within(session, vpc.id, block)) {
        block = whole.part(kAmazonBits, ++number % kAmazonBlocks);
    }
    const bool is_first = !has_ipv6_block(session.db(), vpc.id);
    auto row = insert_block(session, vpc, AddressFamily::kIpv6, block.text());
    if (is_first) {
        add_ipv6_rules(session, vpc.id);
    }
    return row;
}

std::vector<Ipv4Block> ipv4_blocks_of(Session& session, const VpcRow& vpc)
{
    std::vector<Ipv4Block> blocks{*Ipv4Block::from_text(vpc.cidr_block)};
    for (const auto& text : texts_of(session, vpc, AddressFamily::kIpv4)) {
        blocks.push_back(*Ipv4Block::from_text(text));
    }
    return blocks;
}

std::vector<Ipv6Block> ipv6_blocks_of(Session& session, const VpcRow& vpc)
{
    std::vector<Ipv6Block> blocks;
    for (const auto& text : texts_of(session, vpc, AddressFamily::kIpv6)) {
        blocks.push_back(*Ipv6Block::from_text(text));
    }
    return blocks;
}

VpcCidrBlockAssociation ipv4_association(const std::string& id, const std::string& block,
                                         AssociationState state)
{
    return {.association_id = id,
            .cidr_block = block,
            .cidr_block_state = VpcCidrBlockState{std::string(text_of(state)), {}}};
}

VpcIpv6CidrBlockAssociation ipv6_association(const VpcCidrBlockRow& row, AssociationState state)
{
    VpcIpv6CidrBlockAssociation answer;
    answer.association_id = row.id.text();
    answer.ip_source = "amazon";
    answer.ipv6_address_attribute = "public";
    answer.ipv6_cidr_block = row.cidr_block;
    answer.ipv6_cidr_block_state = VpcCidrBlockState{std::string(text_of(state)), {}};
    answer.ipv6_pool = "Amazon";
    answer.network_border_group = row.region;
    return answer;
}

constinit const Family kVpcCidrBlocks{.operations = kOperations};

}  // namespace amilab::ec2
