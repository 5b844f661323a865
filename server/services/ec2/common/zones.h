#pragma once

#include <optional>
#include <string>
#include <vector>

#include "server/calls/session.h"
#include "storage/metadata/regions/region_rows.h"

/// Zones, as requests name them.
namespace amilab::ec2 {

/// The zones of these names, or with these ids, that the caller may use, in the order of their
/// names; all where neither is said.
std::vector<ZoneRow> named_zones(Session& session, const std::vector<std::string>& names,
                                 const std::vector<std::string>& ids);

/// The name of the zone that a request says by its name or by its id, of those that the caller may
/// use; nothing when it says neither. Throws InvalidParameterCombination for both,
/// InvalidParameterValue for one that is not there.
/// Source: one of the two (documented); codes and texts are those of DescribeAvailabilityZones
/// (assumed).
std::optional<std::string> said_zone(Session& session, const std::optional<std::string>& name,
                                     const std::optional<std::string>& id);

/// The zone that a request has to say. Throws MissingParameter when it does not.
std::string require_said_zone(Session& session, const std::optional<std::string>& name,
                              const std::optional<std::string>& id);

}  // namespace amilab::ec2
