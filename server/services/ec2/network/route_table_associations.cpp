#include "server/services/ec2/network/route_table_associations.h"

#include <fmt/format.h>

#include "server/services/ec2/common/describe.h"
#include "server/services/ec2/common/own_rows.h"
#include "server/services/ec2/network/errors.h"
#include "server/services/ec2/network/route_tables.h"
#include "server/services/ec2/network/subnets.h"
#include "server/wire/ec2/network/route_table_associations.h"
#include "server/wire/ec2/schema.h"
#include "storage/metadata/network/association_state.h"
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

void refuse_other_network(const RouteTableRow& table, const SubnetRow& subnet)
{
    if (table.vpc_id != subnet.vpc_id) {
        throw of_different_networks("Route table " + table.id.text(),
                                    "network subnet " + subnet.id.text());
    }
}

// Source: EC2 API Reference, AssociateRouteTable (documented); repeated for the table that the
// subnet has, it tells the same association, for another one it is refused (observed).
AssociateRouteTableResponse associate_route_table(Session& session,
                                                  const AssociateRouteTableRequest& request)
{
    const auto table_id = parse_id<RouteTableId>(request.route_table_id);
    const auto subnet_id = parse_id<SubnetId>(request.subnet_id);
    stop_if_dry_run(request);
    const auto table = require_route_table(session, table_id);
    const auto subnet = require_subnet_row(session, subnet_id);
    refuse_other_network(table, subnet);
    if (const auto present = select_route_table_association_of(session.db(), subnet.id)) {
        if (present->route_table_id != table.id.text()) {
            throw ApiError("Resource.AlreadyAssociated",
                           fmt::format("the specified association for route table {} conflicts "
                                       "with an existing association",
                                       table.id.text()));
        }
        return {.association_id = present->id.text(), .association_state = associated()};
    }
    RouteTableAssociationRow row{
        .route_table_id = table.id.text(), .subnet_id = subnet.id, .main_of = {}};
    insert_association(session, row);
    return {.association_id = row.id.text(), .association_state = associated()};
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

// Source: EC2 API Reference, ReplaceRouteTableAssociation (documented): of a subnet, or which table
// is the main one.
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
