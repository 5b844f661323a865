#include "server/services/sts/identity.h"

#include "server/calls/arns.h"
#include "server/wire/sts/identity.h"
#include "server/wire/sts/schema.h"

namespace amilab::sts {

// Source: STS API Reference, GetCallerIdentity (documented). A caller is the account's root user,
// whose id is the account's (documented), or the session of a role that it has assumed.
GetCallerIdentityResponse get_caller_identity(Session& session, const GetCallerIdentityRequest&)
{
    const auto& principal = session.caller().principal;
    return {.account = session.account(),
            .arn = principal_arn(session.region(), session.account(), principal),
            .user_id = principal.is_role_session() ? principal.user_id : session.account()};
}

namespace {

constexpr Operation kOperations[] = {
    read<get_caller_identity>(kGetCallerIdentity),
};

}  // namespace

constinit const Family kIdentity{.operations = kOperations};

}  // namespace amilab::sts
