#pragma once

#include "server/session.h"
#include "server/wire/sts/identity.h"

namespace amilab::sts {

GetCallerIdentityResponse get_caller_identity(Session& session,
                                              const GetCallerIdentityRequest& request);

}  // namespace amilab::sts
