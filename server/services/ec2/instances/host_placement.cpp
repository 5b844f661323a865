#include "server/services/ec2/instances/host_placement.h"

#include <algorithm>

#include <fmt/format.h>

#include "server/services/ec2/common/errors.h"
#include "server/services/ec2/dedicated_hosts/dedicated_hosts.h"

namespace amilab::ec2 {

namespace {

constexpr std::string_view kHostAffinity = "host";

ApiError no_room_on(const DedicatedHostId& id)
{
    return {"InsufficientCapacityOnHost",
            fmt::format("There is not enough capacity on the Dedicated Host '{}' to launch or "
                        "start the instance.",
                        id.text())};
}

ApiError no_host()
{
    return {"UnavailableHostRequirements",
            "There are no valid Dedicated Hosts available on which you can launch an instance."};
}

/// How many more instances of the type the host takes. Throws unless it could take any in the zone.
std::int64_t require_host_suits(Session& session, const DedicatedHostRow& host,
                                std::string_view instance_type, const std::string& zone)
{
    if (host.state != DedicatedHostState::kAvailable) {
        throw ApiError("InvalidHostState",
                       fmt::format("The Dedicated Host '{}' must be in the available state to "
                                   "complete the operation.",
                                   host.id.text()));
    }
    if (host.zone != zone) {
        throw invalid_parameter_combination(fmt::format(
            "The Dedicated Host '{}' is in {}, not in {}.", host.id.text(), host.zone, zone));
    }
    const auto room = room_on(session, host, instance_type);
    if (!room) {
        throw ApiError("UnsupportedInstanceTypeOnHost",
                       fmt::format("The instance type {} is not supported on the Dedicated Host "
                                   "'{}'.",
                                   instance_type, host.id.text()));
    }
    return *room;
}

bool is_on_host(const InstanceOptionRow& options)
{
    return options.tenancy == InstanceTenancy::kHost;
}

std::optional<DedicatedHostRow> host_of(Session& session, const InstanceOptionRow& options)
{
    return options.host_id
               ? select_dedicated_host(session.db(), DedicatedHostId::trusted(*options.host_id))
               : std::nullopt;
}

bool has_room(Session& session, const DedicatedHostRow& host, std::string_view instance_type)
{
    return room_on(session, host, instance_type).value_or(0) > 0;
}

/// The hosts with auto-placement that are for the type, in the order of their ids.
std::vector<DedicatedHostRow> hosts_for(Session& session, std::string_view instance_type,
                                        const std::string& zone)
{
    return select_auto_placement_hosts(session.db(), session.account(), session.region(), zone,
                                       instance_type);
}

}  // namespace

void set_host(Session& session, InstanceOptionRow& row, const HostWish& wish)
{
    if (is_given(wish.host_id)) {
        if (is_given(wish.tenancy) && *wish.tenancy != InstanceTenancy::kHost) {
            throw invalid_parameter_combination(
                "A host ID may be specified with the tenancy host alone.");
        }
        const auto id = parse_id<DedicatedHostId>(*wish.host_id);
        row.host_id = require_dedicated_host(session, id).id.text();
        row.tenancy = text_of(InstanceTenancy::kHost);
    }
    if (!is_given(wish.affinity)) {
        return;
    }
    if (*wish.affinity != kHostAffinity && *wish.affinity != "default") {
        throw invalid_value(*wish.affinity, "affinity", "Expected default or host.");
    }
    if (*wish.affinity == kHostAffinity && row.tenancy != InstanceTenancy::kHost) {
        throw invalid_parameter_combination("The affinity host goes with the tenancy host alone.");
    }
    row.affinity = row.tenancy == InstanceTenancy::kHost ? wish.affinity : std::nullopt;
}

std::int64_t within_hosts(Session& session, const InstanceOptionRow& options,
                          std::string_view instance_type, const std::string& zone,
                          std::int64_t fewest, std::int64_t most)
{
    if (!is_on_host(options)) {
        return most;
    }
    std::int64_t room = 0;
    if (const auto host = host_of(session, options)) {
        room = require_host_suits(session, *host, instance_type, zone);
        if (room < fewest) {
            throw no_room_on(host->id);
        }
        return std::min(room, most);
    }
    for (const auto& one : hosts_for(session, instance_type, zone)) {
        room += room_on(session, one, instance_type).value_or(0);
    }
    if (room < fewest) {
        throw no_host();
    }
    return std::min(room, most);
}

void take_host(Session& session, InstanceOptionRow& options, std::string_view instance_type,
               const std::string& zone)
{
    if (!is_on_host(options) || options.host_id) {
        return;
    }
    const auto hosts = hosts_for(session, instance_type, zone);
    const auto found = std::ranges::find_if(
        hosts, [&](const DedicatedHostRow& one) { return has_room(session, one, instance_type); });
    if (found == hosts.end()) {
        throw no_host();
    }
    options.host_id = found->id.text();
}

void leave_full_host(Session& session, InstanceOptionRow& options, std::string_view instance_type)
{
    if (options.affinity == kHostAffinity) {
        return;
    }
    const auto host = host_of(session, options);
    if (!host || host->state != DedicatedHostState::kAvailable ||
        !has_room(session, *host, instance_type)) {
        options.host_id.reset();
    }
}

std::optional<std::string> zone_of_host(Session& session, const std::optional<std::string>& host_id)
{
    if (!is_given(host_id)) {
        return std::nullopt;
    }
    return require_dedicated_host(session, parse_id<DedicatedHostId>(*host_id)).zone;
}

}  // namespace amilab::ec2
