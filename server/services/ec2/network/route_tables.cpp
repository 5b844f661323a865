#include "server/services/ec2/network/route_tables.h"

#include "server/calls/idempotency.h"
#include "server/services/ec2/common/describe_spec.h"
#include "server/services/ec2/common/own_rows.h"
#include "server/services/ec2/network/default_network.h"
#include "server/services/ec2/network/errors.h"
#include "server/services/ec2/network/vpc_cidr_blocks.h"
#include "server/services/ec2/network/vpcs.h"
#include "server/wire/ec2/network/route_tables.h"
#include "server/wire/ec2/schema.h"
#include "storage/metadata/network/association_state.h"
#include "storage/metadata/network/route_rows.h"
#include "storage/metadata/network/route_table_association_rows.h"

namespace amilab::ec2 {

namespace {

/// Source: the form of associations and routes (observed).
RouteTableAssociation to_answer(const RouteTableAssociationRow& row)
{
    RouteTableAssociation association{
        .association_state = RouteTableAssociationState{.state = std::string(text_of(
                                                            AssociationState::kAssociated))},
        .main = row.main_of.has_value(),
        .route_table_association_id = row.id.text(),
        .route_table_id = row.route_table_id};
    if (row.subnet_id) {
        association.subnet_id = row.subnet_id->text();
    }
    if (row.gateway_id) {
        association.gateway_id = row.gateway_id->text();
    }
    return association;
}

Route to_answer(const RouteRow& row)
{
    Route route;
    route.destination_cidr_block = row.ipv4;
    route.destination_ipv6_cidr_block = row.ipv6;
    route.destination_prefix_list_id = row.prefix_list_id;
    route.egress_only_internet_gateway_id = row.egress_only_gateway_id;
    route.gateway_id = row.gateway_id;
    route.instance_id = row.instance_id;
    route.instance_owner_id = row.instance_owner;
    route.nat_gateway_id = row.nat_gateway_id;
    route.network_interface_id = row.interface_id;
    route.origin = text_of(row.origin);
    route.state = text_of(row.state);
    route.vpc_peering_connection_id = row.peering_id;
    return route;
}

std::vector<RouteTable> to_answers(Session& session, std::vector<RouteTableRow>&& rows)
{
    const auto ids = ids_of(rows);
    const PageTags tags(session, ids);
    const auto associations = select_children<kAssociationsOfRouteTables>(session.db(), ids);
    const auto routes = select_children<kRoutesOfTables>(session.db(), ids);
    std::vector<RouteTable> answers;
    for (const auto& row : rows) {
        const auto& id = row.id.text();
        auto& answer = answers.emplace_back(RouteTable{.owner_id = row.owner,
                                                       .route_table_id = id,
                                                       .tags = tags.of(id),
                                                       .vpc_id = row.vpc_id.text()});
        for (const auto& one :
             children_of(associations, &RouteTableAssociationRow::route_table_id, id)) {
            answer.associations.push_back(to_answer(one));
        }
        for (const auto& one : children_of(routes, &RouteRow::route_table_id, id)) {
            answer.routes.push_back(to_answer(one));
        }
    }
    return answers;
}

constexpr DescribeSpec kDescribe{
    .schema = kDescribeRouteTables,
    .ids = {.member = &DescribeRouteTablesRequest::route_table_ids,
            .check = &check_ids<RouteTableId>,
            .not_with_page = "RouteTableIds",
            .before_filters = true,
            .require = &require_listed<kRouteTableList, RouteTableId, not_found>},
    .select = &select_page<kRouteTableList>,
    .answers = &to_answers,
    .into = &DescribeRouteTablesResponse::route_tables};

CreateRouteTableResponse created_answer(Session& session, const CreateRouteTableRequest& request,
                                        const RouteTableRow& row)
{
    return {.client_token = request.client_token,
            .route_table = to_answers(session, {row}).front()};
}

// Source: EC2 API Reference, CreateRouteTable (documented): with a route to each of the VPC's
// blocks.
CreateRouteTableResponse create_route_table(Session& session,
                                            const CreateRouteTableRequest& request)
{
    const auto vpc_id = parse_id<VpcId>(request.vpc_id);
    const auto tags = parse_tags<RouteTableId>(request.tag_specifications);
    stop_if_dry_run(request);
    if (const auto made = made_before(session, request.kOperation, request.client_token)) {
        return created_answer(session, request,
                              require_route_table(session, RouteTableId::trusted(*made)));
    }
    const auto vpc = require_vpc(session, vpc_id);
    RouteTableRow row{.vpc_id = vpc.id};
    insert_own<kRouteTableColumns>(session, row, tags);
    for (const auto& block : ipv4_blocks_of(session, vpc)) {
        insert_local_route(session.db(), row.id, block.text());
    }
    for (const auto& block : ipv6_blocks_of(session, vpc)) {
        insert_local_route(session.db(), row.id, block.text());
    }
    remember_token(session, request.kOperation, request.client_token, row.id.text());
    return created_answer(session, request, row);
}

// Source: EC2 API Reference, DescribeRouteTables (documented).
DescribeRouteTablesResponse describe_route_tables(Session& session,
                                                  const DescribeRouteTablesRequest& request)
{
    return describe<kDescribe>(session, request);
}

// Source: EC2 API Reference, DeleteRouteTable (documented): no main one, and none that subnets or
// a gateway go by; the text is observed.
DeleteRouteTableResponse delete_route_table(Session& session,
                                            const DeleteRouteTableRequest& request)
{
    const auto id = parse_id<RouteTableId>(request.route_table_id);
    stop_if_dry_run(request);
    require_route_table(session, id);
    if (is_route_table_in_use(session.db(), id)) {
        throw has_dependencies("routeTable", id.text());
    }
    delete_own<kRouteTableColumns>(session, id);
    return {};
}

constexpr Operation kOperations[] = {
    write<create_route_table>(kCreateRouteTable),
    read<describe_route_tables, kDefaultNetwork>(kDescribeRouteTables),
    write<delete_route_table>(kDeleteRouteTable, {.frees_space = true}),
};

constexpr ResourceKind kKinds[] = {
    kind<RouteTableId, not_found>(kTaggableByOwner<kRouteTableColumns>),
};

}  // namespace

RouteTableRow require_route_table(Session& session, const RouteTableId& id)
{
    return require_own<kRouteTableList, RouteTableId, not_found>(session, id);
}

constinit const Family kRouteTables{.operations = kOperations, .kinds = kKinds};

}  // namespace amilab::ec2
