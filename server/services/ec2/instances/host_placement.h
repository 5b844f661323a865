#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "server/calls/session.h"
#include "storage/metadata/instances/instance_option_rows.h"

/// On which Dedicated Hosts instances run.
namespace amilab::ec2 {

/// What a request says of hosts. Empty texts are none.
struct HostWish {
    std::optional<std::string> tenancy{};
    std::optional<std::string> host_id{};
    /// default, host
    std::optional<std::string> affinity{};
};
/// Sets host and affinity, which go with the tenancy host alone; a host that is named makes it so.
/// Throws InvalidHostID.NotFound, InvalidParameterCombination (assumed).
void set_host(Session& session, InstanceOptionRow& row, const HostWish& wish);

/// How many instances of the type with these options may begin to run in the zone, `most` at most:
/// as many as their host, or the hosts with auto-placement, have room for. Throws
/// InsufficientCapacityOnHost, UnavailableHostRequirements when that is less than `fewest`, and
/// UnsupportedInstanceTypeOnHost, InvalidHostState, InvalidParameterCombination for a host that is
/// not for them. Source: codes documented, texts assumed.
std::int64_t within_hosts(Session& session, const InstanceOptionRow& options,
                          std::string_view instance_type, const std::string& zone,
                          std::int64_t fewest, std::int64_t most);

/// Puts an instance with the tenancy host that begins to run on its host: the one that it names or
/// had, when that has room, else one with auto-placement.
void take_host(Session& session, InstanceOptionRow& options, std::string_view instance_type,
               const std::string& zone);

/// Lets an instance that starts look for another host when the one that it was on has no room, or
/// has gone. Source: unless its affinity is host (documented).
void leave_full_host(Session& session, InstanceOptionRow& options, std::string_view instance_type);

/// The zone of the host that a launch names, if it names one.
std::optional<std::string> zone_of_host(Session& session,
                                        const std::optional<std::string>& host_id);

}  // namespace amilab::ec2
