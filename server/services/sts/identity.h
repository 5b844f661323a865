#pragma once

#include "server/calls/session.h"
#include "server/wire/sts/identity.h"

namespace amilab::sts {

/// Whom the access key stands for: the root user of an account. Never refuses.
GetCallerIdentityResponse get_caller_identity(Session& session,
                                              const GetCallerIdentityRequest& request);

}  // namespace amilab::sts
