#include "server/services/ec2/network/vpcs.h"

#include "server/services/ec2/common/describe.h"
#include "server/services/ec2/common/resource_tags.h"
#include "server/services/ec2/network/default_network.h"
#include "server/services/ec2/network/errors.h"
#include "server/wire/ec2/network/vpcs.h"
#include "server/wire/ec2/schema.h"
#include "storage/metadata/network/network_rows.h"

namespace amilab::ec2 {

namespace {

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

// Source: EC2 API Reference, DescribeVpcs (documented); ids together with MaxResults are taken
// (assumed: the documentation forbids it elsewhere, not here).
DescribeVpcsResponse describe_vpcs(Session& session, const DescribeVpcsRequest& request)
{
    const auto ids = parse_ids<VpcId>(request.vpc_ids);
    const auto filters = parse_filters(kDescribeVpcs, request.filters);
    const auto page = parse_page(session, request.max_results, request.next_token);
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

namespace {

constexpr Operation kOperations[] = {
    read<describe_vpcs, kDefaultNetwork>(kDescribeVpcs),
};

constexpr ResourceKind kKinds[] = {
    kind<VpcId, not_found>("vpc", kTaggableVpc),
};

}  // namespace

constinit const Family kVpcs{.operations = kOperations, .kinds = kKinds};

}  // namespace amilab::ec2
