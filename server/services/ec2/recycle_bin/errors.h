#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "server/calls/request_values.h"
#include "server/services/ec2/common/errors.h"
#include "server/services/ec2/common/ids.h"
#include "server/wire/api_error.h"

/// Refusals that are about the recycle bin. docs/fidelity.md says for each whether it is
/// documented, observed or assumed.
namespace amilab::ec2 {

ApiError too_many_image_ids(std::size_t given, std::size_t limit);

}  // namespace amilab::ec2
