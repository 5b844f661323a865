#include "storage/metadata/network/nat_gateway_rows.h"

#include "storage/metadata/sql/statement.h"

namespace amilab {

std::optional<NatGatewayRow> select_nat_gateway(Database& db, const NatGatewayId& id)
{
    return select_row<kNatGatewayColumns>(db, "FROM nat_gateway n WHERE n.id = ?", id);
}

void update_nat_gateway(Database& db, const NatGatewayRow& row)
{
    Statement(db,
              "UPDATE nat_gateway SET state = ?, delete_time_ms = ?, interface_id = ? WHERE id = ?")
        .execute(row.state, row.delete_time_ms, row.interface_id, row.id);
}

}  // namespace amilab
