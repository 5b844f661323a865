#include "server/services/ec2/instances/launch_place.h"

#include <algorithm>

#include "server/services/ec2/common/errors.h"
#include "server/services/ec2/instance_types/launch_types.h"
#include "server/services/ec2/instances/errors.h"
#include "server/services/ec2/network/errors.h"
#include "storage/metadata/network/security_group_rows.h"
#include "storage/metadata/regions/region_rows.h"

namespace amilab::ec2 {

namespace {

LaunchSubnet require_subnet(Session& session, const std::string& text)
{
    const auto id = parse_id<SubnetId>(text);
    auto subnet = select_launch_subnet(session.db(), session.account(), session.region(), id);
    if (!subnet) {
        throw not_found(id);
    }
    return *subnet;
}

/// Source: Packer sends the zone empty when it was told none (observed), and the subnet (assumed).
std::optional<std::string> placement_zone(const RunInstancesRequest& request)
{
    auto zone = request.placement ? request.placement->availability_zone : std::nullopt;
    drop_empty(zone);
    return zone;
}

}  // namespace

std::optional<std::string> named_zone(Session& session, const RunInstancesRequest& request)
{
    const auto zone = placement_zone(request);
    if (zone && !select_zone(session.db(), session.region(), *zone)) {
        throw invalid_zone(*zone);
    }
    if (!is_given(request.subnet_id)) {
        return zone;
    }
    const auto subnet = require_subnet(session, *request.subnet_id);
    if (zone && *zone != subnet.zone) {
        throw subnet_in_other_zone(*zone, subnet.id, subnet.zone);
    }
    return subnet.zone;
}

std::vector<LaunchSubnet> choose_subnets(Session& session, const RunInstancesRequest& request,
                                         const LaunchTypeRow& type)
{
    if (is_given(request.subnet_id)) {
        auto subnet = require_subnet(session, *request.subnet_id);
        require_offered(session, type, subnet.zone);
        return {std::move(subnet)};
    }
    const auto zone = placement_zone(request);
    if (zone) {
        require_offered(session, type, *zone);
    }
    auto subnets =
        select_launch_subnets(session.db(), session.account(), session.region(), type.name);
    if (zone) {
        std::erase_if(subnets, [&](const LaunchSubnet& one) { return one.zone != *zone; });
    }
    if (subnets.empty()) {
        throw unsupported_configuration();
    }
    return subnets;
}

std::vector<InstanceGroupRow> find_groups(Session& session, const std::vector<std::string>& ids,
                                          const LaunchSubnet& subnet)
{
    std::vector<InstanceGroupRow> groups;
    for (const auto& text : ids) {
        const auto id = parse_id<SecurityGroupId>(text);
        const auto group =
            select_security_group(session.db(), session.account(), session.region(), id);
        if (!group) {
            throw not_found(id);
        }
        if (group->vpc_id != subnet.vpc_id) {
            throw group_of_other_network(id, subnet.id);
        }
        const bool is_there = std::any_of(groups.begin(), groups.end(),
                                          [&](const auto& one) { return one.id == id.text(); });
        if (!is_there) {
            groups.push_back({.id = id.text(), .name = group->name});
        }
    }
    if (ids.empty()) {
        if (const auto group = select_default_security_group(session.db(), subnet.vpc_id)) {
            groups.push_back({.id = group->id.text(), .name = group->name});
        }
    }
    return groups;
}

std::optional<std::string> new_public_address(Session& session, const LaunchSubnet& subnet)
{
    if (!subnet.map_public_ip_on_launch) {
        return std::nullopt;
    }
    auto address = find_public_address(session.db(), session.ids().next_number("public-ip"));
    if (!address) {
        throw no_public_address();
    }
    return address;
}

}  // namespace amilab::ec2
