#pragma once

#include "server/calls/family.h"

namespace amilab::ec2 {

/// Placement groups. Nothing is launched into them yet.
extern const Family kPlacementGroups;

}  // namespace amilab::ec2
