#include "storage/metadata/network/route_rows.h"

#include "storage/metadata/network/address_family.h"
#include "storage/metadata/sql/statement.h"

namespace amilab {

void insert_local_route(Database& db, const RouteTableId& table, std::string_view block)
{
    insert_row<kRouteColumns>(db, {.route_table_id = table.text(),
                                   .destination = std::string(block),
                                   .target = std::string(kLocalTarget),
                                   .origin = RouteOrigin::kCreateRouteTable});
}

std::optional<RouteRow> select_route(Database& db, const RouteTableId& table,
                                     std::string_view destination)
{
    return select_row<kRouteColumns>(
        db, "FROM route r WHERE r.route_table_id = ? AND r.destination = ?", table, destination);
}

void update_route_target(Database& db, const RouteRow& row)
{
    Statement(db, "UPDATE route SET target = ? WHERE route_table_id = ? AND destination = ?")
        .execute(row.target, row.route_table_id, row.destination);
}

void delete_route_row(Database& db, const RouteRow& row)
{
    Statement(db, "DELETE FROM route WHERE route_table_id = ? AND destination = ?")
        .execute(row.route_table_id, row.destination);
}

std::vector<std::string> select_destinations_of(Database& db, const VpcId& vpc)
{
    Statement select(db,
                     "SELECT DISTINCT r.destination FROM route r"
                     " JOIN route_table t ON t.id = r.route_table_id"
                     " WHERE t.vpc_id = ? AND r.origin = ?");
    select.bind(vpc, RouteOrigin::kCreateRoute);
    return select.texts();
}

RouteCounts count_routes(Database& db, const RouteTableId& table)
{
    Statement select(db,
                     "SELECT ifnull(SUM(weight) FILTER (WHERE NOT is_ipv6), 0),"
                     " ifnull(SUM(weight) FILTER (WHERE is_ipv6), 0)"
                     " FROM (SELECT ifnull(l.max_entries, 1) AS weight,"
                     " ifnull(l.address_family = ?2, instr(r.destination, ':') > 0) AS is_ipv6"
                     " FROM route r LEFT JOIN prefix_list l ON l.id = r.destination"
                     " WHERE r.route_table_id = ?1)");
    select.bind(table, PrefixListFamily::kIpv6);
    select.step();
    auto row = select.row();
    const auto ipv4 = row.integer();
    return {.ipv4 = ipv4, .ipv6 = row.integer()};
}

}  // namespace amilab
