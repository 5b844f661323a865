#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "storage/base/vocabulary.h"
#include "storage/metadata/instances/instance_state.h"
#include "storage/metadata/network/nat_gateway_rows.h"
#include "storage/metadata/network/network_ids.h"
#include "storage/metadata/network/vpc_endpoint_rows.h"
#include "storage/metadata/network/vpc_peering_connection_rows.h"
#include "storage/metadata/sql/database.h"
#include "storage/metadata/sql/filter.h"
#include "storage/metadata/sql/listing.h"
#include "storage/metadata/sql/sql_text.h"

namespace amilab {

struct RouteTableRow {
    RouteTableId id{};
    std::string region{};
    std::string owner{};
    VpcId vpc_id{};
};

inline constexpr auto kRouteTableColumns = columns<RouteTableRow>(
    "route_table", "t", text<&RouteTableRow::id>("id"), text<&RouteTableRow::region>("region"),
    text<&RouteTableRow::owner>("owner"), text<&RouteTableRow::vpc_id>("vpc_id"));

/// Source: EC2 API Reference, Route (documented).
enum class RouteState : std::uint8_t { kActive, kBlackhole };
template <>
inline constexpr auto kWords<RouteState> = words("active", "blackhole");

// A route leads nowhere whose target has gone: an internet gateway that has another VPC or none, a
// NAT gateway that has failed or is deleted, an interface of no instance that runs, a peering
// connection that is not active.
// Source: EC2 API Reference, Route (documented).
inline constexpr auto kRouteState =
    "iif(CASE substr(r.target, 1, instr(r.target, '-'))"
    " WHEN " +
    sql_id_prefix<InternetGatewayTag> +
    " THEN EXISTS (SELECT 1 FROM internet_gateway w"
    " JOIN route_table rt ON rt.vpc_id = w.vpc_id WHERE w.id = r.target"
    " AND rt.id = r.route_table_id)"
    " WHEN " +
    sql_id_prefix<NatGatewayTag> +
    " THEN EXISTS (SELECT 1 FROM nat_gateway w WHERE w.id = r.target AND w.state IN (" +
    sql_word<NatGatewayState::kPending> + ", " + sql_word<NatGatewayState::kAvailable> +
    "))"
    " WHEN " +
    sql_id_prefix<EgressOnlyGatewayTag> +
    " THEN EXISTS (SELECT 1 FROM egress_only_gateway w WHERE w.id = r.target)"
    " WHEN " +
    sql_id_prefix<VpcPeeringConnectionTag> +
    " THEN EXISTS (SELECT 1 FROM vpc_peering_connection w WHERE w.id = r.target"
    " AND w.state = " +
    sql_word<VpcPeeringState::kActive> +
    ")"
    " WHEN " +
    sql_id_prefix<NetworkInterfaceTag> +
    " THEN EXISTS (SELECT 1 FROM network_interface e"
    " JOIN instance i ON i.id = e.instance_id WHERE e.id = r.target AND i.state = " +
    sql_word<InstanceStateName::kRunning> + ") ELSE 1 END, " + sql_word<RouteState::kActive> +
    ", " + sql_word<RouteState::kBlackhole> + ")";

// What a route leads to, and for what addresses: by kind.
inline constexpr auto kRouteGateway = "iif(r.target = 'local' OR r.target LIKE " +
                                      sql_any_id<InternetGatewayTag> + " OR r.target LIKE " +
                                      sql_any_id<VpcEndpointTag> + ", r.target, NULL)";
template <class Tag>
inline constexpr auto kRouteTo = "iif(r.target LIKE " + sql_any_id<Tag> + ", r.target, NULL)";
inline constexpr auto kRouteNatGateway = kRouteTo<NatGatewayTag>;
inline constexpr auto kRouteEgressOnlyGateway = kRouteTo<EgressOnlyGatewayTag>;
inline constexpr auto kRoutePeering = kRouteTo<VpcPeeringConnectionTag>;
inline constexpr auto kRouteInterface = kRouteTo<NetworkInterfaceTag>;
inline constexpr std::string_view kRouteInstance =
    "(SELECT e.instance_id FROM network_interface e WHERE e.id = r.target)";
inline constexpr std::string_view kRouteInstanceOwner =
    "(SELECT e.owner FROM network_interface e WHERE e.id = r.target"
    " AND e.instance_id IS NOT NULL)";
inline constexpr std::string_view kRouteIpv4 =
    "iif(instr(r.destination, '.') > 0, r.destination, NULL)";
inline constexpr std::string_view kRouteIpv6 =
    "iif(instr(r.destination, ':') > 0, r.destination, NULL)";
inline constexpr auto kRoutePrefixList =
    "iif(r.destination LIKE " + sql_any_id<PrefixListTag> + ", r.destination, NULL)";
inline constexpr std::string_view kOfAssociations =
    "EXISTS (SELECT 1 FROM route_table_association a WHERE a.route_table_id = t.id AND ";
inline constexpr std::string_view kOfRoutes =
    "EXISTS (SELECT 1 FROM route r WHERE r.route_table_id = t.id AND ";
inline constexpr FilterColumn kRouteTableFilters[] = {
    {"association.gateway-id", "a.gateway_id", kOfAssociations, ")"},
    {"association.main", "iif(a.main_of IS NULL, 'false', 'true')", kOfAssociations, ")"},
    {"association.route-table-association-id", "a.id", kOfAssociations, ")"},
    {"association.route-table-id", "a.route_table_id", kOfAssociations, ")"},
    {"association.subnet-id", "a.subnet_id", kOfAssociations, ")"},
    {"owner-id", "owner"},
    {"route-table-id", "id"},
    {"route.destination-cidr-block", kRouteIpv4, kOfRoutes, ")"},
    {"route.destination-ipv6-cidr-block", kRouteIpv6, kOfRoutes, ")"},
    {"route.destination-prefix-list-id", kRoutePrefixList, kOfRoutes, ")"},
    {"route.egress-only-internet-gateway-id", kRouteEgressOnlyGateway, kOfRoutes, ")"},
    {"route.gateway-id", kRouteGateway, kOfRoutes, ")"},
    {"route.instance-id", kRouteInstance, kOfRoutes, ")"},
    {"route.nat-gateway-id", kRouteNatGateway, kOfRoutes, ")"},
    {"route.origin", "r.origin", kOfRoutes, ")"},
    {"route.state", kRouteState, kOfRoutes, ")"},
    {"route.vpc-peering-connection-id", kRoutePeering, kOfRoutes, ")"},
    {"vpc-id", "vpc_id"},
};
inline constexpr Listing<RouteTableRow> kRouteTableList{
    .key = "t.id", .columns = kRouteTableColumns, .filters = kRouteTableFilters};

/// The table that the VPC's subnets go by unless they have another.
std::optional<RouteTableRow> select_main_route_table(Database& db, const VpcId& vpc);
/// Whether subnets or a gateway go by the table, or it is a main one.
bool is_route_table_in_use(Database& db, const RouteTableId& id);

}  // namespace amilab
