#pragma once

#include <optional>
#include <string_view>

#include "server/calls/ports.h"

namespace amilab::ssm {

/// See Ports. Throws ValidationException for a name with spaces inside.
std::optional<ImageParameter> find_image_parameter(Session& session, std::string_view reference);

}  // namespace amilab::ssm
