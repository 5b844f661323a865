#include "storage/metadata/network/vpc_cidr_block_rows.h"

#include "storage/metadata/network/route_rows.h"
#include "storage/metadata/sql/statement.h"

namespace amilab {

bool is_ipv6_block_taken(Database& db, std::string_view block)
{
    Statement select(db, "SELECT 1 FROM vpc_cidr_block WHERE cidr_block = ? AND family = ?");
    select.bind(block, AddressFamily::kIpv6);
    return select.step();
}

bool has_ipv6_block(Database& db, const VpcId& vpc)
{
    Statement select(db, "SELECT 1 FROM vpc_cidr_block WHERE vpc_id = ? AND family = ?");
    select.bind(vpc, AddressFamily::kIpv6);
    return select.step();
}

void insert_local_routes(Database& db, const VpcId& vpc, std::string_view block)
{
    Statement(db,
              "INSERT OR REPLACE INTO route (route_table_id, destination, target, origin)"
              " SELECT id, ?, ?, ? FROM route_table WHERE vpc_id = ?")
        .execute(block, kLocalTarget, RouteOrigin::kCreateRouteTable, vpc);
}

void delete_local_routes(Database& db, const VpcId& vpc, std::string_view block)
{
    Statement(db,
              "DELETE FROM route WHERE destination = ? AND origin = ? AND route_table_id IN"
              " (SELECT id FROM route_table WHERE vpc_id = ?)")
        .execute(block, RouteOrigin::kCreateRouteTable, vpc);
}

}  // namespace amilab
