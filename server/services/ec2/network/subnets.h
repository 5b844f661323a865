#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/calls/family.h"
#include "server/wire/ec2/network/shared.h"
#include "storage/metadata/network/ipv4_block.h"
#include "storage/metadata/network/subnet_rows.h"
#include "storage/metadata/regions/region_rows.h"

namespace amilab::ec2 {

/// The caller's subnet. Throws InvalidSubnetID.NotFound.
SubnetRow require_subnet_row(Session& session, const SubnetId& id);
/// The caller's subnet as the answer has it that tells of its making: with tags that are empty too.
Subnet subnet_answer(Session& session, const SubnetId& id);

/// The region's zones that the account may use, by their names.
std::vector<ZoneRow> enabled_zones(Session& session);
/// Those of them that are no local or wavelength zones.
std::vector<ZoneRow> availability_zones(Session& session);
/// The zone of a request by its name or by its id, if it names one. Throws
/// InvalidParameterCombination for both, and for one that is not there InvalidParameterValue.
std::optional<std::string> named_subnet_zone(Session& session,
                                             const std::optional<std::string>& name,
                                             const std::optional<std::string>& zone_id);
/// The IPv4 blocks of those that have one.
std::vector<Ipv4Block> blocks_of(const std::vector<SubnetRow>& subnets);

/// Lets a new subnet have IPv6 addresses alone, and what follows of it. Source: an address for each
/// interface (observed), host names by ids (documented), no records (assumed).
void make_ipv6_native(SubnetRow& row);

extern const Family kSubnets;

}  // namespace amilab::ec2
