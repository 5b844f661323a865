#pragma once

#include "server/calls/family.h"

namespace amilab::ec2 {

/// How near to each other instances are in the network.
extern const Family kInstanceTopology;

}  // namespace amilab::ec2
