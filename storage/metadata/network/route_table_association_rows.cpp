#include "storage/metadata/network/route_table_association_rows.h"

#include "storage/metadata/sql/statement.h"

namespace amilab {

std::optional<RouteTableAssociationRow> select_route_table_association_of(Database& db,
                                                                          const SubnetId& subnet)
{
    return select_row<kRouteTableAssociationColumns>(
        db, "FROM route_table_association a WHERE a.subnet_id = ?", subnet);
}

std::optional<RouteTableAssociationRow> select_route_table_association_of(
    Database& db, const InternetGatewayId& gateway)
{
    return select_row<kRouteTableAssociationColumns>(
        db, "FROM route_table_association a WHERE a.gateway_id = ?", gateway);
}

bool is_gateway_route_table(Database& db, const RouteTableId& table)
{
    Statement select(db,
                     "SELECT 1 FROM route_table_association"
                     " WHERE route_table_id = ? AND gateway_id IS NOT NULL");
    select.bind(table);
    return select.step();
}

}  // namespace amilab
