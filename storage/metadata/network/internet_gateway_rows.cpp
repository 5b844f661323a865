#include "storage/metadata/network/internet_gateway_rows.h"

#include "storage/metadata/sql/statement.h"

namespace amilab {

bool attach_internet_gateway(Database& db, const InternetGatewayId& id, const VpcId& vpc)
{
    Statement(db, "UPDATE OR IGNORE internet_gateway SET vpc_id = ? WHERE id = ?").execute(vpc, id);
    return db.changes() == 1;
}

bool has_internet_gateway(Database& db, const VpcId& vpc)
{
    Statement select(db, "SELECT 1 FROM internet_gateway WHERE vpc_id = ?");
    select.bind(vpc);
    return select.step();
}

void detach_internet_gateway(Database& db, const InternetGatewayId& id)
{
    Statement(db, "UPDATE internet_gateway SET vpc_id = NULL WHERE id = ?").execute(id);
}

}  // namespace amilab
