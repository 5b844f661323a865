#pragma once

#include "server/calls/family.h"
#include "storage/base/delays.h"

namespace amilab::ec2 {

extern const Family kVpcEndpoints;

// Of endpoints with interfaces alone.
inline constexpr Delay kVpcEndpointPending{"vpc-endpoint.pending"};
inline constexpr Delay kVpcEndpointDeleting{"vpc-endpoint.deleting"};

inline constexpr Due kVpcEndpointMade{"vpc-endpoint-made"};
inline constexpr Due kVpcEndpointEnded{"vpc-endpoint-deleted"};

}  // namespace amilab::ec2
