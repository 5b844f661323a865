#include "server/services/ec2/network/subnets.h"

#include "server/calls/arns.h"
#include "server/services/ec2/common/describe.h"
#include "server/services/ec2/common/resource_tags.h"
#include "server/services/ec2/network/default_network.h"
#include "server/services/ec2/network/errors.h"
#include "server/wire/ec2/network/subnets.h"
#include "server/wire/ec2/schema.h"
#include "storage/metadata/network/network_rows.h"

namespace amilab::ec2 {

namespace {

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
            .subnet_arn = resource_arn(session, "subnet", row.id.text()),
            .subnet_id = row.id.text(),
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

}  // namespace

// Source: EC2 API Reference, DescribeSubnets (documented).
DescribeSubnetsResponse describe_subnets(Session& session, const DescribeSubnetsRequest& request)
{
    const auto ids = parse_ids<SubnetId>(request.subnet_ids);
    const auto filters = parse_filters(kDescribeSubnets, request.filters);
    const auto page = parse_page(session, request.max_results, request.next_token);
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

namespace {

constexpr Operation kOperations[] = {
    read<describe_subnets, kDefaultNetwork>(kDescribeSubnets),
};

constexpr ResourceKind kKinds[] = {
    kind<SubnetId, not_found>("subnet", kTaggableSubnet),
};

}  // namespace

constinit const Family kSubnets{.operations = kOperations, .kinds = kKinds};

}  // namespace amilab::ec2
