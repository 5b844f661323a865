#include "server/services/ec2/network/network.h"

#include <algorithm>

#include <fmt/format.h>

#include "server/services/ec2/common/describe.h"
#include "server/services/ec2/common/errors.h"
#include "server/services/ec2/common/resource_tags.h"
#include "server/wire/ec2/schema.h"
#include "storage/metadata/network/network_rows.h"
#include "storage/metadata/regions/region_rows.h"

namespace amilab::ec2 {

namespace {

bool default_network_missing(Session& session)
{
    return !has_default_vpc(session.db(), session.account(), session.region());
}

/// Source: 172.31.0.0/16 and a /20 in each zone, a group that is called default, public addresses
/// (documented, VPC User Guide, "Default VPC components"); the blocks in the order of the zones'
/// names (assumed: AWS's order differs from account to account).
void make_default_network(Session& session)
{
    auto& db = session.db();
    const auto vpc = session.next_id<VpcId>();
    insert_vpc(db, {.id = vpc,
                    .region = session.region(),
                    .owner = session.account(),
                    .cidr_block = "172.31.0.0/16",
                    .cidr_association_id = session.ids().next_text("vpc-cidr-assoc"),
                    .dhcp_options_id = session.ids().next_text("dopt"),
                    .is_default = true});
    constexpr int kAddressesInThirdByte = 16;  // a /20
    int block = 0;
    for (const auto& zone : select_zones(db, {.region = session.region(),
                                             .names = {},
                                             .zone_ids = {},
                                             .include_not_opted_in = false,
                                             .filters = {}})) {
        insert_subnet(db,
                      {.id = session.next_id<SubnetId>(),
                       .region = session.region(),
                       .owner = session.account(),
                       .vpc_id = vpc,
                       .zone = zone.name,
                       .cidr_block = fmt::format("172.31.{}.0/20", block * kAddressesInThirdByte),
                       .default_for_zone = true,
                       .map_public_ip_on_launch = true});
        ++block;
    }
    insert_security_group(db, {.id = session.next_id<SecurityGroupId>(),
                               .region = session.region(),
                               .owner = session.account(),
                               .vpc_id = vpc,
                               .name = "default",
                               .description = "default VPC security group"});
}

std::string arn(const Session& session, std::string_view resource, std::string_view id)
{
    return fmt::format("arn:aws:ec2:{}:{}:{}/{}", session.region(), session.account(), resource,
                       id);
}

/// Source: what a default VPC's answer holds (observed).
Vpc to_vpc(Session& session, const VpcRow& row)
{
    return {
        .block_public_access_states = BlockPublicAccessStates{"off"},
        .cidr_block = row.cidr_block,
        .cidr_block_association_set = {{.association_id = row.cidr_association_id,
                                        .cidr_block = row.cidr_block,
                                        .cidr_block_state = VpcCidrBlockState{"associated", {}}}},
        .dhcp_options_id = row.dhcp_options_id,
        .instance_tenancy = "default",
        .is_default = row.is_default,
        .owner_id = row.owner,
        .state = "available",
        .tags = tags_of(session, row.id.text()),
        .vpc_id = row.id.text()};
}

/// Source: what a default subnet's answer holds (observed).
Subnet to_subnet(Session& session, const SubnetRow& row)
{
    return {.assign_ipv6_address_on_creation = false,
            .availability_zone = row.zone,
            .availability_zone_id = row.zone_id,
            .available_ip_address_count = row.available_addresses,
            .block_public_access_states = BlockPublicAccessStates{"off"},
            .cidr_block = row.cidr_block,
            .default_for_az = row.default_for_zone,
            .enable_dns64 = false,
            .ipv6_native = false,
            .map_customer_owned_ip_on_launch = false,
            .map_public_ip_on_launch = row.map_public_ip_on_launch,
            .owner_id = row.owner,
            .private_dns_name_options_on_launch =
                PrivateDnsNameOptionsOnLaunch{.enable_resource_name_dns_aaaa_record = false,
                                              .enable_resource_name_dns_a_record = false,
                                              .hostname_type = "ip-name"},
            .state = "available",
            .subnet_arn = arn(session, "subnet", row.id.text()),
            .subnet_id = row.id.text(),
            .tags = tags_of(session, row.id.text()),
            .vpc_id = row.vpc_id.text()};
}

/// Source: a default group lets in what comes from itself and lets out everything (documented, VPC
/// User Guide, "Default security groups"); the form of the rules (observed).
SecurityGroup to_security_group(Session& session, const SecurityGroupRow& row)
{
    return {
        .description = row.description,
        .group_id = row.id.text(),
        .group_name = row.name,
        .ip_permissions = {{.ip_protocol = "-1",
                            .user_id_group_pairs = {{.group_id = row.id.text(),
                                                     .user_id = row.owner}}}},
        .ip_permissions_egress = {{.ip_protocol = "-1", .ip_ranges = {{.cidr_ip = "0.0.0.0/0"}}}},
        .owner_id = row.owner,
        .security_group_arn = arn(session, "security-group", row.id.text()),
        .tags = tags_of(session, row.id.text()),
        .vpc_id = row.vpc_id.text()};
}

/// Throws not_found for the first of `ids` that the caller does not have, whatever the filters say.
/// Source: assumed; AWS names one id.
template <class Row, class IdType>
void require_all(Session& session, const std::vector<IdType>& ids,
                 std::optional<Row> (*select)(Database&, std::string_view, std::string_view,
                                              const IdType&))
{
    for (const auto& id : ids) {
        if (!select(session.db(), session.account(), session.region(), id)) {
            throw not_found(id);
        }
    }
}

/// The groups that the request names by id, or by name in the default VPC. Source: a name may also
/// be an id (documented).
std::vector<std::string> named_groups(Session& session, const std::vector<SecurityGroupId>& ids,
                                      const std::vector<std::string>& names)
{
    require_all(session, ids, select_security_group);
    auto wanted = texts_of(ids);
    if (names.empty()) {
        return wanted;
    }
    const auto vpc = select_default_vpc(session.db(), session.account(), session.region());
    for (const auto& name : names) {
        auto group = select_security_group_named(session.db(), vpc->id, name);
        if (!group) {
            if (const auto id = SecurityGroupId::from_text(name)) {
                group =
                    select_security_group(session.db(), session.account(), session.region(), *id);
            }
        }
        if (!group) {
            throw group_name_not_found(name, vpc->id);
        }
        wanted.push_back(group->id.text());
    }
    return wanted;
}

}  // namespace

// Source: EC2 API Reference, DescribeVpcs (documented); ids together with MaxResults are taken
// (assumed: the documentation forbids it elsewhere, not here).
DescribeVpcsResponse describe_vpcs(Session& session, const DescribeVpcsRequest& request)
{
    const auto ids = parse_ids<VpcId>(request.vpc_ids);
    const auto filters = parse_filters(kDescribeVpcs, request.filters);
    const auto page = parse_page(request.max_results, request.next_token);
    stop_if_dry_run(request);
    require_all(session, ids, select_vpc);
    auto rows = select_vpcs(session.db(), {.owner = session.account(),
                                           .region = session.region(),
                                           .ids = texts_of(ids),
                                           .filters = filters,
                                           .after = page.after,
                                           .limit = page.sql_limit()});
    DescribeVpcsResponse response;
    response.next_token = cut_page(page, rows, [](const auto& row) { return row.id.text(); });
    for (const auto& row : rows) {
        response.vpcs.push_back(to_vpc(session, row));
    }
    return response;
}

// Source: EC2 API Reference, DescribeSubnets (documented).
DescribeSubnetsResponse describe_subnets(Session& session, const DescribeSubnetsRequest& request)
{
    const auto ids = parse_ids<SubnetId>(request.subnet_ids);
    const auto filters = parse_filters(kDescribeSubnets, request.filters);
    const auto page = parse_page(request.max_results, request.next_token);
    stop_if_dry_run(request);
    require_all(session, ids, select_subnet);
    auto rows = select_subnets(session.db(), {.owner = session.account(),
                                              .region = session.region(),
                                              .ids = texts_of(ids),
                                              .filters = filters,
                                              .after = page.after,
                                              .limit = page.sql_limit()});
    DescribeSubnetsResponse response;
    response.next_token = cut_page(page, rows, [](const auto& row) { return row.id.text(); });
    for (const auto& row : rows) {
        response.subnets.push_back(to_subnet(session, row));
    }
    return response;
}

// Source: EC2 API Reference, DescribeSecurityGroups (documented); groups named by id and by name
// are described together (assumed).
DescribeSecurityGroupsResponse describe_security_groups(
    Session& session, const DescribeSecurityGroupsRequest& request)
{
    const auto ids = parse_ids<SecurityGroupId>(request.group_ids);
    const auto filters = parse_filters(kDescribeSecurityGroups, request.filters);
    const auto page = parse_page(request.max_results, request.next_token);
    stop_if_dry_run(request);
    auto rows = select_security_groups(session.db(),
                                       {.owner = session.account(),
                                        .region = session.region(),
                                        .ids = named_groups(session, ids, request.group_names),
                                        .filters = filters,
                                        .after = page.after,
                                        .limit = page.sql_limit()});
    DescribeSecurityGroupsResponse response;
    response.next_token = cut_page(page, rows, [](const auto& row) { return row.id.text(); });
    for (const auto& row : rows) {
        response.security_groups.push_back(to_security_group(session, row));
    }
    return response;
}

const Prerequisite kDefaultNetwork{default_network_missing, make_default_network};

void ensure_default_network(Session& session)
{
    if (default_network_missing(session)) {
        make_default_network(session);
    }
}

}  // namespace amilab::ec2
