#pragma once

#include <string>
#include <vector>

#include "server/calls/family.h"
#include "server/calls/session.h"
#include "server/wire/ec2/network/shared.h"
#include "storage/base/units.h"
#include "storage/metadata/network/nat_gateway_rows.h"
#include "storage/metadata/network/network_interface_rows.h"

namespace amilab::ec2 {

extern const Family kNatGateways;

inline constexpr Delay kNatGatewayPending{"nat-gateway.pending"};
inline constexpr Delay kNatGatewayDeleting{"nat-gateway.deleting"};
/// Deleted and failed ones are still described for about an hour.
/// Source: VPC User Guide, "NAT gateways" (documented).
inline constexpr Delay kNatGatewayDeleted{"nat-gateway.deleted", kHourMs};

inline constexpr Due kNatGatewayMade{"nat-gateway-made"};
inline constexpr Due kNatGatewayEnded{"nat-gateway-deleted"};
inline constexpr Due kNatGatewayGone{"nat-gateway-gone"};

/// The addresses that a gateway may have: up to eight. Source: VPC User Guide, "Amazon VPC quotas",
/// one and seven more of a private gateway; two elastic ones, which AWS raises to eight
/// (documented).
inline constexpr std::int64_t kMostNatGatewayAddresses = 8;

/// The caller's gateway, in whatever state. Throws InvalidNatGatewayID.NotFound.
NatGatewayRow require_nat_gateway(Session& session, const NatGatewayId& id);

NatGatewayAddress nat_gateway_address(const InterfaceAddressRow& row);

}  // namespace amilab::ec2
