#pragma once

#include "server/calls/family.h"

namespace amilab::sts {

/// Temporary credentials, of a role, of the caller or of a user of its own.
extern const Family kRoleSessions;

}  // namespace amilab::sts
