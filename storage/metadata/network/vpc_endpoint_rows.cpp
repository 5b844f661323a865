#include "storage/metadata/network/vpc_endpoint_rows.h"

#include "storage/metadata/sql/statement.h"

namespace amilab {

std::optional<VpcEndpointRow> select_vpc_endpoint(Database& db, const VpcEndpointId& id)
{
    return select_row<kVpcEndpointColumns>(db, "FROM vpc_endpoint e WHERE e.id = ?", id);
}

void update_vpc_endpoint(Database& db, const VpcEndpointRow& row)
{
    Statement(db,
              "UPDATE vpc_endpoint SET state = ?, policy_document = ?, private_dns_enabled = ?"
              " WHERE id = ?")
        .execute(row.state, row.policy_document, row.private_dns_enabled, row.id);
}

void delete_endpoint_route_table(Database& db, const VpcEndpointId& id, const RouteTableId& table)
{
    Statement(db,
              "DELETE FROM vpc_endpoint_route_table WHERE endpoint_id = ? AND route_table_id = ?")
        .execute(id, table);
    Statement(db, "DELETE FROM route WHERE route_table_id = ? AND target = ?").execute(table, id);
}

void delete_endpoint_subnet(Database& db, const VpcEndpointId& id, const SubnetId& subnet)
{
    Statement(db, "DELETE FROM vpc_endpoint_subnet WHERE endpoint_id = ? AND subnet_id = ?")
        .execute(id, subnet);
}

void delete_endpoint_groups(Database& db, const VpcEndpointId& id)
{
    Statement(db, "DELETE FROM vpc_endpoint_group WHERE endpoint_id = ?").execute(id);
}

std::int64_t count_vpc_endpoints(Database& db, const VpcId& vpc, VpcEndpointType type)
{
    Statement select(db, "SELECT COUNT(*) FROM vpc_endpoint WHERE vpc_id = ? AND type = ?");
    select.bind(vpc, type);
    select.step();
    return select.row().integer();
}

bool has_private_dns(Database& db, const VpcEndpointRow& row)
{
    Statement select(db,
                     "SELECT 1 FROM vpc_endpoint WHERE vpc_id = ? AND service_name = ?"
                     " AND private_dns_enabled = 1 AND id <> ?");
    select.bind(row.vpc_id, row.service_name, row.id);
    return select.step();
}

}  // namespace amilab
