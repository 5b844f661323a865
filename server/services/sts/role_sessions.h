#pragma once

#include "server/calls/family.h"

namespace amilab::sts {

/// Temporary credentials, of a role or of the caller.
extern const Family kRoleSessions;

}  // namespace amilab::sts
