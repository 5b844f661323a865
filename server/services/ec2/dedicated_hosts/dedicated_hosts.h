#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "server/calls/family.h"
#include "server/calls/session.h"
#include "storage/base/delays.h"
#include "storage/base/units.h"
#include "storage/metadata/dedicated_hosts/dedicated_host_rows.h"

/// Servers that an account has for itself.
namespace amilab::ec2 {

extern const Family kDedicatedHosts;

/// Released hosts are still described for an hour (documented as recently released; how long is
/// assumed).
inline constexpr Delay kDedicatedHostReleased{"dedicated-host.released", kHourMs};
inline constexpr Due kDedicatedHostGone{"dedicated-host-gone"};

/// The caller's host. Throws InvalidHostID.NotFound.
DedicatedHostRow require_dedicated_host(Session& session, const DedicatedHostId& id);

/// How many more instances of the type the host takes; nothing for a type that it never does.
std::optional<std::int64_t> room_on(Session& session, const DedicatedHostRow& host,
                                    std::string_view instance_type);

}  // namespace amilab::ec2
