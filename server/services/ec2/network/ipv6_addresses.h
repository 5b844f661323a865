#pragma once

#include "server/calls/family.h"

namespace amilab::ec2 {

extern const Family kIpv6Addresses;

}  // namespace amilab::ec2
