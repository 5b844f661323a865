#pragma once

#include "server/calls/services.h"

namespace amilab::ssm {

/// Systems Manager, version 2014-11-06: of it the Parameter Store, as far as launches want it.
extern const Service kSsm;

}  // namespace amilab::ssm
