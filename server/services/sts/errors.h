#pragma once

#include <string_view>

#include "server/calls/session.h"
#include "server/wire/api_error.h"

/// Refusals of STS that several families say.
namespace amilab::sts {

/// The caller may not ask for the operation, of the resource where one is named.
/// Source: observed of AssumeRole.
ApiError not_authorized(const Session& session, std::string_view operation,
                        std::string_view resource = {});

/// Throws AccessDenied for credentials of GetSessionToken and GetFederationToken.
/// Source: which operations they may not ask for is documented, what is said then assumed.
void refuse_user_session(const Session& session, std::string_view operation);

}  // namespace amilab::sts
