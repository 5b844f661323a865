#pragma once

#include "server/calls/family.h"
#include "server/calls/session.h"
#include "storage/base/units.h"
#include "storage/metadata/instances/instance_ids.h"

namespace amilab::ec2 {

extern const Family kInstanceStates;

inline constexpr Delay kInstancePending{"instance.pending"};
inline constexpr Delay kInstanceInitializing{"instance.initializing"};
inline constexpr Delay kInstanceStopping{"instance.stopping"};
inline constexpr Delay kInstanceShuttingDown{"instance.shutting-down"};
/// Terminated instances are still described for about an hour.
/// Source: EC2 User Guide, "Terminate Amazon EC2 instances" (documented as "a short while", about
/// an hour observed).
inline constexpr Delay kInstanceTerminated{"instance.terminated", kHourMs};

inline constexpr Due kInstanceRunning{"instance-running"};
inline constexpr Due kInstanceInitialized{"instance-initialized"};
inline constexpr Due kInstanceStopped{"instance-stopped"};
inline constexpr Due kInstanceEnded{"instance-terminated"};
inline constexpr Due kInstanceGone{"instance-gone"};

/// Stops an instance as AWS does when it is to be retired; one that does not run stays as it is.
void stop_as_scheduled(Session& session, const InstanceId& id);

/// Takes away the public addresses of an instance that is stopped, except Elastic IP addresses.
/// Source: documented.
void drop_public_addresses(Session& session, const InstanceId& id);

/// Reboots a running instance: its status checks have to pass anew.
void reboot_instance(Session& session, const InstanceId& id);

}  // namespace amilab::ec2
