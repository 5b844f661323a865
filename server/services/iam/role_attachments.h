#pragma once

#include "server/calls/family.h"

namespace amilab::iam {

extern const Family kRoleAttachments;

}  // namespace amilab::iam
