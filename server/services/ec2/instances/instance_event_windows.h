#pragma once

#include "server/calls/family.h"

namespace amilab::ec2 {

/// When scheduled events of instances may run. No event is scheduled by them here.
extern const Family kInstanceEventWindows;

}  // namespace amilab::ec2
