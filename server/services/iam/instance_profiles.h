#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "server/calls/checks.h"
#include "server/calls/family.h"
#include "server/calls/ports.h"
#include "server/calls/session.h"
#include "storage/metadata/iam/instance_profile_rows.h"

namespace amilab::iam {

extern const Family kInstanceProfiles;

/// Checks the name of a profile, which a request wants.
void check_profile_name(Checks& checks, const std::optional<std::string>& name);
/// The caller's profile. Throws ApiError (NoSuchEntity).
InstanceProfileRow require_profile(Session& session, const std::string& name);

/// The caller's profile of that name. The ports'.
std::optional<InstanceProfileFacts> find_instance_profile(Session& session, std::string_view name);

}  // namespace amilab::iam
