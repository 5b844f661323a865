#pragma once

#include "server/calls/family.h"
#include "server/calls/session.h"
#include "storage/metadata/network/egress_only_gateway_rows.h"

namespace amilab::ec2 {

/// The caller's gateway. Throws InvalidEgressOnlyInternetGatewayId.NotFound.
EgressOnlyGatewayRow require_egress_only_gateway(Session& session, const EgressOnlyGatewayId& id);

extern const Family kEgressOnlyGateways;

}  // namespace amilab::ec2
