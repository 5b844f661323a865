#include "storage/metadata/network/route_table_association_rows.h"

namespace amilab {

std::optional<RouteTableAssociationRow> select_route_table_association_of(Database& db,
                                                                          const SubnetId& subnet)
{
    return select_row<kRouteTableAssociationColumns>(
        db, "FROM route_table_association a WHERE a.subnet_id = ?", subnet);
}

}  // namespace amilab
