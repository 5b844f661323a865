#include "server/services/sts/errors.h"

#include <fmt/format.h>

#include "server/calls/arns.h"

namespace amilab::sts {

ApiError not_authorized(const Session& session, std::string_view operation,
                        std::string_view resource)
{
    return {"AccessDenied",
            fmt::format("User: {} is not authorized to perform: sts:{}{}{}", caller_arn(session),
                        operation, resource.empty() ? "" : " on resource: ", resource),
            403};
}

void refuse_user_session(const Session& session, std::string_view operation)
{
    const auto& caller = session.caller();
    if (caller.key == KeyState::kValid && !caller.principal.is_role_session()) {
        throw not_authorized(session, operation);
    }
}

}  // namespace amilab::sts
