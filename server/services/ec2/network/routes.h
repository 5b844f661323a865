#pragma once

#include <string>

#include "server/calls/family.h"
#include "server/calls/session.h"
#include "storage/metadata/network/network_ids.h"
#include "storage/metadata/network/route_table_rows.h"

namespace amilab::ec2 {

/// The internet gateway of that text, which is attached to the table's VPC. Throws when there is
/// none.
InternetGatewayId require_gateway_of(Session& session, const RouteTableRow& table,
                                     const std::string& text);

/// Whether the table has more routes than one may have, which a prefix list that grows can bring
/// about.
bool has_too_many_routes(Session& session, const RouteTableId& table);

extern const Family kRoutes;

}  // namespace amilab::ec2
