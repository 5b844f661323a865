#pragma once

#include "server/calls/family.h"
#include "storage/base/delays.h"

namespace amilab::ec2 {

extern const Family kInstanceConnectEndpoints;

inline constexpr Delay kInstanceConnectEndpointCreating{"instance-connect-endpoint.creating"};
inline constexpr Delay kInstanceConnectEndpointUpdating{"instance-connect-endpoint.updating"};
inline constexpr Delay kInstanceConnectEndpointDeleting{"instance-connect-endpoint.deleting"};

inline constexpr Due kInstanceConnectEndpointReady{"instance-connect-endpoint-ready"};
inline constexpr Due kInstanceConnectEndpointGone{"instance-connect-endpoint-gone"};

}  // namespace amilab::ec2
