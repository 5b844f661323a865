#pragma once

#include "server/calls/family.h"

namespace amilab::iam {

/// Tags of roles and of instance profiles.
extern const Family kTags;

}  // namespace amilab::iam
