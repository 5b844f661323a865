#pragma once

#include "server/calls/family.h"

namespace amilab::iam {

extern const Family kInstanceProfiles;

}  // namespace amilab::iam
