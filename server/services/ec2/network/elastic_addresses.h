#pragma once

#include <string>
#include <vector>

#include "server/calls/family.h"
#include "server/calls/session.h"
#include "storage/metadata/network/elastic_address_rows.h"

namespace amilab::ec2 {

/// The caller's address. Throws InvalidAllocationID.NotFound.
ElasticAddressRow require_elastic_address(Session& session, const AllocationId& id);

/// Throws for an address that is there twice. Source: that it is refused is assumed, and the text.
void require_each_allocation_once(const std::vector<AllocationId>& ids);
/// Source: the text is observed.
ApiError address_not_found(const std::string& public_ip);
/// Throws AddressLimitExceeded when the caller may have no address more.
void require_room_for_address(Session& session);

/// The address, which is free, stands for the interface's private one from now on.
AddressAssociationId give_elastic_address(Session& session, const ElasticAddressRow& elastic,
                                          const NetworkInterfaceId& interface_id,
                                          const std::string& address);

extern const Family kElasticAddresses;

}  // namespace amilab::ec2
