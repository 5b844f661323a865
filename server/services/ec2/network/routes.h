#pragma once

#include "server/calls/family.h"
#include "server/calls/session.h"
#include "storage/metadata/network/network_ids.h"

namespace amilab::ec2 {

/// Whether the table has more routes than one may have, which a prefix list that grows can bring
/// about.
bool has_too_many_routes(Session& session, const RouteTableId& table);

extern const Family kRoutes;

}  // namespace amilab::ec2
