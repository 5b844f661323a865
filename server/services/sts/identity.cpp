#include "server/services/sts/identity.h"

#include <fmt/format.h>

#include "server/calls/arns.h"
#include "server/calls/caller_rules.h"
#include "server/calls/checks.h"
#include "server/calls/issued_credentials.h"
#include "server/calls/services.h"
#include "server/services/sts/errors.h"
#include "server/wire/sts/identity.h"
#include "server/wire/sts/schema.h"
#include "server/wire/types.h"

namespace amilab::sts {

// Source: STS API Reference, GetCallerIdentity (documented). A caller is the account's root user,
// whose id is the account's (documented), or the session of a role that it has assumed, or of
// a federated user.
GetCallerIdentityResponse get_caller_identity(Session& session, const GetCallerIdentityRequest&)
{
    return {.account = session.account(),
            .arn = caller_arn(session),
            .user_id = caller_user_id(session)};
}

namespace {

// Source: that it is refused is documented of deleted keys; code and text are assumed.
ApiError no_such_key(std::string_view key)
{
    return {"ValidationError", fmt::format("The access key {} does not exist.", key)};
}

/// Whose the calls with the key are; empty: nobody's, or it cannot be told.
std::string account_of_key(Session& session, const std::string& key)
{
    if (key == session.caller().access_key) {
        return session.account();
    }
    // Whose temporary ones are stands in their token alone.
    const auto shown = look_at_credentials(session.settings(), key, {}, 0);
    const auto* rules = session.services().caller_rules();
    return shown.state == KeyState::kForeign && rules != nullptr
               ? rules->account_asked_for(session.settings(), key)
               : std::string();
}

}  // namespace

// Source: STS API Reference, GetAccessKeyInfo (documented). Twelve digits, which no key of AWS's
// is, are one here (ours).
GetAccessKeyInfoResponse get_access_key_info(Session& session,
                                             const GetAccessKeyInfoRequest& request)
{
    Checks checks;
    checks.require(request.access_key_id, "accessKeyId");
    if (request.access_key_id && !wire::is_account_id(*request.access_key_id)) {
        checks.length(*request.access_key_id, "accessKeyId", 16, 128);
        checks.characters(*request.access_key_id, "accessKeyId", "_", "[\\w]*");
    }
    checks.finish();
    refuse_user_session(session, request.kOperation);
    auto account = account_of_key(session, *request.access_key_id);
    if (account.empty()) {
        throw no_such_key(*request.access_key_id);
    }
    return {.account = std::move(account)};
}

namespace {

constexpr Operation kOperations[] = {
    read<get_caller_identity>(kGetCallerIdentity),
    read<get_access_key_info>(kGetAccessKeyInfo),
};

}  // namespace

constinit const Family kIdentity{.operations = kOperations};

}  // namespace amilab::sts
