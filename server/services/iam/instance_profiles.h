#pragma once

#include <optional>
#include <string_view>

#include "server/calls/family.h"
#include "server/calls/ports.h"
#include "server/calls/session.h"

namespace amilab::iam {

extern const Family kInstanceProfiles;

/// The caller's profile of that name. The ports'.
std::optional<InstanceProfileFacts> find_instance_profile(Session& session, std::string_view name);

}  // namespace amilab::iam
