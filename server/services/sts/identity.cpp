#include "server/services/sts/identity.h"

#include <fmt/format.h>

namespace amilab::sts {

// Source: STS API Reference, GetCallerIdentity (documented). A caller is the account's root user
// until users exist: its id is the account's (documented).
GetCallerIdentityResponse get_caller_identity(Session& session, const GetCallerIdentityRequest&)
{
    return {.account = session.account(),
            .arn = fmt::format("arn:aws:iam::{}:root", session.account()),
            .user_id = session.account()};
}

}  // namespace amilab::sts
