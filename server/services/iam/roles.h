#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "server/calls/family.h"
#include "server/calls/session.h"
#include "storage/metadata/iam/role_rows.h"

namespace amilab::iam {

struct Role;

extern const Family kRoles;

/// The caller's role. Throws ApiError (NoSuchEntity).
RoleRow require_role(Session& session, std::string_view name);

/// What every answer says of a role. Source: profiles show no more of theirs (observed).
Role role_answer(const Session& session, const RoleRow& row);

/// Whether the caller has a role of that name, and its trust policy lets the service take it on.
/// The ports'.
bool trusts_service(Session& session, std::string_view role, std::string_view service);

}  // namespace amilab::iam
