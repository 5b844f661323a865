#pragma once

#include <string>

#include "server/calls/session.h"
#include "storage/metadata/network/route_table_rows.h"

/// What routes may be for, and where those within their VPC may lead. Destinations are blocks in
/// their canonical form or ids of prefix lists, of whose entries nothing is asked.
namespace amilab::ec2 {

/// Throws when the destination is of the addresses that AWS keeps for its services, or a part of
/// them. Source: VPC User Guide, "Route tables" (documented); code and text are assumed.
void refuse_reserved_destination(const std::string& destination);

/// Whether the destination is within 64:ff9b::/96, the IPv6 addresses that NAT gateways translate
/// to IPv4. Source: VPC User Guide, "DNS64 and NAT64" (documented of the whole block, of a part of
/// it assumed).
bool is_nat64(const std::string& destination);

/// Throws when the destination is within one of the VPC's blocks, unless it is the whole block of
/// one of its subnets and the target is an interface or a NAT gateway. One that is a block of the
/// VPC is left to the route that has it.
/// Source: VPC User Guide, "Route tables" (documented); the text for gateways is observed, the
/// other one is assumed.
void require_target_within(Session& session, const RouteTableRow& table,
                           const std::string& destination, const std::string& target);

/// Throws unless the route may be in a table by which goes what comes in by a gateway: for blocks
/// of the VPC or a part of them, to an interface.
/// Source: VPC User Guide, "Gateway route tables" (documented), that a prefix list is refused, code
/// and text are assumed.
void require_fits_gateway(Session& session, const RouteTableRow& table,
                          const std::string& destination, const std::string& target);

}  // namespace amilab::ec2
