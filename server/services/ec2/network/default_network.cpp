#include "server/services/ec2/network/default_network.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "server/services/ec2/common/describe.h"
#include "server/services/ec2/common/errors.h"
#include "server/services/ec2/common/own_rows.h"
#include "server/services/ec2/network/errors.h"
#include "server/services/ec2/network/new_network.h"
#include "server/services/ec2/network/subnet_cidr_blocks.h"
#include "server/services/ec2/network/subnets.h"
#include "server/services/ec2/network/vpc_cidr_blocks.h"
#include "server/services/ec2/network/vpcs.h"
#include "server/wire/ec2/network/default_network.h"
#include "server/wire/ec2/schema.h"
#include "storage/metadata/network/dhcp_options_rows.h"
#include "storage/metadata/network/interface_names.h"
#include "storage/metadata/network/internet_gateway_rows.h"
#include "storage/metadata/network/ipv4_block.h"
#include "storage/metadata/network/ipv6_block.h"
#include "storage/metadata/network/route_rows.h"
#include "storage/metadata/network/subnet_rows.h"
#include "storage/metadata/network/vpc_rows.h"
#include "storage/metadata/network/whole_networks.h"
#include "storage/metadata/regions/region_rows.h"

namespace amilab::ec2 {

namespace {

constexpr int kSubnetBits = 20;

bool default_network_missing(Session& session)
{
    return !has_default_dhcp_options(session.db(), session.account(), session.region());
}

/// Source: VPC User Guide, "DHCP option sets" (documented).
void make_default_dhcp_options(Session& session)
{
    const auto id = session.next_id<DhcpOptionsId>();
    insert_row<kDhcpOptionsColumns>(
        session.db(),
        {.id = id, .region = session.region(), .owner = session.account(), .is_default = true});
    insert_row<kDhcpOptionValueColumns>(session.db(),
                                        {.dhcp_options_id = id.text(),
                                         .position = 0,
                                         .key = "domain-name",
                                         .value = private_dns_domain(session.region())});
    insert_row<kDhcpOptionValueColumns>(session.db(), {.dhcp_options_id = id.text(),
                                                       .position = 1,
                                                       .key = "domain-name-servers",
                                                       .value = "AmazonProvidedDNS"});
}

void make_default_gateway(Session& session, const VpcId& vpc)
{
    const auto id = session.next_id<InternetGatewayId>();
    insert_row<kInternetGatewayColumns>(
        session.db(),
        {.id = id, .region = session.region(), .owner = session.account(), .vpc_id = vpc});
    insert_row<kRouteColumns>(
        session.db(), {.route_table_id = select_main_route_table(session.db(), vpc)->id.text(),
                       .destination = std::string(kAllOfIpv4),
                       .target = id.text()});
}

SubnetRow default_subnet(const VpcId& vpc, const std::string& zone, const Ipv4Block& block)
{
    return {.vpc_id = vpc,
            .zone = zone,
            .cidr_block = block.text(),
            .default_for_zone = true,
            .map_public_ip_on_launch = true};
}

SubnetRow ipv6_default_subnet(const VpcId& vpc, const std::string& zone)
{
    SubnetRow row{.vpc_id = vpc, .zone = zone, .default_for_zone = true};
    make_ipv6_native(row);
    return row;
}

/// The n-th /20 of the block.
Ipv4Block part_of(const Ipv4Block& whole, std::uint32_t n)
{
    return {whole.base + (n << (32 - kSubnetBits)), kSubnetBits};
}

/// Source: 172.31.0.0/16 and a /20 in each zone, a gateway and a route to it, public addresses
/// (documented, VPC User Guide, "Default VPC components"); the blocks in the order of the zones'
/// names (assumed: AWS's order differs from account to account).
VpcId make_default_vpc(Session& session)
{
    VpcRow vpc{.cidr_block = "172.31.0.0/16", .is_default = true, .enable_dns_hostnames = true};
    make_vpc(session, vpc);
    make_default_gateway(session, vpc.id);
    const auto whole = *Ipv4Block::from_text(vpc.cidr_block);
    std::uint32_t block = 0;
    for (const auto& zone : availability_zones(session)) {
        auto subnet = default_subnet(vpc.id, zone.name, part_of(whole, block));
        make_subnet(session, subnet);
        ++block;
    }
    return vpc.id;
}

void make_default_network(Session& session)
{
    make_default_dhcp_options(session);
    make_default_vpc(session);
}

ApiError no_room_in_default_vpc(const VpcId& vpc)
{
    return {"InsufficientCidrBlocks",
            fmt::format("There is not enough CIDR space in the default VPC {}.", vpc.text())};
}

/// The first /20 of the VPC that no subnet has. Source: a /20 (documented); which (assumed).
Ipv4Block free_part_of(Session& session, const VpcRow& vpc)
{
    const auto whole = *Ipv4Block::from_text(vpc.cidr_block);
    const auto taken = blocks_of(select_subnets_of(session.db(), vpc.id));
    for (std::uint32_t n = 0; part_of(whole, n).base <= whole.last(); ++n) {
        const auto is_taken = [&](const Ipv4Block& one) { return one.overlaps(part_of(whole, n)); };
        if (std::none_of(taken.begin(), taken.end(), is_taken)) {
            return part_of(whole, n);
        }
    }
    throw no_room_in_default_vpc(vpc.id);
}

/// The first /64 of the VPC's IPv6 blocks that no subnet has. Source: that there is one (documented
/// of CreateSubnet), which it is, and the refusals, are assumed.
std::string free_ipv6_part_of(Session& session, const VpcRow& vpc)
{
    constexpr int kBits = 64;
    const auto wholes = ipv6_blocks_of(session, vpc);
    if (wholes.empty()) {
        throw invalid_parameter_value(
            fmt::format("The default VPC {} does not have an IPv6 CIDR block.", vpc.id.text()));
    }
    std::vector<Ipv6Block> taken;
    for (const auto& subnet : select_subnets_of(session.db(), vpc.id)) {
        if (subnet.ipv6_cidr_block) {
            taken.push_back(*Ipv6Block::from_text(*subnet.ipv6_cidr_block));
        }
    }
    for (const auto& whole : wholes) {
        const auto count = std::uint64_t{1} << (kBits - whole.length);
        for (std::uint64_t n = 0; n < count; ++n) {
            const auto part = whole.part(kBits, n);
            const auto overlaps = [&](const Ipv6Block& one) { return one.overlaps(part); };
            if (std::none_of(taken.begin(), taken.end(), overlaps)) {
                return part.text();
            }
        }
    }
    throw no_room_in_default_vpc(vpc.id);
}

}  // namespace

const Prerequisite kDefaultNetwork{default_network_missing, make_default_network};

void ensure_default_network(Session& session)
{
    if (default_network_missing(session)) {
        make_default_network(session);
    }
}

namespace {

// Source: EC2 API Reference, CreateDefaultVpc (documented); the refusal is observed.
CreateDefaultVpcResponse create_default_vpc(Session& session,
                                            const CreateDefaultVpcRequest& request)
{
    stop_if_dry_run(request);
    ensure_default_network(session);
    if (has_default_vpc(session.db(), session.account(), session.region())) {
        throw ApiError("DefaultVpcAlreadyExists",
                       "A Default VPC already exists for this account in this region.");
    }
    return {.vpc = vpc_answer(session, make_default_vpc(session))};
}

// Source: EC2 API Reference, CreateDefaultSubnet, Ipv6Native: in a zone without a default subnet
// (documented); the texts are assumed.
CreateDefaultSubnetResponse create_default_subnet(Session& session,
                                                  const CreateDefaultSubnetRequest& request)
{
    const auto zone =
        named_subnet_zone(session, request.availability_zone, request.availability_zone_id);
    if (!zone) {
        throw missing_parameter("AvailabilityZone");
    }
    stop_if_dry_run(request);
    ensure_default_network(session);
    const auto vpc = select_default_vpc(session.db(), session.account(), session.region());
    if (!vpc) {
        throw default_vpc_missing();
    }
    std::optional<std::string> ipv6_block;
    if (request.ipv6_native.value_or(false)) {
        ipv6_block = free_ipv6_part_of(session, *vpc);
    }
    if (has_default_subnet(session.db(), vpc->id, zone)) {
        throw ApiError(
            "DefaultSubnetAlreadyExistsInAvailabilityZone",
            fmt::format("A default subnet already exists in the Availability Zone {}.", *zone));
    }
    auto subnet = ipv6_block ? ipv6_default_subnet(vpc->id, *zone)
                             : default_subnet(vpc->id, *zone, free_part_of(session, *vpc));
    if (ipv6_block) {
        give_ipv6_block(session, subnet, *vpc, *ipv6_block);
    }
    make_subnet(session, subnet);
    return {.subnet = subnet_answer(session, subnet.id)};
}

constexpr Operation kOperations[] = {
    write<create_default_vpc>(kCreateDefaultVpc),
    write<create_default_subnet>(kCreateDefaultSubnet),
};

}  // namespace

constinit const Family kDefaultNetworks{.operations = kOperations};

}  // namespace amilab::ec2
