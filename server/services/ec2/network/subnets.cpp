#include "server/services/ec2/network/subnets.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "server/calls/arns.h"
#include "server/services/ec2/common/describe_spec.h"
#include "server/services/ec2/common/own_rows.h"
#include "server/services/ec2/common/resource_tags.h"
#include "server/services/ec2/network/default_network.h"
#include "server/services/ec2/network/errors.h"
#include "server/services/ec2/network/new_network.h"
#include "server/services/ec2/network/subnet_cidr_blocks.h"
#include "server/services/ec2/network/vpc_cidr_blocks.h"
#include "server/services/ec2/network/vpcs.h"
#include "server/wire/ec2/network/subnets.h"
#include "server/wire/ec2/schema.h"
#include "storage/metadata/network/subnet_rows.h"

namespace amilab::ec2 {

namespace {

/// Source: what a default subnet's answer holds (observed), and that of an IPv6-only one, which has
/// no IPv4 block (observed).
Subnet to_subnet(Session& session, const PageTags& tags, const SubnetRow& row)
{
    Subnet answer{.assign_ipv6_address_on_creation = row.assign_ipv6_address_on_creation,
                  .availability_zone = row.zone,
                  .availability_zone_id = row.zone_id,
                  .available_ip_address_count = row.available_addresses,
                  .block_public_access_states = BlockPublicAccessStates{"off"},
                  .default_for_az = row.default_for_zone,
                  .enable_dns64 = row.enable_dns64,
                  .ipv6_native = row.ipv6_native,
                  .map_customer_owned_ip_on_launch = false,
                  .map_public_ip_on_launch = row.map_public_ip_on_launch,
                  .owner_id = row.owner,
                  .private_dns_name_options_on_launch =
                      PrivateDnsNameOptionsOnLaunch{
                          .enable_resource_name_dns_aaaa_record = row.resource_name_dns_aaaa_record,
                          .enable_resource_name_dns_a_record = row.resource_name_dns_a_record,
                          .hostname_type = std::string(text_of(row.hostname_type))},
                  .state = "available",
                  .subnet_arn = resource_arn(session, "subnet", row.id.text()),
                  .subnet_id = row.id.text(),
                  .tags = unless_empty(tags.of(row.id.text())),
                  .vpc_id = row.vpc_id.text()};
    if (!row.ipv6_native) {
        answer.cidr_block = row.cidr_block;
    }
    if (row.ipv6_cidr_block) {
        answer.ipv6_cidr_block_association_set = {ipv6_association(row)};
    }
    return answer;
}

std::vector<Subnet> to_answers(Session& session, std::vector<SubnetRow>&& rows)
{
    const PageTags tags(session, ids_of(rows));
    std::vector<Subnet> answers;
    for (const auto& row : rows) {
        answers.push_back(to_subnet(session, tags, row));
    }
    return answers;
}

constexpr DescribeSpec kDescribe{
    .schema = kDescribeSubnets,
    .ids = {.member = &DescribeSubnetsRequest::subnet_ids,
            .check = &check_ids<SubnetId>,
            .not_with_page = "SubnetIds",
            .before_filters = true,
            .require = &require_listed<kSubnetList, SubnetId, not_found>},
    .select = &select_page<kSubnetList>,
    .answers = &to_answers,
    .into = &DescribeSubnetsResponse::subnets};

// Source: "between a /28 netmask and /16 netmask" (documented, VPC User Guide, "Subnet CIDR
// blocks").
constexpr int kFewestSubnetBits = 16;
constexpr int kMostSubnetBits = 28;

/// Source: observed at CreateSubnet.
ApiError no_zone_for_subnets(Session& session, std::string_view zone, std::string_view parameter)
{
    std::vector<std::string> names;
    for (auto& one : enabled_zones(session)) {
        names.push_back(parameter == "availabilityZone" ? one.name : one.zone_id);
    }
    return invalid_value(
        zone, parameter,
        fmt::format("Subnets can currently only be created in the following availability zones: "
                    "{}.",
                    fmt::join(names, ", ")));
}

/// Source: within the VPC, apart from its other subnets (documented); the refusals are observed.
Ipv4Block parse_subnet_block(Session& session, const std::string& text, const VpcRow& vpc)
{
    const auto block = parse_cidr_block<Ipv4Block>(text, "cidrBlock");
    const auto wholes = ipv4_blocks_of(session, vpc);
    const bool is_within = std::any_of(wholes.begin(), wholes.end(),
                                       [&](const auto& one) { return one.contains(block); });
    if (block.length < kFewestSubnetBits || block.length > kMostSubnetBits || !is_within) {
        throw subnet_out_of_range(text);
    }
    const auto taken = blocks_of(select_subnets_of(session.db(), vpc.id));
    if (std::any_of(taken.begin(), taken.end(),
                    [&](const Ipv4Block& one) { return one.overlaps(block); })) {
        throw subnet_conflicts(text);
    }
    return block;
}

/// Throws unless the request says which addresses the subnet has.
/// Source: the refusals of IPv6-only subnets are observed, and so is the other one of CreateVpc.
void check_blocks(const CreateSubnetRequest& request)
{
    const bool is_native = request.ipv6_native.value_or(false);
    if (is_native && !is_given(request.ipv6_cidr_block)) {
        throw ApiError("MissingParameter",
                       "Either 'ipv6CidrBlock' or 'ipv6IpamPoolId' should be provided.");
    }
    if (is_native && is_given(request.cidr_block)) {
        throw invalid_parameter_combination(
            "When specifying ipv4 parameters, cidrBlock or ipv4IpamPoolId, you cannot set "
            "ipv6Native to true.");
    }
    if (!is_native && !is_given(request.cidr_block)) {
        throw ApiError("MissingParameter",
                       "Either 'cidrBlock' or 'ipv4IpamPoolId' should be provided.");
    }
}

// Source: EC2 API Reference, CreateSubnet (documented); the zone that AWS chooses is the first by
// name, and the subnet is available at once (assumed).
CreateSubnetResponse create_subnet(Session& session, const CreateSubnetRequest& request)
{
    check_blocks(request);
    const auto vpc_id = parse_id<VpcId>(request.vpc_id);
    const auto zone =
        named_subnet_zone(session, request.availability_zone, request.availability_zone_id);
    const auto tags = parse_tags<SubnetId>(request.tag_specifications, &invalid_parameter);
    stop_if_dry_run(request);
    const auto vpc = require_vpc(session, vpc_id);
    SubnetRow row{.vpc_id = vpc.id};
    if (request.ipv6_native.value_or(false)) {
        make_ipv6_native(row);
    } else {
        row.cidr_block = parse_subnet_block(session, *request.cidr_block, vpc).text();
    }
    row.zone = zone ? *zone : availability_zones(session).front().name;
    if (is_given(request.ipv6_cidr_block)) {
        give_ipv6_block(session, row, vpc, *request.ipv6_cidr_block);
    }
    make_subnet(session, row);
    store_tags(session, row.id, tags);
    return {.subnet = subnet_answer(session, row.id)};
}

// Source: EC2 API Reference, DeleteSubnet (documented): without instances; the text is observed.
DeleteSubnetResponse delete_subnet(Session& session, const DeleteSubnetRequest& request)
{
    const auto id = parse_id<SubnetId>(request.subnet_id);
    stop_if_dry_run(request);
    require_subnet_row(session, id);
    if (has_subnet_dependencies(session.db(), id)) {
        throw has_dependencies("subnet", id.text());
    }
    delete_own<kSubnetColumns>(session, id);
    return {};
}

}  // namespace

SubnetRow require_subnet_row(Session& session, const SubnetId& id)
{
    return require_own<kSubnetList, SubnetId, not_found>(session, id);
}

Subnet subnet_answer(Session& session, const SubnetId& id)
{
    auto answer = to_answers(session, {require_subnet_row(session, id)}).front();
    answer.tags = tags_of(session, id.text());
    return answer;
}

std::vector<ZoneRow> enabled_zones(Session& session)
{
    return select_enabled_zones(session.db(), session.account(), session.region());
}

std::vector<ZoneRow> availability_zones(Session& session)
{
    auto zones = enabled_zones(session);
    std::erase_if(zones, [](const ZoneRow& one) { return one.parent_zone_name.has_value(); });
    return zones;
}

std::optional<std::string> named_subnet_zone(Session& session,
                                             const std::optional<std::string>& name,
                                             const std::optional<std::string>& zone_id)
{
    const bool by_name = is_given(name);
    if (by_name && is_given(zone_id)) {
        throw parameters_not_together("AvailabilityZone", "AvailabilityZoneId");
    }
    if (!by_name && !is_given(zone_id)) {
        return std::nullopt;
    }
    for (auto& zone : enabled_zones(session)) {
        if (by_name ? zone.name == *name : zone.zone_id == *zone_id) {
            return std::move(zone.name);
        }
    }
    throw by_name ? no_zone_for_subnets(session, *name, "availabilityZone")
                  : no_zone_for_subnets(session, *zone_id, "availabilityZoneId");
}

std::vector<Ipv4Block> blocks_of(const std::vector<SubnetRow>& subnets)
{
    std::vector<Ipv4Block> blocks;
    for (const auto& one : subnets) {
        if (!one.ipv6_native) {
            blocks.push_back(*Ipv4Block::from_text(one.cidr_block));
        }
    }
    return blocks;
}

void make_ipv6_native(SubnetRow& row)
{
    row.ipv6_native = true;
    row.cidr_block.clear();
    row.assign_ipv6_address_on_creation = true;
    row.map_public_ip_on_launch = false;
    row.hostname_type = HostnameType::kResourceName;
}

// Source: EC2 API Reference, DescribeSubnets (documented).
DescribeSubnetsResponse describe_subnets(Session& session, const DescribeSubnetsRequest& request)
{
    return describe<kDescribe>(session, request);
}

namespace {

constexpr Operation kOperations[] = {
    write<create_subnet>(kCreateSubnet),
    read<describe_subnets, kDefaultNetwork>(kDescribeSubnets),
    write<delete_subnet>(kDeleteSubnet, {.frees_space = true}),
};

constexpr ResourceKind kKinds[] = {
    kind<SubnetId, not_found>(kTaggableByOwner<kSubnetColumns>),
};

}  // namespace

constinit const Family kSubnets{.operations = kOperations, .kinds = kKinds};

}  // namespace amilab::ec2
