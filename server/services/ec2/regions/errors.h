#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "server/calls/request_values.h"
#include "server/services/ec2/common/errors.h"
#include "server/services/ec2/common/ids.h"
#include "server/wire/api_error.h"

/// Refusals that are about regions and zones. docs/fidelity.md says for each whether it is
/// documented, observed or assumed.
namespace amilab::ec2 {

ApiError invalid_region(std::string_view region);

}  // namespace amilab::ec2
