#pragma once

#include <string>

#include "server/calls/family.h"
#include "server/wire/api_error.h"

namespace amilab::ec2 {

extern const Family kPlacementGroups;

/// Source: observed of names, assumed of ids.
ApiError unknown_placement_group(const std::string& name_or_id);

}  // namespace amilab::ec2
