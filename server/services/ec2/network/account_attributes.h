#pragma once

#include "server/calls/family.h"

namespace amilab::ec2 {

/// What an account has and may have, of what its network is made of.
extern const Family kAccountAttributes;

}  // namespace amilab::ec2
