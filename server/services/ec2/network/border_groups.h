#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "server/calls/session.h"

/// From where AWS advertises public addresses.
namespace amilab::ec2 {

/// Throws unless the group is the region as a whole, or none is named. `parameter` is what the
/// request calls it.
/// Source: a region's zones are one group, of its name, Local and Wavelength Zones have groups of
/// their own (documented); those are not offered (ours), the refusal of others is assumed.
void check_border_group(Session& session, const std::optional<std::string>& group,
                        std::string_view parameter);

}  // namespace amilab::ec2
