#pragma once

#include "server/calls/family.h"

namespace amilab::iam {

extern const Family kRolePolicies;

}  // namespace amilab::iam
