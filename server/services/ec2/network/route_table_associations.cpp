#include "server/services/ec2/network/route_table_associations.h"

#include <fmt/format.h>

#include "server/services/ec2/common/describe.h"
#include "server/services/ec2/common/own_rows.h"
#include "server/services/ec2/network/errors.h"
#include "server/services/ec2/network/route_destinations.h"
#include "server/services/ec2/network/route_tables.h"
#include "server/services/ec2/network/routes.h"
#include "server/services/ec2/network/subnets.h"
#include "server/wire/ec2/network/route_table_associations.h"
#include "server/wire/ec2/schema.h"
#include "storage/metadata/network/association_state.h"
#include "storage/metadata/network/route_rows.h"
#include "storage/metadata/network/route_table_association_rows.h"

namespace amilab::ec2 {

namespace {

RouteTableAssociationRow require_association(Session& session, const std::string& id)
{
    return require_own<kRouteTableAssociationList, RouteTableAssociationId, not_found>(
        session, parse_id<RouteTableAssociationId>(id));
}

void insert_association(Session& session, RouteTableAssociationRow& row)
{
    make_own(session, row);
    insert_row<kRouteTableAssociationColumns>(session.db(), row);
}

RouteTableAssociationState associated()
{
    return {.state = std::string(text_of(AssociationState::kAssociated)), .status_message = {}};
}

/// The association that is there already, or a new one. Source: repeated for the table that a
/// subnet has, the call tells the same association, for another one it is refused (observed); of
/// gateways assumed.
AssociateRouteTableResponse associate(Session& session, RouteTableAssociationRow row,
                                      const std::optional<RouteTableAssociationRow>& present)
{
    if (!present) {
        insert_association(session, row);
        return {.association_id = row.id.text(), .association_state = associated()};
    }
    if (present->route_table_id != row.route_table_id) {
        throw ApiError("Resource.AlreadyAssociated",
                       fmt::format("the specified association for route table {} conflicts "
                                   "with an existing association",
                                   row.route_table_id));
    }
    return {.association_id = present->id.text(), .association_state = associated()};
}

void refuse_other_network(const RouteTableRow& table, const SubnetRow& subnet)
{
    if (table.vpc_id != subnet.vpc_id) {
        throw of_different_networks("Route table " + table.id.text(),
                                    "network subnet " + subnet.id.text());
    }
}

/// The gateway by that text, which may go by the table: it is attached to the table's VPC, and no
/// route of the table leads elsewhere.
InternetGatewayId require_fitting_gateway(Session& session, const RouteTableRow& table,
                                          const std::string& text)
{
    auto id = require_gateway_of(session, table, text);
    for (const auto& route : select_children<kRoutesOfTables>(session.db(), {table.id.text()})) {
        require_fits_gateway(session, table, route.destination, route.target);
    }
    return id;
}

AssociateRouteTableResponse associate_gateway(Session& session, const RouteTableRow& table,
                                              const std::string& text)
{
    const auto gateway = require_fitting_gateway(session, table, text);
    RouteTableAssociationRow row;
    row.route_table_id = table.id.text();
    row.gateway_id = gateway;
    return associate(session, std::move(row),
                     select_route_table_association_of(session.db(), gateway));
}

AssociateRouteTableResponse associate_subnet(Session& session, const RouteTableRow& table,
                                             const SubnetId& id)
{
    const auto subnet = require_subnet_row(session, id);
    refuse_other_network(table, subnet);
    RouteTableAssociationRow row;
    row.route_table_id = table.id.text();
    row.subnet_id = subnet.id;
    return associate(session, std::move(row),
                     select_route_table_association_of(session.db(), subnet.id));
}

// Source: EC2 API Reference, AssociateRouteTable (documented): with a subnet, or a gateway.
AssociateRouteTableResponse associate_route_table(Session& session,
                                                  const AssociateRouteTableRequest& request)
{
    const auto table_id = parse_id<RouteTableId>(request.route_table_id);
    const bool is_of_gateway = is_given(request.gateway_id);
    if (is_given(request.subnet_id) == is_of_gateway) {
        throw is_of_gateway ? parameters_not_together("subnetId", "gatewayId")
                            : missing_parameter("SubnetId");
    }
    std::optional<SubnetId> subnet_id;
    if (!is_of_gateway) {
        subnet_id = parse_id<SubnetId>(*request.subnet_id);
    }
    stop_if_dry_run(request);
    const auto table = require_route_table(session, table_id);
    return subnet_id ? associate_subnet(session, table, *subnet_id)
                     : associate_gateway(session, table, *request.gateway_id);
}

// Source: EC2 API Reference, DisassociateRouteTable (documented); the text is observed.
DisassociateRouteTableResponse disassociate_route_table(
    Session& session, const DisassociateRouteTableRequest& request)
{
    parse_id<RouteTableAssociationId>(request.association_id);
    stop_if_dry_run(request);
    const auto association = require_association(session, request.association_id);
    if (association.main_of) {
        throw invalid_parameter_value(fmt::format(
            "cannot disassociate the main route table association {}", association.id.text()));
    }
    delete_row<kRouteTableAssociationColumns>(session.db(), association.id);
    return {};
}

// Source: EC2 API Reference, ReplaceRouteTableAssociation (documented): of a subnet or a gateway,
// or which table is the main one.
ReplaceRouteTableAssociationResponse replace_route_table_association(
    Session& session, const ReplaceRouteTableAssociationRequest& request)
{
    parse_id<RouteTableAssociationId>(request.association_id);
    const auto table_id = parse_id<RouteTableId>(request.route_table_id);
    stop_if_dry_run(request);
    auto association = require_association(session, request.association_id);
    const auto table = require_route_table(session, table_id);
    if (association.subnet_id) {
        refuse_other_network(table, require_subnet_row(session, *association.subnet_id));
    } else if (association.gateway_id) {
        require_fitting_gateway(session, table, association.gateway_id->text());
    } else if (association.main_of != table.vpc_id) {
        throw of_different_networks("Route table " + table.id.text(),
                                    "network " + association.main_of->text());
    }
    delete_row<kRouteTableAssociationColumns>(session.db(), association.id);
    association.route_table_id = table.id.text();
    insert_association(session, association);
    return {.association_state = associated(), .new_association_id = association.id.text()};
}

constexpr Operation kOperations[] = {
    write<associate_route_table>(kAssociateRouteTable),
    write<disassociate_route_table>(kDisassociateRouteTable, {.frees_space = true}),
    write<replace_route_table_association>(kReplaceRouteTableAssociation),
};

}  // namespace

constinit const Family kRouteTableAssociations{.operations = kOperations};

}  // namespace amilab::ec2
