#pragma once

#include <optional>
#include <string>

#include "server/calls/session.h"

/// The role that the import and export of disks is done by. Source: the default's name and the
/// service that it has to trust (documented).
namespace amilab::ec2 {

/// "vmimport" where none is named.
std::string service_role_of(const std::optional<std::string>& name);

/// Where roles are looked at: throws ApiError (InvalidParameter) unless the caller has the role and
/// the service is trusted by it.
void require_service_role(Session& session, const std::optional<std::string>& name);

}  // namespace amilab::ec2
