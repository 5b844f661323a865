#include "server/services/ec2/instances/launch_place.h"

#include <algorithm>

#include "server/services/ec2/common/errors.h"
#include "server/services/ec2/common/zones.h"
#include "server/services/ec2/instance_types/launch_types.h"
#include "server/services/ec2/instances/errors.h"
#include "server/services/ec2/instances/host_placement.h"
#include "server/services/ec2/network/errors.h"
#include "server/services/ec2/network/new_interfaces.h"
#include "storage/metadata/network/subnet_rows.h"
#include "storage/metadata/network/vpc_rows.h"

namespace amilab::ec2 {

namespace {

/// Throws unless there is a default subnet, and one in the zone where one is wanted.
void require_default_subnet(Session& session, const std::optional<std::string>& zone)
{
    const auto vpc = select_default_vpc(session.db(), session.account(), session.region());
    if (!vpc) {
        throw no_default_vpc();
    }
    if (!has_default_subnet(session.db(), vpc->id, zone)) {
        throw zone ? no_default_subnet(*zone) : no_default_subnets(vpc->id);
    }
}

/// Source: Packer sends the zone empty when it was told none (observed), and the subnet (assumed);
/// its name or its id, not both (documented); else that of the host that it names (assumed).
std::optional<std::string> placement_zone(Session& session, const RunInstancesRequest& request)
{
    if (!request.placement) {
        return std::nullopt;
    }
    const auto& place = *request.placement;
    auto zone = said_zone(session, place.availability_zone, place.availability_zone_id);
    return zone ? zone : zone_of_host(session, place.host_id);
}

/// The subnet that the request names, itself or by its first interface.
std::optional<LaunchSubnet> named_subnet(Session& session, const RunInstancesRequest& request)
{
    if (is_given(request.subnet_id)) {
        return require_launch_subnet(session, parse_id<SubnetId>(*request.subnet_id));
    }
    for (const auto& one : request.network_interfaces) {
        if (one.device_index != 0 || one.network_card_index.value_or(0) != 0) {
            continue;
        }
        if (is_given(one.network_interface_id)) {
            const auto id = parse_id<NetworkInterfaceId>(*one.network_interface_id);
            return subnet_of(session, require_attachable_interface(session, id));
        }
        if (is_given(one.subnet_id)) {
            return require_launch_subnet(session, parse_id<SubnetId>(*one.subnet_id));
        }
    }
    return std::nullopt;
}

}  // namespace

std::optional<std::string> named_zone(Session& session, const RunInstancesRequest& request)
{
    const auto zone = placement_zone(session, request);
    const auto subnet = named_subnet(session, request);
    if (!subnet) {
        return zone;
    }
    if (zone && *zone != subnet->zone) {
        throw subnet_in_other_zone(*zone, subnet->id, subnet->zone);
    }
    return subnet->zone;
}

std::vector<LaunchSubnet> choose_subnets(Session& session, const RunInstancesRequest& request,
                                         const LaunchTypeRow& type)
{
    if (is_given(request.subnet_id)) {
        auto subnet = require_launch_subnet(session, parse_id<SubnetId>(*request.subnet_id));
        require_offered(session, type, subnet.zone);
        return {std::move(subnet)};
    }
    const auto zone = placement_zone(session, request);
    if (zone) {
        require_offered(session, type, *zone);
    }
    auto subnets =
        select_launch_subnets(session.db(), session.account(), session.region(), type.name);
    if (zone) {
        std::erase_if(subnets, [&](const LaunchSubnet& one) { return one.zone != *zone; });
    }
    if (subnets.empty()) {
        require_default_subnet(session, zone);
        throw unsupported_configuration();
    }
    // Those of IPv6 alone where there are no others (assumed).
    if (!std::ranges::all_of(subnets, &LaunchSubnet::ipv6_native)) {
        std::erase_if(subnets, [](const LaunchSubnet& one) { return one.ipv6_native; });
    }
    return subnets;
}

}  // namespace amilab::ec2
