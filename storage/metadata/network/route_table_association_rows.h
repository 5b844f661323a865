#pragma once

#include <optional>
#include <string>
#include <vector>

#include "storage/metadata/network/network_ids.h"
#include "storage/metadata/sql/children.h"
#include "storage/metadata/sql/database.h"
#include "storage/metadata/sql/listing.h"

namespace amilab {

/// That a subnet goes by a route table, or all subnets of a VPC that have no other, or what comes
/// in by a gateway.
struct RouteTableAssociationRow {
    RouteTableAssociationId id{};
    std::string region{};
    std::string owner{};
    std::string route_table_id{};
    std::optional<SubnetId> subnet_id{};
    std::optional<VpcId> main_of{};
    std::optional<InternetGatewayId> gateway_id{};
};

inline constexpr auto kRouteTableAssociationColumns = columns<RouteTableAssociationRow>(
    "route_table_association", "a", text<&RouteTableAssociationRow::id>("id"),
    text<&RouteTableAssociationRow::region>("region"),
    text<&RouteTableAssociationRow::owner>("owner"),
    text<&RouteTableAssociationRow::route_table_id>("route_table_id"),
    text<&RouteTableAssociationRow::subnet_id>("subnet_id"),
    text<&RouteTableAssociationRow::main_of>("main_of"),
    text<&RouteTableAssociationRow::gateway_id>("gateway_id"));
inline constexpr Listing<RouteTableAssociationRow> kRouteTableAssociationList{
    .key = "a.id", .columns = kRouteTableAssociationColumns};
inline constexpr Children<RouteTableAssociationRow> kAssociationsOfRouteTables{
    .columns = kRouteTableAssociationColumns, .parent = "route_table_id", .order = "id"};

/// The subnet's or the gateway's own association, if it has one.
std::optional<RouteTableAssociationRow> select_route_table_association_of(Database& db,
                                                                          const SubnetId& subnet);
std::optional<RouteTableAssociationRow> select_route_table_association_of(
    Database& db, const InternetGatewayId& gateway);
/// Whether what comes in by a gateway goes by the table.
bool is_gateway_route_table(Database& db, const RouteTableId& table);

}  // namespace amilab
