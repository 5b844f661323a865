#include "storage/metadata/network/instance_connect_endpoint_rows.h"

#include "storage/metadata/sql/statement.h"

namespace amilab {

std::optional<InstanceConnectEndpointRow> select_instance_connect_endpoint(
    Database& db, const InstanceConnectEndpointId& id)
{
    return select_row<kInstanceConnectEndpointColumns>(
        db, "FROM instance_connect_endpoint c WHERE c.id = ?", id);
}

void update_instance_connect_endpoint(Database& db, const InstanceConnectEndpointRow& row)
{
    Statement(db,
              "UPDATE instance_connect_endpoint SET state = ?, preserve_client_ip = ?"
              " WHERE id = ?")
        .execute(row.state, row.preserve_client_ip, row.id);
}

bool has_instance_connect_endpoint(Database& db, const VpcId& vpc)
{
    Statement select(db, "SELECT 1 FROM instance_connect_endpoint WHERE vpc_id = ?");
    select.bind(vpc);
    return select.step();
}

}  // namespace amilab
