#include "storage/metadata/network/route_table_rows.h"

#include "storage/metadata/sql/statement.h"

namespace amilab {

std::optional<RouteTableRow> select_main_route_table(Database& db, const VpcId& vpc)
{
    return select_row<kRouteTableColumns>(
        db,
        "FROM route_table_association a JOIN route_table t ON t.id = a.route_table_id"
        " WHERE a.main_of = ?",
        vpc);
}

bool is_route_table_in_use(Database& db, const RouteTableId& id)
{
    Statement select(db, "SELECT 1 FROM route_table_association WHERE route_table_id = ?");
    select.bind(id);
    return select.step();
}

}  // namespace amilab
