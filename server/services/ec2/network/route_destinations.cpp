#include "server/services/ec2/network/route_destinations.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "server/services/ec2/common/errors.h"
#include "server/services/ec2/network/vpc_cidr_blocks.h"
#include "server/services/ec2/network/vpcs.h"
#include "storage/metadata/network/ipv4_block.h"
#include "storage/metadata/network/ipv6_block.h"
#include "storage/metadata/network/route_rows.h"
#include "storage/metadata/network/subnet_rows.h"

namespace amilab::ec2 {

namespace {

constexpr std::string_view kReservedIpv4 = "169.254.168.0/22";
constexpr std::string_view kReservedIpv6 = "fd00:ec2::/32";
constexpr std::string_view kNat64 = "64:ff9b::/96";  // RFC 6052

/// Whether both are blocks of the family, and the destination is within the other.
template <class Block>
bool is_within(const std::string& destination, std::string_view whole)
{
    const auto block = Block::from_text(destination);
    return block && Block::from_text(whole)->contains(*block);
}

bool is_block_of_subnet(Session& session, const VpcId& vpc, const std::string& destination)
{
    const auto subnets = select_subnets_of(session.db(), vpc);
    return std::any_of(subnets.begin(), subnets.end(), [&](const SubnetRow& one) {
        return one.cidr_block == destination || one.ipv6_cidr_block == destination;
    });
}

template <class Block>
void check_within(Session& session, const VpcRow& vpc, const std::vector<Block>& blocks,
                  const Block& destination, const std::string& target)
{
    const auto around = std::find_if(blocks.begin(), blocks.end(),
                                     [&](const Block& one) { return one.contains(destination); });
    if (around == blocks.end()) {
        return;
    }
    const auto text = destination.text();
    if (has_id_prefix(target, InternetGatewayTag::kPrefix) ||
        has_id_prefix(target, EgressOnlyGatewayTag::kPrefix)) {
        throw invalid_parameter_value(fmt::format(
            "The destination CIDR block {} is equal to or more specific than one of this VPC's "
            "CIDR blocks. This route can target only an interface or an instance.",
            text));
    }
    if (*around != destination && !is_block_of_subnet(session, vpc.id, text)) {
        throw invalid_parameter_value(
            fmt::format("The destination CIDR block {} is more specific than one of this VPC's "
                        "CIDR blocks and is not the CIDR block of one of its subnets.",
                        text));
    }
}

template <class Block>
bool is_in_any(const std::vector<Block>& blocks, const Block& destination)
{
    return std::any_of(blocks.begin(), blocks.end(),
                       [&](const Block& one) { return one.contains(destination); });
}

/// Whether the destination is a block of the VPC, or a part of one.
bool is_of_vpc(Session& session, const VpcRow& vpc, const std::string& destination)
{
    if (const auto block = Ipv4Block::from_text(destination)) {
        return is_in_any(ipv4_blocks_of(session, vpc), *block);
    }
    const auto block = Ipv6Block::from_text(destination);
    return block && is_in_any(ipv6_blocks_of(session, vpc), *block);
}

}  // namespace

void refuse_reserved_destination(const std::string& destination)
{
    if (is_within<Ipv4Block>(destination, kReservedIpv4) ||
        is_within<Ipv6Block>(destination, kReservedIpv6)) {
        throw invalid_parameter_value(fmt::format(
            "The destination CIDR block {} is reserved for use by AWS services.", destination));
    }
}

bool is_nat64(const std::string& destination)
{
    return is_within<Ipv6Block>(destination, kNat64);
}

void require_target_within(Session& session, const RouteTableRow& table,
                           const std::string& destination, const std::string& target)
{
    const auto vpc = require_vpc(session, table.vpc_id);
    if (const auto block = Ipv4Block::from_text(destination)) {
        check_within(session, vpc, ipv4_blocks_of(session, vpc), *block, target);
    }
    if (const auto block = Ipv6Block::from_text(destination)) {
        check_within(session, vpc, ipv6_blocks_of(session, vpc), *block, target);
    }
}

void require_fits_gateway(Session& session, const RouteTableRow& table,
                          const std::string& destination, const std::string& target)
{
    const bool is_inside =
        target == kLocalTarget || has_id_prefix(target, NetworkInterfaceTag::kPrefix);
    if (!is_inside || !is_of_vpc(session, require_vpc(session, table.vpc_id), destination)) {
        throw invalid_parameter_value(
            fmt::format("The route table {} is that of a gateway, or is to be, and may not have a "
                        "route for {} to {}: such routes are for CIDR blocks of the VPC, and lead "
                        "to network interfaces.",
                        table.id.text(), destination, target));
    }
}

}  // namespace amilab::ec2
