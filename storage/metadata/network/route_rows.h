#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "storage/base/vocabulary.h"
#include "storage/metadata/network/route_table_rows.h"
#include "storage/metadata/sql/children.h"
#include "storage/metadata/sql/database.h"

namespace amilab {

/// Source: EC2 API Reference, Route (documented).
enum class RouteOrigin : std::uint8_t { kCreateRouteTable, kCreateRoute };
template <>
inline constexpr auto kWords<RouteOrigin> = words("CreateRouteTable", "CreateRoute");

/// What a route within the VPC leads to.
inline constexpr std::string_view kLocalTarget = "local";

struct RouteRow {
    std::string route_table_id{};
    std::string destination{};
    /// kLocalTarget, or the id of what takes the packets.
    std::string target{};
    RouteOrigin origin = RouteOrigin::kCreateRoute;
    // Read only, as answers and filters have them.
    RouteState state{};
    std::optional<std::string> ipv4{};
    std::optional<std::string> ipv6{};
    std::optional<std::string> prefix_list_id{};
    std::optional<std::string> gateway_id{};
    std::optional<std::string> nat_gateway_id{};
    std::optional<std::string> egress_only_gateway_id{};
    std::optional<std::string> peering_id{};
    std::optional<std::string> interface_id{};
    std::optional<std::string> instance_id{};
    std::optional<std::string> instance_owner{};
};

inline constexpr auto kRouteColumns = columns<RouteRow>(
    "route", "r", text<&RouteRow::route_table_id>("route_table_id"),
    text<&RouteRow::destination>("destination"), text<&RouteRow::target>("target"),
    text<&RouteRow::origin>("origin"), text<&RouteRow::state>("state").as(kRouteState),
    text<&RouteRow::ipv4>("ipv4").as(kRouteIpv4), text<&RouteRow::ipv6>("ipv6").as(kRouteIpv6),
    text<&RouteRow::prefix_list_id>("prefix_list_id").as(kRoutePrefixList),
    text<&RouteRow::gateway_id>("gateway_id").as(kRouteGateway),
    text<&RouteRow::nat_gateway_id>("nat_gateway_id").as(kRouteNatGateway),
    text<&RouteRow::egress_only_gateway_id>("egress_only_gateway_id").as(kRouteEgressOnlyGateway),
    text<&RouteRow::peering_id>("peering_id").as(kRoutePeering),
    text<&RouteRow::interface_id>("interface_id").as(kRouteInterface),
    text<&RouteRow::instance_id>("instance_id").as(kRouteInstance),
    text<&RouteRow::instance_owner>("instance_owner").as(kRouteInstanceOwner));
inline constexpr Children<RouteRow> kRoutesOfTables{
    .columns = kRouteColumns, .parent = "route_table_id", .order = "destination"};

/// A route within the VPC, to one of its blocks, which a table has from the start.
void insert_local_route(Database& db, const RouteTableId& table, std::string_view block);
std::optional<RouteRow> select_route(Database& db, const RouteTableId& table,
                                     std::string_view destination);
void update_route_target(Database& db, const RouteRow& row);
void delete_route_row(Database& db, const RouteRow& row);
/// What the routes of the VPC's tables are for, but for its own blocks.
std::vector<std::string> select_destinations_of(Database& db, const VpcId& vpc);

/// What a table's routes count for: at most so many of each family.
struct RouteCounts {
    std::int64_t ipv4 = 0;
    std::int64_t ipv6 = 0;
};
/// A route for a prefix list counts, in the list's family, as many times as that may have entries.
RouteCounts count_routes(Database& db, const RouteTableId& table);

}  // namespace amilab
