#pragma once

#include "server/calls/family.h"

/// Capacity that goes from one reservation to another: into one that is there, or into a new one.
namespace amilab::ec2 {

extern const Family kCapacityMoves;

}  // namespace amilab::ec2
