#pragma once

#include "server/calls/operation.h"

namespace amilab::ssm {

/// Systems Manager, version 2014-11-06: of it the Parameter Store, as far as launches want it.
const Service& service();

}  // namespace amilab::ssm
