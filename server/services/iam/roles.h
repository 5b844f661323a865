#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "server/calls/family.h"
#include "server/calls/session.h"
#include "storage/metadata/iam/role_rows.h"

namespace amilab::iam {

extern const Family kRoles;

/// Source: of names (documented).
inline constexpr std::int64_t kLongestRoleName = 64;

/// The caller's role. Throws ApiError (NoSuchEntity).
RoleRow require_role(Session& session, std::string_view name);

/// Whether the caller has a role of that name, and its trust policy names the service. The ports'.
bool trusts_service(Session& session, std::string_view role, std::string_view service);

}  // namespace amilab::iam
