#pragma once

#include "server/calls/services.h"

namespace amilab::ec2 {

/// EC2, version 2016-11-15.
extern const Service kEc2;

}  // namespace amilab::ec2
