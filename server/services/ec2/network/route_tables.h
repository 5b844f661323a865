#pragma once

#include "server/calls/family.h"
#include "storage/metadata/network/route_table_rows.h"

namespace amilab::ec2 {

/// The caller's route table. Throws InvalidRouteTableID.NotFound.
RouteTableRow require_route_table(Session& session, const RouteTableId& id);

extern const Family kRouteTables;

}  // namespace amilab::ec2
