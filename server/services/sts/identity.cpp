#include "server/services/sts/identity.h"

#include "server/calls/arns.h"
#include "server/wire/sts/identity.h"
#include "server/wire/sts/schema.h"

namespace amilab::sts {

// Source: STS API Reference, GetCallerIdentity (documented). A caller is the account's root user
// until users exist: its id is the account's (documented).
GetCallerIdentityResponse get_caller_identity(Session& session, const GetCallerIdentityRequest&)
{
    return {
        .account = session.account(), .arn = root_user_arn(session), .user_id = session.account()};
}

namespace {

constexpr Operation kOperations[] = {
    read<get_caller_identity>(kGetCallerIdentity),
};

}  // namespace

constinit const Family kIdentity{.operations = kOperations};

}  // namespace amilab::sts
