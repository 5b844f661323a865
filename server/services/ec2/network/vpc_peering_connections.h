#pragma once

#include "server/calls/family.h"
#include "server/calls/session.h"
#include "storage/base/units.h"
#include "storage/metadata/network/vpc_peering_connection_rows.h"

namespace amilab::ec2 {

extern const Family kVpcPeeringConnections;

inline constexpr Delay kVpcPeeringInitiating{"vpc-peering-connection.initiating-request"};
inline constexpr Delay kVpcPeeringProvisioning{"vpc-peering-connection.provisioning"};
/// Of connections between two regions alone.
inline constexpr Delay kVpcPeeringDeleting{"vpc-peering-connection.deleting"};
// Source: VPC Peering Guide, "VPC peering connection lifecycle" (documented).
inline constexpr Delay kVpcPeeringPending{"vpc-peering-connection.pending-acceptance", 7 * kDayMs};
inline constexpr Delay kVpcPeeringSeenByEnder{"vpc-peering-connection.ended-here", 2 * kHourMs};
inline constexpr Delay kVpcPeeringSeenByOther{"vpc-peering-connection.ended-there", 2 * kDayMs};

inline constexpr Due kVpcPeeringInitiated{"vpc-peering-connection-initiated"};
inline constexpr Due kVpcPeeringProvisioned{"vpc-peering-connection-provisioned"};
inline constexpr Due kVpcPeeringDeleted{"vpc-peering-connection-deleted"};
inline constexpr Due kVpcPeeringUnseen{"vpc-peering-connection-unseen"};

/// The connection of that id that the caller sees in the region, in whatever state. Throws
/// InvalidVpcPeeringConnectionID.NotFound.
VpcPeeringConnectionRow require_vpc_peering_connection(Session& session,
                                                       const VpcPeeringConnectionId& id);

/// Ends the requests of which one VPC goes. Those that are accepted hold it: see
/// is_vpc_peered().
void end_vpc_peering_requests(Session& session, const VpcId& vpc);

}  // namespace amilab::ec2
