#include "server/services/ec2/network/routes.h"

#include <algorithm>

#include <fmt/format.h>

#include "server/services/ec2/common/describe.h"
#include "server/services/ec2/common/errors.h"
#include "server/services/ec2/common/own_rows.h"
#include "server/services/ec2/network/egress_only_gateways.h"
#include "server/services/ec2/network/errors.h"
#include "server/services/ec2/network/managed_prefix_lists.h"
#include "server/services/ec2/network/nat_gateways.h"
#include "server/services/ec2/network/new_interfaces.h"
#include "server/services/ec2/network/route_destinations.h"
#include "server/services/ec2/network/route_tables.h"
#include "server/services/ec2/network/vpc_peering_connections.h"
#include "server/wire/ec2/network/routes.h"
#include "server/wire/ec2/schema.h"
#include "storage/metadata/instances/instance_rows.h"
#include "storage/metadata/network/internet_gateway_rows.h"
#include "storage/metadata/network/ipv4_block.h"
#include "storage/metadata/network/ipv6_block.h"
#include "storage/metadata/network/route_rows.h"
#include "storage/metadata/network/route_table_association_rows.h"
#include "storage/metadata/network/vpc_endpoint_rows.h"

namespace amilab::ec2 {

namespace {

// Source: a quota may be raised to 1,000, of each family; a prefix list counts as many as it may
// have entries (documented, VPC User Guide, "Amazon VPC quotas").
constexpr std::int64_t kMostRoutes = 1000;

/// The destination of the request in its canonical form, which AWS modifies it to (documented).
template <class Request>
std::string parse_destination(const Request& request)
{
    const bool is_ipv6 = is_given(request.destination_ipv6_cidr_block);
    const bool is_list = is_given(request.destination_prefix_list_id);
    if (int{is_ipv6} + int{is_list} + int{is_given(request.destination_cidr_block)} > 1) {
        throw invalid_parameter_combination(
            "The request must contain exactly one of destinationCidrBlock, "
            "destinationIpv6CidrBlock, destinationPrefixListId");
    }
    if (is_list) {
        return parse_id<ManagedPrefixListId>(*request.destination_prefix_list_id).text();
    }
    if (is_ipv6) {
        return parse_cidr_block<Ipv6Block>(*request.destination_ipv6_cidr_block,
                                           "destinationIpv6CidrBlock")
            .text();
    }
    if (!is_given(request.destination_cidr_block)) {
        throw missing_parameter("destinationCidrBlock");
    }
    return parse_cidr_block<Ipv4Block>(*request.destination_cidr_block, "destinationCidrBlock")
        .text();
}

bool is_prefix_list(const std::string& destination)
{
    return has_id_prefix(destination, PrefixListTag::kPrefix);
}

/// What a request says a route leads to: one of these.
struct TargetWish {
    /// Not read yet: gateways of several kinds could be meant.
    std::optional<std::string> gateway{};
    std::optional<NatGatewayId> nat_gateway{};
    std::optional<EgressOnlyGatewayId> egress_only_gateway{};
    std::optional<NetworkInterfaceId> interface_id{};
    std::optional<InstanceId> instance{};
    std::optional<VpcPeeringConnectionId> peering{};
};

template <class IdType>
int take_id(const std::optional<std::string>& text, std::optional<IdType>& id)
{
    if (!is_given(text)) {
        return 0;
    }
    id = parse_id<IdType>(*text);
    return 1;
}

/// How many targets the request names, and which.
template <class Request>
int parse_targets(const Request& request, TargetWish& wish)
{
    if (is_given(request.gateway_id)) {
        wish.gateway = request.gateway_id;
    }
    return int{wish.gateway.has_value()} + take_id(request.nat_gateway_id, wish.nat_gateway) +
           take_id(request.egress_only_internet_gateway_id, wish.egress_only_gateway) +
           take_id(request.network_interface_id, wish.interface_id) +
           take_id(request.instance_id, wish.instance) +
           take_id(request.vpc_peering_connection_id, wish.peering);
}

ApiError not_one_target(std::string_view more)
{
    return invalid_parameter_combination(
        fmt::format("The request must contain exactly one of gatewayId, natGatewayId, "
                    "networkInterfaceId, vpcPeeringConnectionId, egressOnlyInternetGatewayId, "
                    "instanceId{}",
                    more));
}

/// Throws unless what the route leads to is of the table's VPC. Source: documented; the text is
/// observed.
void require_same_network(const RouteTableRow& table, const std::optional<VpcId>& vpc,
                          std::string_view target)
{
    if (vpc != table.vpc_id) {
        throw of_different_networks("route table " + table.id.text(), target);
    }
}

// Source: one that is failed or deleted is not found (assumed).
std::string nat_gateway_target(Session& session, const RouteTableRow& table, const NatGatewayId& id)
{
    const auto gateway = require_nat_gateway(session, id);
    if (gateway.state != NatGatewayState::kPending &&
        gateway.state != NatGatewayState::kAvailable) {
        throw incorrect_state(id.text(), gateway.state);
    }
    require_same_network(table, gateway.vpc_id, "natGateway " + id.text());
    return id.text();
}

std::string egress_only_target(Session& session, const RouteTableRow& table,
                               const EgressOnlyGatewayId& id)
{
    const auto gateway = require_egress_only_gateway(session, id);
    require_same_network(table, gateway.vpc_id, "egress-only internet gateway " + id.text());
    return id.text();
}

std::string interface_target(const RouteTableRow& table, const NetworkInterfaceRow& row)
{
    require_same_network(table, row.vpc_id, "interface " + row.id.text());
    return row.id.text();
}

/// Source: the instance's one interface is the target (documented); the refusal is observed.
std::string instance_target(Session& session, const RouteTableRow& table, const InstanceId& id)
{
    if (!instance_exists(session.db(), session.account(), session.region(), id)) {
        throw not_found(id);
    }
    return interface_target(table, the_interface(session, id));
}

/// Source: one that waits to be accepted is taken too, and the route leads nowhere until it is
/// active (documented, VPC Peering Guide); the refusal of others is assumed.
std::string peering_target(Session& session, const RouteTableRow& table,
                           const VpcPeeringConnectionId& id)
{
    const auto peering = require_vpc_peering_connection(session, id);
    if (!peering.is_standing()) {
        throw incorrect_state(id.text(), peering.state);
    }
    const auto& vpc = table.vpc_id == peering.requester_vpc_id ? peering.requester_vpc_id
                                                               : peering.accepter_vpc_id;
    require_same_network(table, vpc, "VPC peering connection " + id.text());
    return id.text();
}

/// Source: NAT gateways are for IPv4 and for the IPv6 addresses that stand for IPv4 ones,
/// egress-only ones for IPv6 (documented), the text is assumed.
void require_family(const TargetWish& wish, const std::string& destination)
{
    if (is_prefix_list(destination)) {
        return;  // which family that is of is not known yet
    }
    if ((wish.nat_gateway && is_ipv6_text(destination) && !is_nat64(destination)) ||
        (wish.egress_only_gateway && !is_ipv6_text(destination))) {
        throw invalid_parameter_value(fmt::format(
            "The destination {} is not valid for the target of the route.", destination));
    }
}

std::string require_target(Session& session, const RouteTableRow& table, const TargetWish& wish)
{
    if (wish.gateway) {
        return require_gateway_of(session, table, *wish.gateway).text();
    }
    if (wish.nat_gateway) {
        return nat_gateway_target(session, table, *wish.nat_gateway);
    }
    if (wish.egress_only_gateway) {
        return egress_only_target(session, table, *wish.egress_only_gateway);
    }
    if (wish.interface_id) {
        return interface_target(table, require_interface(session, *wish.interface_id));
    }
    if (wish.peering) {
        return peering_target(session, table, *wish.peering);
    }
    return instance_target(session, table, *wish.instance);
}

/// Throws unless the route may be in the table.
void require_route_fits(Session& session, const RouteTableRow& table,
                        const std::string& destination, const std::string& target)
{
    require_target_within(session, table, destination, target);
    if (is_gateway_route_table(session.db(), table.id)) {
        require_fits_gateway(session, table, destination, target);
    }
}

/// Throws when the route that is there leads elsewhere. Source: a call that is repeated succeeds,
/// and the refusal of another target is RouteAlreadyExists (observed).
void require_same_target(Session& session, const RouteRow& row)
{
    const auto present =
        select_route(session.db(), RouteTableId::trusted(row.route_table_id), row.destination);
    if (!present || present->target != row.target) {
        throw ApiError("RouteAlreadyExists",
                       fmt::format("The route identified by {} already exists.", row.destination));
    }
}

// Source: EC2 API Reference, CreateRoute (documented); the refusals are observed.
CreateRouteResponse create_route(Session& session, const CreateRouteRequest& request)
{
    const auto id = parse_id<RouteTableId>(request.route_table_id);
    const auto destination = parse_destination(request);
    refuse_reserved_destination(destination);
    TargetWish wish;
    if (parse_targets(request, wish) != 1) {
        throw not_one_target("");
    }
    require_family(wish, destination);
    stop_if_dry_run(request);
    const auto table = require_route_table(session, id);
    if (is_prefix_list(destination)) {
        require_prefix_list(session, ManagedPrefixListId::trusted(destination));
    }
    const RouteRow row{.route_table_id = id.text(),
                       .destination = destination,
                       .target = require_target(session, table, wish)};
    require_route_fits(session, table, row.destination, row.target);
    if (!insert_unless_there<kRouteColumns>(session.db(), row)) {
        require_same_target(session, row);
        return {.return_value = true};
    }
    if (has_too_many_routes(session, id)) {
        throw ApiError("RouteLimitExceeded",
                       fmt::format("The maximum number of routes for route table {} has been "
                                   "reached.",
                                   id.text()));
    }
    return {.return_value = true};
}

/// Source: routes of gateway endpoints come and go with these alone (documented, PrivateLink
/// Guide); the text is observed of DeleteRoute.
bool is_of_endpoint(const RouteRow& route)
{
    return has_id_prefix(route.target, VpcEndpointTag::kPrefix);
}

/// Whether the VPC's own routes may lead there instead. Source: to an interface or a NAT gateway
/// (documented, VPC User Guide, "Replace or restore the target for a local route").
bool is_target_of_local_route(const TargetWish& wish)
{
    return wish.interface_id || wish.instance || wish.nat_gateway;
}

// Source: EC2 API Reference, ReplaceRoute (documented): a target, or LocalTarget, which the VPC's
// own routes go back to; the refusals are observed.
ReplaceRouteResponse replace_route(Session& session, const ReplaceRouteRequest& request)
{
    const auto id = parse_id<RouteTableId>(request.route_table_id);
    const auto destination = parse_destination(request);
    const bool is_local = request.local_target.value_or(false);
    TargetWish wish;
    if (parse_targets(request, wish) + int{is_local} != 1) {
        throw not_one_target(", localTarget");
    }
    require_family(wish, destination);
    stop_if_dry_run(request);
    const auto table = require_route_table(session, id);
    auto route = select_route(session.db(), id, destination);
    if (!route) {
        throw invalid_parameter_value(
            fmt::format("There is no route defined for '{}' in the route table. Use CreateRoute "
                        "instead.",
                        destination));
    }
    const bool is_own = route->origin == RouteOrigin::kCreateRouteTable;
    const bool may_be = is_own ? is_local || is_target_of_local_route(wish) : !is_local;
    if (!may_be || is_of_endpoint(*route)) {
        throw invalid_parameter_value(fmt::format(
            "cannot replace the target of route {} in route table {}", destination, id.text()));
    }
    route->target = is_local ? std::string(kLocalTarget) : require_target(session, table, wish);
    if (!is_local) {
        require_route_fits(session, table, route->destination, route->target);
    }
    update_route_target(session.db(), *route);
    return {};
}

// Source: EC2 API Reference, DeleteRoute (documented); the texts are observed.
DeleteRouteResponse delete_route(Session& session, const DeleteRouteRequest& request)
{
    const auto id = parse_id<RouteTableId>(request.route_table_id);
    const auto destination = parse_destination(request);
    stop_if_dry_run(request);
    require_route_table(session, id);
    const auto route = select_route(session.db(), id, destination);
    if (!route) {
        throw ApiError("InvalidRoute.NotFound",
                       fmt::format("no route with destination-cidr-block {} in route table {}",
                                   destination, id.text()));
    }
    if (route->origin == RouteOrigin::kCreateRouteTable) {
        throw invalid_parameter_value(
            fmt::format("cannot remove local route {} in route table {}", destination, id.text()));
    }
    if (is_of_endpoint(*route)) {
        throw invalid_parameter_value(fmt::format(
            "cannot remove VPC endpoint route {} in route table {}", destination, id.text()));
    }
    delete_route_row(session.db(), *route);
    return {};
}

constexpr Operation kOperations[] = {
    write<create_route>(kCreateRoute),
    write<replace_route>(kReplaceRoute),
    write<delete_route>(kDeleteRoute, {.frees_space = true}),
};

}  // namespace

// Source: "The gateway ID 'local' does not exist" (observed); of ids of all kinds alike, and of
// gateways that are not served (assumed).
InternetGatewayId require_gateway_of(Session& session, const RouteTableRow& table,
                                     const std::string& text)
{
    auto id = InternetGatewayId::from_text(text);
    const auto gateway =
        id ? find_own<kInternetGatewayList, &InternetGatewayRow::id>(session, *id) : std::nullopt;
    if (!gateway) {
        throw ApiError("InvalidGatewayID.NotFound",
                       fmt::format("The gateway ID '{}' does not exist", text));
    }
    require_same_network(table, gateway->vpc_id, "network gateway " + text);
    return std::move(*id);
}

bool has_too_many_routes(Session& session, const RouteTableId& table)
{
    const auto counts = count_routes(session.db(), table);
    return std::max(counts.ipv4, counts.ipv6) > kMostRoutes;
}

constinit const Family kRoutes{.operations = kOperations};

}  // namespace amilab::ec2
